"""Arrays reduced to one number, in parts on several threads: NumPy's bits at any length."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

BODIES = {
    "sum": "return np.sum(x)",
    "fused": "return np.sum(x * x + y)",
    "max": "return np.max(x - y)",
    "min": "return np.min(x)",
    "prod": "return np.prod(x)",
    "strided": "return np.sum(x[::2] * y[::2])",
}
LENGTHS = (99_991, 262_144, 1_000_003, 1_048_577)


def values(dtype, n, seed):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind in "iu":
        return rng.integers(-1000, 1000, n).astype(dtype)
    reals = rng.standard_normal(n) * 10.0 ** rng.integers(-3, 4, n)
    return reals.astype(dtype) if dtype != "c16" else reals + 1j * reals[::-1]


CASES = [(dtype, name) for dtype in ("f4", "f8", "i4", "i8") for name in BODIES] + [("c16", "sum")]


@pytest.mark.parametrize("threads", (1, None))
@pytest.mark.parametrize(("dtype", "name"), CASES)
def test_bits(dtype, name, threads):
    plain = define(f"def f(x, y):\n    {BODIES[name]}\n")
    compiled = braze.jit(plain, threads=threads)
    for n in LENGTHS:
        x, y = values(dtype, n, n), values(dtype, n, n + 1)
        with np.errstate(all="ignore"):
            check(compiled(x, y), plain(x, y))


def test_zeros_and_specials():
    f = braze.jit(define("def f(x):\n    return np.sum(x), np.max(x)\n"))
    g = braze.jit(define("def f(x):\n    return np.sum(x)\n"))
    x = np.full(1_000_000, -0.0)
    check(g(x), np.sum(x))
    for at in (0, 499_999, 999_999):
        y = np.ones(1_000_000)
        y[at] = np.nan
        assert np.isnan(g(y)) and all(np.isnan(f(y)))
        y[at] = np.inf
        assert g(y) == np.inf
