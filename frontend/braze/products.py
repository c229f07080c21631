"""Products of vectors and matrices."""

from typing import Any

import numpy as np

from braze import shapes
from braze.errors import refuse
from braze.reductions import into
from braze.registry import implements, method
from braze.ufuncs import call, matmul
from braze.value import Value


@implements(np.dot)
def dot(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    a, b = recorder.operand(a), recorder.operand(b)
    if not a.dims or not b.dims:
        return into(out, call(recorder, "multiply", [a, b]))
    if len(b.dims) > 2 or len(a.dims) > 2:
        raise refuse("numpy.dot of arrays of more than 2 dimensions")
    return into(out, matmul(recorder, a, b))


@method("dot")
def dot_method(value: Value, b: Any, out: Any = None) -> Value:
    return dot(value.recorder, value, b, out)


@implements(np.vdot)
def vdot(recorder: Any, a: Any, b: Any) -> Value:
    a, b = (shapes.ravel(shapes.as_array(recorder.operand(x))) for x in (a, b))
    return matmul(recorder, a, b)


@implements(np.inner)
def inner(recorder: Any, a: Any, b: Any) -> Value:
    a, b = recorder.operand(a), recorder.operand(b)
    if not a.dims or not b.dims:
        return call(recorder, "multiply", [a, b])
    if len(a.dims) > 2 or len(b.dims) > 2:
        raise refuse("numpy.inner of arrays of more than 2 dimensions")
    return matmul(recorder, a, shapes.transpose(b))


@implements(np.outer)
def outer(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    a, b = (shapes.ravel(shapes.as_array(recorder.operand(x))) for x in (a, b))
    return into(out, call(recorder, "multiply", [a[:, None], b[None, :]]))
