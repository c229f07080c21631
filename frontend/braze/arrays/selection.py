"""NumPy functions that choose between values, or ask about them."""

from typing import Any

import numpy as np
from numpy.lib import _nanfunctions_impl as nanfunctions

from braze.arrays import numpy_source, shapes
from braze.arrays.arithmetic import as_result, cast, dtype_like, elementwise, settle_integers
from braze.arrays.indexing import setitem
from braze.arrays.makers import deciding
from braze.arrays.reductions import as_axis, count_nonzero, into, ptp, python_scalar
from braze.arrays.registry import FUNCTIONS, implements, method, on_array
from braze.arrays.ufuncs import put
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value


@implements(np.where)
def where(recorder: Any, condition: Any, *choices: Any) -> Value:
    if not choices:
        return FUNCTIONS[np.nonzero](recorder, condition)
    if len(choices) != 2:
        raise refuse("numpy.where with two arguments")
    if not is_value(condition) and isinstance(condition, (bool, np.bool)):
        condition = recorder.constant_array(np.array(condition))
    chosen = settle_integers(recorder, [recorder.operand(x) for x in choices])
    result = recorder.apply("where", [recorder.operand(condition), *chosen])
    return shapes.as_array(result)


@implements(np.clip)
def clip(
    recorder: Any,
    a: Any,
    a_min: Any = np._NoValue,
    a_max: Any = np._NoValue,
    out: Any = None,
    *,
    min: Any = np._NoValue,
    max: Any = np._NoValue,
    **kwargs: Any,
) -> Value:
    if kwargs or (a_min is np._NoValue) != (a_max is np._NoValue):
        raise refuse("numpy.clip with options, or with one limit by place")
    if a_min is not np._NoValue and not (min is max is np._NoValue):
        raise refuse("numpy.clip with limits by place and by name")
    low = a_min if a_min is not np._NoValue else min
    high = a_max if a_max is not np._NoValue else max
    low = None if low is np._NoValue else low
    high = None if high is np._NoValue else high
    if low is None and high is None:
        return into(out, shapes.copy(recorder.operand(a), "K"))
    if high is None:
        return into(out, elementwise(recorder, "maximum", [a, low]))
    if low is None:
        return into(out, elementwise(recorder, "minimum", [a, high]))
    return into(out, limited(recorder, [recorder.operand(x) for x in (a, low, high)]))


def limited(recorder: Any, operands: list[Value]) -> Value:
    """Record clip. Between numbers NumPy keeps a zero of either sign that equals a limit."""
    x, low, high = operands
    common = np.result_type(*map(dtype_like, operands))
    if low.dims or high.dims or common.kind != "f":
        return elementwise(recorder, "clip", operands)
    x, low, high = (cast(v, name_of(common)) for v in operands)
    for limit, beyond in ((low, "less"), (high, "greater")):
        x = recorder.apply("where", [recorder.apply(beyond, [x, limit]), limit, x])
    for limit in (low, high):
        unknown = recorder.apply("not_equal", [limit, limit])
        x = recorder.apply("where", [unknown, limit, x])
    return as_result(x)


@method("clip")
def clip_method(
    value: Value, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any
) -> Value:
    return clip(value.recorder, value, min, max, out, **kwargs)


NUMBER_KINDS = "bifc"  # of Python's numbers, each of which stands for those behind it


@implements(np.copyto)
def copyto(
    recorder: Any, dst: Any, src: Any, casting: str = "same_kind", where: Any = True
) -> None:
    if not is_value(dst) or not dst.is_array:
        raise refuse("numpy.copyto into what is no value")
    src = recorder.operand(src)
    source = src.dtype_name
    if src.kind == "python":
        if casting not in ("same_kind", "unsafe"):
            raise refuse(f"numpy.copyto of a Python number with casting={casting!r}")
        castable = NUMBER_KINDS.index(KIND[source]) <= NUMBER_KINDS.index(
            KIND[dst.dtype_name].replace("u", "i")
        )
        castable |= casting == "unsafe"
    else:
        castable = np.can_cast(TO_NUMPY[source], dst.dtype, casting)
    if not castable:
        raise refuse(f"numpy.copyto of {source} into {dst.dtype_name}")
    mask = recorder.operand(True if where is True else where)
    if mask.dtype_name != "b1":
        raise refuse("a where= that is not of bools")
    if len(mask.dims) > len(dst.dims) or len(src.dims) > len(dst.dims):
        raise refuse("numpy.copyto of more dimensions")
    put(dst, recorder.apply("where", [mask, cast(src, dst.dtype_name), dst]))


