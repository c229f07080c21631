"""Slices whose bounds are known only when the function runs.

A `span` node clamps the bounds as Python does and gives the number of elements, which from there on
is the value of a size; a `window` node is the part itself. Two slices with the same bounds have the
same size while compiling; other sizes that meet are compared when the function runs. A step that is
known only then is a size as well, so its sign is settled while compiling.
"""

from typing import Any

from braze.errors import refuse
from braze.record.dtypes import KIND
from braze.record.either import bare
from braze.record.value import Value, is_value

FIRST, LAST = -(2**63), 2**63 - 1  # what Python takes for a bound that is left out


def is_known(recorder: Any, size: Any) -> bool:
    """Tell whether questions about a size can be decided for the call at hand."""
    return isinstance(size, int) or size.evaluate(recorder.sizes) is not None


def at_run_time(recorder: Any, bound: Any) -> bool:
    """Tell whether a bound is known only when the function runs."""
    if not is_value(bound):
        return False
    if bound.size_of is not None:
        return not is_known(recorder, bound.size_of)
    return not bound.can_be_static


def is_window(recorder: Any, key: slice, extent: Any) -> bool:
    """Tell whether a slice of an axis of this size has to be taken when the function runs."""
    bounds = [b for b in (key.start, key.stop) if b is not None]
    unknown = bool(bounds) and not is_known(recorder, extent)
    return unknown or any(at_run_time(recorder, b) for b in (*bounds, key.step))


def ascends(step: Any) -> bool:
    """Tell whether a step, which is not 0, is one towards the end."""
    return step > 0 if isinstance(step, int) else step.never_negative


def step_in_run(recorder: Any, step: Any) -> Any:
    """Return a step that only the run knows as a size, or as one below zero.

    It is taken for negative if it is written as a negation, or is negative in this call.
    """
    step = checked(step)
    known = ("step", step.ref)
    if known in recorder.spans:
        made, size = recorder.spans[known]
        if recorder.in_scope(made.body):
            return size
    negative = is_negation(recorder, step) or (step.hint is not None and step.hint < 0)
    size, made = recorder.bind(-step if negative else step)
    recorder.decide("nonnegative", size - 1)
    size = -size if negative else size
    recorder.spans[known] = (made, size)
    return size


def is_negation(recorder: Any, number: Value) -> bool:
    """Tell whether a number is zero less another."""
    graph, ref = recorder.graph, number.ref
    return graph.op(ref) == "subtract" and graph.operands(ref)[0] == recorder.operand(0).ref


def window_of(recorder: Any, key: slice, step: Any, extent: Any) -> tuple[Value, Any]:
    """Record the span of a slice: its first position and its size."""
    start, stop = (0, LAST) if ascends(step) else (LAST, FIRST)
    start = start if key.start is None else checked(key.start)
    stop = stop if key.stop is None else checked(key.stop)
    operands = [recorder.operand(start), recorder.operand(stop)]
    known = (*(operand.ref for operand in operands), str(step), str(extent))
    if known in recorder.spans:
        first, size = recorder.spans[known]
        if recorder.in_scope(first.body):
            return first, size
    size = expected_size(recorder, start, stop, step)
    first = recorder.add("span", operands, extent=extent, step=step, size=size)
    recorder.spans[known] = (first, size)
    return first, size


def checked(bound: Any) -> Any:
    """Return a bound of a slice; it must be an integer."""
    if is_value(bound):
        if bound.is_array or KIND[bound.dtype_name] not in "iu" or bound.dtype_name == "u64":
            raise refuse(f"a slice with a bound of type {bound.python_type.__name__}")
        return bare(bound)
    return int(bound)


def expected_size(recorder: Any, start: Any, stop: Any, step: Any) -> Any:
    """Return the size of a slice: 1, or a symbol, with a value if only the axis can cut it."""
    distance = apart(recorder, start, stop) if step in (1, -1) else None
    if distance is not None and step == -1:
        distance = -distance
    # Only an axis of size 1 is repeated in broadcasting, so that has to be said.
    if isinstance(distance, int) and distance == 1:
        return 1
    size = recorder.graph.fresh("w")
    if distance is not None and is_known(recorder, distance):
        value = distance if isinstance(distance, int) else distance.evaluate(recorder.sizes)
        if value > 1:
            recorder.sizes[size.symbol] = value
    recorder.tells(size)
    return size


def apart(recorder: Any, start: Any, stop: Any) -> Any:
    """Return by how much `stop` exceeds `start`, as a size or an int; None if that changes."""
    (base, low), (other, high) = offset(recorder, start), offset(recorder, stop)
    return high - low if base == other and base is not None else None


def offset(recorder: Any, number: Any) -> tuple[int | None, Any]:
    """Return a number as a node, or None, and a size added to it."""
    if not is_value(number):
        return None, number
    if number.size_of is not None:
        return None, number.size_of
    return recorder.offsets.get(number.ref, (number.ref, 0))


def note_offset(recorder: Any, name: str, made: Value, a: Any, b: Any) -> None:
    """Remember that an int is another one with a size added or taken away."""
    (base, first), (other, second) = offset(recorder, a), offset(recorder, b)
    if other is None and base is not None:
        total = first + second if name == "add" else first - second
        recorder.offsets[made.ref] = (base, total)
    elif base is None and other is not None and name == "add":
        recorder.offsets[made.ref] = (other, first + second)
