"""Lists in which ints and floats meet as the run has it, and numbers that are one or the other."""

import math

import numpy as np
import pytest
from compared import compiled

X = np.sin(np.arange(12.0) * 7)


def test_floats_in_a_table_of_ints():
    def roots(n, m, x):
        table = [[0] * m for _ in range(n)]
        for i in range(n):
            for j in range(m):
                if x[i] > j:
                    table[i][j] = math.sqrt(x[i])
        return table

    assert compiled(roots, (4, 5, np.arange(4.0)), (4, 5, np.zeros(4))) == 2


def test_sums_of_both():
    def relaxed(n, rounds):
        u = [[0] * n for _ in range(n)]
        for j in range(n):
            u[0][j] = 1
        for _ in range(rounds):
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    u[i][j] = (u[i + 1][j] + u[i - 1][j]) * 0.25 - (u[i][j + 1] - -u[i][j - 1]) / 4
        return u

    assert compiled(relaxed, (12, 20), (5, 1)) == 2


def mixed(n, x):
    v = [0] * n
    for i in range(n):
        if x[i] > 0.5:
            v[i] = x[i].item() * 3
        else:
            v[i] = i - 4
    return v


OPERATIONS = {
    "sum": lambda v, x: sum(v),
    "product": lambda v, x: [a * b - a * 3 for a, b in zip(v, v[::-1], strict=True)],
    "minus": lambda v, x: [-a + -0.0 for a in v],
    "zero": lambda v, x: [-(a * 0) + -0.0 for a in v],
    "quotient": lambda v, x: [7 / (a + 20) for a in v],
    "compared": lambda v, x: [1.5 if a > 1 else 2.5 for a in v],
    "compared with others": lambda v, x: [1 if a == b else 0 for a, b in zip(v, x, strict=True)],
    "rounded down": lambda v, x: [int(a) for a in v],
    "whole quotient": lambda v, x: [a // 2 for a in v],
    "remainder": lambda v, x: [a % 3 for a in v],
    "power": lambda v, x: [a**2 for a in v],
    "least": lambda v, x: (min(v), max(v), sorted(v)),
    "array": lambda v, x: np.array(v),
    "found": lambda v, x: (3 in v, v.count(1), v == v[:]),
    "longer": lambda v, x: v + [1, 2.5],
    "text": lambda v, x: str(v[3]),
    "part": lambda v, x: (v[2:5], v[-1], v.pop(), len(v)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name):
    operation = OPERATIONS[name]

    def function(n, x):
        return operation(mixed(n, x), x)

    compiled(function, (12, X), (12, X - 9), (12, X + 9))


def test_ints_of_more_than_53_bits_are_pythons():
    def counted(n, x, k):
        v = [k] * n
        for i in range(n):
            if x[i] > 0.5:
                v[i] = 0.5
            else:
                v[i] = v[i] + 1
        return v

    compiled(counted, *[(12, X, k) for k in (3, 2**53 - 1, 2**53, 2**53 + 1, 2**62, -(2**53) - 2)])


def test_a_zero_has_no_sign():
    def signs(x, n):
        s = 0
        for i in range(n):
            if x[i] > 0.5:
                s = 1.5
        return -s + -0.0, -s * 1.0 + -0.0, s * -1.0, s

    assert compiled(signs, (X, 2), (X - 9, 12)) == 2


def test_many_terms_under_conditions():
    def weighed(t, n, r):
        out = [[0] * n for _ in range(n)]
        for i in range(n):
            for j in range(n):
                s = 0
                for k in t:
                    if k[0] < r:
                        s += k[2]
                out[i][j] = s
        return out

    terms = tuple([i / 10, i / 10, i / 20] for i in range(40))
    assert compiled(weighed, (terms, 12, 2)) == 1
