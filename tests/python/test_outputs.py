"""Functions that write into arrays: `out=`, `where=`, `copyto`, `fill`; warnings; numbers."""

import numpy as np
import pytest
from edges import define
from exact import check

import braze

PROGRAMS = {
    "out": "z = np.empty_like(x)\n    r = np.add(x, y, out=z)\n    return z, r is z",
    "positional": "z = np.zeros_like(x)\n    np.subtract(x, y, z)\n    return z",
    "where": "z = np.full_like(x, 7)\n    np.multiply(x, y, out=z, where=x > 2)\n    return z",
    "twice": "z = x + y\n    np.sqrt(z, out=z)\n    np.negative(z, out=z)\n    return z",
    "an argument": "np.add(x, 1, out=x)\n    return x.sum()",
    "a part": "z = x.copy()\n    np.add(z[1:], z[:-1], out=z[1:])\n    return z",
    "two results": "a, b = np.zeros_like(x), np.zeros_like(x)\n    np.divmod(x, 3, out=(a, b))\n"
    "    return a, b",
    "one of two": "a = np.zeros_like(x)\n    r = np.modf(x, out=(a, None))\n    return a, r[1]",
    "a reduction": "z = np.zeros(x.shape[1:], x.dtype)\n    np.max(x, axis=0, out=z)\n    return z",
    "a sum": "z = np.zeros(x.shape[:-1])\n    x.sum(axis=-1, out=z)\n    return z",
    "a running sum": "z = np.zeros_like(x)\n    np.cumsum(x, axis=0, out=z)\n    return z",
    "a mean": "z = np.zeros(x.shape[:-1])\n    np.mean(x, -1, out=z)\n    return z",
    "broadcast": "z = np.zeros((2, *x.shape))\n    np.add(x, y, out=z)\n    return z",
    "copyto": "z = x.copy()\n    np.copyto(z, y, where=x > 1)\n    np.copyto(z, 3, where=y > 3)\n"
    "    return z",
    "fill": "z = x.copy()\n    z.fill(4)\n    z[1].fill(2)\n    return z",
    "clip": "z = x.copy()\n    np.clip(z, 1, 3, out=z)\n    return z",
    "concatenate": "z = np.zeros((2 * x.shape[0], x.shape[1]))\n"
    "    np.concatenate([x, y], out=z)\n    return z",
    "nan_to_num": "z = x / y\n    r = np.nan_to_num(z, copy=False)\n    return z, r",
}


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_outputs(name, order):
    plain = define(f"def f(x, y):\n    {PROGRAMS[name]}\n")
    compiled = braze.jit(plain)
    x = np.array([[1.5, 2, 3, 0], [4, 0, 2, 1], [5, 5, 0, 2]], order=order)
    y = np.array([[3.0, 0, 1, 2], [2, 0, 2, 6], [1, 4, 4, 4]], order=order)
    for a, b in ((x, y), (x[1:], y[:2]), (x[::-1], y)):
        mine, theirs = a.copy("K"), a.copy("K")
        got, wanted = compiled(mine, b), plain(theirs, b)
        layout = order == "C" and a.flags.c_contiguous
        check(got, wanted, name, layout=layout)
        check(mine, theirs, f"{name}: the argument")
    assert compiled.stats()["plain_calls"] == 0, compiled.stats()["reasons"]


@pytest.mark.parametrize(
    "text",
    ["np.add(x, x, out=np.zeros(3, int))", "np.add(x, x, out=np.zeros(2))", "np.add(x, x, 1)",
     "np.sum(x, out=np.zeros((1, 1)))", "np.copyto(x, np.zeros(5))"],
)  # fmt: skip
def test_errors_of_outputs(text):
    plain = define(f"def f(x):\n    return {text}\n")
    with pytest.raises((TypeError, ValueError)) as wanted:
        plain(np.arange(3.0))
    with pytest.raises(type(wanted.value)) as got:
        braze.jit(plain)(np.arange(3.0))
    assert str(got.value) == str(wanted.value)


