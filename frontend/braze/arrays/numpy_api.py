"""NumPy's functions and the methods of its arrays on values: one registry for both frontends.

Elementwise functions are ufuncs and come from the op table (`ufuncs.py`); the functions with a
signature of their own stand in one module for each family. What NumPy composes in Python is
recorded by running its source (`numpy_source.py`). A function that is missing is Unsupported.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays import (
    diagonals,
    flattening,
    joining,
    makers,
    moments,
    numpy_source,
    picking,
    places,
    products,
    ranges,
    reductions,
    registry,
    rounding,
    selection,
    shapes,
    ufunc_compositions,
)
from braze.arrays.eager import instead
from braze.arrays.eager import steps as eager
from braze.arrays.indexing import as_python, stored
from braze.arrays.reductions import given
from braze.arrays.registry import FUNCTIONS, METHODS, call_function, implements, method, on_array
from braze.errors import refuse
from braze.record.dtypes import KIND, name_of
from braze.record.value import Value, is_value

__all__ = ["FUNCTIONS", "METHODS", "call_function"]
FAMILIES = (
    diagonals, eager, instead, joining, makers, numpy_source, picking, places, products, ranges,
    selection, ufunc_compositions,
)  # fmt: skip


def _reduction(op: str) -> Callable:
    """Return the method of ndarray with NumPy's order of parameters."""
    if op in ("var", "std"):
        return lambda value, *args, **kwargs: moments.deviation(op, value, *args, **kwargs)
    if op in ("argmax", "argmin"):
        return lambda value, *args, **kwargs: reductions.arg_reduce(op, value, *args, **kwargs)
    if op in ("cumsum", "cumprod"):
        return lambda value, *args, **kwargs: reductions.accumulate(op, value, *args, **kwargs)
    if op in ("max", "min", "any", "all"):

        def without_dtype(
            value: Value,
            axis: Any = None,
            out: Any = None,
            keepdims: Any = False,
            *args: Any,
            **kwargs: Any,
        ) -> Value:
            if args:
                raise refuse(f"more than three positional arguments of numpy.{op}")
            return reductions.reduce(op, value, axis, None, out, keepdims, **kwargs)

        return without_dtype
    if op == "mean":
        return moments.mean
    return lambda value, *args, **kwargs: reductions.reduce(op, value, *args, **kwargs)


for _op in (
    "sum", "prod", "mean", "any", "all", "max", "min", "var", "std", "argmax", "argmin",
    "cumsum", "cumprod",
):  # fmt: skip
    method(_op, functions=(getattr(np, _op),))(_reduction(_op))
for _name, _op in {"amax": "max", "amin": "min"}.items():
    FUNCTIONS[getattr(np, _name)] = on_array(METHODS[_op])

for _name, _shape in {
    "reshape": shapes.reshape, "ravel": flattening.ravel, "flatten": flattening.flatten,
    "transpose": shapes.transpose, "swapaxes": shapes.swapaxes, "squeeze": shapes.squeeze,
    "copy": shapes.copy, "astype": shapes.astype, "round": rounding.round_,
}.items():  # fmt: skip
    METHODS[_name] = _shape

for _function, _shape in {
    np.reshape: shapes.reshape, np.ravel: flattening.ravel, np.transpose: shapes.transpose_function,
    np.permute_dims: shapes.transpose_function, np.swapaxes: shapes.swapaxes,
    np.moveaxis: shapes.moveaxis, np.squeeze: shapes.squeeze, np.expand_dims: shapes.expand_dims,
    np.broadcast_to: shapes.broadcast_to, np.flip: shapes.flip, np.copy: shapes.copy_function,
    np.round: rounding.round_, np.around: rounding.round_,
}.items():  # fmt: skip
    FUNCTIONS[_function] = on_array(_shape)


@implements(np.astype)
def astype(recorder: Any, x: Any, dtype: Any, /, **options: Any) -> Value:
    if not is_value(x) or x.kind == "python" or options.pop("device", None) is not None:
        raise refuse("numpy.astype of what is no array, or with device=")
    return shapes.astype(x, dtype, **options)


def _atleast(rank: int) -> Callable:
    def call(recorder: Any, *arrays: Any) -> Any:
        values = [shapes.atleast(rank, recorder.operand(a)) for a in arrays]
        return values[0] if len(values) == 1 else tuple(values)

    return call


