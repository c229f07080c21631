"""The state of the script interpreter: the frames of the functions that are interpreted."""

import ast
import enum
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from braze.errors import Place, Unsupported, raised, refuse, said
from braze.interpreter.source_code import FunctionSource
from braze.record.recorder import Recorder
from braze.record.records import contents, holds_still, restore
from braze.record.scope import holders
from braze.record.slots import MISSING, Item, Kept, Slot
from braze.record.sources import IDENTITIES, is_plain
from braze.record.value import OfValues, Value, any_value, is_value

MAX_DEPTH = 32
UNROLL = 64  # iterations of a loop that are written out
MOST_RECURSIONS = 400  # calls of functions inside themselves in one recording
MOST_STATEMENTS = 2500  # interpreted for one recording, some 50 microseconds each

KNOWN = (*IDENTITIES, enum.Enum)


class Unbound:
    """What a name holds when it may or may not have been assigned."""

    def __init__(self, why: str) -> None:
        self.why = why


@dataclass(eq=False, repr=False)
class Session:
    """One interpretation of a function with everything that it calls."""

    recorder: Recorder
    stack: list["Frame"] = field(default_factory=list)
    # Frames around functions defined inside: their names live on in those functions.
    kept: list["Frame"] = field(default_factory=list)
    # Lists, dicts and sets made by the function itself, by identity, with the body they were
    # made in: only these may be changed while compiling.
    owned: dict[int, tuple[Any, int]] = field(default_factory=dict)
    # What the innermost loop over a range appends to lists (lists/grown.py), and all such arrays.
    growth: Any = None
    listed: list[Value] = field(default_factory=list)
    # How often the statements at hand stand in the graph, in loops that are written out.
    copies: int = 1
    # What was found out of loops (loops/loops.py, loops/carried.py), by where they stand.
    found: dict[tuple, Any] = field(default_factory=dict)
    kept_results: dict[Any, Any] = field(default_factory=dict)  # of recursions behind lru_cache
    # How many statements have been interpreted, and calls of functions inside themselves.
    statements: int = 0
    recursions: int = 0

    def spend(self, frame: "Frame", node: ast.stmt) -> None:
        """Count a statement. Code that computes for long with what is known is not worth it."""
        self.statements += 1
        if self.statements > MOST_STATEMENTS:
            error = frame.refuse(node, f"more than {MOST_STATEMENTS} statements while compiling")
            error.too_long = True  # a trace would be so, too
            raise error

    def recurse(self, frame: "Frame", node: ast.AST) -> None:
        """Count a call of a function inside itself. Those that branch take most of the time."""
        self.recursions += 1
        if self.recursions > MOST_RECURSIONS:
            error = frame.refuse(node, f"a recursion of more than {MOST_RECURSIONS} calls")
            error.too_long = True
            raise error

    def let_go(self) -> None:
        """Forget frames and objects, which else would live until Python looks for cycles."""
        for found in (self.stack, self.kept, self.owned):
            found.clear()

    def own(self, made: Any) -> Any:
        """Note that the function itself made a container."""
        self.owned[id(made)] = (made, self.recorder.body)
        return made

    def readable(self, container: Any) -> bool:
        """Tell whether the contents are known: made by the function, or guarded arguments."""
        held = self.owned.get(id(container)) or self.recorder.containers.get(id(container))
        return held is not None and held[0] is container

    def transparent(self, value: Any) -> bool:
        """Tell whether Python may compute with the object: it will be the same at later calls."""
        if isinstance(value, (list, dict, set)):
            return self.readable(value)
        return is_value(value) or is_plain(value) or isinstance(value, (tuple, *KNOWN))

    def comparable(self, value: Any) -> bool:
        """Tell whether what `==` and `in` find in the object will be the same at later calls."""
        from braze.interpreter.identity import stands_in

        foreign = isinstance(value, (list, set, dict)) and type(value) not in (list, set)
        if stands_in(value) or (foreign and not self.readable(value)):
            return False
        value = [*value, *value.values()] if isinstance(value, dict) else value
        if not isinstance(value, (list, tuple, set)):
            return type(value).__module__.split(".")[0] == "braze" or self.transparent(value)
        return all(map(self.comparable, value))

    def finds(self, container: Any, method: str, args: list) -> bool:
        """Tell whether what a method looks for in a container is there at later calls, or not."""
        if isinstance(container, list):
            looks = method in ("index", "count", "remove")
            known = not ((looks or method == "sort") and any_value(container))
            return known and (not looks or self.comparable([container, args]))
        return self.comparable(args if isinstance(container, set) else args[:1])

    def may_change(self, container: Any) -> bool:
        """Tell whether a container may be changed while compiling."""
        held = self.holder(container)
        return held is not None and held[0] is container and held[1] == self.recorder.body

    def holder(self, container: Any) -> tuple[Any, int] | None:
        """Return a container that may be changed, and the body in which it was made."""
        copied = self.recorder.containers.get(id(container))
        if copied is not None and isinstance(container, (list, dict)):
            return copied[0], 0
        return self.owned.get(id(container))

    def made_outside(self, container: Any) -> bool:
        """Tell whether the function made a list before the branch or loop at hand."""
        held = self.owned.get(id(container))
        own = type(container) is list and held is not None and held[0] is container
        return own and held[1] != self.recorder.body

    def grows(self) -> bool:
        """Tell whether the loop at hand will be interpreted again, with lists that are arrays."""
        return self.growth is not None and bool(self.growth.found)

    def mark(self) -> tuple:
        """Return what `undo` needs to take back an attempt."""
        copies = [(copy.made, 0) for copy in self.recorder.copied.values()]
        held = [(made, contents(made)) for made, _ in (*self.owned.values(), *copies)]
        return len(self.recorder.storage.journal), held, self.recorder.risks.noted()

    def changed_since(self, mark: tuple) -> bool:
        """Tell whether arrays, attributes or own containers have changed since a mark."""
        same = len(self.recorder.storage.journal) == mark[0]
        return not same or any(not holds_still(made, held) for made, held in mark[1])

    def undo(self, mark: tuple) -> None:
        """Take back all changes of arrays, attributes and own containers since a mark."""
        self.recorder.storage.undo(mark[0])
        known = {id(made) for made, _ in mark[1]}
        for copied in self.recorder.copied.values():
            if id(copied.made) not in known:
                restore(copied.made, copied.before)
        for appended in self.recorder.appended.values():
            if id(appended.made) not in known:
                appended.made.clear()
        for made, held in mark[1]:
            restore(made, held)

    def drop(self, mark: tuple) -> None:
        """Take back an attempt, with what it would have had to compute."""
        self.undo(mark)
        self.recorder.risks.forget(*mark[2])

    def assign(self, slot: Slot, value: Any) -> None:
        """Make `value` what an attribute or item holds; a branch takes it back at its end."""
        if not isinstance(slot, Kept) and self.may_change(slot.owner):
            slot.value = value
        else:
            self.recorder.storage.assign(slot, value)

    def change_own(self, kind: type[Slot], owner: Any, key: Any, value: Any) -> None:
        """Assign to an attribute or item of something that the function itself has made."""
        held = self.holder(owner)
        if held is None or held[0] is not owner:
            raise refuse(f"a change of a {said(owner)} from outside")
        if held[1] == self.recorder.body:
            kind(owner, key).value = value
            return
        if isinstance(owner, list):
            key = range(len(owner))[key]
        if kind is Item and Item(owner, key).value is MISSING:
            raise refuse(f"a new item of a {said(owner)} in a branch or loop")
        self.recorder.storage.assign(self.recorder.storage.slot(kind, owner, key), value)

    def holders(self, value: Value) -> int:
        """Count who holds an array, in all frames."""
        frames = {id(frame): frame for frame in (*self.stack, *self.kept)}
        slots = self.recorder.storage.slots.values()
        kept = [slot.value for slot in slots if isinstance(slot, Kept)]
        outside = (*self.recorder.copied.values(), *self.recorder.appended.values())
        names = [frame.names for frame in frames.values()]
        return holders(
            value, [*names, kept, self.listed, [o.made for o in outside]], self.recorder.records
        )


