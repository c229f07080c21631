"""The sizes of products of vectors and matrices."""

from typing import Any

from braze.arrays.shapes import broadcast_shape
from braze.errors import refuse
from braze.record.dtypes import KIND
from braze.record.value import Value


def dot(call: Any) -> list:
    a, b = call.dims("a"), call.dims("b")
    if not a or not b:
        return [*a, *b]
    call.same(a[-1], b[-2] if len(b) > 1 else b[0])
    return [*a[:-1], *b[:-2], *b[-1:]] if len(b) > 1 else a[:-1]


def inner(call: Any) -> list:
    a, b = call.dims("a"), call.dims("b")
    return [*a, *b] if not a or not b else [*a[:-1], *b[:-1]]


def interp(call: Any) -> list:
    given = [call.argument(name) for name in ("x", "xp")]
    if any(isinstance(x, Value) and KIND[x.dtype_name] == "c" for x in given):
        raise refuse("numpy.interp at complex numbers, of which NumPy warns")
    return call.dims("x")


def stacks(call: Any, first: int, second: int) -> tuple[list, list, list]:
    """Return the sizes of a product's stack, and the last sizes of its operands."""
    a, b = call.dims("x1"), call.dims("x2")
    if len(a) < first or len(b) < second:
        raise refuse(f"numpy.{call.row.name} of arrays of fewer dimensions")
    stack = broadcast_shape(call.recorder, [a[: len(a) - first], b[: len(b) - second]])
    return stack, a[len(a) - first :], b[len(b) - second :]


def vecdot(call: Any) -> list:
    stack, (n,), (m,) = stacks(call, 1, 1)
    call.same(n, m)
    return stack


def matvec(call: Any) -> list:
    stack, (rows, columns), (n,) = stacks(call, 2, 1)
    call.same(columns, n)
    return [*stack, rows]


def vecmat(call: Any) -> list:
    stack, (n,), (rows, columns) = stacks(call, 1, 2)
    call.same(rows, n)
    return [*stack, columns]
