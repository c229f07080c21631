"""Steps of loops: views that launches follow, changes in place, what failed calls leave behind."""

import subprocess
import sys
import warnings

import exact
import numpy as np
import pytest

import braze


def relaid(a):
    """Copy an array with its strides."""
    if not isinstance(a, np.ndarray):
        return a
    reach = [(n - 1) * s for n, s in zip(a.shape, a.strides, strict=True) if a.size]
    low, high = sum(min(r, 0) for r in reach), sum(max(r, 0) for r in reach)
    memory = np.zeros(high - low + a.itemsize, np.uint8)
    copy = np.ndarray(a.shape, a.dtype, memory, -low, a.strides)
    copy[...] = a
    return copy


def check(function, fast, args):
    """Compare a call with NumPy's to the bit, and what both do to the arguments."""
    expected, actual = ([relaid(a) for a in args] for _ in range(2))
    exact.check(fast(*actual), function(*expected))
    exact.check(actual, expected)


def compiled(function, *args):
    """Check the function against NumPy, and that all of it is compiled."""
    fast = braze.jit(function)
    for _ in range(2):
        check(function, fast, args)
    stats = fast.stats()
    assert stats["plain_calls"] == 0 and stats["divided_calls"] == 0, fast.explain(*args)
    return fast


def rows(x, n):
    for i in range(1, n):
        x[i, 1:-1] = x[i - 1, 1:-1] * 0.5 + x[i, 1:-1]
    return x


def planes(x, n):
    for i in range(1, n):
        x[:, :, i] = x[:, :, i - 1] * 0.5 + x[:, :, i]
    return x


def crossing(x, n):
    for i in range(n):
        x[i, :] = x[:, i] * 0.5 + x[i, :]
    return x


def neighbours(x, n):
    for i in range(1, n - 1):
        x[i, 1:-1] = x[i, :-2] + x[i, 2:] - x[i - 1, 1:-1] * x[i + 1, 1:-1]
    return x


def swept_back(x, n):
    for i in range(n - 2, -1, -1):
        x[i] = x[i] - 0.25 * x[i + 1]
    return x


def from_the_end(x, n):
    for i in range(-n, -1):
        x[:, i] += x[:, i + 1] * 0.5
    return x


def halves(x, n):
    for i in range(n):
        x[:, ::2] = x[:, 1::2] * 0.5 + x[i, 0]
    return x


def reversed_rows(x, n):
    for i in range(1, n):
        x[i] = x[i - 1, ::-1] + x[i]
    return x


def two_arrays(x, n):
    low, high = np.zeros_like(x), np.zeros_like(x)
    for i in range(n):
        for j in range(i):
            low[:, i] += x[:, j] * high[j, i]
        high[i] = x[i] / (1.0 + low[i])
        low[:, i] /= 2.0
    return low, high


@pytest.mark.parametrize(
    "function",
    [rows, crossing, neighbours, swept_back, from_the_end, halves, reversed_rows, two_arrays],
)
@pytest.mark.parametrize("order", ["C", "F", "reversed", "strided"])
def test_changes_along_an_axis(function, order):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((12, 12))
    wide = np.repeat(np.repeat(x, 2, 0), 2, 1)
    x = {"C": x, "F": np.asfortranarray(x), "reversed": x[::-1], "strided": wide[::2, ::2]}[order]
    compiled(function, x, 12)


def test_planes_of_other_shapes():
    rng = np.random.default_rng(2)
    fast = compiled(planes, rng.standard_normal((4, 5, 6)), 6)
    for shape in ((5, 4, 9), (4, 5, 2), (7, 2, 3)):
        x = rng.standard_normal(shape)
        check(planes, fast, (x, shape[2]))
        check(planes, fast, (x.transpose(1, 0, 2), shape[2]))


def test_a_part_whose_size_is_of_another_array():
    def part(x, y, n):
        for i in range(n):
            x[i, : len(y)] = x[i, : len(y)] * 0.5 + y
        return x

    fast = compiled(part, np.ones((3, 9)), np.arange(4.0), 3)
    check(part, fast, (np.ones((3, 9)), np.arange(7.0), 3))
    check(part, fast, (np.ones((3, 9)), np.arange(2.0), 3))


def too_far(x, y, n):
    for i in range(n):
        x[i] = x[i] * 2.0 + y[i]
        y[:, i] *= 3.0
    return x


@pytest.mark.parametrize("fails_at", [1, 3, 6])
def test_a_call_that_fails_has_changed_what_numpy_changes(fails_at):
    rng = np.random.default_rng(3)
    fast = compiled(too_far, rng.random((6, 6)), rng.random((6, 6)), 6)
    x, y = rng.random((fails_at, 6)), rng.random((6, 6))
    expected, actual = [a.copy() for a in (x, y)], [a.copy() for a in (x, y)]
    with pytest.raises(IndexError):
        too_far(*expected, 6 + 1)
    with pytest.raises(IndexError):
        fast(*actual, 6 + 1)
    for e, a in zip(expected, actual, strict=True):
        np.testing.assert_array_equal(a, e)


