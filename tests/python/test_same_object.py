"""`is` and `case True:` where only the run tells, and texts of the run as keys and in formats."""

import decimal
import enum
import fractions
import warnings

import numpy as np
import pytest
from edges import define

import braze

FLAGS = [False, True, False, True, 1, 0, None, 1.0, 2, np.True_, np.False_, True, 3, 4, False]

LINES = [
    "return (f is True, f is False, f is None, f is not True, True is f)",
    "return x + 1 if f is False else x * 2",
    "return (not f) is True, (f == 1) is True",
    "return (x[0] > 0) is True, bool(x[0] > 0) is True, (x[0] > 0) is not np.True_",
    "return [(k > (f or 0)) is True for k in range(3)]",
    "return (f is True) + 0.5, x * (f is True)",
    "return f is f, x is x, f is x, x[0] is f",
    "return [k for k in (f, True, None) if k is not True]",
    "return any(f is True for v in x), len(x) is None, (x.shape[0] == 3) is True",
    "while f is True: f = x[0] > 5\n    return x * 2",
]
MATCH = """
def f(x, f):
    match f:
        case True: return 1
        case False: return 2
        case None: return 3
        case 1: return 4
    return 5
"""
COUNTS = """
def f(x, f):
    n = 0
    for k in range(len(x)):
        t = bool(x[k] > (f or 0))
        if t is True: n += 1
        if t is False: n += 10
        if (x[k] > 0) is True: n += 100
    return n
"""


@pytest.mark.parametrize(
    "source", [*(f"def f(x, f):\n    {line}" for line in LINES), MATCH, COUNTS]
)
def test_there_is_one_true_and_one_false(source, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    plain = define(source)
    compiled = braze.jit(plain)
    for x in (np.ones(3), -np.ones(3)):
        for flag in FLAGS:
            for _ in range(2):
                assert repr(compiled(x, flag)) == repr(plain(x, flag)), flag


def test_numbers_that_are_one_object_are_left_to_python():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = define("def f(n):\n    return n is 1, n + 1 is 2")
    compiled = braze.jit(plain)
    for n in [1, 2, 3, 1, True, 1.0, 10**6]:
        assert compiled(n) == plain(n)


TEXTS = ["a", "b", ", ", "", "abc", "a", "7", "c" * 70, "12", "{}", "a", "é", "\n"]


@pytest.mark.parametrize("expression", [
    "'{s}-{s}'.format(s=s)", "'{a[0]}{b}'.format(a=[s], b=(s, 1))", "'{!r:>5}'.format(s)",
    "{'a': 1, 'b': 2}.get(s, 3)", "{'a': 1}.pop(s, 4)", "{s: 1}", "['x', s].count('a')",
    "s in {'a', 'b'}", "{'a', 'b'}.difference({s})", "s is None, s is True",
])  # fmt: skip
def test_text_that_changes_as_a_key_and_in_formats(expression, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    plain = define(f"def f(s):\n    return {expression}")
    compiled = braze.jit(plain)
    for text in TEXTS:
        for _ in range(2):
            assert repr(compiled(text)) == repr(plain(text)), text


class Same:
    """Equal to what it holds, and hashed like it."""

    def __init__(self, held):
        self.held = held

    def __eq__(self, other):
        return self.held == getattr(other, "held", other)

    def __hash__(self):
        return hash(self.held)

    def __repr__(self):
        return f"Same({self.held})"


class Side(enum.Enum):
    LEFT = 1
    RIGHT = 2


NAMES = {1: "one", 2: "two", Side.LEFT: "left", int: "int", (1, 2): "both"}
OBJECTS = [
    decimal.Decimal(1), decimal.Decimal(0), fractions.Fraction(1), fractions.Fraction(2), Same(1),
    Same(2), Side.LEFT, Side.RIGHT, 1, 2, 1.0, np.float64(1), np.int64(2), int, (1, 2), (2, 1),
    (decimal.Decimal(1),), (decimal.Decimal(0),),
]  # fmt: skip


@pytest.mark.parametrize("expression", [
    "NAMES[x]", "NAMES.get(x, 0), x in NAMES", "{1: 2, 'k': x}.get(x, 3)", "len({x, 1})",
    "(x,) == (1,), [x] == [1], 1 in [x], (x, 1) in [(1, 1)]", "[1, x].index(x), [x, x].count(1)",
    "len(set([x, 1]))", "len({1: 2} | {x: 3})", "[1, 2, x].remove(x)", "NAMES.get(type(x))",
])  # fmt: skip
def test_objects_that_say_what_they_are_equal_to(expression, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    plain = define(f"def f(x):\n    return {expression}", NAMES=NAMES)
    compiled = braze.jit(plain)
    for given in [*OBJECTS, *OBJECTS[::-1]]:
        told = []
        for function in (plain, compiled):
            try:
                told.append(repr(function(given)))
            except (KeyError, ValueError, TypeError) as error:
                told.append(repr(error))
        assert told[0] == told[1], given
