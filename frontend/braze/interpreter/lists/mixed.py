"""Items of lists that are ints or floats, as the run has it: a float64 and a flag.

A list begins with ints (`[[0] * n for _ in range(m)]`) and floats are put in. Ints of up to 53 bits
are floats, too; the flag says what Python has in that place.
"""

from typing import Any

import numpy as np

from braze.arrays import makers
from braze.arrays.registry import FUNCTIONS
from braze.errors import refuse
from braze.interpreter.merge import MixedAt
from braze.record.either import EXACT, held
from braze.record.value import TO_NUMPY, Value

# What an item is, as in a `Wish`: the skeleton, and kind and dtype of each leaf.
MIXED = (MixedAt(0, 1), (("python", "f64"), ("python", "b1")))
NUMBERS = ((0, (("python", "i64"),)), (0, (("python", "f64"),)), MIXED)


def is_number(item: tuple) -> bool:
    """Tell whether an item is an int, a float, or one of both."""
    return any(item == number for number in NUMBERS)


def parts_of(item: tuple, values: list[Value]) -> list[Value]:
    """Return the number and the flag of an item that is a number."""
    return values if item == MIXED else list(held(values[0], (int, float)))


def columns_of(recorder: Any, array: Value) -> list[Value]:
    """Return the arrays of the numbers and of the flags for a list of ints, or of floats."""
    is_float = array.dtype_name == "f64"
    if array.dtype_name not in ("i64", "f64"):
        raise refuse("a list of items of different types")
    if not is_float:
        large = np.logical_or(np.greater(array, EXACT), np.less(array, -EXACT))
        recorder.assume_false(large.any())
    sizes = tuple(Value.of_size(recorder, d) for d in array.dims)
    numbers = FUNCTIONS[np.copy](recorder, array) if is_float else array.astype(np.float64)
    return [numbers, makers.full(recorder, sizes, is_float, TO_NUMPY["b1"])]
