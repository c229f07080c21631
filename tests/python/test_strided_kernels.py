"""Long strided rows: the bits of a function are those that it gives over dense arrays."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

TEXTS = ("np.log1p(x)", "np.tanh(x) * x", "np.exp(x) + np.sin(x)", "np.cbrt(x) - x",
         "np.arctan(x * 2) + 1", "np.where(x > 0.5, np.log(x), np.sqrt(x))",
         "x ** 1.7")  # fmt: skip


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "i2", "i4", "i8"])
@pytest.mark.parametrize("text", TEXTS)
def test_as_dense(text, dtype):
    compiled = braze.jit(define(f"def f(x):\n    return {text}\n"))
    for count in (1024, 5001, 40_003):
        wide = np.random.default_rng(count).uniform(0.1, 20, 3 * count).astype(dtype)
        for x in (wide[::3], wide[: 2 * count : 2], wide[:count][::-1]):
            check(compiled(x), compiled(x.copy()))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_into_strided(dtype):
    plain = define("def f(x, out):\n    out[...] = np.log1p(x) * x\n    return out\n")
    compiled = braze.jit(plain)
    x = np.random.default_rng(2).uniform(0, 9, 80_006).astype(dtype)
    got, wanted = np.zeros((2, 80_006), dtype)
    compiled(x[::2], got[::2])
    compiled(x[::2].copy(), dense := np.zeros(40_003, dtype))
    wanted[::2] = dense
    check(got, wanted)
