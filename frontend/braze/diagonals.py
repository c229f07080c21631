"""Matrices with something on a diagonal."""

from typing import Any

import numpy as np

from braze.errors import refuse
from braze.indexing import setitem
from braze.makers import filled, on_diagonal, static_int
from braze.registry import array_like, implements
from braze.shapes import smaller
from braze.value import Value


@implements(np.diag)
def diag(recorder: Any, v: Any, k: Any = 0) -> Value:
    v, k = array_like(recorder, v), static_int(k)
    if len(v.dims) != 1:
        raise refuse("numpy.diag of a matrix")
    size = v.dims[0]
    zero = recorder.operand(v.dtype.type(0))
    square = recorder.apply("where", [on_diagonal(recorder, size, size, 0), v, zero])
    if k == 0:
        return square
    whole = Value.of_size(recorder, size + abs(k))
    made = filled(recorder, (whole, whole), 0, v.dtype)
    end = Value.of_size(recorder, size)
    key = (slice(None, end), slice(k, None)) if k > 0 else (slice(-k, None), slice(None, end))
    setitem(made, key, square)
    return made


@implements(np.fill_diagonal)
def fill_diagonal(recorder: Any, a: Any, val: Any, wrap: bool = False) -> None:
    if not isinstance(a, Value) or len(a.dims) != 2 or wrap:
        raise refuse("numpy.fill_diagonal of such an array")
    given = array_like(recorder, val)
    size = smaller(*a.dims)
    if given.dims and not (len(given.dims) == 1 and given.dims[0] == size):
        raise refuse("numpy.fill_diagonal with numbers of another shape")
    places = recorder.add("iota", [], size=size, dtype="i64")
    setitem(a, (places, places), val)
