"""numpy.linspace of a number of steps that only the run knows."""

import numpy as np
import pytest
from adversarial import agree, numbers

TEXTS = [
    "np.linspace(a, b, int(x[0]))",
    "np.linspace(a, b, int(x[0]), endpoint=False) * 2",
    "np.linspace(0, int(x[0]) - 1, int(x[0]) // 2)",
    "np.linspace(a, b, int(x[0]), dtype=int)",
    "np.linspace(np.float32(0), np.float32(1), int(x[0]))",
    "y = np.linspace(0, b, int(x[0]))\nx[np.floor(y).astype(int) % 2] * 2",
]


@pytest.mark.parametrize("text", TEXTS)
def test_steps(text):
    ends = [(0.0, 1.0), (-0.1, 7.3), (2.0, 2.0), (5.0, -5.0)]
    counts = [np.array([c, 1.0]) for c in (7.9, 2.0, 1.0, 0.0, -1.0, 1000.0, np.nan)]
    agree(text, "x, a, b", [(c, *end) for end in ends for c in counts])


def test_a_number_that_changes():
    calls = [(n,) for n in (5, 1, 0, 3, 2, 1, 0, 9)]
    agree("np.arange(n) * 2.0, np.linspace(0, 1, n), np.eye(n)", "n", calls)
    agree("np.linspace(0, 1, n, retstep=True)", "n", calls[:4], compiled=False)
    agree("x[:n] * np.linspace(0, 1, n)", "x, n", [(numbers(9), n) for (n,) in calls])