FUNCTIONS[np.ptp] = on_array(ptp)
FUNCTIONS[np.count_nonzero] = on_array(count_nonzero)


@implements(np.shape)
def shape(recorder: Any, a: Any) -> tuple:
    return shapes.as_array(recorder.operand(a)).shape


@implements(np.ndim)
def ndim(recorder: Any, a: Any) -> int:
    return len(recorder.operand(a).dims)


@implements(np.size)
def size(recorder: Any, a: Any, axis: Any = None) -> Any:
    a = shapes.as_array(recorder.operand(a))
    if axis is None:
        return a.size
    axes = axis if isinstance(axis, tuple) else (axis,)
    total: Any = 1
    for i in axes:
        total = total * a.shape[as_axis(i, a.ndim)]
    return total


def _about_types(function: Any) -> None:
    """Answer a question about dtypes from the dtypes alone."""
    FUNCTIONS[function] = lambda recorder, *args, **kwargs: function(
        *map(dtype_like, args), **kwargs
    )


for _function in (np.result_type, np.can_cast, np.issubdtype, np.promote_types):
    _about_types(_function)


@implements(np.min_scalar_type)
def min_scalar_type(recorder: Any, a: Any) -> np.dtype:
    if not is_value(a) or not a.dims:
        raise refuse("numpy.min_scalar_type of a number")
    return TO_NUMPY[a.dtype_name]


@implements(np.common_type)
def common_type(recorder: Any, *arrays: Any) -> type:
    return np.common_type(*(np.empty(0, TO_NUMPY[recorder.operand(a).dtype_name]) for a in arrays))


@implements(np.isscalar)
def isscalar(recorder: Any, element: Any) -> bool:
    return not element.is_array if is_value(element) else np.isscalar(element)


@implements(np.iscomplexobj)
def iscomplexobj(recorder: Any, x: Any) -> bool:
    return TO_NUMPY[recorder.operand(x).dtype_name].kind == "c"


@implements(np.isrealobj)
def isrealobj(recorder: Any, x: Any) -> bool:
    return not iscomplexobj(recorder, x)


@implements(np.allclose)
def allclose(
    recorder: Any, a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False
) -> Value:
    close = FUNCTIONS[np.isclose](recorder, a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)
    return python_scalar(FUNCTIONS[np.all](recorder, close))


@implements(np.array_equiv)
def array_equiv(recorder: Any, a1: Any, a2: Any) -> Any:
    a, b = (shapes.as_array(recorder.operand(x)) for x in (a1, a2))
    return python_scalar(FUNCTIONS[np.all](recorder, elementwise(recorder, "equal", [a, b])))