def test_a_failure_behind_a_loop_over_elements():
    def function(x, n, at):
        for i in range(n):
            for j in range(n):
                x[i, j] += 1.0
        x[0] *= 2.0
        return x[at] * 2.0

    def at_run_time(x, n, at):
        return function(x, n, int(at.sum()))

    fast = braze.jit(at_run_time)
    for at in (1, 2, 9):
        expected, actual = np.zeros((4, 4)), np.zeros((4, 4))
        outcomes = []
        for call, x in ((at_run_time, expected), (fast, actual)):
            try:
                outcomes.append(call(x, 4, np.array([at])).tolist())
            except IndexError:
                outcomes.append("IndexError")
        assert outcomes[0] == outcomes[1]
        np.testing.assert_array_equal(actual, expected)


def ladder(x, n):
    total = 0
    for i in range(n):
        total = total * 3 + i // 2 - (i % 3)
        x = x * 0.5 + total
    return x, total


@pytest.mark.parametrize("n", [3, 30, 60])
def test_ints_of_python_in_loops(n):
    fast = braze.jit(ladder)
    for count in (5, 7, 9, n):  # the last ones outgrow 64 bits
        check(ladder, fast, (np.ones(3), count))


def projections(a):
    q = a.copy()
    for i in range(q.shape[1]):
        for j in range(i):
            q[:, i] -= (q[:, j] @ q[:, i]) * q[:, j]
        q[:, i] /= np.sqrt(q[:, i] @ q[:, i])
    return q


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_of_columns_have_the_bits_of_numpy(dtype):
    a = np.random.default_rng(4).standard_normal((90, 80)).astype(dtype)
    compiled(projections, a)
    compiled(projections, np.asfortranarray(a))


def laid_out(x, how):
    if how == "F":
        return np.asfortranarray(x)
    if how == "reversed":
        return np.ascontiguousarray(x[::-1])[::-1]
    if how == "strided":
        wide = np.zeros(tuple(2 * s for s in x.shape), x.dtype)
        wide[tuple(slice(None, None, 2) for _ in x.shape)] = x
        return wide[tuple(slice(None, None, 2) for _ in x.shape)]
    return x


def twice(a, b):
    return (a @ b) * 2


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "f2", "?"])
@pytest.mark.parametrize(
    "shape", [(2, 3, 4), (5, 1, 7), (1, 6, 2), (17, 33, 9), (2, 0, 3), (0, 2, 3)]
)
def test_products_of_every_layout(dtype, shape):
    n, k, m = shape
    rng = np.random.default_rng(5)
    a = (rng.standard_normal((n, k)) * 3).astype(dtype)
    b = (rng.standard_normal((k, m)) * 3).astype(dtype)
    fast = braze.jit(twice)
    for left in ("C", "F", "reversed", "strided"):
        for right in ("C", "F", "reversed", "strided"):
            x, y = laid_out(a, left), laid_out(b, right)
            pairs = [(x, y), (x, y[:, 0])]
            pairs += [(x[0], y), (x[0], y[:, 0])] if n else []
            for pair in pairs:
                check(twice, fast, pair)


def test_products_warn_as_numpy_does():
    def function(a, b):
        return a @ b + 1.0

    fast = compiled(function, np.ones(2), np.ones(2))
    for call in (function, fast):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            call(np.array([np.inf, 1.0]), np.array([0.0, 1.0]))
        assert ["invalid value" in str(w.message) for w in seen] == [True]


def last_number(x, n):
    for _ in range(n):
        error = (x * x).sum()
        x = x * 0.5
    return x, error


def last_arrays(x, n):
    for i in range(n):
        doubled = x * 2.0
        view = x[1:]
        x = x * 0.5 + doubled[0] + i
    return x, doubled, view


def last_of_rows(x, dt):
    for k in range(x.shape[0]):
        rate = 1.0 / dt
        x[k] = x[k] * rate
    return rate * x


def test_names_that_a_loop_binds_first():
    fast = braze.jit(last_number)
    for n in (5, 70, 9, 80):
        check(last_number, fast, (np.ones(4), n))
    assert fast.stats()["plain_calls"] == 0
    compiled(last_of_rows, np.ones((70, 3)), 0.5)
    compiled(last_arrays, np.ones(5), 70)


@pytest.mark.parametrize("function", [last_number, last_arrays])
def test_a_loop_that_does_not_run_binds_no_name(function):
    fast = braze.jit(function)
    fast(np.ones(4), 70)
    fast(np.ones(4), 80)
    with pytest.raises(UnboundLocalError):
        fast(np.ones(4), 0)


def test_the_first_product_of_a_process_may_be_a_large_one():
    program = (
        "import numpy as np, braze\n"
        "a, b = np.random.default_rng(0).random((2, 300, 300))\n"
        "def f(a, b): return a @ b + 1\n"
        "assert np.array_equal(braze.jit(f)(a, b), f(a, b))\n"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
