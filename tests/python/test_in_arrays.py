"""`x in array`, which asks whether any element is equal."""

import numpy as np
import pytest
from compared import outcome, same_bits

import braze


def held(a, v):
    return v in a


def missing(a, v):
    return v not in a


def counted(a, v):
    n = 0
    for k in range(20):
        if v + k in a:
            n += 1
    return n


def constants(a, v):
    return 3 in a, True in a, 2.5 in a, 1 + 0j in a, np.nan in a, np.int8(3) in a, (v in a) and 7


VALUES = [3, 3.0, 300, -1, True, 2 + 0j, np.nan, np.int64(2), np.float32(1.5), np.uint8(3), 2**70]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", [held, missing, counted, constants], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", ["f8", "i8", "u1", "?", "c16", "f2"])
@pytest.mark.parametrize("shape", [(10,), (3, 4), (0,), (), (10, 1)], ids=str)
def test_as_numpy(function, dtype, shape):
    a = (np.random.default_rng(0).random(shape) * 5).astype(dtype) if shape else np.array(3, dtype)
    compiled = braze.jit(function)
    for v in VALUES:
        assert same_bits(outcome(compiled, a, v)[0], outcome(function, a, v)[0])


def test_loops_are_one_piece_of_code():
    def common(a, b):
        out = np.zeros(len(a), bool)
        for i, v in enumerate(a):
            out[i] = v in b
        return out

    compiled = braze.jit(common, fallback=False)
    a, b = np.arange(100), np.arange(0, 300, 7)
    assert np.array_equal(compiled(a, b), common(a, b))
    assert compiled.stats()["launches"] <= 2
