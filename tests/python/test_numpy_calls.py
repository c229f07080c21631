"""NumPy functions that compiled code calls: powers of complex numbers, Fortran order, fits."""

import numpy as np
import pytest
from adversarial import agree, matrices, numbers, vectors

COMPLEX = ("c16", "c8")
SPECIAL = np.array([0, 1j, -1, complex(np.inf, 1), complex(np.nan, 0), -0.0 - 0.0j, 1e300 + 1e300j])
EXPONENTS = [0, 1, 2, 3, -1, -2, 7, 0.5, 1.0, 2.0, -0.5, 2.5, 1j, 2 - 1j]


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_complex_powers(exponent):
    calls = [(x,) for x in [*vectors(COMPLEX), SPECIAL, numbers((3, 4), "c16").T]]
    for text in (
        f"x ** ({exponent})",
        f"np.power(x, {exponent})",
        f"y = x * 2\ny **= {exponent}\ny",
    ):
        agree(text, "x", calls)


@pytest.mark.parametrize(
    "text", ["x ** y", "y ** x", "x ** np.float64(2)", "2 ** x", "1j ** y", "x[0] ** y", "y ** 1j"]
)
def test_complex_powers_of_arrays(text):
    x = numbers(6, "c16")
    others = [numbers(6), numbers(6, "c8"), numbers(6, "i8"), numbers(6, "f4"), numbers(1, "c16")]
    agree(text, "x, y", [(x, y) for y in others] + [(x.reshape(2, 3), numbers(3))])


@pytest.mark.parametrize(
    "text",
    ["x.prod()", "np.prod(x, axis=0)", "np.cumprod(x)", "x.cumprod(axis=-1)",
     "np.prod(x, axis=-1, keepdims=True) * 2", "np.multiply.reduce(x)", "np.cumprod(x * 2, axis=0)",
     "np.prod(x, dtype=complex)"],
)  # fmt: skip
def test_complex_products(text):
    many = [numbers(shape, dtype) for dtype in COMPLEX for shape in ((3, 4), (2, 0), (9,), (0,))]
    agree(text, "x", [(x,) for x in [*many, numbers((3, 4), "c16").T, numbers(9, "c16")[::2]]])


@pytest.mark.parametrize(
    "text",
    [
        "np.zeros((n, m), order='F')",
        "np.ones((n, m), np.int32, order='F') * 2",
        "np.full((n, m), x.sum(), order='F')",
        "np.empty((n, m), order='F').flags.f_contiguous or x.sum()",
        "a = np.zeros((n, m), order='F')\na[0] = 1\na[:, 1] += 2\na",
        "np.zeros((n, m, 2), order='F') + 1",
        "np.zeros(n, order='F')",
    ],
)
def test_makers_in_fortran_order(text):
    calls = [(numbers((3, 2)), n, m) for n, m in [(3, 2), (2, 3), (1, 4), (4, 2)]]
    agree(text, "x, n, m", calls, compiled="flags" not in text)


@pytest.mark.parametrize(
    "text",
    ["x.copy(order='F')", "np.array(x, order='F')", "x.astype(np.float32, order='F')",
     "np.copy(x, order='F') + 1", "(x * 2).copy('F')", "np.zeros_like(x, order='F')",
     "np.asfortranarray(x * 2)", "np.asfortranarray(x)"],
)  # fmt: skip
def test_copies_in_fortran_order(text):
    agree(text, "x", [(x,) for x in matrices()])
    agree(text, "x", [(numbers((2, 3, 4)),), (numbers((2, 3, 4)).transpose(1, 0, 2),)])


@pytest.mark.parametrize(
    "text",
    ["np.polyfit(x, y, 1)", "np.polyval(np.polyfit(x, y, 2), x) - y", "np.polyfit(x, y, 0)",
     "np.polyfit(x, y, 1, w=y * y + 1)", "a, b = np.polyfit(np.arange(len(y)), y, 1)\na * x + b",
     "np.polydiv(x, y[:2])", "np.i0(x)", "x * np.kaiser(len(x), 8.6)"],
)  # fmt: skip
def test_fits(text):
    some = [np.arange(9.0), numbers(9), numbers(9, "f4"), numbers(9, "i8"), np.ones(9)]
    agree(text, "x, y", [(x, y) for x in some for y in some[:3]], ulps=2)


def test_a_fit_that_warns():
    """Where NumPy warns of the rank, the plain function does."""
    import braze

    def fit(x, y):
        return np.polyfit(x, y, 2)

    fast = braze.jit(fit)
    fast(np.arange(5.0), np.arange(5.0))
    with pytest.warns(np.exceptions.RankWarning):
        fast(np.ones(5), np.arange(5.0))
    assert fast.stats()["compiled_calls"] == 1


@pytest.mark.parametrize(
    "text", ["np.median(x, overwrite_input=False)", "np.linalg.tensorsolve(x, x[0])"]
)
def test_options(text):
    agree(text, "x", [(numbers((4, 4)) + 9 * np.eye(4),)], ulps=2)
