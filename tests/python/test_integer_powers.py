"""Integer arrays to the power of integer arrays: NumPy's dtypes, bits and errors."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

DTYPES = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")
TEXTS = ("return x ** y", "return np.power(x, y)")


def values(dtype, n, low, high, seed):
    rng = np.random.default_rng(seed)
    if dtype == "?":
        return rng.random(n) < 0.5
    return rng.integers(max(low, np.iinfo(dtype).min), high, n).astype(dtype)


@pytest.mark.parametrize("first", DTYPES)
@pytest.mark.parametrize("second", DTYPES)
def test_bits(first, second):
    plain = define("def f(x, y):\n    return x**y\n")
    compiled = braze.jit(plain)
    x, y = values(first, 300, -100, 100, 1), values(second, 300, 0, 64, 2)
    if second != "?" and np.iinfo(second).min < 0:
        y[:3] = 0, 63, 1
    floats = 2 if np.result_type(first, second).kind == "f" else 0  # int64 with uint64
    for args in ((x, y), (x[::-3], y[::3]), (x[:, None], y[None, :20])):
        check(compiled(*args), plain(*args), ulps=floats)


def test_numbers_and_arrays():
    for text in ("2 ** y", "np.power(3, y)", "y ** y", "x[0] ** y", "y ** x[0]"):
        plain = define(f"def f(x, y):\n    return {text}\n")
        compiled = braze.jit(plain)
        x, y = np.arange(3, 13), np.arange(10)
        check(compiled(x, y), plain(x, y))


@pytest.mark.parametrize("text", TEXTS)
def test_is_compiled(text):
    compiled = braze.jit(define(f"def f(x, y):\n    {text}\n"))
    x = np.arange(1000, dtype="i4")
    check(compiled(x, x % 8), x ** (x % 8))
    assert compiled.stats()["plain_calls"] == 0


def test_large_exponents_run_plainly():
    compiled = braze.jit(define("def f(x, y):\n    return x ** y\n"))
    x = np.arange(100)
    check(compiled(x, x), x**x)


def test_negative_exponents_raise():
    compiled = braze.jit(define("def f(x, y):\n    return x ** y\n"))
    x = np.arange(1, 100)
    y = x % 5
    check(compiled(x, y), x**y)
    y[57] = -1
    for _ in range(2):
        with pytest.raises(ValueError, match="negative integer powers"):
            compiled(x, y)


def test_squares_of_bools():
    compiled = braze.jit(lambda x, n: (x**2, x**3, x**n, np.power(x, 2), x[0] ** 2))
    x = np.array([True, False])
    for n in (2, 3, 2):
        check(compiled(x, n), (x**2, x**3, x**n, np.power(x, 2), x[0] ** 2))
    assert compiled.stats()["plain_calls"] == 0
