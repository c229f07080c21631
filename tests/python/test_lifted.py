"""Rounds that are written out and differ in numbers share kernels, and have NumPy's bits."""

import numpy as np
import pytest
from edges import define, edge_values
from exact import check

import braze
from braze import _core

FACTORS = (2.0, 0.5, 4.0, 3.0, 1 / 3, 0.1, -1.0, 7.25, -0.5, 1e-3, 1e4, 9.0)
WHOLE = (1, 2, 3, 4, 5, 7, 8, 12, 16, 31, 60, 100)
FLOATS = {
    "y * {c}": 1, "y + {c} * y": 1, "{c} - y": 1, "y / {c}": 2, "{c} / y": 1,
    "np.maximum(y, {c})": 1,
    "np.where(y > {c}, y, {c})": 1, "y - y.sum() * {c}": 1, "np.copysign({c}, y)": 1,
    "np.remainder(y, {c})": 1, "np.float64({c}) * y": 1, "np.hypot(y, {c})": 1,
    "np.abs(y) ** {c}": 12, "np.sin(y * {c})": 1, "y * {c} + y * complex(0, {c})": 1,
}  # fmt: skip
INTEGERS = {
    "y * {c}": 1, "y + {c}": 1, "y // {c}": 1, "y % {c}": 1, "y ^ {c}": 1, "{c} - y": 1,
    "y | {c}": 1,
    "y << ({c} & 7)": 1, "y >> ({c} & 7)": 1, "np.minimum(y, {c})": 1, "{c} // (y | 1)": 1,
}  # fmt: skip


def slices(text, constants):
    """Return a function of slices of different lengths, whose kernels so stay apart."""
    lines = [f"    y = x[{i}:]\n    r{i} = {text.format(c=c)}" for i, c in enumerate(constants)]
    results = ", ".join(f"r{i}" for i in range(len(constants)))
    return define("\n".join(["def f(x):", *lines, f"    return {results}\n"]))


def kernels_of(compiled):
    """Return how many different kernels the latest version of a function has."""
    return _core.different_kernels(compiled._compiler.attempts[-1].optimized)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("text", FLOATS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_floats(text, dtype):
    if dtype == "f2" and "complex" in text:
        dtype = "c8"
    plain = slices(text, FACTORS)
    compiled = braze.jit(plain)
    x = edge_values(dtype, 200) if dtype != "f2" else edge_values("f4", 200).astype("f2")
    with np.errstate(all="ignore"):
        ulps = 1 if any(name in text for name in ("sin", "**", "hypot")) else 0
        check(compiled(x), plain(x), ulps=ulps)
    assert kernels_of(compiled) <= FLOATS[text] + 1


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
@pytest.mark.parametrize("text", INTEGERS)
def test_integers(text, dtype):
    plain = slices(text, WHOLE)
    compiled = braze.jit(plain)
    x = edge_values(dtype, 200)
    with np.errstate(all="ignore"):
        check(compiled(x), plain(x))
    assert kernels_of(compiled) <= INTEGERS[text] + 1


def test_few_powers_stay_apart():
    plain = slices("np.abs(y) ** {c} * {c}", (3, 5, 7))
    compiled = braze.jit(plain)
    x = np.random.default_rng(0).uniform(0.5, 2, 100)
    check(compiled(x), plain(x), ulps=2)
    assert kernels_of(compiled) == 3


def test_many_powers_are_one():
    constants = [round(0.3 + i / 7, 3) for i in range(30)] + [3, 5, 7, 11, 64]
    plain = slices("np.abs(y) ** {c}", constants)
    compiled = braze.jit(plain)
    x = np.abs(edge_values("f8", 100))
    with np.errstate(all="ignore"):
        check(compiled(x), plain(x), ulps=1)
    assert kernels_of(compiled) <= 1 + 5  # whole exponents are too few


def test_a_tree_of_many_steps():
    """A binomial tree: the steps differ in sizes and offsets."""
    plain = define(
        "def f(k, u, d, p):\n"
        "    v = np.maximum(k[:, None] - u * np.arange(101), 0)\n"
        "    for i in range(100, 0, -1):\n"
        "        v = p * v[:, 1:] + d * v[:, :-1]\n"
        "        v = np.maximum(v, k[:, None] - (i - np.arange(i)) * u)\n"
        "    return v[:, 0]\n"
    )
    compiled = braze.jit(plain)
    k = np.linspace(1, 50, 40)
    for _ in range(3):
        check(compiled(k, 0.7, 0.45, 0.53), plain(k, 0.7, 0.45, 0.53))
    stats = compiled.stats()
    assert stats["plain_calls"] == 0, stats
    assert stats["compiles"] + stats["cache_hits"] > 0
    assert kernels_of(compiled) <= 12
