"""Reductions over axes: functions, methods, `ufunc.reduce` and `ufunc.accumulate` of NumPy."""

from typing import Any

import numpy as np

from braze.arrays.arithmetic import cast, elementwise, python_number
from braze.errors import refuse, said
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.either import check_scalar
from braze.record.value import Value, is_value

NO_VALUE = np._NoValue
# What NumPy refuses on empty axes, because there is no first element.
WITHOUT_IDENTITY = ("max", "min", "argmax", "argmin")
# The op that joins two partial results, and what changes nothing.
JOIN = {"sum": ("add", 0), "prod": ("multiply", 1), "max": ("maximum", None),
        "min": ("minimum", None), "any": ("logical_or", False),
        "all": ("logical_and", True)}  # fmt: skip


def axes_of(value: Value, axis: Any) -> list[int]:
    """Return the axes that `axis` names, counted from 0."""
    rank = len(value.dims)
    if axis is None or axis is NO_VALUE:
        return list(range(rank))
    given = axis if isinstance(axis, tuple) else (axis,)
    axes = [as_axis(a, rank) for a in given]
    if len(set(axes)) != len(axes):
        raise refuse("an axis named twice")
    return sorted(axes)


def as_axis(axis: Any, rank: int) -> int:
    """Return one axis, counted from 0."""
    if is_value(axis):
        axis = axis.static()
    if not isinstance(axis, (int, np.integer)) or isinstance(axis, (bool, np.bool_)):
        raise refuse(f"an axis of type {said(axis)}")
    if not -rank <= axis < rank:
        raise refuse(f"axis {axis} of an array of {rank} dimensions")
    return int(axis) % rank


def given(option: Any) -> bool:
    """Tell whether an option of NumPy was passed."""
    return option is not None and option is not NO_VALUE


def flag(option: Any) -> bool:
    """Return an option such as keepdims as a bool."""
    return False if option is NO_VALUE or option is None else bool(option)


def into(out: Any, result: Value) -> Value:
    """Return a result, or `out`, of the same shape, that holds it now.

    The dtype of an output is also the one that NumPy computes in, so it must be the result's.
    """
    if not given(out):
        return result
    if is_value(out) and out.dtype_name != result.dtype_name:
        raise refuse("an output of another dtype")
    if not is_value(out) or len(out.dims) != len(result.dims):
        raise refuse("an output of another shape")
    for a, b in zip(out.dims, result.dims, strict=True):
        if a != b and not result.recorder.decide("zero", a - b):
            raise refuse("an output of another shape")
    from braze.arrays.ufuncs import store

    return store(result.recorder, out, result)


def sum_into(out: Any, result: Value) -> Value:
    """Return a sum, or what follows from one, or `out` that holds it now.

    The strides of an output take part in NumPy's order of a sum, but not where the operand lies in
    C order.
    """
    floats = KIND[result.dtype_name] in "fc" and len(result.dims) > 1
    if given(out) and floats and not result.recorder.all_in_order():
        raise refuse("a sum into an output, of an array that may not lie in C order")
    return into(out, result)


def as_operand(value: Value) -> Value:
    """Return a number as a 0-d array."""
    if value.is_array:
        return value
    check_scalar(value)
    return value.recorder.add("array", [cast(value, value.dtype_name)])


def reduce(
    op: str,
    value: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = True,
    **attrs: Any,
) -> Value:
    """Record a reduction or macro of the op table."""
    if where is not True and where is not NO_VALUE:
        value = masked(op, value, where, initial)
    value = as_operand(value)
    recorder, axes = value.recorder, axes_of(value, axis)
    if op == "prod" and KIND[value.dtype_name] == "c" and value.dims and not given(initial):
        return complex_products("prod", value, dtype, out, axis=axis, keepdims=flag(keepdims))
    if given(dtype):
        result = reduce(
            *in_dtype(op, value, name_of(dtype)), tuple(axes), None, None, keepdims, initial
        )
        return sum_into(out, cast(result, name_of(dtype)))
    if op in WITHOUT_IDENTITY and not given(initial):
        for a in axes:
            if recorder.decide("zero", value.dims[a]):
                raise refuse(f"the {op} of an empty axis")
    if given(initial):
        result = with_initial(op, value, axes, flag(keepdims), initial)
    elif not value.dims:
        result = reduce_scalar(op, value, attrs)
    else:
        result = recorder.apply(op, [value], axes=axes, keepdims=flag(keepdims), **attrs)
    return into(out, result) if op in WITHOUT_IDENTITY else sum_into(out, result)


