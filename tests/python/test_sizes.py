"""Sizes that decide: a call of sizes that a version is not for gets a version of its own."""

import numpy as np
import pytest
from exact import check

import braze


def halves(x):
    if len(x) % 2:
        x = x[:-1]
    return x[::2] + x[1::2]


def first_or_none(x):
    if x.size == 0:
        return None
    if x.size < 3:
        return x[0]
    return (x * 2).sum()


def three(x):
    if len(x) % 3 == 0:
        return x * 3
    if len(x) % 3 == 1:
        return x + 1
    return x - 2


def plus(a, b):
    return a + b


def by_last_axis(x, k):
    if x.shape[-1] == 4:
        x = x[..., :3]
    return x * k


@pytest.mark.parametrize("function", [halves, first_or_none, three], ids=lambda f: f.__name__)
def test_each_kind_of_size_has_a_version(function):
    compiled = braze.jit(function)
    for n in (7, 6, 7, 8, 0, 1, 2, 9, 5, 0, 3):
        x = np.arange(float(n))
        for _ in range(2):
            expected, got = function(x), compiled(x)
            assert type(got) is type(expected)
            np.testing.assert_array_equal(got, expected)
    stats = compiled.stats()
    assert stats["plain_calls"] == 0, stats["reasons"]
    assert stats["specialisations"] <= 4


def test_sizes_and_values_have_versions():
    compiled = braze.jit(by_last_axis)
    for k in (2, 3, 2, 3):
        for shape in ((5, 4), (5, 3), (4, 5), (3, 4)):
            x = np.arange(float(np.prod(shape))).reshape(shape)
            np.testing.assert_array_equal(compiled(x, k), by_last_axis(x, k))
    assert compiled.stats()["plain_calls"] == 0


def test_sizes_that_do_not_fit_are_tried_once():
    compiled = braze.jit(plus)
    compiled(np.ones(3), np.ones(3))
    for n in (4, 5, 6, 7):
        with pytest.raises(ValueError, match="could not be broadcast"):
            compiled(np.ones(3), np.ones(n))
    stats = compiled.stats()
    assert stats["specialisations"] == 1 and stats["plain_calls"] == 4
    assert stats["misses"] == 2
    np.testing.assert_array_equal(compiled(np.ones(9), np.ones(9)), np.full(9, 2.0))
    assert compiled.stats()["compiled_calls"] == 2


def test_versions_for_sizes_are_few():
    def sized(x):
        return np.arange(0.0, 1.0, 1.0 / len(x)) if len(x) in (2, 3, 5, 7, 11, 13) else x * len(x)

    compiled = braze.jit(sized)
    for n in (2, 3, 5, 7, 11, 13, 4, 6, 2, 3):
        np.testing.assert_array_equal(compiled(np.ones(n)), sized(np.ones(n)))
    assert compiled.stats()["specialisations"] <= 4


def test_a_view_of_an_argument_in_one_version_alone():
    def even(x):
        return x[:-1] if len(x) % 2 else x

    compiled = braze.jit(even)
    for n in (4, 5, 4, 5):
        x = np.arange(float(n))
        got = compiled(x)
        assert (got is x) == (n == 4) and np.shares_memory(got, x)


SIZES_BEYOND_64_BITS = [
    lambda x: (x.sum() + len(x) * 2**62, len(x) * 2**60 * 16),
    lambda x: ((len(x) * 2**62) * 4, x + 1),
    lambda x: ((len(x) + 2**62) * 2, x + 1),
    lambda x: (len(x) * len(x) * 2**40 * 2**20, x + 1),
    lambda x: ((len(x) - 2**63 + 1) * -3, -(2**63) // -1, x + 1),
    lambda x: x + len(x) * 2**62,
    lambda x: x + 1 if len(x) * 2**62 > 0 else x - 1,
    lambda x: sum(i for i in range(len(x) * 2**61, len(x) * 2**61 + 5)) + x,
]


@pytest.mark.parametrize("number", range(len(SIZES_BEYOND_64_BITS)))
def test_sizes_have_no_bounds(number):
    function = SIZES_BEYOND_64_BITS[number]
    compiled = braze.jit(function)
    for size in (6, 2, 8, 4, 3, 1, 0):
        check(compiled(np.arange(float(size))), function(np.arange(float(size))), f"{size}")
