"""Loops whose indices are checked before they begin, and quotients by powers of two."""

import numpy as np
import pytest
from exact import check

import braze


def as_long_as_the_other(a, b, n):
    for i in range(n):
        a[i] = 1.0
        b[i] = a[i] + b[i]


def guarded(a, b, n):
    for i in range(n):
        if i < len(b) and i < len(a):
            a[i] += b[i]


def rows_that_no_round_reads(a, b, n):
    m = np.outer(a, a)
    s = np.float64(0)
    for i in range(n):
        for j in range(len(b)):
            s += m[i, j]
    return s


def downwards(a, b, n):
    for i in range(n, 0, -2):
        a[i - 1] = b[i] * 2.0


def divides_first(a, b, n):
    for i in range(n):
        a[i] = 1 // (3 - i)
        b[i] = a[i]


@pytest.mark.parametrize(
    "function",
    [as_long_as_the_other, guarded, rows_that_no_round_reads, downwards, divides_first],
)
def test_indices_checked_before_the_loop(function):
    compiled = braze.jit(function)
    for first, second, n in ((9, 9, 5), (9, 4, 6), (4, 9, 6), (5, 0, 9), (5, 5, 0), (9, 9, 9)):
        outcomes = []
        for f in (function, compiled):
            a, b = np.arange(1.0, first + 1), np.arange(2.0, second + 2)
            try:
                result = f(a, b, n)
            except (IndexError, ZeroDivisionError) as error:
                result = type(error), str(error)
            outcomes.append((result, a, b))
        check(outcomes[1], outcomes[0], f"{first} {second} {n}")
    assert compiled.stats()["compiled_calls"] > 0


def quotients(x, by):
    for i in range(len(x)):
        by[0, i] = x[i] // 2
        by[1, i] = x[i] % 2
        by[2, i] = x[i] // 1
        by[3, i] = x[i] % 64
        by[4, i] = x[i] // 64


def quotients_of_numbers(x, by):
    for i in range(len(x)):
        k = int(x[i])
        by[0, i] = k // 2 + k % 2
        by[1, i] = k // 4096
        by[2, i] = k % 4096
        by[3, i] = (k - 1) // 1
        by[4, i] = (k - 1) % 1


@pytest.mark.parametrize("function", [quotients, quotients_of_numbers])
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint8, np.uint32, np.int32])
def test_quotients_by_powers_of_two(function, dtype):
    limits = np.iinfo(dtype)
    values = [0, 1, 2, 3, 63, 64, 65, 100, limits.max, limits.max - 1, limits.min, limits.min + 1]
    if limits.min < 0:
        values += [-1, -2, -3, -63, -64, -65]
    x = np.array(values, dtype)
    x = x if function is quotients else x // 8
    compiled, outcomes = braze.script(function), []
    for f in (function, compiled):
        by = np.zeros((5, len(x)), np.int64)
        f(x, by)
        outcomes.append(by)
    check(outcomes[1], outcomes[0])
    assert compiled.stats()["plain_calls"] == 0


def from_before_the_first(a, n):
    t = 0
    for i in range(len(a) - n, len(a)):
        t += i
        a[i] = i
    return t


def five_before_the_end(a, n):
    for i in range(len(a) - 5, len(a)):
        a[i] += 1.0


def from_an_offset(a, n):
    first = len(a) - 5
    t = 0.0
    for i in range(3):
        t += a[first + i]
    return t


def no_step(a, n):
    t = 0.0
    for i in range(0, len(a), 0):
        t += a[i]
    return t


def step_of_the_run(a, n):
    for i in range(0, len(a), n - 2):
        a[i] += 1.0


@pytest.mark.parametrize(
    "function",
    [from_before_the_first, five_before_the_end, from_an_offset, no_step, step_of_the_run],
)
def test_sizes_less_a_number_may_be_negative(function):
    compiled = braze.jit(function)
    for size in (9, 6, 5, 4, 3, 2, 0, 40):
        for n in (5, 2, 3):
            outcomes = []
            for f in (function, compiled):
                a = np.arange(1.0, size + 1)
                try:
                    result = f(a, n)
                except (IndexError, ValueError) as error:
                    result = type(error), str(error)
                outcomes.append((result, a))
            check(outcomes[1], outcomes[0], f"{size} {n}")


def leaves_at_once(a, b, s, k):
    for _ in range(k, 0, 1):
        int(s > 1)
        return b
    return a


def test_checks_in_a_loop_that_is_recorded_twice():
    compiled = braze.jit(leaves_at_once)
    a, b = np.ones(3), np.zeros(3)
    for k in (3, 0, 2, -2, 1, -5):
        assert compiled(a, b, 0.5, k) is leaves_at_once(a, b, 0.5, k)
    assert compiled.stats()["reasons"] == []