def masked(op: str, value: Value, where: Any, initial: Any) -> Value:
    """Return the operand with what changes nothing in the places that `where=` leaves out.

    NumPy sums each run of floats by itself, so a sum of floats is not that of a masked array.
    """
    if op not in JOIN or (op == "sum" and KIND[value.dtype_name] in "fc"):
        raise refuse(f"the option where= of numpy.{op}")
    neutral = initial if given(initial) and op in WITHOUT_IDENTITY else JOIN[op][1]
    if neutral is None:
        raise refuse(f"the option where= of numpy.{op} without initial=")
    recorder = value.recorder
    neutral = TO_NUMPY[value.dtype_name].type(neutral) if not is_value(neutral) else neutral
    mask = recorder.operand(where)
    if mask.dtype_name != "b1":
        raise refuse("a where= that is not of bools")
    if len(mask.dims) > len(value.dims):
        raise refuse("a where= of more dimensions than the operand")
    return recorder.apply("where", [mask, value, recorder.operand(neutral)])


def with_initial(op: str, value: Value, axes: list[int], keepdims: bool, initial: Any) -> Value:
    """Reduce with a first value: NumPy adds to it what it would give without."""
    if op not in JOIN or KIND[value.dtype_name] == "c":
        raise refuse(f"the option initial= of numpy.{op}")
    recorder, rank = value.recorder, len(value.dims)
    inexact = KIND[value.dtype_name] == "f" and op in ("sum", "prod")
    if inexact and (op == "prod" or axes != list(range(rank - len(axes), rank))):
        raise refuse(f"the option initial= of numpy.{op} of floats")
    if op in WITHOUT_IDENTITY:  # of empty axes NumPy returns `initial`
        for a in axes:
            if recorder.decide("zero", value.dims[a]):
                raise refuse(f"the {op} of an empty axis with initial=")
    kind = "f" if KIND[value.dtype_name] == "f" else "iub"
    if is_value(initial) or np.asarray(initial).dtype.kind not in kind + "iub":
        raise refuse("this initial= of a reduction")
    result = (
        recorder.apply(op, [value], axes=axes, keepdims=keepdims)
        if value.dims
        else reduce_scalar(op, value, {})
    )
    try:
        first = TO_NUMPY[result.dtype_name].type(initial)
    except OverflowError as error:
        raise refuse("an initial= that does not fit") from error
    return elementwise(recorder, JOIN[op][0], [first, result])


def in_dtype(op: str, value: Value, dtype: str) -> tuple[str, Value]:
    """Convert the operand as dtype= asks; NumPy casts in buffers, which shows in sums of floats."""
    if op not in ("sum", "prod"):
        if dtype != value.dtype_name:
            raise refuse(f"the option dtype= of numpy.{op}")
        return op, value
    if dtype == value.dtype_name and KIND[dtype] in "fc":
        return op, value
    if dtype in ("f32", "f64"):
        return ("buffered_sum" if op == "sum" else op), cast(value, dtype)
    if KIND[dtype] in "iu":
        return op, cast(value, dtype)
    raise refuse(f"numpy.{op} of {value.dtype_name} with dtype={dtype}")


def reduce_scalar(op: str, value: Value, attrs: dict) -> Value:
    """Reduce a 0-d array over no axes: as one of a single element. NumPy gives a scalar always."""
    recorder = value.recorder
    single = recorder.add("expand_dims", [value], axes=[0])
    return recorder.apply(op, [single], axes=[0], keepdims=False, **attrs)


def arg_reduce(
    op: str, value: Value, axis: Any = None, out: Any = None, *, keepdims: Any = False
) -> Value:
    """Record argmax or argmin: over one axis, or over the array as one row."""
    if axis is not None:
        if isinstance(axis, tuple):
            raise refuse(f"numpy.{op} over several axes")
        return reduce(op, value, axis, out=out, keepdims=keepdims)
    value = as_operand(value)
    if len(value.dims) == 1:
        return reduce(op, value, 0, out=out, keepdims=keepdims)
    size = value.size
    flat = value.recorder.add("reshape", [value], shape=[size.size_of if is_value(size) else size])
    place = reduce(op, flat, 0)
    if not flag(keepdims) or not value.dims:
        return into(out, place)
    place = value.recorder.add("array", [place])
    axes = list(range(len(value.dims)))
    return into(out, value.recorder.add("expand_dims", [place], axes=axes))