@dataclass(eq=False, repr=False)
class Frame:
    """A function being interpreted."""

    session: Session
    source: FunctionSource
    names: dict[str, Any]
    globals: dict[str, Any]
    cells: dict[str, types.CellType] = field(default_factory=dict)
    outer: "Frame | None" = None  # of a function defined inside another
    locals: frozenset[str] = frozenset()
    in_comprehension: bool = False
    # What the targets of comprehensions that are being evaluated hold, from the outside in.
    overlays: tuple[dict[str, Any], ...] = ()
    # Of each block that is being run the statement at hand, unless it is an `if` that has been
    # decided, and those after it; and the names that outlive the loop at hand.
    following: list[tuple[list[ast.stmt], list[ast.stmt]]] = field(default_factory=list)
    lasting: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    # The dicts or cells of variables that are declared to be around all interpreted functions.
    outside: dict[str, Any] = field(default_factory=dict)
    body: int = 0  # of the graph, where the function begins
    # Variables of this function that functions inside it declare `nonlocal`.
    shared: dict[str, Slot] = field(default_factory=dict)
    # The names around comprehensions that are being evaluated, each with the body at hand there.
    around: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    @property
    def recorder(self) -> Recorder:
        return self.session.recorder

    def __post_init__(self) -> None:
        self.body = self.recorder.body

    @contextmanager
    def inside(self, overlays: tuple[dict[str, Any], ...]) -> Iterator[None]:
        """Evaluate something inside of comprehensions, whose targets lie over all other names."""
        if not (overlays or self.around):
            yield
            return
        names, was = self.names, (self.in_comprehension, self.overlays)
        self.names = dict(self.function_names)
        for overlay in overlays:
            self.names.update(overlay)
        self.around.append((names, self.recorder.body))
        self.in_comprehension, self.overlays = bool(overlays) or was[0], overlays
        try:
            yield
        finally:
            self.names, (self.in_comprehension, self.overlays) = names, was
            self.around.pop()

    @property
    def function_names(self) -> dict[str, Any]:
        """The names of the function itself, without those of comprehensions in it."""
        return self.around[0][0] if self.around else self.names

    def owner_of(self, name: str) -> "Frame | None":
        """Return the function around this one that a name declared `nonlocal` belongs to."""
        scope = self.outer
        while scope is not None and name not in scope.locals | set(scope.function_names):
            scope = scope.outer
        return scope

    def share(self, name: str) -> None:
        """Have a variable stand in a slot, so that functions inside change it in branches, too."""
        owner = self if name in self.locals | set(self.names) else self.owner_of(name)
        if owner is None or owner.body != self.recorder.body:
            return
        if name in self.nonlocals or owner.around or name in owner.outside:
            return
        slot = owner.shared[name] = self.recorder.storage.slot(Kept, owner, name)
        if name in owner.names and not isinstance(owner.names[name], Unbound):
            self.session.assign(slot, owner.names.pop(name))

    def share_all(self, function: ast.AST) -> None:
        """Share the variables that a function declares `nonlocal`, or one inside it."""
        for part in ast.walk(function):
            for name in part.names if isinstance(part, ast.Nonlocal) else ():
                self.share(name)

    def has_slot(self, name: str) -> bool:
        """Tell whether a variable stands in a slot; after an attempt that failed it may not."""
        return name in self.shared and name not in self.function_names

    def put(self, variable: str | Slot, value: Any) -> None:
        """Make `value` what a name, or an attribute, holds from now on."""
        if isinstance(variable, Slot):
            self.session.assign(variable, value)
        elif self.has_slot(variable):
            if not isinstance(value, Unbound):
                self.session.assign(self.shared[variable], value)
        elif variable not in self.outside and variable not in self.nonlocals:
            self.names[variable] = value

    def variables(self) -> dict[str | Slot, Any]:
        """Return what all names, and the attributes that are assigned, hold."""
        slots = self.recorder.storage.slots.values()
        return self.names | {s: s.value for s in slots if s.value is not MISSING}

    def place(self, node: ast.AST) -> Place:
        return self.source.place(node)

    def refuse(self, node: ast.AST, what: str, remedy: str = "") -> Unsupported:
        """Return the exception that says that what stands at `node` is not compiled."""
        error = refuse(what, remedy)
        error.place = self.place(node)
        error.node = node
        return error

    def perform(self, node: ast.AST, action: Callable, *args: Any, **kwargs: Any) -> Any:
        """Do what the node says; what Python raises, the plain function will raise again."""
        self.recorder.place = self.place(node)
        try:
            return action(*args, **kwargs)
        except Unsupported as error:
            if getattr(error, "place", None) is None:
                error.place = self.place(node)
            if getattr(error, "node", None) is None:
                error.node = node
            raise
        except RecursionError:
            raise
        except Exception as error:
            refused = self.refuse(node, raised(error))
            refused.body = self.recorder.body
            refused.caught = [f.source.catches for f in self.session.stack]
            raise refused from error

    @contextmanager
    def branch(self) -> Iterator[dict[str, Any]]:
        """Interpret into a new body with a copy of the names.

        These are given back at the end, and what arrays then hold; outside nothing has changed.
        """
        before = self.names
        self.names = dict(before)
        storage = self.recorder.storage
        mark = len(storage.journal)
        body = self.recorder.nest()
        result: dict[str, Any] = {"body": body, "before": before}
        try:
            yield result
            result["names"] = self.names
            lists = ((n, v) for n, v in self.names.items() if isinstance(v, OfValues))
            if any(before.get(n) is v.held for n, v in lists):
                raise refuse(
                    "a list from outside of a branch or loop that a loop inside appends to"
                )
        finally:
            self.recorder.leave()
            self.names = before
            result["storage"] = storage.undo(mark)
