"""Means, variances and deviations: macros of the op table, or NumPy's own steps with options."""

import math
from typing import Any

import numpy as np

from braze.arrays.arithmetic import cast, elementwise
from braze.arrays.reductions import NO_VALUE, as_operand, axes_of, flag, given, reduce, sum_into
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value


def count(value: Value, axes: list[int]) -> Any:
    """Return how many elements are reduced, as the NumPy scalar that NumPy divides by."""
    total: Any = 1
    for a in axes:
        total = total * value.dims[a]
    return total if isinstance(total, int) else Value.of_size(value.recorder, total)


def refuse_where(op: str, where: Any) -> None:
    if where is not True and where is not NO_VALUE:
        raise refuse(f"the option where= of numpy.{op}")


def mean(
    value: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Value:
    """Record the arithmetic mean."""
    refuse_where("mean", where)
    value = as_operand(value)
    refuse_empty("mean", value, axis)
    if not given(dtype) or name_of(dtype) == value.dtype_name and KIND[value.dtype_name] == "f":
        if value.dtype_name == "f16" and (given(dtype) or given(out)):
            raise refuse("numpy.mean of float16 with dtype= or out=")
        return sum_into(out, reduce("mean", value, axis, keepdims=keepdims))
    return sum_into(out, mean_in(value, axes_of(value, axis), name_of(dtype), flag(keepdims)))


def refuse_empty(op: str, value: Value, axis: Any) -> None:
    """Leave means of nothing, of which NumPy warns, to the plain function."""
    for a in axes_of(value, axis):
        if value.recorder.decide("zero", value.dims[a]):
            raise refuse(f"the {op} of an empty axis")


def mean_in(value: Value, axes: list[int], dtype: str, keepdims: bool) -> Value:
    """Sum in a dtype, divide in float64 and store in the dtype, as NumPy's `_mean` does."""
    if dtype in ("f16", "b1") or KIND[dtype] == "c":
        raise refuse(f"numpy.mean with dtype={dtype}")
    total = reduce("sum", value, tuple(axes), TO_NUMPY[dtype], keepdims=keepdims)
    return cast(divided(total, count(value, axes)), dtype)


def divided(total: Value, number: Any) -> Value:
    """Return a sum over a count, computed in float64."""
    recorder = total.recorder
    number = cast(recorder.operand(number), "f64")
    return elementwise(recorder, "divide", [cast(total, "f64"), number])


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
    refuse_where(op, where)
    value = as_operand(value)
    refuse_empty(op, value, axis)
    if correction is not NO_VALUE:
        if is_value(ddof) or ddof != 0:
            raise refuse(f"numpy.{op} with ddof= and correction=")
        ddof = correction
    if is_value(ddof):
        ddof = ddof.static()
    plain = isinstance(ddof, (int, np.integer)) and not isinstance(ddof, bool)
    same = not given(dtype) or name_of(dtype) == value.dtype_name and KIND[value.dtype_name] == "f"
    if plain and same and not given(mean) and not (given(dtype) and value.dtype_name == "f16"):
        return sum_into(out, reduce(op, value, axis, keepdims=keepdims, ddof=int(ddof)))
    if not isinstance(ddof, (int, float, np.integer, np.floating)):
        raise refuse(f"numpy.{op} with ddof={ddof!r}")
    result = variance(value, axes_of(value, axis), dtype, ddof, flag(keepdims), mean)
    return sum_into(out, elementwise(value.recorder, "sqrt", [result]) if op == "std" else result)


def variance(
    value: Value, axes: list[int], dtype: Any, ddof: Any, keepdims: bool, mean: Any
) -> Value:
    """Record the steps of NumPy's `_var`."""
    recorder = value.recorder
    kept = value.dtype_name if KIND[value.dtype_name] == "f" else "f64"
    if given(dtype):
        kept = name_of(dtype)
    if KIND[value.dtype_name] == "c":
        raise refuse("options of the variance of complex numbers")
    if kept not in ("f32", "f64"):
        raise refuse(f"numpy.var with dtype={kept}")
    number = count(value, axes)
    if given(mean):
        middle = recorder.operand(mean)
    else:
        total = reduce("sum", value, tuple(axes), TO_NUMPY[kept], keepdims=True)
        middle = cast(divided(total, number), kept)
    apart = elementwise(recorder, "subtract", [value, middle])
    square = elementwise(recorder, "multiply", [apart, apart])
    total = reduce("sum", square, tuple(axes), TO_NUMPY[kept], keepdims=keepdims)
    size = number.size_of if is_value(number) else number
    if not recorder.decide("nonnegative", size - math.floor(ddof) - 1):
        raise refuse("a variance of too few elements")
    rest = number - ddof
    return cast(divided(total, rest), kept)
