"""Arrays and views that the ways of a branch, or a loop, give: which are the same object."""

import numpy as np
import pytest

import braze


def views_made_on_both_ways(a, c):
    if c.sum() > 0:
        x = a * 2
        y = x.T
    else:
        x = a * 3
        y = x.T
    return x, y


def a_decision_before(a, c):
    if np.sum(c) > 0:
        pass
    x = a * 2
    return x, x.T, x[...]


def a_view_on_one_way(a, c):
    x = a * 2
    y = x.reshape(a.shape) if c.sum() > 0 else x
    return x, y


def a_view_of_an_argument(a, c):
    y = a[:] if c.sum() > 0 else a
    return a, y


def a_view_in_a_loop(a, c):
    x = a * 2
    y = x
    for _ in range(int(c.sum())):
        y = x.T
    return x, y


def shown(result, *arguments):
    arrays = [*result, *arguments]
    return [[(x is y, np.shares_memory(x, y)) for y in arrays] for x in result]


FUNCTIONS = [
    views_made_on_both_ways,
    a_decision_before,
    a_view_on_one_way,
    a_view_of_an_argument,
    a_view_in_a_loop,
]


@pytest.mark.parametrize("mode", ["hybrid", "trace"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_objects_and_memory(function, mode):
    compiled = braze.jit(function, mode=mode)
    for shape in (3, (3, 3)):
        for total in (0.0, 1.0, 2.0):
            a, c = np.ones(shape), np.array([total])
            assert shown(compiled(a, c), a) == shown(function(a, c), a), (shape, total)
    assert not [r for r in compiled.stats()["reasons"] if "a fault of braze" in r]
