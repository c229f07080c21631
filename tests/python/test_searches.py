"""`numpy.searchsorted` of one number: NumPy's places, in arrays that are not sorted, too."""

import numpy as np
import pytest
from compared import outcome, same_bits

import braze


def single(a, v):
    return np.searchsorted(a, v), a.searchsorted(v, side="right"), np.searchsorted(a, v, "right")


def left(a, values):
    out = np.zeros(len(values), int)
    for i in range(len(values)):
        out[i] = np.searchsorted(a, values[i])
    return out


def right(a, values):
    out = np.zeros(len(values), int)
    for i in range(len(values)):
        out[i] = a.searchsorted(values[i], side="right") - 1
    return out


def ordered(a, values):
    order = np.argsort(a)
    return [np.searchsorted(a, v, sorter=order) for v in values[:3]]


VALUES = [3, 3.0, 300, -1, True, np.nan, np.int64(2), np.float32(1.5), np.uint8(3), np.inf, -0.0]


def made(dtype, n, is_sorted):
    a = (np.random.default_rng(n).standard_normal(n) * 5).astype(dtype)
    if is_sorted:
        a.sort()
        if n > 5 and dtype[0] == "f":
            a[-2:] = np.nan
    return a


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "i4", "u1", "c16", "?"])
@pytest.mark.parametrize("n", [0, 1, 2, 10, 101])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_as_numpy(dtype, n, is_sorted):
    a = made(dtype, n, is_sorted)
    compiled = braze.jit(single)
    for v in [*VALUES, *a[:2], np.array(2.0)]:
        assert same_bits(outcome(compiled, a, v)[0], outcome(single, a, v)[0])
    values = np.concatenate([a[:3], a[-3:], made(dtype, 20, False)])
    for function in (left, right, ordered):
        compiled = braze.jit(function)
        for given in (values, values[::-2], values.astype("c16")):
            assert same_bits(outcome(compiled, a, given)[0], outcome(function, a, given)[0])


@pytest.mark.parametrize("function", [left, right], ids=lambda f: f.__name__)
def test_loops_are_one_piece_of_code(function):
    compiled = braze.jit(function, fallback=False)
    a, values = made("f8", 50, True), made("f8", 100, False)
    assert np.array_equal(compiled(a, values), function(a, values))
    assert compiled.stats()["launches"] <= 2