def reduce_ufunc(
    recorder: Any,
    op: str,
    value: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = True,
) -> Value:
    """Record ``ufunc.reduce``."""
    value = recorder.operand(value)
    if not value.dims and axis == 0:
        axis = None
    if op in ("fmax", "fmin"):
        if given(dtype) or given(initial) or where not in (True, NO_VALUE):
            raise refuse(f"options of numpy.{op}.reduce")
        return into(out, reduce_known(op, value, axis, keepdims))
    return reduce(op, value, axis, dtype, out, keepdims, initial, where)


def reduce_known(op: str, value: Value, axis: Any, keepdims: Any) -> Value:
    """Record ``fmax.reduce`` or ``fmin.reduce``: the extreme of what is no NaN, if anything is."""
    plain = op[1:]
    if KIND[value.dtype_name] != "f":
        return reduce(plain, value, axis, keepdims=keepdims)
    recorder, scalar = value.recorder, TO_NUMPY[value.dtype_name].type
    worst = scalar(-np.inf if op == "fmax" else np.inf)
    unknown = elementwise(recorder, "isnan", [value])
    known = recorder.apply("where", [unknown, recorder.operand(worst), value])
    nothing = reduce("all", unknown, axis, keepdims=keepdims)
    extreme = reduce(plain, known, axis, keepdims=keepdims)
    nan = recorder.operand(scalar(np.nan))
    return recorder.apply("where", [nothing, nan, extreme])


def accumulate(
    op: str, value: Value, axis: Any = None, dtype: Any = None, out: Any = None
) -> Value:
    """Record a running sum, product or extreme."""
    value = as_operand(value)
    if axis is None:
        value = value.ravel()
        axis = 0
    if not value.dims:
        raise refuse(f"numpy.{op} of a 0-d array")
    axis = as_axis(axis, len(value.dims))
    adding = op in ("cumsum", "cumprod")
    target = name_of(dtype) if given(dtype) else value.dtype_name
    if not given(dtype) and adding and KIND[target] in "biu" and KIND[target] != "f":
        target = "u64" if KIND[target] == "u" else "i64"
    if given(dtype) and (target == "b1" or KIND[target] == "c"):
        raise refuse(f"numpy.{op} with dtype={target}")
    value = cast(value, target)
    if op == "cumprod" and KIND[target] == "c":
        return complex_products(op, value, None, out, axis=axis)
    return into(out, value.recorder.add(op, [value], axis=axis))


def complex_products(op: str, value: Value, dtype: Any, out: Any, **options: Any) -> Value:
    """Record a product, or running products, of complex numbers: NumPy's, as an eager step."""
    from braze.arrays.eager import steps as eager

    if given(dtype) and name_of(dtype) != value.dtype_name:
        raise refuse(f"numpy.{op} of complex numbers with another dtype")
    axis = options["axis"]
    options["axis"] = tuple(axes_of(value, axis)) if isinstance(axis, (tuple, list)) else axis
    return sum_into(out, eager.call(value.recorder, f"{op}.complex", value, **options))


def ptp(value: Value, axis: Any = None, out: Any = None, keepdims: Any = False) -> Value:
    """Record ``numpy.ptp``: the largest less the smallest."""
    ends = [reduce(op, value, axis, keepdims=keepdims) for op in ("max", "min")]
    return into(out, elementwise(value.recorder, "subtract", ends))


COUNTED = np.count_nonzero(())


def count_nonzero(value: Value, axis: Any = None, *, keepdims: Any = False) -> Value:
    """Record ``numpy.count_nonzero``; some versions of NumPy give a Python int without an axis."""
    total = reduce("sum", cast(as_operand(value), "b1"), axis, keepdims=keepdims)
    whole = axis is None and not flag(keepdims)
    return python_scalar(total) if whole and type(COUNTED) is int else total


def python_scalar(value: Value) -> Value:
    """Return a 0-d value as a Python bool, int or float."""
    if value.kind == "python":
        return value
    if len(value.dims) or value.dtype_name == "u64" or KIND[value.dtype_name] == "c":
        raise refuse(f"a Python number of {value.dtype_name}")
    recorder, kind = value.recorder, KIND[value.dtype_name]
    value = recorder.add("scalar", [value]) if value.is_array else value
    number = python_number(value, "f64" if kind == "f" else "i64")
    return recorder.add("not_equal", [number, recorder.operand(0)]) if kind == "b" else number