for _rank, _function in enumerate((np.atleast_1d, np.atleast_2d, np.atleast_3d), 1):
    implements(_function)(_atleast(_rank))


@implements(np.asarray, np.asanyarray)
def asarray(recorder: Any, a: Any, dtype: Any = None, order: Any = None, **kwargs: Any) -> Value:
    if order not in (None, "K", "A") or any(map(given, kwargs.values())):
        raise refuse("numpy.asarray with options")
    value = of_one(recorder, a, dtype)
    return value if not given(dtype) else shapes.astype(value, dtype, copy=False)


@implements(np.ascontiguousarray)
def ascontiguousarray(recorder: Any, a: Any, dtype: Any = None) -> Value:
    if not is_value(a) or not a.dims or not (a.in_c_order or recorder.holds_order(a)):
        raise refuse("numpy.ascontiguousarray of what may not lie in C order")
    if not a.in_c_order:  # holds_order asks nothing of one dimension, which others need not
        recorder.guard(a.source, "order", None)
    return asarray(recorder, a, dtype)


@implements(np.asfortranarray)
def asfortranarray(recorder: Any, a: Any, dtype: Any = None) -> Value:
    if not is_value(a) or not a.is_array or given(dtype):
        raise refuse("numpy.asfortranarray of what is no array, or with dtype=")
    wide = [d for d in a.dims if not (isinstance(d, int) and d == 1)]
    if not all(recorder.decide("nonzero", d) for d in wide):
        raise refuse("an empty array in Fortran order, which is itself")
    if len(wide) < 2:
        raise refuse("an array of one dimension in Fortran order, which is itself")
    computed = a.fresh and recorder.all_in_order()
    if not (a.in_c_order or computed or recorder.holds_order(a)):
        raise refuse("numpy.asfortranarray of what may not lie in C order")
    return shapes.copy(a, "F")


@implements(np.array)
def array(
    recorder: Any,
    a: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: str = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: Any = None,
) -> Value:
    if like is not None or ndmax:
        raise refuse("numpy.array with like= or ndmax=")
    if copy is not True and copy is not None and copy is not False:
        raise refuse("numpy.array with this copy=")
    made = not (is_value(a) and a.is_array)
    if not copy and (order in ("C", "F") or (copy is False and (made or dtype is not None))):
        raise refuse("numpy.array that perhaps copies, or may not")
    made = isinstance(a, (list, tuple)) and not is_value(a)
    if made:
        if recorder.numpy_depth and all(map(is_size, a)):  # sections of a split
            return np.array([i.static() if is_value(i) else i for i in a], dtype)
        value = of_items(recorder, a, None if dtype is None else name_of(dtype))
    else:
        value = of_one(recorder, a, dtype)
    if len(value.dims) < ndmin:
        value = shapes.view(value, "expand_dims", axes=list(range(ndmin - len(value.dims))))
    if dtype is not None and name_of(dtype) != value.dtype_name:
        return shapes.astype(value, dtype, order)
    return shapes.copy(value, order) if (copy and not made) or order == "F" else value


def is_size(item: Any) -> bool:
    return item.size_of is not None if is_value(item) else type(item) is int


def of_one(recorder: Any, a: Any, dtype: Any) -> Value:
    """Return an operand as an array; a Python number becomes one of dtype=."""
    value = recorder.operand(a)
    if given(dtype) and value.kind == "python":
        value = of_item(recorder, a, name_of(dtype))
    return shapes.as_array(value)


def of_items(recorder: Any, items: Any, dtype: str | None) -> Value:
    """Record the array of a list that holds values, of scalars or of arrays of one shape."""
    parts = [
        of_items(recorder, item, dtype)
        if isinstance(item, (list, tuple)) and not is_value(item)
        else shapes.as_array(of_item(recorder, item, dtype))
        for item in items
    ]
    return joining.stack(recorder, parts, in_c_order=True)


def of_item(recorder: Any, item: Any, dtype: str | None) -> Value:
    """Return an item of a list; with dtype= each is converted by itself."""
    if dtype is None or KIND[dtype] == "c":
        return recorder.operand(item)
    return stored(recorder, as_python(dtype, item), dtype)


# NumPy's own functions also call the C functions behind the public ones.
for _function, _known in list(FUNCTIONS.items()):
    FUNCTIONS.setdefault(getattr(_function, "_implementation", _function), _known)
registry.install()
