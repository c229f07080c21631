"""Arrays that NumPy makes of constants while a function is recorded."""

from typing import Any

import numpy as np

from braze.errors import refuse
from braze.record.checks import repeats
from braze.record.value import Value


def computed(recorder: Any, array: np.ndarray) -> Value:
    """Return a result of NumPy on constants as a value; what is a view there is a copy here."""
    if repeats(array):
        raise refuse("a constant array whose elements repeat")
    made = recorder.constant_array(array)
    made.read_only = not array.flags.writeable
    made.stands_for_view = made.read_only or array.strides != np.empty_like(array).strides
    return made