@implements(np.array_equal)
def array_equal(recorder: Any, a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    a, b = (shapes.as_array(recorder.operand(x)) for x in (a1, a2))
    if not same_shape(recorder, a, b):
        return False
    same = elementwise(recorder, "equal", [a, b])
    if equal_nan:
        nans = [elementwise(recorder, "not_equal", [x, x]) for x in (a, b)]
        same = elementwise(
            recorder, "logical_or", [same, elementwise(recorder, "logical_and", nans)]
        )
    return python_scalar(FUNCTIONS[np.all](recorder, same))


def same_shape(recorder: Any, a: Value, b: Value) -> bool:
    return len(a.dims) == len(b.dims) and all(
        recorder.decide("zero", m - n) for m, n in zip(a.dims, b.dims, strict=True)
    )


@method("fill")
def fill(value: Value, item: Any) -> None:
    """Record ``x.fill(value)``."""
    if is_value(item) and item.is_array and item.dims:
        raise refuse("fill with an array")
    setitem(value, Ellipsis, item)


@method("item")
def item(value: Value, *where: Any) -> Value:
    """Record ``x.item()``: the only element as a Python number."""
    if where:
        value = value[tuple(where)]
    elif value.dims:
        if not value.recorder.decide("zero", shapes.product(value.dims) - 1):
            raise refuse("item() of an array of several elements")
        value = shapes.reshape(value, ())
    return python_scalar(value)


@implements(np.isreal)
def isreal(recorder: Any, x: Any) -> Value | bool:
    x = recorder.operand(x)
    if x.kind == "python":  # of which NumPy compares the attribute
        return TO_NUMPY[x.dtype_name].kind != "c" or x.imag == 0
    if TO_NUMPY[x.dtype_name].kind == "c":
        return elementwise(recorder, "equal", [x.imag, 0])
    orders = deciding([x], len(x.dims))
    return as_result(recorder.add("full", [recorder.operand(np.True_), *orders], shape=x.dims))


@implements(np.broadcast_arrays)
def broadcast_arrays(recorder: Any, *args: Any, subok: bool = False) -> tuple:
    arrays = [shapes.as_array(recorder.operand(a)) for a in args]
    shape = shapes.broadcast_shape(recorder, [a.dims for a in arrays])
    if not recorder.numpy_depth and any(list(a.dims) != shape for a in arrays):
        raise refuse("numpy.broadcast_arrays, whose results warn when they are written to")
    sizes = tuple(Value.of_size(recorder, size) for size in shape)
    return tuple(a if list(a.dims) == shape else shapes.broadcast_to(a, sizes) for a in arrays)


@implements(np.average)
def average(
    recorder: Any,
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: Any = np._NoValue,
) -> Any:
    if weights is None:
        mean = FUNCTIONS[np.mean](recorder, a, axis, keepdims=keepdims)
        if any(recorder.decide("zero", size) for size in mean.dims):
            raise refuse("numpy.average that gives nothing, which divides by zero")
    if weights is None and not returned:
        return mean
    if weights is None:
        sizes = [shapes.product(recorder.operand(x).dims) for x in (a, mean)]
        count = quotient_of_sizes(recorder, *sizes)
        count = cast(count, mean.dtype_name)
        return mean, shapes.copy(shapes.broadcast_to(count, mean.shape)) if mean.dims else count
    args = {"axis": axis, "weights": weights, "returned": returned, "keepdims": keepdims}
    return numpy_source.run(recorder, np.average, (a,), args)


def quotient_of_sizes(recorder: Any, whole: Any, part: Any) -> Value:
    """Record one number of elements over another, as a NumPy float."""
    numbers = [recorder.operand(Value.of_size(recorder, size)) for size in (whole, part)]
    return cast(recorder.apply("divide", [cast(n, "f64") for n in numbers]), "f64")


def divide_by_count(recorder: Any, a: Value, b: Value, out: Any = None) -> Value:
    """Record what NumPy's nan-functions do with a sum and a count: an array is divided in place."""
    quotient = cast(elementwise(recorder, "divide", [a, b]), a.dtype_name)
    return into(a if out is None and a.is_array else out, quotient)


FUNCTIONS[nanfunctions._divide_by_count] = divide_by_count


@implements(np.nanstd)
def nanstd(recorder: Any, a: Any, *args: Any, out: Any = None, **kwargs: Any) -> Value:
    variance = FUNCTIONS[np.nanvar](recorder, a, *args, out=out, **kwargs)
    return into(out, elementwise(recorder, "sqrt", [variance]))


@implements(np.real)
def real(recorder: Any, val: Any) -> Value:
    return recorder.operand(val).real


@implements(np.imag)
def imag(recorder: Any, val: Any) -> Value:
    return recorder.operand(val).imag


@method("conj", "conjugate")
def conjugate(value: Value) -> Value:
    """Record ``x.conj()``: the array itself where it is real."""
    if TO_NUMPY[value.dtype_name].kind != "c":
        return value.real
    if value.kind == "python":
        return value.recorder.add("conjugate", [value])
    return elementwise(value.recorder, "conjugate", [value])
