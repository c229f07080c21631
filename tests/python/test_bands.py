"""Loops whose rows do not mix, on bands of rows: the same bits, layouts and effects."""

import numpy as np
import pytest

import braze

ROWS, COLUMNS = 20011, 60  # 9.6 MB, a last band that is shorter


def average(x, k):
    y = np.zeros_like(x)
    y[:, 0] = x[:, 0]
    for t in range(1, x.shape[1]):
        y[:, t] = k * x[:, t] + (1 - k) * y[:, t - 1]
    return y


def backwards(x, k):
    y = x * k
    for t in range(x.shape[1] - 2, -1, -1):
        y[:, t] -= y[:, t + 1] * x[:, t]
    return y


def state(x, k):
    v = np.zeros(x.shape[0])
    out = np.empty_like(x)
    for t in range(x.shape[1]):
        v = k * x[:, t] + (1 - k) * v
        out[:, t] = np.maximum(v, 0.0)
    return out, v


def branches(x, k):
    y = np.empty_like(x)
    for t in range(x.shape[1]):
        if t == 0:
            y[:, t] = x[:, t]
        elif t % 2 == 0:
            y[:, t] = y[:, t - 1] - k
        else:
            y[:, t] = y[:, t - 1] * x[:, t]
        if t > 3:
            y[:, t] += x[:, t - 3]
    return y


def neighbours(x, k):
    y = np.zeros((x.shape[0] - 2, x.shape[1]))
    for t in range(1, x.shape[1]):
        y[:, t] = y[:, t - 1] * k + (x[2:, t] - x[:-2, t - 1]) + x[1:-1, t]
    return y


def weights(x, k):
    y = np.zeros_like(x)
    w = np.arange(x.shape[1]) * k
    total = 0.0
    for t in range(1, x.shape[1]):
        y[:, t] = y[:, t - 1] * w[t] + x[:, t]
        total += w[t]
    return y, total


def both(x, k):
    first = x * 2
    second = first
    for t in range(1, x.shape[1]):
        first = first.copy() if t < 0 else first
        first[:, t] = first[:, t - 1] + k
    return first, second


def argument(x, k):
    for t in range(1, x.shape[1]):
        x[:, t] += k * x[:, t - 1]
    return x


def start_is_read(x, k):
    y = x.copy()
    first = y
    y = y + 0.5
    for t in range(1, x.shape[1]):
        y[:, t] = first[:, t] * k + y[:, t - 1]
    return y, first


def mixed(x, k):
    y = np.zeros_like(x)
    for t in range(1, x.shape[1]):
        y[:, t] = x[::-1, t] + y[:, t - 1]
    return y


BANDED = [average, backwards, state, branches, neighbours, weights, argument, start_is_read]


def layouts(dtype):
    x = np.random.default_rng(3).random((ROWS, COLUMNS)).astype(dtype)
    yield x
    yield np.asfortranarray(x)
    yield np.random.default_rng(4).random((ROWS, 2 * COLUMNS)).astype(dtype)[:, ::2]
    yield x[::-1]
    yield x[:100]
    yield x[:2]


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("function", [*BANDED, both, mixed])
def test_same_as_plain(function, dtype):
    compiled = braze.jit(function)
    for x in layouts(dtype):
        given = [x.copy("K"), x.copy("K")] if function is argument else [x, x]
        expected, found = function(given[0], 0.25), compiled(given[1], 0.25)
        several = isinstance(expected, tuple)
        for e, f in zip(expected, found, strict=True) if several else [(expected, found)]:
            assert type(f) is type(e) and np.asarray(f).dtype == np.asarray(e).dtype
            if isinstance(e, np.ndarray):
                assert f.strides == e.strides and f.flags.owndata == e.flags.owndata
            assert np.asarray(f).tobytes() == np.asarray(e).tobytes(), x.strides
        assert not several or (found[0] is found[1]) == (expected[0] is expected[1])
        assert (found is given[1]) == (expected is given[0])
        assert np.array_equal(given[0], given[1])


@pytest.mark.parametrize("function", [*BANDED, mixed])
def test_which_loops_have_bands(function):
    compiled = braze.jit(function)
    x = np.random.default_rng(3).random((ROWS, COLUMNS))
    compiled(x, 0.25)
    text = str(compiled.explain(x, 0.25))
    assert ("on bands of them" in text) == (function is not mixed)
    launches = compiled.stats()["launches"]
    assert (launches > 4 * COLUMNS) == (function is not mixed)


def test_an_error_in_a_late_round_leaves_arguments_as_plain_does():
    def late(x, n):
        for t in range(1, n):
            x[:, t] = x[:, t - 1] + x[:, t]

    x = np.random.default_rng(3).random((ROWS, COLUMNS))
    plain, compiled = x.copy(), x.copy()
    with pytest.raises(IndexError):
        late(plain, COLUMNS + 1)
    with pytest.raises(IndexError):
        braze.jit(late)(compiled, COLUMNS + 1)
    assert plain.tobytes() == compiled.tobytes()


def test_warnings_are_those_of_whole_planes():
    def ratio(x):
        y = np.ones_like(x)
        for t in range(1, x.shape[1]):
            y[:, t] = y[:, t - 1] / x[:, t]
        return y

    x = np.random.default_rng(3).random((ROWS, COLUMNS))
    x[ROWS - 1, 7] = 0.0
    compiled = braze.jit(ratio)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        found = compiled(x)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        expected = ratio(x)
    assert found.tobytes() == expected.tobytes()
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        compiled(x)


def test_sizes_may_change_between_calls():
    compiled = braze.jit(average)
    for rows in (ROWS, 30, 0, 40000, ROWS, 25000):
        x = np.random.default_rng(rows).random((rows, COLUMNS))
        assert compiled(x, 0.5).tobytes() == average(x, 0.5).tobytes()
