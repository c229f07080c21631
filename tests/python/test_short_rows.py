"""Reductions of many rows of a few elements, in all layouts: the bits are NumPy's."""

import numpy as np
import pytest

import braze

DTYPES = (np.float64, np.float32, np.float16, np.complex128, np.int64, np.uint8, np.bool_)


def total(x):
    return x.sum(axis=-1)


def squares(x):
    return (x * x).sum(axis=-1)


def mean(x):
    return x.mean(axis=-1)


def product(x):
    return x.prod(axis=-1)


def largest(x):
    return x.max(axis=-1)


def first_smallest(x):
    return x.argmin(axis=-1)


def last_place(x):
    return (x * 2).argmax(axis=-1)


def any_of(x):
    return (x > 0).any(axis=-1)


def unit(x):
    return x / np.sqrt((x * x).sum(axis=-1, keepdims=True))


def middle(x):
    return x.sum(axis=-2)


def both(x):
    return x.sum(axis=-1), x.argmin(axis=-1)


def spread(x):
    return x.max(axis=-1) - x.min(axis=-1), x.sum(axis=-1)


def all_axes(x):
    return (x * x).sum(axis=(0, -1))


FUNCTIONS = (
    total, squares, mean, product, largest, first_smallest, last_place, any_of, unit, middle, both,
    spread, all_axes,
)  # fmt: skip
SHAPES = [(100, k) for k in range(1, 10)] + [(63, 3), (7, 70, 4), (70, 7, 4), (2, 40, 2, 3), (0, 4)]


def layouts(x):
    yield x
    yield np.asfortranarray(x)
    yield np.repeat(x, 2, axis=0)[::2]
    yield np.repeat(x, 3, axis=-1)[..., ::3]
    if x.dtype.kind != "c":
        yield x[::-1]
        yield x[..., ::-1]
    yield np.swapaxes(np.ascontiguousarray(np.swapaxes(x, 0, -1)), 0, -1)


def sample(shape, dtype):
    rng = np.random.default_rng(len(shape) * 100 + shape[-1])
    x = (rng.standard_normal(shape) * 9).astype(dtype)
    if x.dtype.kind == "f" and x.size:  # zeros of both signs, numbers that swallow others
        x.flat[::5] = -0.0
        x.flat[3::11] = 1e4
        x[:2] = -0.0
    return x


def same(got, wanted, what):
    if isinstance(wanted, tuple):
        for g, w in zip(got, wanted, strict=True):
            same(g, w, what)
        return
    assert got.dtype == wanted.dtype and got.shape == wanted.shape, what
    assert got.strides == wanted.strides, what
    assert got.tobytes() == wanted.tobytes(), what


REAL = (unit, largest, spread, any_of, first_smallest, last_place, both)
CASES = [
    (f, t) for f in FUNCTIONS for t in DTYPES if f not in REAL or t not in (np.complex128, np.bool_)
]


@pytest.mark.parametrize("f, dtype", CASES, ids=lambda x: x.__name__)
def test_bits(f, dtype):
    compiled = braze.jit(f)
    with np.errstate(all="ignore"):
        for shape in SHAPES:
            if 0 in shape and f in (largest, first_smallest, last_place, both, spread):
                continue
            x = sample(shape, dtype)
            for k, view in enumerate(layouts(x)):
                same(compiled(view), f(view), f"{shape} layout {k}")


def test_threads():
    f = braze.jit(squares, threads=2)
    x = sample((300_000, 3), np.float64)
    same(f(x), squares(x), "two threads")


def nearest(points, centres):
    distances = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return distances, distances.argmin(axis=1)


@pytest.mark.parametrize("axes", [1, 2, 3, 4, 7, 8, 9])
@pytest.mark.parametrize("centres", [1, 3, 8, 100])
def test_differences(axes, centres):
    f = braze.jit(nearest)
    x = sample((211, axes), np.float64)
    same(f(x, x[:centres].copy()), nearest(x, x[:centres].copy()), "nearest")


def test_warnings():
    f = braze.jit(squares)
    x = np.full((100, 3), 1e200)
    with pytest.warns(RuntimeWarning, match="overflow"):
        wanted = squares(x)
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="overflow"):
            same(f(x), wanted, "overflow")
