"""Lists whose items are of one type or another, as the run decides."""

import numpy as np
import pytest

import braze


def number_or_none(a):
    found = []
    for i in range(a.shape[0]):
        total = a[i].sum()
        found.append(total if total > 0 else None)
    return found


def number_of_another_type(a):
    found = []
    for i in range(a.shape[0]):
        total = a[i].sum()
        found.append(total if total > 0 else 0.0)
    return found, len(found)


def inside_tuples(a):
    found = []
    for i in range(a.shape[0]):
        found.append((i, a[i, 0] if a[i, 0] > 0 else None))
    return found


def best_so_far(a):
    found, best = [], None
    for i in range(a.shape[0]):
        if best is None or a[i, 0] > best:
            best = a[i, 0]
        found.append(best)
    return found, best


def text_or_number(a):
    found = []
    for row in a:
        found.append(float(row[0]) if row[0] > 0 else "none")
    return tuple(found)


def comprehension(a):
    return [x if x > 0 else None for x in a[0]]


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i4", "u1", "?"])
@pytest.mark.parametrize(
    "function",
    [number_or_none, number_of_another_type, inside_tuples, best_so_far, text_or_number,
     comprehension],
)  # fmt: skip
def test_items_are_what_python_gives(function, dtype):
    a = np.random.default_rng(1).integers(-9, 9, (6, 7)).astype(dtype)
    compiled = braze.jit(function)
    for _ in range(2):
        assert repr(compiled(a)) == repr(function(a))