def test_functions_that_warn_of_contents():
    plain = define("def f(x):\n    return np.nanmean(x, axis=0), np.nanmax(x, axis=0)\n")
    compiled = braze.jit(plain)
    x = np.arange(12.0).reshape(3, 4)
    x[1, 1] = np.nan
    check(compiled(x), plain(x))
    assert compiled.stats()["plain_calls"] == 0
    x[:, 2] = np.nan
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        got = compiled(x)
    assert np.isnan(got[0][2]) and compiled.stats()["plain_calls"] == 1


def test_functions_that_raise_of_contents():
    plain = define("def f(x, w):\n    return np.average(x, weights=w)\n")
    compiled = braze.jit(plain)
    x = np.arange(4.0)
    check(compiled(x, x + 1), plain(x, x + 1))
    with pytest.raises(ZeroDivisionError, match="Weights sum to zero"):
        compiled(x, x * 0)
    assert compiled.stats()["plain_calls"] == 1


def test_out_as_array_is_left_to_numpy():
    plain = define("def f(x, y):\n    return np.add(x[0], y[0], out=...)\n")
    compiled = braze.jit(plain)
    check(compiled(np.arange(3.0), np.arange(3.0)), plain(np.arange(3.0), np.arange(3.0)))


def test_python_numbers():
    text = "(x.item(), np.allclose(x, x), np.array_equal(x, y), np.array_equal(x, x[:0]))"
    plain = define(f"def f(x, y):\n    return {text}\n")
    compiled = braze.jit(plain)
    for x, y in ((np.array([2.5]), np.array([2.5])), (np.array([7]), np.array([8]))):
        check(compiled(x, y), plain(x, y))
    assert compiled.stats()["plain_calls"] == 0


DTYPES = ["f8", "f4", "i8", "u1", "?", "f2"]
INTO = [
    "np.sum(x, axis=0, out=y[0])", "np.mean(x, axis=0, out=y[0])", "x.max(0, y[0])",
    "np.std(x, axis=0, out=y[0])", "np.argmax(x, axis=0, out=y[0])",
    "np.argmax(x, out=y[:1, :1], keepdims=True)", "np.ptp(x, axis=0, out=y[0])",
    "np.add.reduce(x, axis=0, out=y[0])", "np.add.reduce(x, axis=0, out=y)",
    "np.add.accumulate(x, out=y)", "np.clip(x, 0, 1, out=y)", "np.dot(x, x, out=y)",
    "np.concatenate([x[:1], x[1:]], out=y)", "np.add(x, 1, out=y, where=x > 1)",
    "np.divmod(x, 2, out=(y, y))",
]  # fmt: skip


@pytest.mark.parametrize("text", INTO)
def test_outputs_of_any_dtype(text):
    f = define(f"def f(x, y):\n    return {text}, y\n")
    compiled = braze.jit(f)
    for given in DTYPES:
        for held in DTYPES:
            x = (np.arange(9) * 7 % 11 - 4).reshape(3, 3).astype(given)
            outcomes = [outcome(g, x, np.ones((3, 3), held)) for g in (compiled, f)]
            check(*outcomes, f"{given} into {held}", ulps=1)


def outcome(function, *args):
    """Return a result, or the type and words of an exception."""
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("turn", [lambda x: x.transpose(2, 0, 1), lambda x: x[::-1, :, ::-1]])
@pytest.mark.parametrize(
    "text",
    ["np.sum(x, 1, out=out)", "x.mean(1, None, out)", "x.std(1, out=out)", "x.prod(1, out=out)",
     "np.add.reduce(x, 1, None, out)"],
)  # fmt: skip
def test_the_order_of_a_sum_into_an_output(text, turn):
    """The strides of the output are compared, too, where NumPy chooses the order of axes."""
    x = turn(np.random.default_rng(0).standard_normal((20, 30, 40)).astype("f4"))
    plain = define(f"def f(x, out):\n    return {text}\n")
    compiled = braze.jit(plain)
    shape = x.shape[0], x.shape[2]
    for order in "CF":
        for given in (x, x.copy()):
            wanted, got = np.zeros(shape, "f4", order), np.zeros(shape, "f4", order)
            assert compiled(given, got) is got
            plain(given, wanted)
            check(got, wanted)
