"""numpy.round, to decimals too."""

from typing import Any

from braze.arrays.arithmetic import as_result, cast, elementwise
from braze.arrays.flattening import root_in_order
from braze.arrays.shapes import copy
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY
from braze.record.either import check_scalar
from braze.record.runs import lies_in_columns
from braze.record.value import Value, is_value

EXACT_TENS = 22  # powers of ten up to this one are floats


def rounded_to(value: Value, decimals: int) -> Value:
    """Record floats times a power of ten, rounded, and divided by it."""
    if KIND[value.dtype_name] != "f" or abs(decimals) > EXACT_TENS:
        raise refuse(f"numpy.round of {value.dtype_name} to {decimals} decimals")
    recorder, ten = value.recorder, 10.0 ** abs(decimals)
    ways = ("multiply", "divide") if decimals > 0 else ("divide", "multiply")
    larger = elementwise(recorder, ways[0], [value, ten])
    rounded = elementwise(recorder, ways[1], [recorder.apply("rint", [larger]), ten])
    return rounded if in_columns(value) else copy(rounded)


def in_columns(value: Value) -> bool:
    """Tell whether an array lies in Fortran order; else NumPy rounds it into C order."""
    if len(value.dims) < 2:
        return True
    if root_in_order(value):
        return lies_in_columns(value)
    if len(value.dims) > 2 or not value.fresh:
        raise refuse("numpy.round of an array in an order that is not known")
    return True  # it is dense, so the order is C or that of columns


def round_(value: Value, decimals: Any = 0, out: Any = None) -> Value:
    """Record ``numpy.round``: to decimals by a power of ten, as NumPy does it."""
    if is_value(decimals):
        decimals = decimals.static()
    if type(decimals) is not int or out is not None:
        raise refuse("numpy.round with out=, or to decimals that are no int")
    if value.kind == "python":
        check_scalar(value)
        value = cast(value, value.dtype_name)
    if TO_NUMPY[value.dtype_name].kind in "iu" and decimals >= 0:
        return as_result(copy(value, "K"))
    if decimals != 0:
        return rounded_to(value, decimals)
    return as_result(value.recorder.apply("rint", [value]))
