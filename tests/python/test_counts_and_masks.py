"""Histograms by indices of all widths, and elements under masks of all densities."""

import warnings

import numpy as np
import pytest

import braze

INTEGERS = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.int64)


def counted(x):
    return np.bincount(x)


def counted_at_least(x):
    return np.bincount(x, minlength=256)


def weighed(x, w):
    return np.bincount(x, w)


def added(a, i):
    np.add.at(a, i, 3)
    return a


def lowered(a, i):
    np.minimum.at(a, i, 3)
    return a


def extremes(x):
    wide = x.astype(np.int64)
    return wide.max(), wide.min(), wide.max() + 1


def equal(got, wanted):
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    assert got.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("dtype", INTEGERS, ids=lambda t: np.dtype(t).name)
@pytest.mark.parametrize("n", [1, 5, 100, 5000, 40_000])
def test_bincount(n, dtype):
    rng = np.random.default_rng(n)
    for top in (1, 7, 100, 127):
        x = rng.integers(0, top + 1, n).astype(dtype)
        for view in (x, x[::-1], np.repeat(x, 2)[::2]):
            equal(braze.jit(counted)(view), counted(view))
            equal(braze.jit(counted_at_least)(view), counted_at_least(view))
        w = rng.standard_normal(n)
        equal(braze.jit(weighed)(x, w), weighed(x, w))


@pytest.mark.parametrize("dtype", (np.int8, np.int32, np.int64), ids=lambda t: np.dtype(t).name)
def test_negative_numbers_raise(dtype):
    x = np.full(5000, 3, dtype)
    f = braze.jit(counted)
    equal(f(x), counted(x))
    x[4999] = -1
    with pytest.raises(ValueError, match="negative"):
        f(x)


@pytest.mark.parametrize("kind", (np.uint8, np.int16, np.int64), ids=lambda t: np.dtype(t).name)
@pytest.mark.parametrize("dtype", INTEGERS, ids=lambda t: np.dtype(t).name)
@pytest.mark.parametrize("f", (added, lowered), ids=lambda f: f.__name__)
def test_at(f, dtype, kind):
    rng = np.random.default_rng(1)
    compiled = braze.jit(f)
    for places, n in ((10, 3), (10, 4000), (100, 1000), (5000, 30_000)):
        limit = min(places, np.iinfo(dtype).max)
        low = -limit if np.iinfo(dtype).min < 0 else 0
        i = rng.integers(low, limit, n).astype(dtype)
        base = rng.integers(0, 100, 2 * places).astype(kind)
        for part in (slice(places), slice(None, None, 2), slice(None, None, -2)):
            got, wanted = base.copy()[part], base.copy()[part]
            equal(compiled(got, i), f(wanted, i))
            equal(got, wanted)


def test_at_itself():
    x = np.array([0, 1, 2, 0, 1, 2, 2] * 100, np.uint8)
    got, wanted = x.copy(), x.copy()
    equal(braze.jit(added)(got, got), added(wanted, wanted))


def test_index_out_of_range_raises():
    f, a = braze.jit(added), np.zeros(10, np.int64)
    f(a, np.zeros(400, np.uint8))
    with pytest.raises(IndexError, match="out of bounds"):
        f(a, np.full(400, 10, np.uint8))


@pytest.mark.parametrize("dtype", INTEGERS, ids=lambda t: np.dtype(t).name)
def test_extremes(dtype):
    info = np.iinfo(dtype)
    x = np.random.default_rng(2).integers(info.min, info.max, 1000, dtype, endpoint=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got, wanted = braze.jit(extremes)(x), extremes(x)
    assert [(type(g), g) for g in got] == [(type(w), w) for w in wanted]


def picked(x, m):
    return x[m]


def places(m):
    return np.flatnonzero(m)


KINDS = (np.uint8, np.float16, np.float32, np.float64, np.complex128)


@pytest.mark.parametrize("density", [0, 0.001, 0.02, 0.15, 0.3, 0.9, 1])
@pytest.mark.parametrize("n", [0, 1, 63, 64, 65, 2047, 2048, 2049, 9000])
def test_masks(n, density):
    rng = np.random.default_rng(n)
    for kind in KINDS:
        x = (rng.standard_normal(2 * n) * 9).astype(kind)
        m = rng.random(2 * n) < density
        for a, b in ((x[:n], m[:n]), (x[::2], m[:n]), (x[:n], m[::2]), (x[n:][::-1], m[:n])):
            equal(braze.jit(picked)(a, b), picked(a, b))
    equal(braze.jit(places)(m[:n]), places(m[:n]))
    equal(braze.jit(places)(m[::2]), places(m[::2]))


@pytest.mark.parametrize(
    "shape", [(5,), (64, 3), (300, 4), (300, 17), (200, 2, 3), (100, 0), (2100, 1)]
)
@pytest.mark.parametrize("density", [0, 0.02, 0.5, 1])
def test_masked_rows(shape, density):
    rng = np.random.default_rng(3)
    f = braze.jit(picked)
    for kind in KINDS:
        x = (rng.standard_normal(shape) * 9).astype(kind)
        m = rng.random(shape[0]) < density
        for view in (x, x[::-1], np.asfortranarray(x), np.repeat(x, 2, axis=-1)[..., ::2]):
            equal(f(view, m), picked(view, m))


def test_two_axes_of_a_mask():
    rng = np.random.default_rng(4)
    x, m = rng.standard_normal((70, 90, 2)), rng.random((70, 90)) < 0.1
    f = braze.jit(picked)
    equal(f(x, m), picked(x, m))
    equal(f(x[..., 0], m), picked(x[..., 0], m))
    equal(f(x[:, ::2], m[:, ::2]), picked(x[:, ::2], m[:, ::2]))
