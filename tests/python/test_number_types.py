"""Numbers that are Python's on some ways and NumPy's on others: which, is seen in results."""

import math

import numpy as np
import pytest
from compared import compiled
from edges import define
from exact import check

import braze


def under_if(a, z):
    s = 0.0
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s += a[i]
    return s


def from_int(a, z):
    s = 0
    n = 0
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s += a[i]
            n += 1
    return s, n


def inner_loop(a, z):
    y = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        s = 0.0
        for j in range(i):
            s += a[i] * a[j]
        y[i] = s / (1.0 + i) - s
    return y


def best(a, z):
    m = 0.4
    at = -1
    for i in range(a.shape[0]):
        v = a[i] * 0.75
        if v > m:
            m, at = v, i
    return m, at, m / 3.0, -m, abs(m), m * m, m > 0.5, m + 1, a * m, np.sqrt(m), math.sqrt(m)


def one_way(a, z):
    s = a[0] if a.sum() > z else 1.5
    t = s + 2.0
    return s, t, s * t, t - s, s == t, float(s)


def maxima(a, z):
    m = 0.0
    for i in range(a.shape[0]):
        m = max(m, a[i] - 0.5)
    low = 9
    for i in range(a.shape[0]):
        low = min(a[i], low)
    return m, low


def until(a, z):
    error = 1.0
    k = 0
    while error > 0.05 and k < 50:
        a = a * 0.5
        error = a.max() if a.shape[0] > 0 else 0.0
        k += 1
    return a, error, k


def quotient(a, z):
    s = 0.0
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s += a[i]
    return s / z


def divisor(a, z):
    s = 0.0
    for i in range(a.shape[0]):
        if a[i] > 0.8:
            s += a[i]
    return 1.0 / s


def int_then_float(a, z):
    s = 0
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s = 0.25 * i
    return s


def stored(a, z):
    s = 1.5
    out = np.zeros(a.shape)
    for i in range(a.shape[0]):
        if a[i] > z:
            s = a[i]
        out[i] = s
    return out, [s, {"s": s}]


FUNCTIONS = [
    under_if, from_int, inner_loop, best, one_way, maxima, until, quotient, divisor,
    int_then_float, stored,
]  # fmt: skip


def outcome(function, *given):
    try:
        return function(*given)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_types_and_bits(function):
    compiled = braze.jit(function)
    for seed in range(4):
        for n in (9, 0, 1, 2, 3, 9):
            a = np.random.default_rng(seed).random(n) * (seed != 2)
            for z in (0.5, 0.0, 2.5):
                check(outcome(compiled, a, z), outcome(function, a, z), f"{a}, {z}")
    stats = compiled.stats()
    assert stats["divided_calls"] == 0 and stats["compiled_calls"] > 20, stats


def ints(a):
    t = 0
    for i in range(a.shape[0]):
        if a[i] > 1:
            t += a[i]
    return t, t + 1, t * 2, t > 3


@pytest.mark.filterwarnings("ignore")
def test_ints():
    compiled = braze.jit(ints)
    for values in ([], [1, 0], [3, 1, 5], [2**62, 5], [2**62, 2**62, 2**62]):
        a = np.array(values, dtype=np.int64)
        check(outcome(compiled, a), outcome(ints, a), str(values))
    assert compiled.stats()["divided_calls"] == 0


def narrow(a, b):
    s = 0.1
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s += a[i]
    t = b * 2
    return s, t


def times(a, b):
    s = 0.1
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s += a[i]
    return s * b


@pytest.mark.parametrize("function", [narrow, times], ids=lambda f: f.__name__)
@pytest.mark.parametrize("first", ["f4", "f8"])
@pytest.mark.parametrize("second", ["f4", "f8", "i8", "i2"])
def test_promotion_depends_on_the_type(function, first, second):
    """Where it does the function is not compiled; it is right in any case."""
    compiled = braze.jit(function)
    for seed in range(3):
        a = (np.random.default_rng(seed).random(6) * (seed + 1) / 3).astype(first)
        b = (np.random.default_rng(seed).random(6) * 50).astype(second)
        check(compiled(a, b), function(a, b), f"{first}, {second}")


def kinds(a):
    s = 0.0
    for i in range(a.shape[0]):
        if a[i] > 0.5:
            s = a[i]
    return type(s).__name__, isinstance(s, np.floating), hasattr(s, "dtype"), f"{s!r}"


def test_questions_about_the_type():
    compiled = braze.jit(kinds)
    for a in (np.zeros(3), np.ones(3)):
        check(compiled(a), kinds(a))


CALLS = ["np.abs(n)", "np.square(n)", "np.add(n, 1)", "np.sum(n)", "np.array(n)", "np.full(3, n)",
         "np.maximum(n, 1)", "np.asarray([n])", "np.sqrt(n)", "np.where(a > 0, n, 0)", "np.mean(n)",
         "np.float32(n)", "np.sign(n)", "np.zeros_like(n)", "np.ones(2, 'i4') * n", "np.isreal(n)",
         "np.ones_like(n)", "np.result_type(n, np.float32(1))", "type(n) is int",
         "isinstance(n, float)", "round(n)", "np.round(n, 1)"]  # fmt: skip


@pytest.mark.parametrize("text", CALLS)
def test_numpy_functions_of_either(text):
    function = define(f"def f(a):\n    n = 2 if a.sum() > 0 else 3.0\n    return {text}\n")
    compiled = braze.jit(function)
    for a in (np.ones(3), -np.ones(3)):
        check(compiled(a), function(a), text, ulps=1)


def halvings(a, end):
    rounds = 0
    while not np.allclose(a.sum(), end, atol=1e-3):
        a = a * 0.5
        rounds += 1
    return rounds, np.isclose(a.max(), end), a[0][()]


def test_numbers_are_compared_for_closeness():
    calls = [(np.arange(4.0), 0.0), (np.zeros(3), 1e-4), (np.full(2, 8.0, "f4"), np.float64(0))]
    assert compiled(halvings, *calls) == len(calls)
    odd = [np.nan, np.inf, -np.inf, 1, True, 1 + 1e-9, np.float32(1), np.int8(3), 1j]
    close = [(x, y) for x in odd for y in odd]
    assert compiled(lambda x, y: np.isclose(x, y, equal_nan=True), *close)


def test_a_number_of_python_has_no_items():
    with pytest.raises(TypeError, match="not subscriptable"):
        braze.jit(lambda x: x[()])(1.5)
