"""What of a specialisation another process can use, in words that it understands (kept.py).

Guards say what must hold in this process, where a class or function that is the same object is the
same in all it does. Another process knows objects by what stands here alone: modules by their
names, Python's and NumPy's functions and types by theirs, other functions by their code, and
plain values. A recording that speaks of anything else, an instance or a class of the user's, is
not kept; nor one of which something depends on the hashes of this process, or on a trace, which ran
code that no guard tells of.
"""

import dis
import marshal
import os
import sys
import types
from typing import Any

import numpy as np

from braze import _core
from braze.dispatch import kept
from braze.dispatch.kept import Unnamed, encoded
from braze.dispatch.recording import Recording
from braze.options import Options
from braze.record import originals
from braze.record.sources import Guard, Source

MOST_BYTES = 1 << 16  # of an array that was computed while compiling
# What they give is another in each process.
HASHED = (set, frozenset, hash, id)
SETS = {dis.opmap[name] for name in ("BUILD_SET", "SET_ADD", "SET_UPDATE") if name in dis.opmap}


def keep(
    function: Any, options: Options, names: Any, given: tuple, made: Recording, graph: Any
) -> None:
    """Keep a specialisation for other processes, if they can tell that it is for them."""
    try:
        key = kept.key_of(function, options, kept.signature_of(names, given))
        content = Namer(function, given).specialisation(made, graph, options.threads or 0)
        data = marshal.dumps((key, content), 2)
    except Exception:  # the call goes on; another process compiles for itself
        return
    for number in range(kept.SLOTS):
        slot = kept.in_slot(key, number)
        there = _core.kept(slot)
        if there == data:
            return
        if there is None:
            break
    else:
        slot = kept.in_slot(key, os.getpid() % kept.SLOTS)
    _core.keep(slot, data)


