"""NumPy functions that are recorded from NumPy's own source, or made of other operations."""

import numpy as np
import pytest
from adversarial import agree, matrices, numbers, vectors

FLOATS = ("f8", "f4", "i8")
OF_VECTORS = [
    "np.ediff1d(x)",
    "np.ediff1d(x) * 2",
    "np.fft.fftshift(x) + 1",
    "np.fft.ifftshift(x) + 1",
    "np.fft.fftfreq(len(x), 0.25) * 2",
    "np.fft.rfftfreq(len(x)) * 2",
    "np.delete(x, 1)",
    "np.delete(x, [0, 2]) + 1",
    "np.delete(x, slice(1, 3))",
    "np.delete(x, np.argmax(x))",
    "np.delete(x, x == 0)",
    "np.insert(x, 0, 0)",
    "np.insert(x, 2, x.sum())",
    "np.insert(x, len(x), 1) * 2",
    "np.insert(x, -1, 3)",
    "np.diag(x)",
    "np.diag(x, 1)",
    "np.diagflat(x, -1)",
    "np.polyadd(x, x[:2]) * 2",
    "np.polysub(x[:1], x)",
    "np.diag(x, -2) + 1",
    "np.trim_zeros(x)",
    "np.polyder(x) * 2",
    "np.polyint(x)",
    "np.poly(x)",
    "np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v + 1])",
    "np.piecewise(x, [x < -1, x > 1], [-1, 1, lambda v, k: v * k], 2)",
    "np.histogram(x, [-2.0, 0.0, 1.0, 3.0])",
    "np.histogram(x, bins=np.arange(-3, 4), density=True)",
    "np.average(x, returned=True)",
    "np.apply_over_axes(np.sum, x, 0)",
]
OF_MATRICES = [
    "np.diagflat(x)",
    "np.fft.fftshift(x) * 2",
    "np.fft.fftshift(x, axes=1)",
    "np.fft.ifftshift(x, axes=(0,)) + 1",
    "np.delete(x, 0, axis=0)",
    "np.delete(x, [0, 1], axis=1) * 2",
    "np.insert(x, 1, 5, axis=1)",
    "np.insert(x, 1, x[0], axis=0)",
    "np.apply_over_axes(np.sum, x, [0, 1])",
    "np.apply_along_axis(np.sum, 0, x)",
    "np.apply_along_axis(lambda r: r * 2 - r.max(), 1, x)",
    "np.apply_along_axis(lambda r, k: np.cumsum(r)[:k], 0, x, 1)",
    "np.apply_along_axis(lambda r: len(r), 1, x)",
    "np.cov(x, rowvar=False)",
    "np.average(x, axis=0, returned=True)",
    "np.triu_indices_from(x[:2, :2])",
    "x[np.triu_indices(min(x.shape), 1)]",
    "x[np.tril_indices(2, -1)]",
    "x[np.diag_indices(2)]",
    "np.unravel_index(x.argmax(), x.shape)",
    "np.unravel_index(x.argsort(axis=None), x.shape)",
    "np.unravel_index(2, x.shape)",
    "np.ravel_multi_index((np.arange(2), np.arange(2)), x.shape)",
    "np.ravel_multi_index((1, 2), x.shape) + 1",
    "np.fromfunction(lambda i, j: i * 2 + j, x.shape)",
    "np.fromfunction(lambda i, j: i == j, x.shape, dtype=int)",
]
CHANGES = [
    "y = x.copy()\nnp.fill_diagonal(y, 7)\ny",
    "np.fill_diagonal(x, x[0, 0])\nx * 2",
    "y = x * 2\nnp.putmask(y, y > 1, 0)\ny",
    "y = x * 2\nnp.putmask(y, y > 1, x)\ny",
    "np.place(x, x > 1, [3])\nx",
    "y = x.ravel().copy()\nnp.put(y, [0, 1], 9)\ny",
    "y = x.flatten()\ny.put([1, -1], [5, 6])\ny",
]


@pytest.mark.parametrize("text", OF_VECTORS)
def test_of_vectors(text):
    agree(text, "x", [(x,) for x in vectors()], ulps=1)


@pytest.mark.parametrize("text", OF_MATRICES)
def test_of_matrices(text):
    agree(text, "x", [(x,) for x in matrices()], ulps=1)


@pytest.mark.parametrize("text", CHANGES)
def test_changes(text):
    agree(text, "x", [(x,) for x in matrices()])


@pytest.mark.parametrize("window", ["hanning", "hamming", "blackman", "bartlett"])
def test_windows(window):
    calls = [(numbers(n),) for n in (0, 1, 2, 7, 16)]
    agree(f"x * np.{window}(len(x))", "x", calls, ulps=8)


RANGES = [(0, 10, 3), (3, 10, 1), (10, 0, 2), (-5, 6, 2), (5, 5, 1), (0, 1, 7), (7, 3, 4)]


@pytest.mark.parametrize(
    "text",
    [
        "np.arange(a, b, 2)",
        "np.arange(b, a, -3) * k",
        "np.arange(a, b, k)",
        "np.arange(a, len(x), 2)",
        "np.arange(0, b, step=2)",
        "np.arange(a, b, 2, dtype=np.int32)",
        "np.arange(a, b, 2, dtype=float)",
        "np.arange(1 - len(x), len(x), 2)",
    ],
)
def test_ranges_of_ints(text):
    x = numbers(5)
    agree(text, "x, a, b, k", [(x, a, b, k) for a, b, k in RANGES])


FLOAT_RANGES = [(0.0, 1.0, 0.1), (0.0, 1.0, 0.25), (1.0, 0.0, -0.3), (-0.1, 1e3, 17.3),
                (0.0, 1.0, 0.0), (0.0, -1.0, 0.5), (1e-20, 5.0, 1.0), (0.0, 1.0, np.inf),
                (np.nan, 1.0, 0.1), (0.3, 0.3, 0.1), (5e-324, 1e-323, 1e300)]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["np.arange(a, b, h)", "np.arange(a, b + h, h) * 2", "np.arange(0, b, h)", "np.arange(b)",
     "len(np.arange(a, b, h))"],
)  # fmt: skip
def test_ranges_of_floats(text):
    agree(text, "a, b, h", FLOAT_RANGES, compiled="np.arange(b)" not in text)


def test_ranges_of_numpy_floats():
    agree("np.arange(0.0, x[0], x[1])", "x", [(np.array(v),) for v in [(1.0, 0.1), (2.0, 0.5)]])


@pytest.mark.parametrize("text", ["x.tolist()", "sum(x.tolist())", "[v * 2 for v in x.tolist()]"])
def test_lists_of_arrays(text):
    types = ("f8", "f4", "i8", "u1", "?")
    agree(text, "x", [(x,) for x in vectors(types)])


@pytest.mark.parametrize("text", ["x[0].tolist()", "x.sum().tolist()", "x.tolist()"])
def test_lists_of_others(text):
    agree(text, "x", [(numbers((2, 3)),), (numbers((2, 0)),)], compiled=False)
