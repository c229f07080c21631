"""Integer scalars of NumPy tell of overflow where NumPy's do, whatever the passes make of them."""

import itertools
import warnings

import numpy as np
import pytest
from test_loop_registers import compiled_from

import braze

EXPRESSIONS = [
    "-(-x)", "x - (-y)", "x + (-y)", "(-x) * (-y)", "-(x - y)", "0 - x", "one - x", "(x * 3) * 5",
    "(x + 3) + 4", "(x - 3) - 4", "(x + 100) - 100", "(x - 100) + 100", "abs(abs(x))", "x * one",
    "x + one - one", "0 - (x - y)", "3 - (x + y)", "x * -1", "x // 1", "x // -1", "x % 1",
    "(x + y) - y", "np.negative(x) - y", "np.abs(-x)", "x << 1", "x ** 2", "x * x", "np.square(x)",
    "x - y + x", "x + x", "one + 3 + x", "-(one * 3)", "one * 100 * 3", "one * 100 + one * 100",
]  # fmt: skip
ELEMENT = "def f(a, b, one):\n    x = a[0]\n    y = b[0]\n    return {}\n"
LOOP = """def f(a, b, one):
    s = 0
    for i in range(len(a)):
        x = a[i]
        y = b[i]
        t = {}
        if t != 0:
            s += 1
    return s, t
"""


def outcome(function, x, y, size, dtype):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            result = function(np.array([x] * size, dtype), np.array([y] * size, dtype), dtype(1))
        except OverflowError as error:  # Python's -1 as an unsigned integer
            result = error
    return repr(result), sorted({str(w.message) for w in told})


@pytest.mark.parametrize("form", [ELEMENT, LOOP], ids=["element", "loop"])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_overflow(expression, form):
    plain = compiled_from(form.format(expression), f"<overflow {expression} {len(form)}>")
    compiled = braze.jit(plain)
    for dtype in (np.uint8, np.int8, np.int64):
        limits = np.iinfo(dtype)
        for x, y in itertools.product((limits.min, limits.max, 0, 1, 100), repeat=2):
            for size in (1, 3):
                case = x, y, size, dtype
                assert outcome(compiled, *case) == outcome(plain, *case), case
