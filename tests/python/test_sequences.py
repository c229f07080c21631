"""Lists and tuples of numbers that are assigned to parts of arrays."""

import warnings

import numpy as np
import pytest
from exact import check

import braze


def rows(a, x, i, f):
    a[0] = [1, 2, 3]
    a[1] = x[0], x[1], f
    a[2] = [i, x.sum(), True]
    a[:, 1] = (x[0], 2.7, x[1], i)
    return a


def table(a, x, i, f):
    for k in range(4):
        a[k] = f, f * k, x[0]
        f *= 1.5
    return a, f


def nested(a, x, i, f):
    a[1:3] = [[f, 1, 2], [i, f, x[0]]]
    a[3] = [x[0]]
    a[:1] = [x[:3]]
    return a


def too_short(a, x, i, f):
    a[0] = [x[0], f]
    return a


def outcome(function, dtype, x, f):
    a = np.zeros((4, 3), dtype)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(a, x, 7, f), a
    except (ValueError, OverflowError) as error:
        return (type(error), str(error)), a


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "?"])
@pytest.mark.parametrize("function", [rows, table, nested, too_short])
def test_sequences(function, dtype):
    compiled = braze.jit(function)
    for x in (np.array([2.5, -1, 3, 4.0]), np.array([2, 7, 1, 3])):
        for f in (0.5, 3.0, np.nan, 300.0):
            got = outcome(compiled, dtype, x, f)
            check(got, outcome(function, dtype, x, f), f"{x.dtype} {f}")
    if dtype == "f8" and function is not too_short:
        assert compiled.stats()["plain_calls"] == 0


def test_long_loops_with_imported_names(tmp_path, monkeypatch):
    # Python calls `np.sin` otherwise where `np` is imported in the module: jumps get longer.
    terms = " + ".join(f"np.sin(x * {k}) * np.cos(x + {k})" for k in range(24))
    text = (
        "import numpy as np\n\n\ndef f(x, n):\n    for _ in range(n):\n"
        f"        x = {terms}\n    return x\n"
    )
    (tmp_path / "long_loop.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import long_loop

    x = np.linspace(0, 1, 5)
    check(braze.script(long_loop.f)(x, 2), long_loop.f(x, 2), "", ulps=64)


PRODUCTS = [
    "[1, 2] * x[0]",
    "x[0] * (1, 2)",
    "np.array([4, 5] * x.sum())",
    "np.concatenate([[3] * x[0], [4] * x[1]])",
    "[f] * x.astype(np.int8)[1]",
    "[1, 2] * np.array(x[0])",
    "[1, 2] * x",
    "[1, 2] + x",
    "[1, 2] + x[0]",
    "[1, 2] * x.astype(float)[0]",
    "(1, 2) * (x > 2)[0]",
]


@pytest.mark.parametrize("text", PRODUCTS)
def test_a_numpy_integer_repeats_a_list(text):
    function = eval(f"lambda x, f: ({text}, x * 2)", {"np": np})

    def outcome(function):
        try:
            return function(np.array([2, 3]), 1.5)
        except TypeError as error:
            return str(error)

    check(outcome(braze.jit(function)), outcome(function), text)
