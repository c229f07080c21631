"""What both frontends record into: a graph, the ways to its inputs, and guards."""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braze import _core
from braze.errors import Place, caller_place, refuse, said
from braze.record.broadcast import meet
from braze.record.checks import Checks, repeats
from braze.record.dtypes import OF_PYTHON, name_of
from braze.record.either import check_promotion
from braze.record.listed import Listed
from braze.record.risks import Risks
from braze.record.run_sizes import RunSizes
from braze.record.slots import Copied
from braze.record.sources import Guard, Source
from braze.record.specs import TYPICAL
from braze.record.storage import Storage, origin
from braze.record.value import OfValues, Value, any_value

INT64 = range(-(2**63), 2**63)
SIZE_NAMES = "nmklpqrs"
MAX_RANK = 8
MAX_NODES = 3_000
# A trace writes every loop out: beyond this many operations compiling costs more than it brings.
MAX_TRACED = 2_000
RELATIONS = {
    "zero": lambda v: v == 0,
    "nonzero": lambda v: v != 0,
    "nonnegative": lambda v: v >= 0,
}
# The ops that lay out their result in C order whatever their operands' order.
IN_C_ORDER = ("full", "iota", "matmul", "dot", "c_copy")
# The ops whose result is an array in memory of its own.
FRESH = {n for n, r in _core.ops.items() if r["kind"] not in ("view", "control") or n == "cast"}


