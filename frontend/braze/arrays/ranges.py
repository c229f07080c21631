"""`numpy.arange` between numbers that are known only when the function runs."""

from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.arrays.arithmetic import cast, elementwise, python_number
from braze.arrays.registry import implements
from braze.arrays.ufuncs import call
from braze.errors import refuse
from braze.record.dtypes import KIND, name_of
from braze.record.value import Value, is_value

LARGEST_STEP = 2**20  # with which multiples of it are exact in float64 for all sizes there are


@implements(np.arange)
def arange(
    recorder: Any,
    *bounds: Any,
    start: Any = None,
    stop: Any = None,
    step: Any = None,
    dtype: Any = None,
    **kwargs: Any,
) -> Value:
    if any(option is not None for option in kwargs.values()):
        raise refuse("numpy.arange with device= or like=")
    given = bounds_of(bounds, start, stop, step)
    if all(map(is_whole, given)):
        return of_ints(recorder, *given, "i64" if dtype is None else name_of(dtype))
    if dtype is not None and name_of(dtype) != "f64":
        raise refuse("numpy.arange of floats with another dtype")
    return of_floats(recorder, *(as_float(recorder, bound) for bound in given))


def bounds_of(bounds: tuple, start: Any, stop: Any, step: Any) -> tuple[Any, Any, Any]:
    """Return start, stop and step of a call."""
    if len(bounds) == 1 and stop is None:
        return (0 if start is None else start), bounds[0], (1 if step is None else step)
    named = (start, stop, step)
    if not bounds and start is None and stop is not None:
        return 0, stop, (1 if step is None else step)
    if len(bounds) > 3 or any(n is not None for n in named[: len(bounds)]):
        raise refuse("numpy.arange with these arguments")
    first, last, by = (*bounds, *named[len(bounds) :])
    if first is None or last is None:
        raise refuse("numpy.arange with these arguments")
    return first, last, (1 if by is None else by)


def is_whole(bound: Any) -> bool:
    """Tell whether a bound is an int of Python's."""
    if is_value(bound):
        return bound.kind == "python" and bound.dtype_name == "i64" and bound.either is None
    return type(bound) is int


def of_ints(recorder: Any, start: Any, stop: Any, step: Any, name: str) -> Value:
    """Record ``start + step * (0, 1, ...)`` below, or above, `stop`."""
    step = step.static() if is_value(step) else step
    if step == 0 or name == "b1" or abs(step) > LARGEST_STEP:
        raise refuse("numpy.arange of bools, or with such a step")
    first, last = shapes.as_shape(recorder, (start, stop))
    count = last - first if step > 0 else first - last
    if abs(step) != 1:
        count = (count + (abs(step) - 1)) // abs(step)
    if not recorder.decide("nonnegative", count):
        count = 0
    numbers = recorder.add("iota", [], size=count, dtype=name)
    if isinstance(first, int) and first == 0 and step == 1:
        return numbers
    if KIND[name] == "f" and name != "f64" or KIND[name] == "u" and step < 0:
        raise refuse(f"numpy.arange of {name} from a start, or with a step")
    if step != 1:
        numbers = call(recorder, "multiply", [numbers, step])
    if not (isinstance(first, int) and first == 0):
        numbers = call(recorder, "add", [numbers, start])
    return cast(numbers, name)


def as_float(recorder: Any, bound: Any) -> Value:
    """Return a bound as a float of Python's; an int has to be one exactly."""
    value = recorder.operand(bound)
    if value.dims or value.either is not None or value.dtype_name not in ("i64", "f64"):
        raise refuse(f"numpy.arange of {value.dtype_name}")
    if value.is_array:
        raise refuse("numpy.arange of an array")
    if value.kind == "scalar" and value.dtype_name != "f64":
        raise refuse("numpy.arange of NumPy's integers and floats")
    return cast(python_number(value, "f64"), "f64")


def of_floats(recorder: Any, start: Value, stop: Value, step: Value) -> Value:
    """Record the numbers as NumPy fills an array with them: the first two, then by their distance.

    NumPy computes the count from the bounds, and a quotient that underflows is another case there.
    """
    distance = elementwise(recorder, "subtract", [stop, start])
    parts = elementwise(recorder, "divide", [distance, step])
    none = elementwise(recorder, "equal", [parts, 0.0])
    some = elementwise(recorder, "not_equal", [distance, 0.0])
    recorder.assume_false(elementwise(recorder, "logical_and", [none, some]))
    number = python_number(elementwise(recorder, "ceil", [parts]), "i64")
    (size,) = shapes.known_sizes(recorder, number)
    after = elementwise(recorder, "add", [start, step])
    by = elementwise(recorder, "subtract", [after, start])
    counts = recorder.add("iota", [], size=size, dtype="f64")
    numbers = call(recorder, "add", [call(recorder, "multiply", [counts, by]), start])
    second = elementwise(recorder, "equal", [counts, 1.0])
    return recorder.apply("where", [second, after, numbers])