class Namer:
    """Says in words what this process has as objects; Unnamed where there are none."""

    def __init__(self, function: Any, given: tuple) -> None:
        self.given = given
        self.forms: list[tuple] = []
        self.numbers: dict[int, int] = {}
        self.held: list[Any] = []  # objects, so that others do not get their identities
        self.functions: list[tuple[int, Any]] = []
        check_code(function.__code__)
        self.name(function, ("own",))

    def specialisation(self, made: Recording, graph: Any, threads: int) -> tuple:
        if made.mode != "script" or made.branches or has_eager(graph):
            raise Unnamed
        for guard in made.guards:
            self.meet(guard)
        inputs = [self.input(source) for source in made.inputs]
        guards = [self.guard(guard) for guard in made.guards]
        written = [(self.source(source), text(name)) for source, name in made.written]
        results = (self.structure(made.structure), written, made.graph.exact)
        return (self.forms, inputs, guards, results, (graph.pack(), threads))

    # Objects

    def name(self, value: Any, form: tuple) -> int:
        number = self.numbers[id(value)] = len(self.forms)
        self.forms.append(form)
        self.held.append(value)
        if type(value) is types.FunctionType:
            self.functions.append((number, value))
        return number

    def meet(self, guard: Guard) -> None:
        """Name a function by the way on which a guard finds it."""
        value = guard.expected
        if guard.kind != "is" or id(value) in self.numbers or originals.name_of(value) is not None:
            return
        if type(value) is types.FunctionType:
            check_code(value.__code__)
            self.name(value, ("found", self.source(guard.source), *kept.code_of(value)))
        elif type(value) is _core.Function and type(value.__wrapped__) is types.FunctionType:
            number = self.name(value, ("compiled", self.source(guard.source)))
            inner = value.__wrapped__
            if id(inner) not in self.numbers:
                check_code(inner.__code__)
                self.name(inner, ("inside", number, *kept.code_of(inner)))

    def number(self, value: Any) -> int:
        known = self.numbers.get(id(value))
        return self.name(value, self.form(value)) if known is None else known

    def form(self, value: Any) -> tuple:
        """Return what leads to an object of this process."""
        if isinstance(value, types.ModuleType):
            if sys.modules.get(value.__name__) is value:
                return ("module", value.__name__)
        elif type(value) is dict:
            return self.form_of_names(value)
        elif type(value) is types.CellType:
            for number, function in self.functions:
                for place, cell in enumerate(function.__closure__ or ()):
                    if cell is value:
                        return ("cell", number, place)
        elif type(value) is np.ndarray:
            return form_of_array(value)
        elif (name := originals.name_of(value)) is not None and not is_hashed(value):
            return ("original", *name)
        raise Unnamed

    def form_of_names(self, names: dict) -> tuple:
        for number, function in self.functions:
            if function.__globals__ is names:
                return ("globals", number)
        module = sys.modules.get(str(names.get("__name__")))
        if isinstance(module, types.ModuleType) and vars(module) is names:
            return ("names", self.number(module))
        raise Unnamed

    # Ways, guards and results

    def source(self, source: Source) -> tuple:
        kind, *rest = source.root
        steps = tuple((how, self.step(how, key)) for how, key in source.steps)
        if kind == "arg":
            return (kind, int(rest[0]), None, steps)
        name = rest[1] if kind in ("global", "attr") else None
        spelled = "item" if kind == "global" else kind
        return (spelled, self.number(rest[0]), name, steps)

    def step(self, how: str, key: Any) -> tuple:
        if how not in ("attr", "item"):
            raise Unnamed
        return encoded(key)

    def input(self, source: Source) -> tuple:
        plain = source.root[0] == "arg" and not source.steps
        found = None if plain else kept.described(source.read(self.given))
        return (self.source(source), found)

    def guard(self, guard: Guard) -> tuple:
        # As the dispatcher takes it (record/sources.py).
        kind = "equal" if guard.kind == "value" else guard.kind
        return (self.source(guard.source), kind, self.expected(guard))

    def expected(self, guard: Guard) -> tuple:
        value = guard.expected
        if isinstance(value, Source):
            return ("source", self.source(value))
        if guard.kind == "like":
            return ("type", kept.described(value))
        if type(value) is types.CodeType:
            return ("code", marshal.dumps(value, 2))
        if type(value) is dict and guard.source.root[-1] == "__kwdefaults__":
            return ("keys", tuple(value))
        try:
            return ("plain", encoded(value))
        except Unnamed:
            if guard.kind != "is":
                raise
        return ("object", self.number(value))

    def structure(self, form: tuple) -> tuple:
        kind, *parts = form
        if kind in ("tuple", "list"):
            return (kind, [self.structure(part) for part in parts[0]])
        if kind == "dict":
            return (kind, [(encoded(k), self.structure(part)) for k, part in parts[0].items()])
        if kind == "const":
            return (kind, encoded(parts[0]))
        if kind == "either":
            return (kind, parts[0], parts[1], [self.number(one) for one in parts[2]])
        if kind == "result":
            return form
        raise Unnamed


def is_hashed(value: Any) -> bool:
    return any(value is one for one in HASHED)


def text(name: Any) -> str:
    if type(name) is not str:
        raise Unnamed
    return name


def form_of_array(array: np.ndarray) -> tuple:
    """Return an array that was computed while compiling: nobody else can have it."""
    computed = not array.flags.writeable and array.base is None and array.flags.c_contiguous
    if not computed or array.nbytes > MOST_BYTES or array.dtype.kind not in "biufc":
        raise Unnamed
    return ("array", array.dtype.str, array.shape, array.tobytes())


def has_eager(graph: Any, body: int = 0) -> bool:
    """Tell whether steps call Python, by names that only the frontend knows."""
    for node in graph.nodes(body):
        inner = graph.bodies_of(node)
        if graph.op(node) == "eager" or any(has_eager(graph, each) for each in inner):
            return True
    return False


def check_code(code: types.CodeType) -> None:
    """Refuse what makes sets: their order depends on the hashes of this process."""
    if SETS.intersection(code.co_code[::2]):
        raise Unnamed
    for constant in code.co_consts:
        if isinstance(constant, frozenset):
            raise Unnamed
        if isinstance(constant, types.CodeType):
            check_code(constant)
