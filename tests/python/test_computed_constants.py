"""What NumPy computes of constants while a function is recorded: views, and what it warns of."""

import warnings

import numpy as np
import pytest
from edges import define
from exact import check

import braze


@pytest.mark.parametrize(
    "text",
    [
        "np.flip(p)",
        "np.imag(p)",
        "np.real(p), np.imag(p)",
        "np.broadcast_arrays(p, 1)[1]",
        "np.broadcast_to(p, (2, 3))",
        "np.flip(p) * x",
        "np.broadcast_to(p, (3, 3)) + x.T",
        "np.transpose([p, p])",
    ],
)
def test_views_of_constants(text):
    plain = define(f"def f(x, p):\n    return {text}\n")
    compiled = braze.jit(plain)
    args = np.asfortranarray(np.arange(9.0).reshape(3, 3)), (1, 2, 3)
    for _ in range(2):
        got, wanted = compiled(*args), plain(*args)
        check(got, wanted, text, owned=False)


def test_a_read_only_constant_may_not_be_written():
    def f(p):
        y = np.imag(p)
        y[0] = 3
        return y

    with pytest.raises(ValueError, match="read-only"):
        braze.jit(f)((1, 2))


def told(function, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args)
    return [(w.category, str(w.message), w.filename, w.lineno) for w in caught]


def var(x):
    return np.var(3.0, ddof=1) + x


def cross(x):
    return np.cross((1, 2), (3, 4)) + x


def histogram(x):
    return np.histogram(x > 1, 3)


def added(x):
    y = x.astype(np.int64)
    np.add.at(y, [0, 1], 2j)
    return y


def escaped(x):
    return x * float("\d" == "\\d")  # noqa: W605


@pytest.mark.parametrize("function", [var, cross, histogram, added, escaped])
@pytest.mark.filterwarnings("ignore")
def test_warnings_are_those_of_the_plain_function(function):
    x, compiled = np.arange(4.0), braze.jit(function)
    for _ in range(3):
        assert told(compiled, x) == told(function, x)


def test_a_warning_that_was_shown_is_not_shown_again():
    """A recording leaves the filters, and what Python knows of them, as they are."""
    space = {"warnings": warnings, "__name__": "elsewhere"}
    exec("def warn():\n    warnings.warn('once')\n", space)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        space["warn"]()
        before = list(warnings.filters)
        braze.jit(lambda x: np.tile(x, 2) + np.cov(x))(np.arange(3.0))
        assert warnings.filters == before
        space["warn"]()
    assert len(caught) == 1
