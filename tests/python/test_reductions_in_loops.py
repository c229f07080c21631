"""Loops that make numbers of rows of elements, in machine code."""

import numpy as np
import pytest
from compared import alike, outcome

import braze


def rolling_mean(a):
    x, w = a[0], min(a.shape[1], 20)
    out = np.empty(x.size - w + 1)
    for i in range(out.size):
        out[i] = x[i : i + w].mean()
    return out


def rolling_extremes(a):
    out = np.empty((a.shape[1], 2), a.dtype)
    for i in range(a.shape[1]):
        out[i, 0] = a[1, max(i - 5, 0) : i + 6].max()
        out[i, 1] = np.min(a[1, i:])
    return out


def distances(a):
    out = np.zeros((a.shape[0], a.shape[0]))
    for i in range(a.shape[0]):
        for j in range(a.shape[0]):
            out[i, j] = np.sqrt(np.sum((a[i] - a[j]) ** 2))
    return out


def columns(a):
    total = 0.0
    for j in range(a.shape[1]):
        total += a[:, j].sum() - a[::-2, j].prod()
    return total


def spread(a):
    out = np.empty(a.shape[0])
    for i in range(a.shape[0]):
        out[i] = np.var(a[i]) + a[i].std()
    return out


def triangle(a):
    x = np.zeros(a.shape[1])
    for i in range(a.shape[1]):
        x[i] = (a[0, :i] * x[:i]).sum() + a[1, i]
        x[i] /= 1 + abs(x).max()
    return x


def places(a):
    n = 0
    for i in range(a.shape[0]):
        n = n * 3 + np.argmax(a[i]) - np.argmin(a[i, ::-1])
        n %= 1000
    return n


def truths(a):
    n = 0
    for i in range(a.shape[0]):
        if (a[i] > 1.5).any() and not np.all(a[i] < 2):
            n += (a[i] > 0).sum()
    return n


def siblings(a):
    out = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        dot, own = np.sum(a[i] * a[0]), np.sum(a[i] * a[i])
        out[i] = dot / np.sqrt(own) if own > 0 else 0.0
    return out


def deviation_from_outside(a):
    m = a[0].mean(keepdims=True)
    s = 0.0
    for i in range(a.shape[0]):
        s += np.abs(a[i] - m).sum()
    return s


def until(a):
    i = 0
    while i < a.shape[0] - 1 and a[i].sum() > -40:
        i += 1
    return i, a[i].max()


def normalised(a):
    a = a * 1.0
    for i in range(a.shape[0]):
        a[i] -= a[i].mean()
        a[i] /= np.sqrt((a[i] ** 2).sum()) + 1
        a[:, i] = a[:, i] * 2 - a[:, i].max()
    return a


def orthogonal(a):
    q = np.zeros_like(a, dtype=np.float64)
    for i in range(a.shape[0]):
        q[i] = a[i]
        for j in range(i):
            q[i] -= np.sum(q[j] * a[i]) * q[j]
        q[i, :] = q[i, :] / np.sqrt(np.sum(q[i] * q[i]))
    return q


ALL = [normalised, orthogonal,
       rolling_mean, rolling_extremes, distances, columns, spread, triangle, places, truths,
       siblings, deviation_from_outside, until]  # fmt: skip


def made(layout, rows, width, dtype):
    rng = np.random.default_rng(width)
    a = (rng.standard_normal((rows, width)) * 3).astype(dtype)
    if width > 5:
        a[2, 3:6] = 0, -0.0, a[2, 0]
    return {
        "c": a,
        "transposed": np.asfortranarray(a),
        "reversed": a[::-1, ::-1],
        "parts": np.repeat(a, 2, 1)[:, ::2],
        "stretched": np.broadcast_to(a[0], a.shape),
    }[layout]


@pytest.mark.parametrize("layout", ["c", "transposed", "reversed", "parts", "stretched"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4"])
@pytest.mark.parametrize("function", ALL)
def test_as_numpy(function, dtype, layout):
    compiled, quiet = braze.jit(function), 0
    for rows, width in [(9, 30), (4, 7), (5, 300), (3, 1100), (12, 8), (3, 131)]:
        a = made(layout, rows, width, dtype)
        want = alike(function, compiled, a)
        quiet += not want[1] and not isinstance(want[0], str)
    if layout != "stretched":  # copies of which are made in Python
        assert compiled.stats()["compiled_calls"] >= quiet


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308, -0.0])
def test_special_values(function, value):
    compiled = braze.jit(function)
    for at in (0, 11, 59):
        a = made("c", 4, 60, "f8").copy()
        a[0, at] = a[3, at - 1] = value
        alike(function, compiled, a)


@pytest.mark.parametrize("function", [distances, siblings, truths, spread, orthogonal])
def test_loops_are_one_piece_of_code(function):
    compiled = braze.jit(function, fallback=False)
    compiled(made("c", 40, 5, "f8"))
    assert compiled.stats()["launches"] <= 2


def test_empty_rows_are_what_they_are():
    def sums(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:].sum() + a[i, k:].prod()
        return t

    def largest(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:].max()
        return t

    def means(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:].mean()
        return t

    for f in (sums, largest, means):
        compiled = braze.jit(f)
        for k in (2, 5, 6, 99, 0):
            a = made("c", 4, 6, "f8")
            want, got = outcome(f, a, k), outcome(compiled, a, k)
            assert want[1] == got[1]
            assert want[0] == got[0] or (want[0] != want[0] and got[0] != got[0])


def test_overflow_is_reported_as_numpy_reports_it():
    def f(a):
        out = np.zeros(a.shape[0])
        for i in range(a.shape[0]):
            out[i] = (a[i] * a[i]).sum()
        return out

    compiled = braze.jit(f)
    for big in (1e200, 1e154, 3.0):
        a = np.full((3, 20), big)
        for mode in ("warn", "ignore", "raise"):
            with np.errstate(all=mode):
                want, got = outcome(f, a), outcome(compiled, a)
            assert want[1] == got[1]
            assert np.array_equal(want[0], got[0])


def test_elements_that_the_loop_has_changed_are_summed():
    def f(a):
        for i in range(1, a.shape[0]):
            a[i, 0] = a[i - 1].sum()
            a[0, i] = a[:, 0].max() + a[0, i - 1]
        return a

    a = np.random.default_rng(0).random((20, 20))
    assert braze.jit(f)(a.copy()).tobytes() == f(a.copy()).tobytes()
