"""Arrays and views that the ways of a branch, or a loop, give: which are the same object."""

import warnings

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


def a_copy_behind_a_branch(a, c):
    if c.sum() > 1:
        a *= 2
    return a * 1, a.copy()


def a_copy_behind_a_loop(a, c):
    x = a
    for _ in range(int(c.sum())):
        x = x + 1
    return x * 1, x.copy()


def a_copy_of_one_of_two(a, c):
    x, y = a * 2, a * 3
    z = x if c.sum() > 1 else y
    return x, y, z, z.copy()


def a_view_that_is_all_of_an_argument(a, c):
    y = a[None]
    if c.sum() > 1:
        pass
    return y[0]


def one_view_or_another(a, c):
    return a[None][0] if c.sum() > 1 else a[::-1][::-1], a


def a_part_or_all(a, c):
    if c.sum() > 1:
        a = a[::-1]
    return a, a


def equal_arrays_behind_a_branch(a, c):
    if c.sum() > 1:
        pass
    x, y = a * 0.5, a * 0.5
    return y, x, a


def equal_arrays_of_a_branch(a, c):
    x, y = (a * 0.5, a * 0.5) if c.sum() > 1 else (a * 2, a * 2)
    return y, x


def shown(result, *arguments):
    arrays = [*result, *arguments]
    return [[(x is y, np.shares_memory(x, y)) for y in arrays] for x in result]


FUNCTIONS = [
    views_made_on_both_ways,
    a_decision_before,
    a_view_on_one_way,
    a_view_of_an_argument,
    a_view_in_a_loop,
    a_copy_behind_a_branch,
    a_copy_behind_a_loop,
    a_copy_of_one_of_two,
    a_view_that_is_all_of_an_argument,
    one_view_or_another,
    a_part_or_all,
    equal_arrays_behind_a_branch,
    equal_arrays_of_a_branch,
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


def test_views_of_what_as_strided_made_may_be_written():
    memory = np.arange(4.0)
    a = np.lib.stride_tricks.as_strided(memory, (3, 4), (0, 8))
    f = braze.jit(lambda a: (a[...], a[1:, ::2], np.broadcast_to(a, (2, 3, 4))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [v.flags.writeable for v in f(a)] == [True, True, False]
