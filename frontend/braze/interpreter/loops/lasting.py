"""Names that a run-time loop binds first and that are read after it.

Such a name is carried like one that is bound before the loop; it starts as some value of the type
that the loop gives. If the loop does not run at all, Python has no value either: the plain function
says so.
"""

import ast
from typing import Any

from braze.interpreter import branches, flow
from braze.interpreter.flow import Range
from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.lists.grown import ROOM, Growth, convert, grown_by
from braze.interpreter.loops.trips import count_of
from braze.interpreter.ways.agreement import held_of, may_be_carried, sometimes
from braze.interpreter.ways.liveness import BOUND, binds, first_use, in_functions, read_from_here
from braze.interpreter.ways.oneof import Sometimes
from braze.record.slots import MISSING, Slot
from braze.record.trees import nodes_of
from braze.record.value import TO_NUMPY, Value, is_value


def read_later(frame: Frame, node: ast.For, name: str) -> bool:
    """Tell whether the function reads the name behind the loop."""
    if not counts(frame, node, name):
        return False
    end = (node.end_lineno or 0, node.end_col_offset or 0)
    return any(
        isinstance(n, ast.Name)
        and n.id == name
        and isinstance(n.ctx, ast.Load)
        and (n.lineno, n.col_offset) >= end
        for statement in frame.source.body
        for n in nodes_of(statement)
    )


def blank(frame: Frame, node: ast.For, value: Any) -> Value | None:
    """Return some value of the type of one that the loop gives; None if there is none."""
    if not is_value(value):
        return frame.recorder.operand(value) if type(value) in (bool, int, float) else None
    if value.either is not None:
        return frame.recorder.operand(value.either.types[0](0))
    if value.kind == "python":
        return frame.recorder.operand(value.python_type(0))
    if value.kind == "scalar":
        return frame.recorder.operand(TO_NUMPY[value.dtype_name].type(0))
    from braze.arrays.makers import zeros

    shape = tuple(Value.of_size(frame.recorder, size) for size in value.dims)
    made = frame.perform(node, zeros, frame.recorder, shape, TO_NUMPY[value.dtype_name])
    return made if made.dims == value.dims else None


def runs(frame: Frame, node: ast.For, bounds: Any) -> bool:
    """Have a check say that the loop runs at least once; False where that is not so."""
    if not isinstance(bounds.step, int) or bounds.step == 0:
        return False
    first, last = bounds.start, bounds.stop
    if bounds.step < 0:
        first, last = last, first
    sizes = [b for b in (first, last) if is_value(b)]
    if all(b.size_of is not None for b in sizes):  # or plain numbers
        return frame.perform(node, lambda: bool(last - first > 0))
    frame.perform(node, frame.recorder.assume_less, first, last)
    return True


def counts(frame: Frame, node: ast.For | ast.While, name: str) -> bool:
    """Tell whether it may be seen what a name holds before a loop, or after a round."""
    made = name[0] == "$" and (":" not in name or name.startswith(("$held", "$first")))
    if made or frame.in_comprehension or not frame.following:
        return True
    if isinstance(node, ast.While) and binds(node.test, name):
        return True
    if first_use(node.body, name) != BOUND or in_functions(frame.source.body, name):
        return True
    *outer, (_, after) = frame.following
    return read_from_here([*outer, ([], after)], name)


class Attempt:
    """A loop that may have to be interpreted again, with something to carry that it did not."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.names, self.mark = dict(frame.names), frame.session.mark()
        self.begun = self.risks()
        self.ended = self.begun

    def risks(self) -> tuple[int, int]:
        risks = self.frame.recorder.risks
        return len(risks.nodes), len(risks.controls)

    def over(self) -> None:
        """Note that what is recorded from now on stays if the loop is dropped."""
        self.ended = self.risks()

    def again(self, node: ast.AST, starts: dict) -> None:
        """Drop the loop and give what it is to carry a first value."""
        frame, risks = self.frame, self.frame.recorder.risks
        frame.session.undo(self.mark)
        frame.names = self.names
        del risks.nodes[self.begun[0] : self.ended[0]]
        del risks.controls[self.begun[1] : self.ended[1]]
        for name, value in starts.items():
            frame.put(name, value)
        for made in grown_by(frame, node):
            frame.perform(node, made.begin)


def values_after_while(
    frame: Frame, node: ast.While, lost: list[str], ended: dict
) -> dict[str | Slot, Any]:
    """Return what has to have a value before a `while` loop, as `first_values` does."""
    names = [n for n in lost if n in ended and read_later(frame, node, n)]
    names = [] if any(isinstance(ended[n], Sometimes) for n in names) else names
    if (
        not names or frame.recorder.body != 0
    ):  # where a loop that does not run can be left to Python
        return {}
    blanks = {n: blank(frame, node, ended[n]) for n in names}
    return {} if any(value is None for value in blanks.values()) else blanks


def runs_once(frame: Frame, node: ast.While) -> None:
    """Have a check say that a `while` loop runs at least once."""
    tested = flow.test(frame, node.test)
    if is_value(tested):
        fails = frame.perform(node, frame.recorder.add, "logical_not", [tested])
        frame.perform(node, frame.recorder.assume_false, fails)
    elif not tested:
        raise frame.refuse(node, "a loop that does not run here and binds what is read after it")


def first_values(
    frame: Frame,
    node: ast.For,
    bounds: Range | None,
    lost: list[str],
    begun: list[Slot],
    ended: dict,
    growth: Growth,
) -> dict[str | Slot, Any]:
    """Return what must have a value before the loop so that it can be carried, if it can be."""
    if bounds is None:  # a `while` loop
        return frame.perform(node, convert, frame, node, growth, ROOM)
    names = [n for n in lost if n in ended and read_later(frame, node, n)] + begun
    names = [n for n in names if not isinstance(ended.get(n), Sometimes)]
    if not (names or growth.found):
        return {}
    some = runs(frame, node, bounds)
    if growth.found and not some:
        raise frame.refuse(node, "a list to which a loop that does not run here appends")
    blanks = {n: blank(frame, node, ended[n]) for n in names if some}
    if any(value is None for value in blanks.values()):
        blanks = {}
    if growth.found:
        trips = frame.perform(node, count_of, bounds)
        blanks |= frame.perform(node, convert, frame, node, growth, trips)
    return blanks


def perhaps_bound(
    frame: Frame, node: ast.For | ast.While, lost: list[str], ended: dict
) -> dict[str | Slot, Any]:
    """Return what names hold before a loop that may bind them, and behind which they are read."""
    found: dict[str | Slot, Any] = {}
    for name in lost:
        value = ended.get(name, MISSING)
        read = branches.is_read(frame, name) and counts(frame, node, name)
        if value is MISSING or not read:
            continue
        held = held_of(value)
        if may_be_carried(frame, held):
            some = frame.perform(node, sometimes, frame, Unbound(""), held)
            found[name] = some
    return found
