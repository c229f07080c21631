"""Lists to which loops append in some rounds only, or that end early."""

import warnings

import numpy as np
import pytest
from exact import check

import braze


def until_it_is_small(x, n):
    kept = []
    for _ in range(n):
        x = x * 0.9
        if x.sum() < 1:
            break
        kept.append(x)
    return np.array(kept), len(kept)


def not_every_third(x, n):
    kept = [0]
    for i in range(n):
        if i % 3 == 0:
            continue
        kept.append(i)
    return kept


def one_of_two(x, n):
    kept = []
    m = []
    for i in range(n):
        if i % 3 == 0:
            kept.append(i * 0.5)
        else:
            m.append(x * i)
    return kept, m


def of_two_types(x, n):
    kept = []
    for i in range(n):
        if i % 3 == 0:
            kept.append(i * 0.5)
        else:
            kept.append(x[0] * i)
    return kept


def left_by_a_return(x, n):
    kept = []
    for i in range(n):
        if i % 3 == 0:
            kept.append(i * 0.5)
        else:
            kept.append(i / 4)
        if i > 50:
            return kept
    return np.sum(kept), kept


def in_an_inner_loop(x, n):
    for _ in range(n):
        r = []
        for j in range(n):
            if j % 2:
                r.append(x[0] + j)
        x = x + np.sum(r)
    return x


def of_inner_lists(x, n):
    out = []
    for _ in range(n):
        r = []
        for j in range(n):
            if j % 2:
                r.append(x[0] + j)
        out.append(np.sum(r))
    return np.array(out)


def pairs_until(x, n):
    t = []
    th = 0.1
    for _ in range(n):
        f = 1.0 if th > 0 else -1.0
        th = th - 0.01 * f
        if abs(th) > 5:
            break
        t.append((f, th))
    return np.array(t)


def some_items(x, n):
    kept = [x[0] * 1.0]
    for i in range(n):
        if x[i % 4] > 2:
            kept.append(x[i % 4])
    for v in kept:
        x = x + v
    return x, kept[0], kept[-1]


def perhaps_nothing(x, n):
    kept = []
    for i in range(n):
        if x[i % 4] > 200:
            kept.append(x[i % 4])
    return kept, np.array(kept), len(kept)


def the_latest(x, n):
    kept = []
    for _ in range(n):
        x = x * 0.5
        kept.append(float(x[0]))
        if kept[-1] < 1e-3:
            break
    return kept


FUNCTIONS = [until_it_is_small, not_every_third, one_of_two, of_two_types, left_by_a_return,
             in_an_inner_loop, of_inner_lists, pairs_until, some_items, perhaps_nothing,
             the_latest]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("n", [0, 1, 3, 100, 300])
def test_lists(function, n):
    compiled = braze.jit(function)
    for _ in range(3):
        given = np.arange(1.0, 5.0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                wanted = function(given.copy(), n)
            except (IndexError, ValueError) as error:
                with pytest.raises(type(error)):
                    compiled(given, n)
            else:
                check(compiled(given, n), wanted)
        check(given, np.arange(1.0, 5.0))


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f is not of_two_types])
def test_they_are_compiled(function):
    compiled = braze.jit(function)
    compiled(np.arange(1.0, 5.0), 30)
    assert compiled.stats()["plain_calls"] == 0
    assert compiled.stats()["regions"] == 0


def test_a_long_loop_is_left_to_python():
    def few(x, n):
        kept = []
        for i in range(n):
            if i < 3:
                kept.append(x[0] + i)
        return kept

    compiled = braze.jit(few)
    for n in (10, 20, 30, 1 << 18):
        check(compiled(np.ones(2), n), few(np.ones(2), n))


def by_two_loops(x, n):
    kept = []
    for i in range(n):
        for j in range(n):
            kept.append(x[0] * i + j)
        x = x * 0.5
        if x.sum() < 0.01:
            break
    return kept, x


def by_a_loop_in_a_branch(x, n):
    kept = []
    if x.sum() > 1:
        for i in range(n):
            kept.append(x[0] * i)
    return len(kept), x


@pytest.mark.parametrize("function", [by_two_loops, by_a_loop_in_a_branch])
def test_a_list_from_further_outside(function):
    compiled = braze.jit(function)
    for n in (4, 4, 30, 0, 5):
        check(compiled(np.arange(1.0, 5.0), n), function(np.arange(1.0, 5.0), n))
