"""NumPy's own accuracy data (`numpy/_core/tests/data`) through compiled functions: 1 ulp."""

from pathlib import Path

import numpy as np
import pytest
from edges import define
from exact import apart

import braze

DATA = Path(np.__file__).parent / "_core" / "tests" / "data"
FILES = sorted(DATA.glob("umath-validation-set-*.csv"))
WORDS = {"np.float32": ("f4", "u4"), "np.float64": ("f8", "u8")}


def rows(file):
    """Return the inputs and true values of a file, by dtype."""
    found = {}
    lines = (line.split(",") for line in file.read_text().splitlines() if line.startswith("np."))
    for dtype, given, wanted, _ in lines:
        found.setdefault(dtype, []).append((int(given, 16), int(wanted, 16)))
    return found


def test_the_data_is_there():
    assert len(FILES) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem.rpartition("-")[2])
def test_accuracy(file):
    name = file.stem.rpartition("-")[2]
    compiled = braze.jit(define(f"def f(x):\n    return np.{name}(x)\n"))
    count = 0
    for dtype, pairs in rows(file).items():
        floats, words = WORDS[dtype]
        given, wanted = (np.array(c, words).view(floats) for c in zip(*pairs, strict=True))
        with np.errstate(all="ignore"):
            for x, y in ((given, wanted), (given[::-1], wanted[::-1])):
                distance = apart(compiled(x), y)
                worst = int(distance.argmax())
                assert distance.max() <= 1, (dtype, x[worst], compiled(x)[worst], y[worst])
        count += len(pairs)
    assert count > 100 and compiled.stats()["plain_calls"] == 0
