"""The truth of lists that loops and comprehensions make, and such lists as stacks."""

import numpy as np
import pytest
from compared import alike

import braze


def mean_above(x):
    picked = []
    for i in range(len(x)):
        if x[i] > 0.5:
            picked.append(x[i])
    return sum(picked) / len(picked) if picked else 0.0


def picked_until_none(x):
    places = [i for i in range(len(x)) if x[i] > 0.5]
    total = 0
    while places:
        total += places.pop() * (len(places) + 1)
    return total


def as_bool(x):
    places = [i for i in range(len(x)) if x[i] > 0.5]
    return bool(places), 1 if places else 2, not places


def first_or_none(x):
    places = [i for i in range(len(x)) if x[i] > 0.9]
    if not places:
        return -1
    return places[0]


def in_order(x):
    """Kahn's order of a graph: the list that a comprehension makes is then a stack."""
    n = min(len(x), 12)
    edges = np.zeros((n, n), int)
    for i in range(n):
        for j in range(i + 1, n):
            edges[i, j] = x[i] > x[j]
    degree = edges.sum(0)
    order, waiting = [], [i for i in range(n) if degree[i] == 0]
    while waiting:
        u = waiting.pop()
        order.append(u)
        for v in range(n):
            if edges[u, v]:
                degree[v] -= 1
                if degree[v] == 0:
                    waiting.append(v)
    return order


def counted(x):
    """Nothing reads the items, but an index may be out of range, and NumPy may warn."""
    return len([x[i] / x[0] for i in range(min(len(x) + 1, 40)) if x[i] > 0.5])


ALL = [mean_above, picked_until_none, as_bool, first_or_none, in_order, counted]


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_as_python(function, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    compiled = braze.jit(function)
    x = np.random.default_rng(0).random(50)
    for given in (x, x * 0, x[:3], x[::-1], x[:0], x[7:9]):
        alike(function, compiled, given)


@pytest.mark.parametrize("function", [mean_above, picked_until_none, in_order, counted])
def test_compiled(function):
    compiled = braze.jit(function, fallback=False)
    compiled(np.random.default_rng(1).random(50))
    assert compiled.stats()["compiled_calls"]
