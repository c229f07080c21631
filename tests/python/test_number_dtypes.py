"""Numbers that do not fit: every way to put one into a small dtype raises or wraps as in NumPy."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

NUMBERS = [0, 1, -1, 127, 128, -129, 255, 256, 2**31, 2**40, 2**63 - 1, 2**63, True, 0.5, 300.7,
           1e20, float("nan"), np.int8(-1), np.uint64(2**64 - 1), np.float32(1.5)]  # fmt: skip
OF_NUMBERS = [
    "np.int8(k)", "np.uint8(k)", "np.int64(k) + 1", "np.uint64(k)", "np.array(k, dtype='i1')",
    "np.asarray(k, dtype='u2')", "np.full(2, k, dtype='i1')", "np.full_like(x, k)",
    "np.array([k, 1], dtype='i2')", "np.linspace(k, 2, 3)", "x + k", "x[k]", "k < 2 < 3",
    "0 < x[0] < k", "x[0] > 1 and k > 2", "1 if 0 < x[0] < k else 2",
]  # fmt: skip
STORES = [
    "x[0] = k", "x[1:] = k", "x.fill(k)", "x[...] = k", "x[x > 0] = k", "x[0] += k",
    "for i in range(3): x[i] = k",
]  # fmt: skip
LOOPS = [
    "x = x + np.int8(i)", "x = x + np.full(3, i, x.dtype)", "x = x + np.asarray(i, x.dtype)",
    "x[i % 3] = i", "x = np.maximum(x, i)",
]  # fmt: skip
PAIRS = [
    "y[0] = x[1]", "y[:] = x[2]", "y[...] = x", "y[y == 1] = x[2]", "y.fill(x[3])",
    "for i in range(4): y[i] = x[i]", "for i in range(4): y[i] += x[i]", "y[1:] = x.max()",
]  # fmt: skip
DTYPES = ["i1", "u1", "i8", "u8", "f8", "f4", "?"]


def agree(source, *calls):
    """Fail unless compiled and plain function give the same, and do the same to the argument."""
    plain = define(source)
    compiled = braze.jit(plain)
    for x, *rest in calls:
        outcomes = []
        for function in (compiled, plain):
            given = x.copy()
            try:
                outcomes.append((given, function(given, *rest)))
            except Exception as error:
                outcomes.append((given, type(error), str(error)))
        check(*outcomes, f"{source} of {rest}", ulps=1)


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("dtype", ["f8", "i1", "u1", "i8"])
@pytest.mark.parametrize("text", OF_NUMBERS)
def test_numbers_of_a_dtype(text, dtype):
    calls = [(np.array([-4, 3, -1]).astype(dtype), k) for k in NUMBERS]
    agree(f"def f(x, k):\n    return {text}, x\n", *calls)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("text", STORES)
def test_numbers_that_are_stored(text, dtype):
    calls = [(np.array([-4, 3, -1]).astype(dtype), k) for k in NUMBERS]
    agree(f"def f(x, k):\n    {text}\n    return x\n", *calls)


@pytest.mark.parametrize("dtype", ["f8", "i1", "u1"])
@pytest.mark.parametrize("text", LOOPS)
def test_counters_that_outgrow_a_dtype(text, dtype):
    calls = [(np.array([-4, 3, -1]).astype(dtype), n) for n in (0, 1, 3, 100, 130, 300)]
    agree(f"def f(x, n):\n    for i in range(n): {text}\n    return x\n", *calls)


@pytest.mark.parametrize("held", DTYPES)
@pytest.mark.parametrize("text", PAIRS)
def test_numbers_of_one_array_in_another(text, held):
    rows = [[1, 2, 3, 4], [200, 255, 128, 127], [-1, -2, -129, -3], [2.0**40, 2.0**50, 1e18, 0],
            [1.5, -0.5, np.nan, np.inf]]  # fmt: skip
    for dtype in DTYPES:
        calls = [(np.ones(4, held), np.array(row).astype(dtype)) for row in rows]
        agree(f"def f(y, x):\n    {text}\n    return y\n", *calls)
