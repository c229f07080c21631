"""What a run-time loop carries from one iteration to the next: names, and arrays that change.

What that is shows only when the body is interpreted, so it is interpreted until nothing new turns
up: a name that was believed to stay the same array, an array that changes, memory that is shared.
"""

from typing import Any

from braze import flow, statements
from braze.frame import Frame, Unbound
from braze.merge import Leaves, is_number, nodes_of, own_memory, rebuild, same_types
from braze.sources import is_plain, same_value
from braze.storage import share
from braze.value import Value, is_value


class Mismatch(Exception):
    """A carried value changes its type from one iteration to the next."""

    def __init__(self, name: str, before: Any, after: Any) -> None:
        super().__init__(f"{name} is {before!r} before the loop and {after!r} after one iteration")


class Carried:
    """What one loop carries."""

    def __init__(self, frame: Frame, node: Any, names: list[str]) -> None:
        self.frame = frame
        self.node = node
        self.names = names
        # Names that hold the very same array after each iteration, as after `x += 1`.
        self.same = {n for n in names if is_value(frame.names[n]) and frame.names[n].is_array}
        self.roots: list[Value] = []
        self.ended: dict[str, Any] = {}  # what names hold at the end of the body
        self.collect()
        self.fresh = [own_memory(frame, v) for v in self.start.values]

    def collect(self) -> None:
        """Flatten what the carried names hold before the loop."""
        frame = self.frame
        self.kept = [
            n for n in self.names if n not in self.same and not stays_plain(frame.names[n])
        ]
        self.start = Leaves()
        given = tuple(frame.names[n] for n in self.kept)
        self.skeleton = frame.perform(self.node, self.start.take, frame, given)

    def initial(self) -> list[Value]:
        """Return the values that go into the loop."""
        nodes = nodes_of(self.start.values, self.fresh, self.roots)
        return [Value(self.frame.recorder, node) for node in nodes]

    def interpret_body(self, header: Any) -> tuple[int, list[int] | None]:
        """Interpret the body with parameters for what is carried.

        `header` makes a parameter of its own; what it returns is called when all are bound, since
        the rows that a loop takes are those of the array as the last iteration left it.
        Returns the body and its results, or None for these if more must be carried.
        """
        frame = self.frame
        before = dict(frame.names)
        with frame.branch() as way:
            begin = None if header is None else header(way["body"])
            self.bind_parameters(way["body"])
            if begin is not None:
                begin()
            end = statements.run_block(frame, self.node.body)
            if end not in (None, "continue"):
                raise frame.refuse(self.node, "break or return in a run-time loop")
            self.ended = {n: v for n, v in frame.names.items() if not isinstance(v, Unbound)}
            changed_names = {n for n in self.same if frame.names.get(n) is not before[n]}
            after = self.after(before) if not changed_names else Leaves()
            still = [own_memory(frame, v) for v in after.values]
            refs = nodes_of(after.values, still, self.roots)
        if changed_names:
            self.same -= changed_names
            self.collect()
            self.fresh = [own_memory(frame, v) for v in self.start.values]
            return way["body"], None
        known = {id(root) for root in self.roots}
        new = [root for root in flow.changed_outside(way) if id(root) not in known]
        fresh = [a and b for a, b in zip(self.fresh, still, strict=True)]
        if new or fresh != self.fresh:
            self.roots += new
            self.fresh = fresh
            return way["body"], None
        for value, own in zip(after.values, still, strict=True):
            if value.is_array and not own:
                frame.perform(self.node, share, value, self.roots)
        return way["body"], refs

    def bind_parameters(self, body: int) -> None:
        """Make a parameter of the body for everything that is carried, and bind it."""
        frame, recorder = self.frame, self.frame.recorder
        graph = recorder.graph
        params = []
        for value, own in zip(self.start.values, self.fresh, strict=True):
            if value.is_array and not own:
                frame.perform(self.node, share, value, self.roots)
            param = Value(recorder, graph.param_like(body, graph.type(value.ref)))
            param.fresh = own
            param.shared = param.is_array and not own
            params.append(param)
        frame.names.update(zip(self.kept, rebuild(self.skeleton, params), strict=True))
        for root in self.roots:
            recorder.storage.change(root, graph.param_like(body, graph.type(root.ref)))

    def after(self, before: dict[str, Any]) -> Leaves:
        """Flatten what the carried names hold after an iteration."""
        frame, node = self.frame, self.node
        ended = []
        for name in self.kept:
            value = frame.names.get(name)
            if value is None or isinstance(value, Unbound):
                raise frame.refuse(node, f"a loop after which {name} may have no value")
            ended.append(value)
        after = Leaves()
        skeleton = frame.perform(node, after.take, frame, tuple(ended))
        if not flow.same_skeleton(self.skeleton, skeleton):
            raise Mismatch(", ".join(self.kept), before, ended)
        names = names_of(self.kept, self.skeleton)
        for name, a, b in zip(names, self.start.values, after.values, strict=True):
            if not same_types(a, b):
                raise Mismatch(name, a, b)
        for name in self.names:
            if name in self.kept or name in self.same:
                continue
            if not same_plain(before[name], frame.names.get(name)):
                kind = type(before[name]).__name__
                raise frame.refuse(node, f"a run-time loop that changes {name}, a {kind}")
        return after

    def finish(self, outputs: list[Value]) -> None:
        """Bind the names and the changed arrays to what the loop gives."""
        frame = self.frame
        count = len(self.start.values)
        for output, own in zip(outputs[:count], self.fresh, strict=True):
            output.fresh = own
            output.shared = output.is_array and not own
        frame.names.update(zip(self.kept, rebuild(self.skeleton, outputs[:count]), strict=True))
        for root, output in zip(self.roots, outputs[count:], strict=True):
            frame.recorder.storage.change(root, output.ref)


def stays_plain(value: Any) -> bool:
    """Tell whether a name is carried as it is: no number, so it may not change in the loop."""
    return not is_value(value) and not is_number(value) and not isinstance(value, tuple)


def names_of(kept: list[str], skeleton: Any) -> list[str]:
    """Return for each leaf the name that it belongs to."""
    result: list[str] = []

    def walk(name: str, part: Any) -> None:
        if isinstance(part, tuple):
            for inner in part:
                walk(name, inner)
        elif isinstance(part, int):
            result.append(name)

    for name, part in zip(kept, skeleton, strict=True):
        walk(name, part)
    return result


def same_plain(a: Any, b: Any) -> bool:
    return a is b or (is_plain(a) and is_plain(b) and same_value(a, b))
