"""Loops over arrays of any size: rows, enumerate, zip, reversed; items that change on the way."""

import numpy as np
import pytest
from exact import check

import braze


def counted(a, b):
    s = 0.0
    for i, x in enumerate(a):
        s += i * x
    return s


def grid(a, b):
    out = np.zeros((len(a), len(b)))
    for i, x in enumerate(a):
        for j, y in enumerate(b, 2):
            out[i, j - 2] = x * y - j
    return out


def counted_pairs(a, b):
    for k, (x, y) in enumerate(zip(a, b)):
        a[k] = x + y * k
    return a


def backwards(a, b):
    s = 0.0
    for x in reversed(a):
        s = s * 0.5 + x
    return s


def matrix_rows(a, b):
    m = np.outer(a, b)
    t = np.zeros(len(b))
    for i, r in enumerate(m):
        t += r * i
        r[0] = -1
    return t, m


def left(a, b):
    for i, x in enumerate(a):
        if x > 3:
            return i
    return -1


def broken(a, b):
    s = 0.0
    for i, x in enumerate(a):
        if x > 3:
            break
        s += x
    else:
        s = -1.0
    return s, i


def continued(a, b):
    s = 0.0
    for i, x in enumerate(a):
        if i % 2:
            continue
        s += x
    return s


def next_changed(a, b):
    s = 0.0
    for i, x in enumerate(a):
        if i + 1 < len(a):
            a[i + 1] += x
        s += x
    return s, a


def read_after(a, b):
    for i, x in enumerate(a):
        pass
    return i, x


def items_change(a, b):
    s = 0.0
    k = 0
    for x in a:
        k += 1
        if k < len(a):
            a[k] += x
        s += x
    return s, a


def items_change_by_another_name(a, b):
    v = a
    s = 0.0
    k = 0
    for x in v:
        k += 1
        if k < len(a):
            a[k] += x
        s += x
    return s, a


def name_rebound(a, b):
    s = 0.0
    k = 0
    for x in a:
        k += 1
        a[-k] += 1
        s += x
        a = a + 0
    return s, a


def local_items_change(a, b):
    c = a * 2
    s = 0.0
    k = 0
    for x in c:
        k += 1
        if k < len(a):
            c[k] += x
        s += x
    return s, c


def pairs_change(a, b):
    c = a.copy()
    d = c[::-1]
    s = 0.0
    for k, x in enumerate(zip(c, d), 1):
        if k < len(a):
            d[k] += x[0]
            c[k] -= x[1]
        s += x[0] * x[1]
    return s, c, d


def rows_change(a, b):
    c = np.outer(a, a)
    s = 0.0
    for k, r in enumerate(c):
        r += k
        c[0] += r
        s += r.sum()
        c = c * 2
    return s, c


def columns_change(a, b):
    c = np.outer(a, a)
    t = np.zeros(len(a))
    for k, r in enumerate(c.T):
        t += r
        c[k] = t
        r *= 2
    return t, c


def reversed_change(a, b):
    s = 0.0
    for i in range(3):
        for k, x in enumerate(reversed(a)):
            a[k] = a[k] * 0.5 + x
            s += x
    return s, a


def loops_in_loops(a, b):
    for k, x in enumerate(a):
        for l, y in enumerate(b):
            a[k] += x * y + l
            b[l] = a[k] * 0.01
    return a, b


FUNCTIONS = [
    counted,
    grid,
    counted_pairs,
    backwards,
    matrix_rows,
    left,
    broken,
    continued,
    next_changed,
    read_after,
    items_change,
    items_change_by_another_name,
    name_rebound,
    local_items_change,
    pairs_change,
    rows_change,
    columns_change,
    reversed_change,
    loops_in_loops,
]
# Some sizes of these run in Python.
PARTLY = [left, broken, continued, read_after, matrix_rows, name_rebound, rows_change]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_loops_over_arrays(function):
    compiled = braze.jit(function)
    for n in (5, 1, 2, 3, 40, 100):
        mine = np.arange(n) + 0.5, np.arange(n)[::-1] * 1.5 - 2
        theirs = mine[0].copy(), mine[1].copy()
        check(compiled(*mine), function(*theirs), f"{n}")
        check(mine, theirs, f"arguments of {n}")
    if function not in PARTLY:
        stats = compiled.stats()
        assert stats["compiled_calls"] == stats["calls"] and stats["specialisations"] <= 3


def test_iterators_are_used_once():
    def twice(a):
        pairs = enumerate(a)
        total = 0.0
        for i, x in pairs:
            total += i * x
        for i, x in pairs:
            total += 100 * x
        return total

    a = np.arange(6.0)
    assert braze.jit(twice)(a) == twice(a)
