"""numpy.round to decimals, and ranges where NumPy takes arrays."""

import numpy as np
import pytest
from adversarial import agree, matrices, numbers, vectors

SPECIAL = np.array([0.5, -0.5, 2.675, -2.5, 1e300, -1e-300, np.nan, np.inf, -0.0, 0.05, 123456.789])


@pytest.mark.parametrize("decimals", [0, 1, 2, 5, 15, 22, -1, -2])
@pytest.mark.parametrize(
    "text", ["np.round(x, {0})", "x.round({0}) + x", "np.around(x, decimals={0})"]
)
def test_arrays(text, decimals):
    calls = [SPECIAL, SPECIAL.astype("f4"), SPECIAL[:4].astype("f2"), *vectors(), *matrices()]
    agree(text.format(decimals), "x", [(x,) for x in calls])


@pytest.mark.parametrize(
    "text",
    [
        "round(x[0], 2)",
        "np.round(x.sum(), n)",
        "round(x[1], n) * 2",
        "round(float(x[0]), 2)",
        "round(x[0])",
        "np.round(0.125, 2)",
    ],
)
def test_numbers(text):
    calls = [(SPECIAL, 2), (SPECIAL.astype("f4"), 1), (numbers(3, "i8"), 1), (SPECIAL, -1)]
    agree(text, "x, n", calls, compiled=False)


RANGES = [
    "y = np.zeros((n, 3))\ny[:, 0] = range(n)\ny[0] = range(3)\ny",
    "x[:n] * range(n)",
    "np.array(range(n)) * 2",
    "np.asarray(range(1, n)) + 1",
    "x[range(n)] * 2",
    "np.sum(range(n)) + x[0]",
    "np.concatenate([x, range(n)])",
    "x[:3] + range(3)",
]


@pytest.mark.parametrize("text", RANGES)
def test_ranges(text):
    agree(text, "x, n", [(numbers(9), n) for n in (4, 1, 0, 9, 12)], compiled=False)
