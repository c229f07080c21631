"""Objects that NumPy takes for arrays or numbers: what they hold may change and is never kept."""

import numpy as np
import pytest
from same import assert_same

import braze

X = np.arange(12.0).reshape(4, 3) - 5


class Number:
    """Acts as an int."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value

    def __float__(self):
        return float(self.value)


@pytest.mark.parametrize(
    ("function", "make"),
    [
        (lambda x, o: np.polyval(o, x), lambda k: np.poly1d([k, 2.0, 1.0][: k + 1])),
        (lambda x, o: np.sum(x, axis=o), Number),
        (lambda x, o: x.sum(axis=o), Number),
        (lambda x, o: np.float64(o) + x, Number),
        (lambda x, o: np.roll(x, o), Number),
        (lambda x, o: np.interp(x, o, o), lambda k: bytearray([k, k + 1, k + 3])),
    ],
)
def test_objects_that_act_as_arrays_or_numbers(function, make):
    compiled = braze.jit(function)
    for k in (0, 1, 0, 1):
        assert_same(compiled(X, make(k)), function(X, make(k)))
    kept = Number(0)
    assert_same(braze.jit(lambda x: x.sum(axis=kept))(X), X.sum(axis=0))
