"""Loops over rows of elements: slices with run-time ends and products, in machine code."""

import warnings

import numpy as np
import pytest

import braze


def cholesky(a):
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] = (a[i, j] - np.dot(a[i, :j], a[j, :j])) / a[j, j]
        a[i, i] = np.sqrt(a[i, i] - np.dot(a[i, :i], a[i, :i]))
    return a


def eliminate(a):
    for k in range(a.shape[0]):
        for j in range(k + 1, a.shape[0]):
            a[j, k:] -= a[j, k] / a[k, k] * a[k, k:]
    return a


def substitute(a):
    x = np.zeros(a.shape[0])
    for i in range(a.shape[0] - 1, -1, -1):
        x[i] = (a[i, 0] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def rank_update(a):
    c = np.zeros_like(a)
    for i in range(a.shape[0]):
        c[i, : i + 1] *= 0.5
        for k in range(a.shape[1]):
            c[i, : i + 1] += 1.5 * a[i, k] * a[: i + 1, k]
    return c


def columns_turned(a):
    for i in range(1, a.shape[1] - 1):
        a[::-1, i] += a[:, i - 1] - a[:, i + 1]
    return a


def behind(a):
    """Each row reads what it writes a little later."""
    for i in range(a.shape[0]):
        a[i, 1:] = a[i, :-1] + a[i, 1:]
        a[i, 2:] += a[i, :-2]
    return a


def ahead(a):
    for i in range(a.shape[0]):
        a[i, :-1] = a[i, 1:] * 0.5 - a[i, :-1]
    return a


def crossing(a):
    for i in range(a.shape[0]):
        a[i, :] = a[:, i] * 2 + a[i, ::-1]
    return a


def steps(a):
    for i in range(1, a.shape[0]):
        a[i, ::2] = a[i - 1, ::2] + a[i, i]
        a[i, -1:0:-2] -= 1
        a[::-3, i] = i
    return a


def masks(a):
    seen = np.zeros(a.shape, bool)
    for i in range(a.shape[0]):
        seen[i, :i] = a[i, :i] > a[i, i]
        seen[i, i:] = True
    return seen


def durbin(a):
    r = a[0]
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


FUNCTIONS = [cholesky, eliminate, substitute, rank_update, columns_turned, behind, ahead, crossing,
             steps, masks, durbin]  # fmt: skip
MAKERS = {
    "C": lambda a: a,
    "F": np.asfortranarray,
    "every second": lambda a: np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2],
    "reversed": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
}


def positive(n, dtype):
    a = np.random.default_rng(n).random((n, n)) / max(n, 1) + np.eye(n)
    return (a @ a.T).astype(dtype)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_the_same_bits(function, dtype):
    compiled = braze.jit(function, fallback=False)
    for n in (40, 7, 3, 2):
        for make in MAKERS.values():
            a, b = make(positive(n, dtype)), make(positive(n, dtype))
            want, got = function(a), compiled(b)
            assert got.dtype == want.dtype
            assert got.tobytes() == want.tobytes()
            assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_launch_runs_all_rounds(function):
    compiled = braze.jit(function, fallback=False)
    compiled(positive(20, "f8"))
    before = compiled.stats()["launches"]
    compiled(positive(20, "f8"))
    assert compiled.stats()["launches"] - before <= 2


def test_long_columns_are_run_by_kernels():
    def total(a):
        for i in range(1, a.shape[1]):
            a[:, i] += a[:, i - 1]
        return a

    compiled = braze.jit(total, fallback=False)
    for n in (10, 2000, 30):
        a, b = (np.random.default_rng(1).random((n, 12)) for _ in range(2))
        before = compiled.stats()["launches"]
        assert compiled(b).tobytes() == total(a).tobytes()
        assert (compiled.stats()["launches"] - before > 2) == (n == 2000)


def test_long_rows_are_run_by_kernels():
    def total(a):
        for i in range(1, a.shape[0]):
            a[i, :] += a[i - 1, :]
        return a

    compiled = braze.jit(total, fallback=False)
    for n in (10, 20000, 2000, 30):
        a, b = (np.random.default_rng(1).random((12, n)) for _ in range(2))
        before = compiled.stats()["launches"]
        assert compiled(b).tobytes() == total(a).tobytes()
        assert (compiled.stats()["launches"] - before > 2) == (n == 20000)


@pytest.mark.parametrize("dtype", ["i8", "u1", "i2", "?"])
def test_integers(dtype):
    def f(a, x):
        for i in range(1, a.shape[0]):
            a[i, :i] = np.maximum(a[i - 1, :i], a[i, :i])
            x[i:] = a[i, i:]
            a[:i, i] ^= x[:i]
        return a, x

    compiled = braze.jit(f)
    rng = np.random.default_rng(2)
    for n in (30, 5, 1, 0):
        given = rng.integers(0, 2 if dtype == "?" else 100, (n, n)).astype(dtype)
        args = [given.copy(), np.ones(n, dtype)], [given.copy(), np.ones(n, dtype)]
        want, got = f(*args[0]), compiled(*args[1])
        assert [v.tobytes() for v in got] == [v.tobytes() for v in want]
    assert compiled.stats()["compiled_calls"] == 4


def test_vectors_of_two_lengths_are_an_error():
    def f(a, x):
        for i in range(3):
            x[i] = a[i, :i] @ x[: i + 1]
        return x

    a, x = np.ones((5, 5)), np.zeros(5)
    for call in (f, braze.jit(f)):
        with pytest.raises(ValueError, match="size"):
            call(a, x)


def test_places_outside_are_left_out_and_indices_are_errors():
    def f(a, lo, hi, at):
        for i in range(a.shape[0]):
            a[i, lo + i : hi - i] += 1
            a[at, lo:] -= a[i, lo:]
        return a

    compiled = braze.jit(f)
    for lo, hi, at in [(0, 9, 1), (-3, 2, -1), (5, 1, 0), (-20, 20, 2), (3, -1, 3)]:
        want, got = f(np.ones((6, 6)), lo, hi, at), compiled(np.ones((6, 6)), lo, hi, at)
        assert got.tobytes() == want.tobytes()
    a, b = np.ones((6, 6)), np.ones((6, 6))
    for call, given in ((f, a), (compiled, b)):
        with pytest.raises(IndexError, match="index 6 is out of bounds for axis 0 with size 6"):
            call(given, 0, 3, 6)
    assert a.tobytes() == b.tobytes()


def test_errors_of_products_and_rows_are_reported():
    def f(a, x):
        for i in range(1, 4):
            x[i] = a[i, :i] @ x[:i]
            a[i, :i] = a[i, :i] / a[0, :i]
        return x

    for first in (1.0, np.inf, 1e308):
        told = []
        for call in (f, braze.jit(f)):
            a, x = np.ones((5, 5)), np.full(5, 3.0)
            a[1:, 0], a[0, 1] = first, 0.0
            x[0] = 10.0
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                result = call(a, x)
            told.append((result.tobytes(), sorted({str(w.message) for w in seen})))
        assert told[0] == told[1]


def test_ranges_of_tuples_are_an_error():
    def f(a):
        for i in range(a.shape):
            a[i] = 0

    compiled = braze.jit(f)
    with pytest.raises(TypeError, match="'tuple' object cannot be interpreted as an integer"):
        compiled(np.ones(3))
    assert not any("fault" in reason for reason in compiled.stats()["reasons"])
