"""What a run-time loop carries from one iteration to the next: names, and arrays that change.

What that is shows only when the body is interpreted, so it is interpreted until nothing new turns
up: a name that was believed to stay the same array, an array that changes, memory that is shared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from braze.interpreter import branches, statements
from braze.interpreter.attributes import begin
from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.loops.mismatch import Mismatch
from braze.interpreter.merge import (
    CharAt,
    Leaves,
    OneAt,
    SomeAt,
    as_one,
    is_another,
    is_number,
    is_view,
    nodes_of,
    note_views,
    own_memory,
    rebuild,
    same_shape,
    same_skeleton,
    same_types,
)
from braze.interpreter.texts import Char
from braze.interpreter.ways.agreement import agreed, like, sometimes, widens
from braze.interpreter.ways.oneof import OneOf, Sometimes
from braze.interpreter.ways.spread import alike, flat, held_alone, thawed
from braze.record.either import HELD, common_types, mix, unmix
from braze.record.records import is_record
from braze.record.slots import Slot
from braze.record.sources import is_plain, same_value
from braze.record.storage import share
from braze.record.value import Value, is_value


@dataclass
class Found:
    """What a loop was found to carry when it was last interpreted."""

    changed: set["Variable"] = field(default_factory=set)
    roots: list[Value] = field(default_factory=list)


SPREAD = object()
Variable = str | Slot  # a name of the function, or an attribute that it assigns


class Carried:
    """What one loop carries."""

    def __init__(self, frame: Frame, node: Any, names: list[str], mixing: bool) -> None:
        self.frame = frame
        self.mixing = mixing  # numbers may become NumPy's in a later iteration than the first
        self.node = node
        self.names: list[Variable] = []
        # Names that hold the very same array after each iteration, as after `x += 1`.
        self.same: set[Variable] = set()
        self.roots: list[Value] = []
        self.ended: dict[Variable, Any] = {}  # what names hold at the end of the body
        self.mixed: list[Any] = []  # of each value: the two types that it may be of, or None
        self.ends: list[Value] = []  # what values are after an iteration
        self.another: list[str] = []  # which values are views, before the loop and after it
        self.wider: dict[Variable, Any] = {}  # of which kinds names may be after an iteration
        self.spread: set[Variable] = set()  # names that hold instances, carried by attributes
        self.begun: list[Slot] = []  # that have no value before the loop
        self.add(names)
        # A loop in a loop is interpreted as often as that one: so it starts with what is known.
        key = (frame.source, type(node), node.lineno, node.col_offset)
        self.found = frame.session.found.setdefault(key, Found())
        self.expected = self.expect()

    def add(self, names: list[Variable]) -> None:
        """Carry these, too."""
        held = self.frame.variables()
        self.names += names
        self.same |= {n for n in names if is_value(held[n]) and held[n].is_array}
        self.collect()

    def expect(self) -> bool:
        """Carry what was found earlier, and is there now; tell whether that is anything."""
        names = self.same & self.found.changed
        in_scope = self.frame.recorder.in_scope
        self.roots = [root for root in self.found.roots if in_scope(root.body)]
        if names:
            self.same -= names
            self.collect()
        return bool(names or self.roots)

    def disappointed(self, way: dict, ended: dict[Variable, Any]) -> bool:
        """Tell whether something that was expected stays as it is: then all is found out anew."""
        changed = {id(root) for root in branches.changed_outside(way)}
        names = self.found.changed & {*self.kept}
        still = [n for n in names if ended.get(n) is self.given.get(n)]
        if not still and all(id(root) in changed for root in self.roots):
            return False
        self.found.changed, self.found.roots = set(), []
        self.same |= names
        self.roots = []
        self.collect()
        return True

    def add_attributes(self, way: dict) -> bool:
        """Carry what the body has assigned to attributes; tell whether that is anything new."""
        known = {*self.names, *self.begun}
        new = [slot for slot in branches.changed_slots(way) if slot not in known]
        have = [s for s in new if self.frame.perform(self.node, begin, self.frame.session, s)]
        self.begun += [slot for slot in new if slot not in have]
        if have:
            self.add(have)
        return bool(have)

    def collect(self) -> None:
        """Flatten what the carried names hold before the loop."""
        frame, held = self.frame, self.frame.variables()
        self.kept = [
            n
            for n in self.names
            if n not in self.same and (n in self.spread or not stays_plain(held[n]))
        ]
        self.start = Leaves()
        given = tuple(self.flattened(n, held[n]) for n in self.kept)
        self.skeleton = frame.perform(self.node, self.start.take, frame, given)
        self.mixed = [v.either and v.either.types for v in self.start.values]
        self.fresh = [own_memory(frame, v) for v in self.start.values]
        self.alone = tuple(self.fresh)  # so before the loop, whatever an iteration gives

    def initial(self) -> list[Value]:
        """Return the values that go into the loop."""
        numbers, flags = mix(self.start.values, self.mixed)
        own = [*self.fresh, *[False] * len(flags)]
        nodes = nodes_of([*numbers, *flags], own, self.roots)
        return [Value(self.frame.recorder, node) for node in nodes]

    def interpret_body(self, header: Any) -> tuple[int, list[int] | None]:
        """Interpret the body with parameters for what is carried.

        `header` makes a parameter of its own; what it returns is called when all are bound, since
        the rows that a loop takes are those of the array as the last iteration left it.
        Returns the body and its results, or None for these if more must be carried.
        """
        frame = self.frame
        before = frame.variables()
        with frame.branch() as way:
            begin = None if header is None else header(way["body"])
            self.bind_parameters(way["body"])
            if begin is not None:
                begin()
            with alone(frame, before):
                end = statements.run_block(frame, self.node.body)
            if end not in (None, "continue"):
                raise frame.refuse(self.node, "break or return in a run-time loop")
            ended = frame.variables()
            self.ended = {n: v for n, v in ended.items() if not is_unbound(v)}
            for name in list(frame.names):  # that nothing reads any more
                if is_unbound(before.get(name, Unbound(""))):
                    del frame.names[name]
            changed_names = {n for n in self.same if ended.get(n) is not before[n]}
            after = self.after(before) if not changed_names else Leaves()
            still = [own_memory(frame, v) for v in after.values]
            mixing = bool(self.wider)
            if not mixing:
                self.find_views(after.values, still)
                mixing = self.find_mixed(after.values)
            if not changed_names and not mixing:
                numbers, flags = frame.perform(self.node, mix, after.values, self.mixed)
                own = [*still, *[False] * len(flags)]
                refs = nodes_of([*numbers, *flags], own, self.roots, self.params)
        if self.widen():
            self.collect()
            return way["body"], None
        if self.expected:
            self.expected = False
            if self.disappointed(way, ended):
                return way["body"], None
        if mixing or self.add_attributes(way):
            return way["body"], None
        if changed_names:
            self.same -= changed_names
            self.found.changed |= changed_names
            self.collect()
            return way["body"], None
        known = {id(root) for root in self.roots}
        new = [root for root in branches.changed_outside(way) if id(root) not in known]
        fresh = [a and b for a, b in zip(self.fresh, still, strict=True)]
        if new or fresh != self.fresh:
            self.roots += new
            self.found.roots = [*self.roots]
            self.fresh = fresh
            return way["body"], None
        for value, own in zip(after.values, still, strict=True):
            if value.is_array and not own:
                frame.perform(self.node, share, value, self.roots)
        return way["body"], refs

    def find_views(self, after: list[Value], still: list[bool]) -> None:
        """Find the arrays that are views before the loop and after an iteration."""
        ends = zip(self.start.values, after, self.alone, still, strict=False)
        self.another = [
            self.frame.perform(self.node, is_another, a, b, tuple(own)) for a, b, *own in ends
        ]

    def find_mixed(self, after: list[Value]) -> bool:
        """Find numbers that are of another type after an iteration than before it."""
        before = list(self.mixed)
        for i, value in enumerate(after):
            start, types = self.start.values[i], self.mixed[i]
            if types or not same_types(start, value):
                self.mixed[i] = common_types(start, value, also=types or ())
        return self.mixed != before

    def bind_parameters(self, body: int) -> None:
        """Make a parameter of the body for everything that is carried, and bind it."""
        frame, recorder = self.frame, self.frame.recorder
        graph = recorder.graph
        params = []
        for value, own in zip(self.start.values, self.fresh, strict=True):
            if value.is_array and not own:
                frame.perform(self.node, share, value, self.roots)
            types = self.mixed[len(params)]
            param = Value(
                recorder,
                graph.param(body, "python", HELD[types])
                if types
                else graph.param_like(body, graph.type(value.ref)),
            )
            param.fresh = own
            param.shared = param.is_array and not own
            param.another = "view" if is_view(value) else ""
            params.append(param)
        note_views(params, self.start.values)
        self.params = params
        flags = [Value(recorder, graph.param(body, "python", "b1")) for t in self.mixed if t]
        self.put(unmix([*params, *flags], self.mixed))
        for root in self.roots:
            recorder.storage.change(root, graph.param_like(body, graph.type(root.ref)))

    def put(self, values: list[Value]) -> None:
        """Have these be what the carried names hold."""
        self.given = dict(zip(self.kept, rebuild(self.skeleton, values), strict=True))
        for name, value in self.given.items():
            if name in self.spread:
                value = self.given[name] = thawed(self.frame, value)
            self.frame.put(name, value)

    def flattened(self, name: Variable, value: Any) -> Any:
        """Return what a name holds; of an instance, if that is carried, its attributes."""
        return flat(self.frame, value) if name in self.spread else value

    def after(self, before: dict[Variable, Any]) -> Leaves:
        """Flatten what the carried names hold after an iteration."""
        frame, node = self.frame, self.node
        ended, held = [], frame.variables()
        for name in self.kept:
            value = held.get(name)
            if name not in held or is_unbound(value):
                raise frame.refuse(node, f"a loop after which {name} may have no value")
            if name in self.spread:
                ended.append(self.spread_out(name, before, value))
                continue
            ended.append(self.agreeing(name, before[name], value))
        after = Leaves()
        self.ends = after.values
        skeleton = frame.perform(node, after.take, frame, tuple(ended))
        if self.wider:
            return after
        if not same_skeleton(self.skeleton, skeleton):
            held = [before[name] for name in self.kept]
            raise Mismatch(", ".join(map(str, self.kept)), held, ended)
        names = names_of(self.kept, self.skeleton)
        for name, a, b in zip(names, self.start.values, after.values, strict=True):
            settled = a.either is None and b.either is None and not self.mixing
            if same_types(a, b) or same_shape(a, b):
                continue
            if settled or common_types(a, b) is None:
                raise Mismatch(name, a, b)
        for name in self.names:
            if name in self.kept or name in self.same:
                continue
            if not same_plain(before[name], held.get(name)):
                self.agreeing(name, before[name], held.get(name))
                if name in self.wider:
                    continue
                kind = type(before[name]).__name__
                raise frame.refuse(node, f"a run-time loop that changes {name}, a {kind}")
        return after

    def spread_out(self, name: Variable, before: dict[Variable, Any], value: Any) -> Any:
        """Return the attributes of an instance that a name holds after an iteration."""
        frame, passing = self.frame, {n for n in self.frame.names if n not in before} | {name}
        same = type(value) is type(before[name]) and is_record(frame.recorder, value)
        if not same or not held_alone(frame, value, passing):
            kind = type(before[name]).__name__
            raise frame.refuse(self.node, f"a run-time loop that changes {name}, a {kind}")
        return flat(frame, value)

    def agreeing(self, name: Variable, before: Any, after: Any) -> Any:
        """Return what a name holds after an iteration as it held it before.

        If it then may be of another kind, it is noted that it has to start as one of several.
        """
        frame = self.frame
        frame.recorder.place = frame.place(self.node)
        if isinstance(before, Sometimes):
            return sometimes(frame, after)
        if isinstance(name, str) and alike(frame, before, after):
            self.wider[name] = SPREAD
            return after
        if is_record(frame.recorder, after) and type(before) is type(after) and not self.mixing:
            raise Mismatch(name, before, after)  # an iteration in place makes it the function's own
        found = agreed(frame, before, after)
        if found is None or not widens(before, found):
            return like(frame, after, found)
        if not self.mixing:
            raise Mismatch(name, before, after)
        self.wider[name] = found
        return after

    def widen(self) -> bool:
        """Have names start as one of several values; tell whether there are any such names."""
        frame, held = self.frame, self.frame.variables()
        for name, found in self.wider.items():
            if found is SPREAD:
                if not held_alone(frame, held[name], {name}):
                    kind = type(held[name]).__name__
                    raise frame.refuse(self.node, f"a run-time loop that changes {name}, a {kind}")
                self.spread.add(name)
                continue
            frame.put(name, frame.perform(self.node, like, frame, held[name], found))
        widened, self.wider = bool(self.wider), {}
        return widened

    def finish(self, outputs: list[Value]) -> None:
        """Bind the names and the changed arrays to what the loop gives."""
        frame = self.frame
        count = len(outputs) - len(self.roots)
        results = unmix(outputs[:count], self.mixed)
        for output, own, another in zip(results, self.fresh, self.another, strict=True):
            output.fresh, output.shared = own, output.is_array and not own
            output.another = another
        note_views(results, self.params, self.ends)
        self.put(as_one(results, self.start.values, self.ends))
        for root, output in zip(self.roots, outputs[count:], strict=True):
            frame.recorder.storage.change(root, output.ref)


@contextmanager
def alone(frame: Frame, before: dict[Variable, Any]) -> Iterator[None]:
    """Run a body after which nothing reads the names that it binds first."""
    following, lasting = frame.following, frame.lasting
    frame.following = [([], after) for _, after in following]
    frame.lasting = frozenset(n for n, v in before.items() if not isinstance(v, Unbound))
    try:
        yield
    finally:
        frame.following, frame.lasting = following, lasting


def stays_plain(value: Any) -> bool:
    """Tell whether a name is carried as it is: no number, so it may not change in the loop."""
    if is_value(value) or is_number(value):
        return False
    return not isinstance(value, (tuple, Char, OneOf, Sometimes))


def is_unbound(value: Any) -> bool:
    """Tell whether a name holds nothing that a loop can carry."""
    return isinstance(value, Unbound) and not isinstance(value, Sometimes)


def names_of(kept: list[Variable], skeleton: Any) -> list[Variable]:
    """Return for each leaf the name that it belongs to."""
    result: list[Variable] = []

    def walk(name: Variable, part: Any) -> None:
        if isinstance(part, tuple):
            for inner in part:
                walk(name, inner)
        elif isinstance(part, (int, CharAt)):
            result.append(name)
        elif isinstance(part, OneAt):
            walk(name, (part.which, *part.parts))
        elif isinstance(part, SomeAt):
            walk(name, (part.flag, part.value))

    for name, part in zip(kept, skeleton, strict=True):
        walk(name, part)
    return result


def same_plain(a: Any, b: Any) -> bool:
    return a is b or (is_plain(a) and is_plain(b) and same_value(a, b))
