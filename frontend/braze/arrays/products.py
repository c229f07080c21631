"""Products of vectors and matrices."""

from typing import Any

import numpy as np

from braze.arrays import flattening, shapes
from braze.arrays.eager import steps as eager
from braze.arrays.matmul import matmul
from braze.arrays.reductions import given, into
from braze.arrays.registry import implements, method
from braze.arrays.ufuncs import call
from braze.errors import refuse
from braze.record.dtypes import KIND
from braze.record.value import Value


@implements(np.dot)
def dot(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    a, b = recorder.operand(a), recorder.operand(b)
    if given(out):  # which has to be in C order
        raise refuse("numpy.dot with out=")
    if not a.dims or not b.dims or len(b.dims) > 2 or len(a.dims) > 2:
        return eager.call(recorder, "dot", *map(as_numpy, (a, b)))
    return dot_of_arrays(recorder, a, b)


def dot_of_arrays(recorder: Any, a: Value, b: Value) -> Value:
    """Record `numpy.dot`, whose sums depend on how operands lie that it casts, so copies."""
    for x, other in ((a, b), (b, a)):
        if x.dtype_name != other.dtype_name:
            shapes.note_copy(x)
    return matmul(recorder, a, b, "dot")


def as_numpy(value: Value) -> Value:
    """Return an operand of a function that makes arrays of Python's numbers."""
    return shapes.as_array(value) if value.kind == "python" else value


@method("dot")
def dot_method(value: Value, b: Any, out: Any = None) -> Value:
    return dot(value.recorder, value, b, out)


@implements(np.vdot)
def vdot(recorder: Any, a: Any, b: Any) -> Value:
    a, b = (shapes.reshape(shapes.as_array(recorder.operand(x)), -1) for x in (a, b))
    if KIND[a.dtype_name] == "c":  # BLAS has a function of its own
        return eager.call(recorder, "vdot", a, b)
    return matmul(recorder, a, b)


@implements(np.inner)
def inner(recorder: Any, a: Any, b: Any) -> Value:
    a, b = recorder.operand(a), recorder.operand(b)
    if not a.dims or not b.dims or len(a.dims) > 2 or len(b.dims) > 2:
        return eager.call(recorder, "inner", *map(as_numpy, (a, b)))
    return dot_of_arrays(recorder, a, shapes.transpose(b))


@implements(np.kron)
def kron(recorder: Any, a: Any, b: Any) -> Value:
    a, b = (shapes.as_array(recorder.operand(x)) for x in (a, b))
    if not a.dims or not b.dims:
        return call(recorder, "multiply", [a, b])
    rank = max(len(a.dims), len(b.dims))
    sizes = [[1] * (rank - len(x.dims)) + list(x.dims) for x in (a, b)]
    spread = []
    for x, first in ((a, 1), (b, 0)):  # a: (n, 1, ...), b: (1, n, ...)
        missing = rank - len(x.dims)
        whole = recorder.add("expand_dims", [x], axes=list(range(missing))) if missing else x
        axes = list(range(first, 2 * rank, 2))
        spread.append(recorder.add("expand_dims", [whole], axes=axes))
    product = recorder.add("c_copy", [call(recorder, "multiply", spread)])
    shape = [m * n for m, n in zip(*sizes, strict=True)]
    return recorder.add("reshape", [product], shape=shape)


@implements(np.outer)
def outer(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    a, b = (flattening.ravel(shapes.as_array(recorder.operand(x))) for x in (a, b))
    return into(out, call(recorder, "multiply", [a[:, None], b[None, :]]))
