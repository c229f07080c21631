"""Matrices with something on a diagonal."""

import functools
from typing import Any

import numpy as np

from braze.arrays.arithmetic import elementwise
from braze.arrays.flattening import ravel
from braze.arrays.indexing import getitem, setitem
from braze.arrays.makers import filled, on_diagonal, static_int
from braze.arrays.reductions import as_axis
from braze.arrays.registry import array_like, implements, method
from braze.arrays.shapes import as_array, smaller
from braze.errors import refuse
from braze.record.storage import origin
from braze.record.value import Value


@method("diagonal", functions=(np.diagonal,))
def diagonal(value: Value, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Value:
    """Record a diagonal of a matrix, which NumPy gives as a view that may not be written.

    Here it is a copy: the matrix may not change from now on. As a result NumPy makes the view.
    """
    rank, k = len(value.dims), static_int(offset)
    axes = [as_axis(static_int(a), rank) for a in (axis1, axis2)]
    if rank != 2 or axes[0] == axes[1]:
        raise refuse("a diagonal of more than a matrix")
    recorder, firsts = value.recorder, [max(-k, 0), max(k, 0)]
    sizes = [value.dims[a] - first for a, first in zip(axes, firsts, strict=True)]
    if not all(recorder.decide("nonnegative", size) for size in sizes):
        raise refuse("a diagonal beyond the matrix")
    steps = recorder.add("iota", [], size=smaller(*sizes), dtype="i64")
    places = [elementwise(recorder, "add", [steps, first]) for first in firsts]
    made = getitem(value, tuple(places[axes.index(a)] for a in (0, 1)))
    origin(value).shared = made.read_only = made.stands_for_view = True
    show = functools.partial(np.diagonal, offset=k, axis1=axes[0], axis2=axes[1])
    recorder.shown[id(made)] = (made, value, show)
    return made


@implements(np.linalg.diagonal)
def matrix_diagonal(recorder: Any, x: Any, /, *, offset: Any = 0) -> Value:
    return diagonal(array_like(recorder, x), offset, -2, -1)


@implements(np.diag)
def diag(recorder: Any, v: Any, k: Any = 0) -> Value:
    v, k = array_like(recorder, v), static_int(k)
    if len(v.dims) == 2:
        return diagonal(v, k)
    if len(v.dims) != 1:
        raise refuse("numpy.diag of such an array")
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


@implements(np.diagflat)
def diagflat(recorder: Any, v: Any, k: Any = 0) -> Value:
    return diag(recorder, ravel(as_array(array_like(recorder, v))), k)


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
