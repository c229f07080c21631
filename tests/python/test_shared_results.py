"""Which results show the same memory, or are one object, as loops and branches decide."""

import itertools

import numpy as np
import pytest
from edges import define
from exact import check

import braze

ARRAYS = [np.arange(4.0), np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 3)))]

LOOPS = {
    "a view of what the loop makes": "y = y + 1; v = y[1:]",
    "a view of what the round before made": "v = y[1:]; y = y + 1",
    "a view that stays": "y = y + 1",
    "an array in place of a view": "v = v + 1",
    "a view of what changes": "y[0] = i; v = y[1:]",
}


def compared(function, *args):
    """Compare the results of two calls in everything, and in what they share."""
    compiled = braze.jit(function)
    for _ in range(2):
        got, wanted = compiled(*args), function(*args)
        check(got, wanted)
        pairs = [(i, j) for i in range(len(wanted)) for j in range(i)]
        for i, j in pairs:
            assert (got[i] is got[j]) == (wanted[i] is wanted[j]), "one object"
            assert np.shares_memory(got[i], got[j]) == np.shares_memory(wanted[i], wanted[j])
    return compiled


@pytest.mark.parametrize("rounds", [0, 1, 3, 70])
@pytest.mark.parametrize("x", ARRAYS, ids=["1d", "2d", "columns"])
@pytest.mark.parametrize("body", LOOPS.values(), ids=list(LOOPS))
def test_a_loop_that_carries_an_array_and_a_view(body, x, rounds):
    text = "def f(x, n):\n    y = x * 2\n    v = y[1:]\n    for i in range(n):\n"
    text += "".join(f"        {line}\n" for line in body.split("; ")) + "    return v, y\n"
    compiled = compared(define(text), x, rounds)
    assert compiled.stats()["compiled_calls"] == 2


@pytest.mark.parametrize("rounds", [0, 1, 3, 70])
@pytest.mark.parametrize("x", ARRAYS, ids=["1d", "2d", "columns"])
def test_two_parts_of_what_nothing_else_shows(x, rounds):
    def f(x, n):
        v = w = x * 2
        for _ in range(n):
            x = x + 1
            v, w = x[1:], x[:1]
        return v, w

    compared(f, x, rounds)


def test_one_object_after_a_branch():
    def f(x, up):
        if up > 0:
            v = x[1:]
            r = (v, v)
        else:
            v = x[:-1]
            r = (v, v)
        return r

    compared(f, np.arange(4.0), 1)
    compared(f, np.arange(4.0), -1)


def test_one_object_after_a_loop():
    def f(x, n):
        r = (x, x)
        i = 0
        while i < n:
            v = x[1:] * 2
            r = (v, v)
            i += 1
        return r

    compared(f, np.arange(4.0), 2)


def test_one_tuple_or_diagonal_twice():
    def pairs(x):
        pair = (x + 1, 2)
        return pair, pair

    def diagonals(x):
        d = np.diag(x)
        return d, d

    first, second = braze.jit(pairs)(np.arange(3.0))
    assert first is second
    compared(diagonals, np.ones((3, 3)))


@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
def test_a_view_that_a_loop_may_give_as_another_name(rounds):
    def f(x, n):
        y = x * 2
        v = w = x[1:]
        for _ in range(n):
            y = -x
            w, y = y, w
        return v, y

    compared(f, np.arange(4.0), rounds)


@pytest.mark.parametrize("n", [0, 3])
def test_two_names_that_are_one_on_one_way(n):
    def f(x, n):
        y = x * 2
        v, w = y, x
        if n > 2:
            v = w = y[0:1]
        return v, w

    compared(f, np.arange(4.0), n)


@pytest.mark.parametrize("x", ARRAYS, ids=["1d", "2d", "columns"])
def test_a_part_of_a_part_of_zeros(x):
    def f(x):
        v = np.zeros_like(x)[::2]
        return v, v[:1]

    compared(f, x)


def test_a_copy_of_an_argument_that_changed():
    def f(x, n):
        for i in range(n):
            x[0] = i
        return x.copy(), x[1:].copy(), x

    for n in (0, 1, 40):
        compared(f, np.arange(8.0)[::2], n)


def changed_and_given_twice(x, s):
    if s > 0:
        return x
    x = x.copy()
    x += 1
    return x, x


def given_twice_or_a_number(x, s):
    x = x * 2
    if s > 0:
        x[x > s] = 3
        return s
    return x, x


def two_and_one_twice(x, s):
    y = x.copy()
    y += 1
    x = x.copy()
    x += 1
    return (x, y, x) if s > 0 else (y, y, x)


@pytest.mark.parametrize(
    "function", [changed_and_given_twice, given_twice_or_a_number, two_and_one_twice]
)
@pytest.mark.parametrize("s", [1.0, -1.0])
def test_one_array_on_one_way(function, s):
    compiled = braze.jit(function)
    for _ in range(2):
        mine, theirs = compiled(np.ones(3), s), function(np.ones(3), s)
        assert type(mine) is type(theirs)
        if isinstance(theirs, tuple):
            pairs = list(itertools.combinations(range(len(theirs)), 2))
            assert [mine[i] is mine[j] for i, j in pairs] == [
                theirs[i] is theirs[j] for i, j in pairs
            ]