@dataclass(eq=False, repr=False)
class Recorder(RunSizes, Checks):
    """One recording: nodes go to `body` of `graph`, with the source location `place`."""

    name: str = ""
    graph: Any = None
    body: int = 0
    place: Place | None = None
    # Sizes of this very call, by symbol: they decide questions about sizes, which become checks.
    sizes: dict[str, int] = field(default_factory=dict)
    inputs: list[Source] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    # Decisions of the frontend worth telling: "loop unrolled", "argument 2 is fixed".
    notes: list[str] = field(default_factory=list)
    tracing: bool = False
    paths: Any = None  # of a trace that decides on values
    branches: list[Any] = field(default_factory=list)  # the decisions that it recorded
    closed: bool = False
    numpy_depth: int = 0  # of NumPy's own Python functions that are running
    # Kinds of floating-point errors that numpy.errstate ignores at this place, and reports.
    silenced: int = 0
    reported: int = 0
    parents: list[int] = field(default_factory=list)
    keeping: frozenset = frozenset()  # places of unused values that may raise or warn
    kept: set[int] = field(default_factory=set)  # the nodes of these
    risks: Risks = field(default_factory=Risks)
    storage: Storage = field(default_factory=Storage)
    fresh_of: dict[int, list] = field(default_factory=dict)  # fresh arrays, by node
    # Nodes that became results of equal arrays, with their bodies, by the node that these share.
    given_out: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    # Copies that stand for views, with what they show, and what makes the view of it.
    shown: dict[int, tuple] = field(default_factory=dict)
    unaligned: bool = False  # whether an array of this call is
    copies: bool = False  # whether something is copied, or turned, in the order that it has
    reshaped: list = field(default_factory=list)  # arguments of other shapes, as they were
    # Objects of which attributes were read, and what is assigned to attributes at the end.
    owners: list[Any] = field(default_factory=list)
    written: list[tuple[Source, str, Any]] = field(default_factory=list)
    # Slices with run-time bounds, the sizes that these give, and ints that are others plus a size.
    spans: dict[tuple, tuple[Any, Any]] = field(default_factory=dict)
    spanned: set[str] = field(default_factory=set)
    given_in: dict[str, int] = field(default_factory=dict)  # the bodies in which these are told
    ways: set[int] = field(default_factory=set)  # bodies of `if` nodes
    asked: set = field(default_factory=set)  # the questions about sizes in them
    offsets: dict[int, tuple[int, Any]] = field(default_factory=dict)
    seen: dict[tuple, Any] = field(default_factory=dict)
    # Whether the arrays from outside lie in C order, by the way to them.
    in_order: dict[tuple, bool] = field(default_factory=dict)
    turned: bool = False  # whether an array was transposed
    # Sizes that only the run makes known: their symbols, and the nodes that are such a size.
    run_sizes: set[str] = field(default_factory=set)
    sizes_of: dict[int, Any] = field(default_factory=dict)
    # How often masks hold, by node: as a size and as a number.
    counts: dict[int, tuple[Any, Value]] = field(default_factory=dict)
    # Results that are lists which loops have made.
    lists: list[Any] = field(default_factory=list)
    # Where lists were made, by identity; which places make vectors; lists that loops go over.
    sites: dict[int, tuple[Any, tuple]] = field(default_factory=dict)
    vectors: dict[tuple, Any] = field(default_factory=dict)
    iterated: list[Any] = field(default_factory=list)
    candidates: list[tuple] = field(default_factory=list)
    # Whether loops are written out as far as may be; None: one was not (loops/while_loops.py).
    patient: bool | None = False
    files: dict[str, int] = field(default_factory=dict)  # their numbers in the graph
    # Tuples, lists and dicts that stand for those in arguments, by identity.
    containers: dict[int, tuple[Any, Source]] = field(default_factory=dict)
    items: int = 0  # of these in all
    # What they stand for, by identity, and lists that are appended to unread (outside.py).
    copied: dict[int, Copied] = field(default_factory=dict)
    appended: dict[int, Copied] = field(default_factory=dict)
    listed: Listed = field(default_factory=Listed)
    # Objects found outside that are the same at later calls, and numbers that are not.
    steady: dict[int, Any] = field(default_factory=dict)
    changing: frozenset[tuple] = frozenset()
    loose: bool = False  # whether a number from outside is not fixed, since it changes
    fixing: bool = False  # whether all may be fixed
    # Whether text of arguments is known only in the run (texts.py); None: to be found out.
    texting: bool | None = None
    # Instances that the function has made, by identity.
    records: dict[int, Any] = field(default_factory=dict)
    # Ways to objects found in arguments, by identity.
    origins: dict[int, tuple[Any, Source]] = field(default_factory=dict)
    given: dict[int, tuple[Any, Source, Any]] = field(default_factory=dict)  # (record/given.py)

    def __post_init__(self) -> None:
        self.graph = _core.Graph(self.name)

    def let_go(self) -> None:
        """Forget the caller's objects, which else would live until Python looks for cycles."""
        found: tuple = (self.owners, self.records, self.origins, self.containers, self.listed,
                        self.copied, self.appended, self.given, self.storage.journal)  # fmt: skip
        for objects in (*found, self.steady):
            objects.clear()

    # Nodes

    def location(self) -> tuple[int, int, int, int, int] | None:
        """Return the current place as the graph wants it."""
        place = caller_place() if self.tracing else self.place
        if place is None:
            return None
        number = self.files.get(place.file)
        if number is None:
            number = self.files[place.file] = len(self.files)
            self.graph.files = list(self.files)
        return (place.line, place.column, number, self.silenced, self.reported)

    def apply(self, op: str, operands: Sequence["Value"], **attrs: Any) -> "Value":
        """Add an op as NumPy would evaluate it."""
        check_promotion(operands)
        meet(self, operands)
        return self._record(self.graph.apply, op, operands, attrs)

    def add(self, op: str, operands: Sequence["Value"], **attrs: Any) -> "Value":
        """Add a node whose operands already agree."""
        return self._record(self.graph.add, op, operands, attrs)

    def _record(self, how: Any, op: str, operands: Sequence["Value"], attrs: dict) -> "Value":
        if self.closed:
            raise refuse("a value of a finished recording")
        refs = [operand.ref for operand in operands]
        ref = how(self.body, op, refs, attrs, self.location())
        most = MAX_TRACED if self.tracing else MAX_NODES
        if ref > most:
            raise refuse(f"a function of more than {most} operations")
        made = Value(self, ref)
        if made.kind == "python" and op != "number" and any(o.either for o in operands):
            raise refuse("arithmetic of numbers that may be Python's or NumPy's")
        made.fresh = made.kind == "array" and op in FRESH
        if made.is_array:
            self._remember(made, op, operands, attrs)
        self.turned |= op == "transpose"
        self.risks.note(op, attrs, made, self.place, operands)
        return made

    def _remember(self, made: "Value", op: str, operands: Sequence["Value"], attrs: dict) -> None:
        """Note what a view is a view of, and what is known of a new array's memory."""
        if _core.ops[op]["kind"] == "view" and operands[0].is_array:
            made.made_by = (op, list(operands), attrs)
            made.seen = origin(made).version
        if made.fresh:
            self.note_twins(made)
        alone = op in IN_C_ORDER and not (op == "full" and len(operands) > 1)
        made.in_c_order = alone or (made.fresh and len(made.dims) < 2)

    def note_twins(self, made: "Value") -> None:
        """Find fresh arrays that are one node, as two of zeros are: they are two arrays yet."""
        alike = self.fresh_of.setdefault(made._ref, [])
        alike.append(weakref.ref(made))
        if len(alike) > 1:
            for other in alike:
                if (value := other()) is not None:
                    value.twin = True

    def in_scope(self, body: int) -> bool:
        """Tell whether the nodes of a body may be used in the current one."""
        return body == self.body or body in self.parents

    def nest(self) -> int:
        """Open a body inside the current one and record into it from now on."""
        self.parents.append(self.body)
        self.body = self.graph.nest(self.body)
        self.risks.parents[self.body] = self.parents[-1]
        return self.body

    def leave(self) -> None:
        """Go on recording in the body around the current one."""
        self.body = self.parents.pop()

    # Sizes

    def decide(self, relation: str, size: Any) -> bool:
        """Answer whether a size is zero, nonzero or nonnegative.

        The answer for this call's sizes becomes a check of the graph, so that another call
        with another answer never runs the compiled code.
        """
        holds = RELATIONS[relation]
        if isinstance(size, int):
            return holds(size)
        if relation == "nonnegative" and size.never_negative:
            return True
        known = size.evaluate(self.sizes)
        if known is None:
            known = self.usual(relation, size)
        if known is None:
            raise refuse(f"a decision on the size {size}")
        opposite = {
            "zero": ("nonzero", size),
            "nonzero": ("zero", size),
            "nonnegative": ("nonnegative", -1 - size),
        }
        answer = holds(known)
        if self.asks_in_a_way(size):
            self.check_size(relation, size, answer)
            return answer
        kept = self.graph.require(*((relation, size) if answer else opposite[relation]))
        if not kept:
            raise refuse(f"contradicting sizes: {size}")
        return answer

    def known(self, size: Any) -> int | None:
        """Return what a size is in this call, if the sizes of arguments say so."""
        return size if isinstance(size, int) else size.evaluate(self.sizes)

    def fixed_size(self, size: Any) -> int:
        """Return a size as an int; the compiled code then holds for this size only."""
        if isinstance(size, int):
            return size
        if self.known_in_run(size):
            raise refuse("a size that is known only when the function runs, where Python needs it")
        known = size.evaluate(self.sizes)
        if known is None or not self.graph.require("zero", size - known):
            raise refuse(f"the size {size} as a number")
        self.notes.append(f"the size {size} is fixed at {known}")
        return known

    # Inputs

    def input(self, source: Source, value: Any, known: bool = False, fixed: bool = True) -> "Value":
        """Make a parameter that is read from `source` at each call; its shape may be `known`.

        If it is a number, it may be `fixed` at its value of this call where Python needs it.
        """
        key = source.key()
        if key not in self.seen:
            self.seen[key] = self._parameter(source, value, known)
            self.seen[key].body = 0
            self.inputs.append(source)
            if not fixed and not self.fixing:
                self.loose, self.seen[key].source = True, None
            made = bool(source.steps) and source.steps[-1][0] == "call"
            if not made and source.root[0] != "const" and (source.root[0] != "arg" or source.steps):
                self.guard(source, "like", value)
        return self.seen[key]

    def _parameter(self, source: Source, value: Any, known: bool) -> "Value":
        if type(value) is np.ndarray:
            if not value.dtype.isnative:
                raise refuse("an array in another byte order")
            self.unaligned |= not value.flags.aligned
            if value.ndim > MAX_RANK:
                raise refuse(f"arrays of more than {MAX_RANK} dimensions")
            dims = [n if known or n == 1 else self.new_size(n) for n in value.shape]
            made = Value(self, self.graph.param(0, "array", name_of(value.dtype), dims))
            self.in_order[source.key()] = value.flags.c_contiguous
            made.repeats, made.object = repeats(value), id(value)
        elif isinstance(value, np.generic):
            made = Value(self, self.graph.param(0, "scalar", name_of(value.dtype)))
        elif type(value) in OF_PYTHON:
            if type(value) is int and value not in INT64:
                raise refuse("a Python int of more than 64 bits")
            made = Value(self, self.graph.param(0, "python", OF_PYTHON[type(value)]))
            made.hint = value
        elif type(value).__module__.startswith("numpy.random."):  # a generator
            made = Value(self, self.graph.param(0, "python", "i64"))
        else:
            raise refuse(f"arguments of type {said(value)}")
        made.source = source
        return made

    def new_size(self, size: int) -> Any:
        """Return a fresh symbol that has this size in this call."""
        used = len(self.sizes)
        name = SIZE_NAMES[used] if used < len(SIZE_NAMES) else f"n{used}"
        self.sizes[name] = size
        return self.graph.symbol(name)

    def named_size(self, name: str) -> Any:
        """Return the symbol of a spec; decisions take it for a large size of its own."""
        self.sizes.setdefault(name, TYPICAL[len(self.sizes) % len(TYPICAL)])
        return self.graph.symbol(name)

    def constant_array(self, array: np.ndarray) -> "Value":
        """Make an input of an array that was computed while compiling, fresh at each call."""
        if type(array) is not np.ndarray:
            raise refuse(f"a {said(array)} as an operand")
        frozen = array.copy(order="K")
        frozen.flags.writeable = False
        held = self.input(Source(("const", frozen)), frozen, known=True)
        return self.add("copy", [held])

    def guard(self, source: Source, kind: str, expected: Any) -> None:
        """Record what must hold at later calls, once."""
        about = expected.key() if isinstance(expected, Source) else expected
        key = (source.key(), kind, about if kind in ("lacks", "one", "apart") else None)
        if key not in self.seen:
            self.seen[key] = True
            self.guards.append(Guard(source, kind, expected))

    def holds_order(self, value: "Value") -> bool:
        """Tell whether an array from outside lies in C order, under a guard if it does."""
        if value.source is None or not self.in_order.get(value.source.key(), False):
            return False
        if len(value.dims) > 1:
            self.guard(value.source, "order", None)
        return True

    def all_in_order(self) -> bool:
        """Tell whether all that was computed lies in C order, as what came from outside does."""
        arrays = [v for v in self.seen.values() if isinstance(v, Value) and len(v.dims) > 1]
        return not self.turned and all(map(self.holds_order, arrays))

    # Operands

    def operand(self, value: Any) -> "Value":
        """Return anything that NumPy would take as an operand as a value of the graph."""
        if isinstance(value, Value):
            if value.recorder is not self:
                raise refuse("a value of another recording")
            return value
        if type(value) in OF_PYTHON:
            if type(value) is int and value not in INT64:
                raise refuse("a Python int of more than 64 bits")
            made = self._constant("python", OF_PYTHON[type(value)], value)
            made.constant = value
            return made
        if isinstance(value, np.generic):
            dtype = name_of(value.dtype)
            return self._constant("scalar", dtype, value.item())
        if isinstance(value, np.ndarray):
            return self.array_operand(value)
        if isinstance(value, (list, tuple, range)):
            return self.sequence_operand(value)
        if hasattr(value, "as_operand"):
            return value.as_operand(self)
        if isinstance(value, OfValues):
            return value.as_array()
        raise refuse(f"an operand of type {said(value)}")

    def _constant(self, kind: str, dtype: str, value: Any) -> "Value":
        ref = self.graph.constant(self.body, kind, dtype, value, self.location())
        return Value(self, ref)

    def array_operand(self, array: np.ndarray) -> "Value":
        """Return an array that was found, not made: only if it can be read again at each call."""
        if self.tracing and not self.numpy_depth:
            raise refuse(
                "an array made while tracing, whose contents would be frozen",
                "make it of the arguments, or pass it as an argument",
            )
        return self.constant_array(array)

    def sequence_operand(self, value: Sequence) -> "Value":
        """Return a list or tuple of numbers as the array that NumPy makes of it."""
        if not isinstance(value, range) and any_value(value):
            from braze.arrays.registry import FUNCTIONS

            return FUNCTIONS[np.array](self, value)
        array = np.asarray(value)
        name_of(array.dtype)
        return self.constant_array(array)
