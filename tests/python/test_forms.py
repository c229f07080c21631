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


RESHAPED = """
a.shape = 6, 5; return a
a.shape = -1; a[3] = 2; return a, a.T
b = a + 1; c = a + 1; b.shape = 3, 10; return b, c
b = np.arange(12); b.shape = 3, 4; b[0] = 5; return b.T
a.shape = 30; a.shape = 10, 3; return a.sum(axis=0)
v = a[0]; v.shape = 3, 2; v[0, 0] = 7; return a, v
"""


@pytest.mark.parametrize("body", RESHAPED.strip().splitlines())
def test_assigned_shapes(body):
    plain = define(f"def f(a):\n    {body}\n")
    f = braze.jit(plain)
    for _ in range(2):
        mine, theirs = np.arange(30.0).reshape(5, 6), np.arange(30.0).reshape(5, 6)
        got, wanted = f(mine), plain(theirs)
        check(got, wanted)
        check(mine, theirs)
    parts = got if isinstance(got, tuple) else (got,)
    plain_parts = wanted if isinstance(wanted, tuple) else (wanted,)
    for one, other in zip(parts, plain_parts, strict=True):
        assert (one is mine) == (other is theirs)
        assert np.shares_memory(one, mine) == np.shares_memory(other, theirs)
    if "a.shape = 6" in body or "b.shape" in body:
        assert not f.stats()["reasons"]


def test_shape_of_an_array_that_may_not_lie_so():
    def f(a):
        a.shape = 30
        return a

    with pytest.raises(AttributeError):
        braze.jit(f)(np.arange(30).reshape(5, 6).T)


def test_an_array_that_is_two_arguments_gets_its_shape():
    def f(a, b):
        a.shape = 2, 3
        return b.shape

    g = braze.jit(f)
    x = np.arange(6)
    assert g(np.arange(6), x) == (6,)
    assert g(x, x) == (2, 3)


@pytest.mark.parametrize("form", ["a.ravel()", "np.diag(a)", "a.diagonal(1)", "np.diag(a * 2)"])
def test_views_as_results(form):
    plain = define(f"def f(a):\n    return {form}\n")
    f = braze.jit(plain)
    a = np.arange(30.0).reshape(5, 6)
    got, wanted = f(a), plain(a)
    check(got, wanted)
    assert np.shares_memory(got, a) == np.shares_memory(wanted, a)
    assert not f.stats()["reasons"]


def unaligned(a):
    made = np.zeros(a.nbytes + 1, "u1")[1:].view(a.dtype).reshape(a.shape)
    made[...] = a
    return made


@pytest.mark.parametrize(
    "body", ["return a + b", "a += b; return a", "return np.where(a > b, a, b)"]
)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "c16"])
def test_formulas_of_unaligned_arrays(body, dtype):
    plain = define(f"def f(a, b):\n    {body}\n")
    f = braze.jit(plain)
    for shape in ((7,), (5, 6), (300, 41)):
        a, b = ((np.arange(np.prod(shape)) * k % 23).reshape(shape).astype(dtype) for k in (7, 5))
        check(f(unaligned(a), unaligned(b)), plain(unaligned(a), unaligned(b)))
        check(f(a.copy(), b), plain(a.copy(), b))
    assert not f.stats()["reasons"]


CALLS_THAT_RAISE = """
np.any(a, initial=2) | a.var(correction=1) | np.prod(a, ddof=1) | np.add(a, 1, casting="no")
np.copyto(a > 0, 3) | np.sum(a, 0, None, None, False, 0, True, 1) | a.sum(axes=0)
"""


@pytest.mark.parametrize("form", forms(CALLS_THAT_RAISE))
@pytest.mark.parametrize("dtype", ["f8", "c16", "i4"])
def test_arguments_that_numpy_refuses(form, dtype):
    plain = define(f"def f(a):\n    return {form}\n")
    a = np.arange(12).reshape(3, 4).astype(dtype)
    told = []
    for f in (plain, braze.jit(plain)):
        try:
            told.append(f(a))
        except TypeError as error:
            told.append(f"{type(error).__name__}: {error}")
    check(told[1], told[0])


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u1", "?"])
def test_python_numbers_that_become_arrays(dtype):
    plain = define("def f(a):\n    return np.dot(3, a), np.inner(a, 2.5), np.add.outer(a, 3)\n")
    a = np.arange(12).reshape(3, 4).astype(dtype)
    check(braze.jit(plain)(a), plain(a))


def test_complex_comparisons_warn():
    plain = define("def f(a, b):\n    return a < b\n")
    f = braze.jit(plain)
    a = np.array([1 + 1j, complex(np.nan, 0), 2])
    for g in (plain, f):
        with pytest.warns(RuntimeWarning, match="invalid value encountered in less"):
            g(a, a[::-1].copy())
    check(f(a[:1], a[2:]), plain(a[:1], a[2:]))


REPEATED = ["np.zeros_like(a)", "np.concatenate([a, b])", "a.copy(order='K')", "a.astype('f4')",
            "np.stack([a, b], axis=1)", "np.stack([b.T, a.T], axis=1)", "np.roll(a, 1, 0)",
            "np.nan_to_num(a)"]  # fmt: skip


@pytest.mark.parametrize("form", REPEATED)
def test_layouts_of_copies(form):
    plain = define(f"def f(a, b):\n    return {form}\n")
    f = braze.jit(plain)
    whole = np.arange(35.0).reshape(5, 7)
    rows, columns = np.broadcast_to(whole[0], (5, 7)), np.broadcast_to(whole[:, :1], (5, 7))
    for a in (whole, rows, columns, np.asfortranarray(whole), whole[::-1]):
        for b in (whole, np.asfortranarray(whole), rows):
            check(f(a, b), plain(a, b), form)
