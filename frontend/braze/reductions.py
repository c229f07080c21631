"""Reductions over axes: functions, methods and `ufunc.reduce` of NumPy."""

from typing import Any

import numpy as np

from braze.arithmetic import as_result, cast, elementwise
from braze.dtypes import KIND, name_of
from braze.errors import refuse
from braze.value import Value, is_value

NO_VALUE = np._NoValue
# What NumPy refuses on empty axes, because there is no first element.
WITHOUT_IDENTITY = ("max", "min", "argmax", "argmin")


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
        raise refuse(f"an axis of type {type(axis).__name__}")
    if not -rank <= axis < rank:
        raise refuse(f"axis {axis} of an array of {rank} dimensions")
    return int(axis) % rank


def refuse_options(function: str, **options: Any) -> None:
    """Refuse what is given and not supported."""
    for name, value in options.items():
        if value is not None and value is not NO_VALUE and value is not True:
            raise refuse(f"the option {name}= of numpy.{function}")


def flag(option: Any) -> bool:
    """Return an option such as keepdims as a bool."""
    return False if option is NO_VALUE or option is None else bool(option)


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
    refuse_options(op, out=out, initial=initial, where=where)
    recorder = value.recorder
    if not value.is_array:
        value = recorder.add("array", [cast(value, value.dtype_name)])
    axes = axes_of(value, axis)
    if dtype is not None and dtype is not NO_VALUE:
        value = in_dtype(op, value, name_of(dtype))
    if op in WITHOUT_IDENTITY:
        for a in axes:
            if recorder.decide("zero", value.dims[a]):
                raise refuse(f"the {op} of an empty axis")
    if not value.dims:
        return reduce_scalar(op, value, attrs)
    return recorder.apply(op, [value], axes=axes, keepdims=flag(keepdims), **attrs)


def in_dtype(op: str, value: Value, dtype: str) -> Value:
    """Convert the operand as dtype= asks, where that adds in the same order as NumPy."""
    if dtype != value.dtype_name and KIND[dtype] == "f":
        raise refuse(
            f"numpy.{op} of {value.dtype_name} with dtype={dtype}", "convert with astype first"
        )
    if op not in ("sum", "prod"):
        if dtype != value.dtype_name:
            raise refuse(f"the option dtype= of numpy.{op}")
        return value
    if dtype not in ("i64", "u64") and dtype != value.dtype_name:
        raise refuse(f"numpy.{op} with dtype={dtype}")
    return cast(value, dtype)


def reduce_scalar(op: str, value: Value, attrs: dict) -> Value:
    """Reduce a 0-d array over no axes: as one of a single element. NumPy gives a scalar always."""
    recorder = value.recorder
    single = recorder.add("expand_dims", [value], axes=[0])
    return recorder.apply(op, [single], axes=[0], keepdims=False, **attrs)


def arg_reduce(
    op: str, value: Value, axis: Any = None, out: Any = None, *, keepdims: Any = False
) -> Value:
    """Record argmax or argmin: over one axis, or over the array as one row."""
    refuse_options(op, out=out)
    if axis is not None:
        if isinstance(axis, tuple):
            raise refuse(f"numpy.{op} over several axes")
        return reduce(op, value, axis, keepdims=keepdims)
    if flag(keepdims):
        raise refuse(f"numpy.{op} with keepdims and no axis")
    if len(value.dims) == 1:
        return reduce(op, value, 0)
    size = value.size
    flat = value.recorder.add("reshape", [value], shape=[size.size_of if is_value(size) else size])
    return reduce(op, flat, 0)


def deviation(
    op: str,
    value: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = NO_VALUE,
    correction: Any = NO_VALUE,
) -> Value:
    """Record var or std."""
    refuse_options(op, out=out, mean=mean)
    if correction is not NO_VALUE:
        ddof = correction
    if is_value(ddof):
        ddof = ddof.static()
    if not isinstance(ddof, (int, np.integer)):
        raise refuse(f"numpy.{op} with ddof={ddof!r}")
    return reduce(op, value, axis, dtype, keepdims=keepdims, where=where, ddof=int(ddof))


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
    return reduce(op, value, axis, dtype, out, keepdims, initial, where)


def norm(value: Value, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Value:
    """Record numpy.linalg.norm: the Euclidean length."""
    if axis is None:
        raise refuse("numpy.linalg.norm without axis=")
    if ord not in (None, 2) or isinstance(axis, tuple) or KIND[value.dtype_name] != "f":
        raise refuse("this form of numpy.linalg.norm")
    squares = elementwise(value.recorder, "multiply", [value, value])
    return as_result(
        elementwise(value.recorder, "sqrt", [reduce("sum", squares, axis, keepdims=keepdims)])
    )
