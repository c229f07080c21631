"""Argument lists that stand as arrays, beside what is none: as Python compares them."""

import operator

import numpy as np
import pytest
from compared import outcome, same_bits

import braze

LISTS = {
    "ints": [1, 2, 3, 4] * 10,
    "floats": [1.0, 2.5, -0.0, 0.0] * 10,
    "bools": [True, False] * 20,
    "lists": [[1, 2], [3, 4]] * 20,
    "tuples": [(1, 2.5), (3, 4.5)] * 20,
}
OTHERS = {
    "an array": np.arange(40.0),
    "ints of an array": np.arange(40, dtype=np.int8),
    "a number": 2,
    "a number of NumPy": np.float64(2.0),
    "an array of no axes": np.array(2),
    "a tuple": (1, 2),
    "nothing": None,
    "a text": "a",
}


def equal(x, y):
    return x == y, y == x


def different(x, y):
    return x != y, y != x


def held(x, y):
    return x in y


def in_a_loop(x, y):
    n = 0
    for _ in range(3):
        n = n + np.sum(x == y)
    return n


@pytest.mark.parametrize("function", [equal, different, held, in_a_loop], ids=lambda f: f.__name__)
@pytest.mark.parametrize("items", LISTS)
@pytest.mark.parametrize("other", OTHERS)
def test_as_python(function, items, other):
    jitted = braze.jit(function)
    for _ in range(2):
        mine = outcome(jitted, OTHERS[other], LISTS[items])[0]
        theirs = outcome(function, OTHERS[other], LISTS[items])[0]
        assert same_bits(mine, theirs)


@pytest.mark.parametrize("name", ["count", "index"])
def test_nan_that_is_the_item(name):
    nan = float("nan")
    items = [1.0, nan] * 20

    def found(items):
        return operator.methodcaller(name, items[1])(items)

    def asked(items):
        return items.count(items[1]), items.index(items[1])

    for function in (found, asked):
        assert braze.jit(function)(items) == function(items)
