"""Products of complex arrays have NumPy's last bits where it rounds them twice: those of one
element that it reaches by an iterator, those over memory that interleaves, squares with gaps.
"""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

PROGRAMS = {
    "in place": "x *= y; return x",
    "by itself": "x *= x; return x",
    "by a number": "x *= 1.3 + 0.7j; return x",
    "out, new": "o = np.empty_like(x); np.multiply(x, y, out=o); return o",
    "out, an operand": "np.multiply(x, y, out=x); return x",
    "where": "o = np.zeros_like(x); np.multiply(x, y, out=o, where=x.real < 9); return o",
    "fresh": "return x * y, x * x, (x + 1) * y",
    "outer": "return np.multiply.outer(x, y), np.outer(x, y)",
    "more axes": "return x[None] * y[:1], x[..., None] * y",
    "square": "return np.square(x), x**2",
    "square in place": "x **= 2; return x",
    "square, out": "np.square(x, out=x); return x",
    "squared rows": "for i in range(len(x)):\n        x[i] **= 2\n    return x",
    "slices": "x[1:2] *= y[1:2]; return x",
    "windows": "x[i : i + 1] *= y[i : i + 1]; return x",
    "ends": "x[i:] *= y[i:]; return x",
    "loops over ends": "for k in range(len(x)):\n        x[k:] *= y[k:]\n    return x",
    "masks": "x[x.real > 0] *= 2j + 1.3; return x",
    "masked": "m = x.real > 0; x[m] *= y[m]; return x",
    "indices": "x[[0]] *= y[[0]]; return x",
    "at": "np.multiply.at(x, [0], y[:1]); return x",
    "neighbours": "x[:1] *= x[1:2]; return x",
    "interleaved": "x[::2] *= x[1::2]; return x",
    "ahead": "x[:-1] *= x[1:]; return x",
    "columns": "x[:, 0] *= x[:, 1]; return x",
    "rows": "x[0] *= x[1]; return x",
    "another place": "np.multiply(x[:2], x[2:4], out=x[1:3]); return x",
    "every second": "x[::2] **= 2; return x",
    "one column": "x[:, 1] **= 2; return x",
}
SHAPES = [(1,), (1, 1), (2,), (6,), (4, 4), (4, 1)]
KINDS = ["as it is", "part", "every second"]


def numbers(shape, dtype, kind, rng):
    """Return an array, perhaps a view of a larger one."""
    sizes = [n if kind == "as it is" else 2 * n + 1 for n in shape]
    base = (rng.standard_normal(sizes) + 1j * rng.standard_normal(sizes)).astype(dtype)
    step = 2 if kind == "every second" else 1
    return base[tuple(slice(0, step * n, step) for n in shape)]


def outcome(function, args):
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("dtypes", ["DD", "FF", "DF"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_products_are_rounded_as_numpys(name, dtypes):
    """Of products in either way one of four differs, so a few calls show which it is."""
    plain = define(f"def f(x, y, i):\n    {PROGRAMS[name].replace('; ', chr(10) + '    ')}\n")
    compiled = braze.jit(plain)
    rng = np.random.default_rng(5)
    pairs = [(s, s) for s in SHAPES] + [((1,), (1, 1)), ((1, 1), (1,)), ((6,), (1,)), ((1,), ())]
    for (one, other), kind in [(p, k) for p in pairs for k in KINDS]:
        for round_ in range(6):
            x = numbers(one, dtypes[0], kind, rng)
            y = numbers(other, dtypes[1], KINDS[0], rng)
            i = round_ % 2 * (one[0] - 1)
            mine, theirs = copied(x), copied(x)
            wanted = outcome(plain, (theirs, y.copy(), i))
            got = outcome(compiled, (mine, y.copy(), i))
            what = f"{name} {dtypes} {one} {other} {kind}"
            check(got, wanted, what, owned=False)
            check(mine, theirs, what)


def copied(view):
    """Return a view of a copy of what this one is a view of."""
    base = view if view.base is None else view.base
    offset = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return np.ndarray(view.shape, view.dtype, base.copy(), offset, view.strides)


@pytest.mark.parametrize("name", ["in place", "ends", "masked", "loops over ends", "square, out"])
def test_they_are_compiled(name):
    plain = define(f"def f(x, y, i):\n    {PROGRAMS[name].replace('; ', chr(10) + '    ')}\n")
    compiled = braze.jit(plain)
    rng = np.random.default_rng(6)
    for shape in [(1,), (2,), (6,), (4, 4)] if name != "masked" else [(1,), (2,), (6,)]:
        compiled(*(numbers(shape, "D", KINDS[0], rng) for _ in range(2)), 0)
    stats = compiled.stats()
    assert stats["plain_calls"] == stats["divided_calls"] == 0, stats["reasons"]
