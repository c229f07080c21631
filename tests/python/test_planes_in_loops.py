"""Loops that make numbers of planes of elements, in machine code."""

import numpy as np
import pytest
from compared import alike

import braze


def convolved(a):
    k = a[1, : min(3, a.shape[1]), : min(4, a.shape[2])]
    h, w = k.shape
    out = np.zeros((a.shape[1] - h + 1, a.shape[2] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[0, i : i + h, j : j + w] * k)
    return out


def box_mean(a):
    out = np.zeros(a.shape[1:])
    for i in range(a.shape[1]):
        for j in range(a.shape[2]):
            out[i, j] = a[0, max(i - 2, 0) : i + 3, max(j - 2, 0) : j + 3].mean()
    return out


def local_spread(a):
    out = np.zeros(a.shape[1:])
    for i in range(1, a.shape[1] - 1):
        for j in range(1, a.shape[2] - 1):
            p = a[0, i - 1 : i + 2, j - 1 : j + 2]
            out[i, j] = p.max() - p.min() + p.std()
    return out


def closest(a):
    best, at = np.inf, (0, 0)
    h, w = (a.shape[1] + 1) // 2, (a.shape[2] + 1) // 2
    for i in range(a.shape[1] - h + 1):
        for j in range(a.shape[2] - w + 1):
            d = ((a[0, i : i + h, j : j + w] - a[1, :h, :w]) ** 2).sum()
            if d < best:
                best, at = d, (i, j)
    return best, at


def pooled(a):
    out = np.empty((a.shape[0], a.shape[1] // 2, a.shape[2] // 2), a.dtype)
    for n in range(a.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                out[n, i, j] = a[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return out


def channels(a):
    out = np.zeros(a.shape[2] - 1)
    for j in range(out.size):
        out[j] = np.sum(a[:, 1:, j : j + 2] * a[:, 1:, :2]) + a[0, 0, 0]
    return out


def planes(a):
    total = 0.0
    for n in range(a.shape[0]):
        total += a[n].sum() - a[n, ::2].prod() + a[n, :, 1::2].mean()
    return total


def stretched(a):
    total = 0.0
    for n in range(a.shape[0]):
        total += (a[n, 0][:, None] * a[n, 1] - a[n, :, 0]).sum() if a.shape[1] > 1 else 1.0
        total += (a[n] * a[n, 0]).sum()
    return total


def places(a):
    found = 0
    for n in range(a.shape[0]):
        found = found * 7 + np.argmax(a[n]) + np.argmin(a[n, 1:])
        found %= 10000
        if (a[n] > 2.9).any() or np.all(a[n] > -1):
            found += 1
    return found


def changed(a):
    a = a * 1.0
    for i in range(1, a.shape[1]):
        for j in range(1, a.shape[2]):
            a[0, i, j] -= a[0, i - 1 : i + 1, j - 1 : j + 1].sum() / 4
    return a


ALL = [convolved, box_mean, local_spread, closest, pooled, channels, planes, stretched, places,
       changed]  # fmt: skip


def made(layout, shape, dtype):
    rng = np.random.default_rng(sum(shape))
    a = (rng.standard_normal(shape) * 3).astype(dtype)
    a[0, 1, 1:4] = 0, -0.0, a[0, 1, 0]
    return {
        "c": a,
        "transposed": np.asfortranarray(a),
        "planes transposed": a.swapaxes(1, 2).copy().swapaxes(1, 2),
        "reversed": a[:, ::-1, ::-1],
        "parts": np.repeat(np.repeat(a, 2, 2), 2, 1)[:, ::2, ::2],
        "stretched": np.broadcast_to(a[0], a.shape),
    }[layout]


LAYOUTS = ["c", "transposed", "planes transposed", "reversed", "parts", "stretched"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4"])
@pytest.mark.parametrize("function", ALL)
def test_as_numpy(function, dtype, layout):
    compiled = braze.jit(function)
    for shape in [(2, 9, 12), (3, 4, 5), (2, 2, 40), (2, 21, 6), (2, 30, 17)]:
        a = made(layout, shape, dtype)
        alike(function, compiled, a)


@pytest.mark.parametrize(
    "shape", [(2, 90, 91), (2, 91, 91), (3, 2, 4096), (2, 2, 4097), (2, 1, 9000)]
)
@pytest.mark.parametrize("function", [planes, stretched, places])
def test_planes_beyond_the_buffer(function, shape):
    for dtype in ("f8", "f4"):
        for layout in ("c", "parts", "transposed"):
            a = np.random.default_rng(1).standard_normal(shape).astype(dtype)
            a = {"c": a, "parts": np.repeat(a, 2, 2)[:, :, ::2], "transposed": np.asfortranarray(a)}
            if function is not stretched or shape[1] == shape[2]:
                alike(function, braze.jit(function), a[layout])


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308, -0.0])
def test_special_values(function, value):
    compiled = braze.jit(function)
    for at in (0, 11, 59):
        a = made("c", (2, 8, 8), "f8").copy()
        a[0].flat[at] = a[1].flat[at] = value
        alike(function, compiled, a)


@pytest.mark.parametrize("function", [convolved, box_mean, local_spread, pooled, channels])
def test_loops_are_one_piece_of_code(function):
    compiled = braze.jit(function, fallback=False)
    compiled(made("c", (2, 20, 21), "f8"))
    assert compiled.stats()["launches"] <= 3


def test_empty_planes():
    def sums(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:].sum() + a[i, k:, k:].prod()
        return t

    def largest(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:].max()
        return t

    def means(a, k):
        t = 0.0
        for i in range(a.shape[0]):
            t += a[i, k:, 1:].mean()
        return t

    for f in (sums, largest, means):
        compiled = braze.jit(f)
        for k in (2, 5, 6, 99, 0):
            a = made("c", (3, 6, 6), "f8")
            alike(f, compiled, a, k)
