"""The products that BLAS computes, whose order of adding depends on how and where operands lie."""

from typing import Any

from braze.arrays.arithmetic import as_result, settle_integers
from braze.errors import refuse
from braze.record.storage import origin
from braze.record.value import Value


def matmul(recorder: Any, a: Any, b: Any, op: str = "matmul") -> Value:
    """Record the matrix product, as `numpy.matmul` makes it, or `numpy.dot`."""
    values = settle_integers(recorder, [recorder.operand(a), recorder.operand(b)])
    if not all(v.is_array and v.dims for v in values):
        raise refuse("a matrix product with a scalar")
    a, b = values
    if origin(a) is not origin(b) and origin(a).ref == origin(b).ref and origin(b).twin:
        b = on_copy(recorder, b)  # BLAS multiplies an array with itself in another order
    return as_result(recorder.apply(op, [a, b]))


def on_copy(recorder: Any, value: Value) -> Value:
    """Return the same view of a copy of what an array shows."""
    if value.made_by is None:
        return recorder.add("copy", [value])
    op, (shown, *others), attrs = value.made_by
    return recorder.add(op, [on_copy(recorder, shown), *others], **attrs)
