"""Functions, methods and ufuncs with all their options: compiled whole, and NumPy's to the bit."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

DTYPES = ("f8", "f4", "f2", "i8", "i4", "u1", "?", "c16")
LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "cut": lambda a: np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2],
}
WIDE = 8  # ulps, of functions that NumPy does not round correctly
METHODS = """
np.subtract.reduce(a) | np.bitwise_xor.reduce(a, axis=1) | np.logical_xor.reduce(a)
np.gcd.reduce(a)
np.add.reduce(a, where=m) | np.add.reduce(a, initial=5)
np.maximum.reduce(a, axis=1, keepdims=True)
np.hypot.reduce(a) | np.subtract.accumulate(a) | np.logical_or.accumulate(a, axis=1)
np.bitwise_or.accumulate(a) | np.fmax.accumulate(a) | np.add.reduceat(a, [0, 2, 1], axis=1)
np.multiply.reduceat(a, [0, 3]) | np.maximum.reduceat(a, i, axis=0) | np.add.reduceat(a[0], i)
np.maximum.outer(a[0], a[1]) | np.subtract.outer(a[0], 3) | np.power.outer(a[0], [1, 2])
np.add(a, a, order="F") | np.add(a, a, signature="dd->d") | np.add(a, a, order="C")
"""
CHANGES = """
np.add.at(a, i, 1) | np.negative.at(a, i) | np.multiply.at(a, (i, i), 2) | np.bitwise_or.at(a, i, 1)
np.maximum.at(a, i, a[0]) | np.logical_or.at(m, i, True) | np.divide.at(a, i, 2)
"""
FUNCTIONS = """
np.repeat(a, [1, 2, 0, 3, 1], axis=0) | np.repeat(a[0], np.arange(6)) | a.repeat(i, axis=1)
np.pad(a, 1, mode="mean") | np.pad(a, ((1, 0), (2, 3)), mode="median") | np.pad(a, 2, mode="wrap")
np.take(a, i - 9, mode="clip") | a.take(i + 100, 1, mode="wrap") | np.choose(i, [1, 2], mode="clip")
np.choose(m.astype(int), [a, -1]) | np.round(a, -1) | a.round(1) | np.clip(a, 0, 2) | a.clip(1)
np.linspace(a[0], a[1], 3) | np.linspace(a[0], a[1], 4, axis=1) | np.trace(a, dtype=complex)
np.resize(a, (3, 4)) | np.sum(a, where=m) | a.sum(axis=0, initial=5, where=m) | a.max(axis=1)
np.max(a, initial=3, where=m) | np.argmax(a, axis=0) | np.ptp(a, axis=1) | np.mean(a, where=m)
np.var(a, axis=0, where=m) | a.std(where=m, ddof=1) | np.nansum(a, where=m) | np.vecdot(a, a)
np.matvec(a, a[0]) | np.vecmat(a[:, 0], a) | np.dot(3, a) | np.dot(a, 2.5) | np.inner(a, 2)
np.rint(a) | np.log2(a) | np.exp2(a) | np.expm1(a) | np.sign(a) | np.maximum(a, 1)
np.fmin(a, a[0])
np.nextafter(a, 1) | np.spacing(a) | np.float_power(a, 2) | a == 300 | a < -1
"""
OUTPUTS = """
np.sum(a, axis=0, out=o) | a.mean(axis=0, out=o) | np.max(a, axis=0, out=p)
np.prod(a, axis=0, out=p)
np.any(a, axis=0, out=o) | np.cumsum(a[0], out=o) | np.nansum(a, axis=0, out=o)
np.round(a[0], out=p)
"""


def forms(text):
    return [form.strip() for line in text.strip().splitlines() for form in line.split("|")]


def arguments(dtype, layout):
    a = (np.arange(30) * 7 % 13 - 4).reshape(5, 6) * 0.75
    a = LAYOUTS[layout](a.astype(dtype) if dtype != "c16" else a * (1 - 2j))
    mask = np.arange(30).reshape(5, 6) % 4 > 0
    outputs = [np.zeros(6, t) for t in (("c16", "c8") if dtype == "c16" else ("f8", "f4"))]
    return a, mask, np.array([0, 2, 1, 4, 2, 3]), *outputs


def outcome(f, args):
    try:
        with np.errstate(all="ignore"):
            return f(*args), args
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        return type(error).__name__, str(error)


def agree(body):
    """Fail unless each call gives what NumPy gives, from compiled code if it gives something."""
    plain = define(f"def f(a, m, i, o, p):\n    {body}\n")
    for dtype in DTYPES:
        f = braze.jit(plain)
        for layout in LAYOUTS:
            for _ in range(2):
                wanted = outcome(plain, arguments(dtype, layout))
                check(outcome(f, arguments(dtype, layout)), wanted, f"{dtype} {layout}", WIDE)
                if not isinstance(wanted[0], str):
                    assert not f.stats()["reasons"], dtype


@pytest.mark.parametrize("form", forms(METHODS) + forms(FUNCTIONS))
def test_forms(form):
    agree(f"return {form}")


@pytest.mark.parametrize("form", forms(CHANGES))
def test_changes(form):
    agree(f"{form}; return a, m")


@pytest.mark.parametrize("form", forms(OUTPUTS))
def test_outputs(form):
    agree(f"return {form}, o, p")
