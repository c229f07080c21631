"""Long lists of numbers among the arguments are arrays: read, changed, told apart, given back."""

import copy
import math
import re

import numpy as np
import pytest
from exact import check

import braze

FLOATS = [math.sin(i) for i in range(50)]
INTS = [i * 7 % 50 for i in range(50)]
ROWS = [[math.sin(i * j) for i in range(8)] for j in range(9)]
POINTS = [(math.sin(i), i / 3) for i in range(40)]


def outcome(function, args):
    """Return what a call gives, which arguments it gives back, and what these hold then."""
    args = copy.deepcopy(args)
    result = function(*args)
    parts = result if isinstance(result, tuple) else (result,)
    return result, [any(part is a for part in parts) for a in args], args


def compiled(function, *calls):
    """Compare calls with the plain function's; return how many were compiled."""
    ours = braze.jit(function)
    for args in calls:
        check(outcome(ours, args), outcome(function, args))
    return ours.stats()["compiled_calls"]


def squares(numbers):
    total = 0.0
    for x in numbers:
        total += x * x
    return total


def test_types_and_lengths_have_versions_of_their_own():
    calls = [FLOATS, INTS, FLOATS[:40], FLOATS[:3], FLOATS]
    assert compiled(squares, *[(c,) for c in calls]) == len(calls)


@pytest.mark.parametrize("odd", [[2**70], ["a"], [True], [None], [[1]]])
def test_what_is_no_list_of_one_type_is_pythons(odd):
    ours = braze.jit(squares)
    ours(list(FLOATS))
    for numbers in ([*FLOATS, *odd], odd * 50):
        try:
            expected = squares(numbers)
        except TypeError as error:
            with pytest.raises(TypeError, match=re.escape(str(error))):
                ours(numbers)
        else:
            check(ours(numbers), expected)


def test_parts_and_the_list_itself():
    def parts(numbers, k):
        return numbers[k], numbers[-1], len(numbers), numbers[2:5], sum(numbers), numbers

    assert compiled(parts, (FLOATS, 3), (INTS, -2), (FLOATS, 0)) == 3


def test_rows_and_points():
    def distances(points, rows):
        nearest = points[0][0]
        for i in range(len(points)):
            for j in range(i):
                d = (points[i][0] - points[j][0]) ** 2 + (points[i][1] - points[j][1]) ** 2
                nearest = min(d, nearest)
        total = 0.0
        for row in rows:
            for x in row:
                total += x
        return nearest, total, rows[3][2], points[4]

    assert compiled(distances, (POINTS, ROWS)) == 1


def test_a_row_as_a_result_is_the_row():
    def first(rows):
        return rows[0]

    rows = copy.deepcopy(ROWS)
    assert braze.jit(first)(rows) is rows[0]


def insertion(numbers):
    for i in range(1, len(numbers)):
        x, j = numbers[i], i
        while j > 0 and numbers[j - 1] > x:
            numbers[j] = numbers[j - 1]
            j -= 1
        numbers[j] = x


def test_items_that_change_are_written_back():
    def scaled(numbers, k):
        for i in range(len(numbers)):
            numbers[i] = numbers[i] * k
        return max(numbers), numbers

    assert compiled(insertion, (FLOATS,), (INTS,)) == 2
    assert compiled(scaled, (FLOATS, 2.5), (INTS, 3)) == 2
    compiled(scaled, (INTS, 2.5))  # ints become floats


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("rows", [2, 12])
@pytest.mark.parametrize("steps", [(0, 1, 0, 1), (1, 0, 1, 0)])
def test_a_list_that_changes_may_be_a_row_of_another(swapped, rows, steps):
    def filled(r, m):
        for i in range(len(r)):
            r[i] = m[0][i] + m[1][i]
        return m[0][0], r[3], r

    def turned(m, r):
        return filled(r, m)

    ours = braze.jit(turned if swapped else filled)
    for inside in steps:
        found = []
        for function in (ours, turned if swapped else filled):
            m = [[0.1 + i] * 40 for i in range(rows)]
            r = m[0] if inside else [0.5] * 40
            result = function(m, r) if swapped else function(r, m)
            found.append((result[:2], result[2] is r, m, r))
        assert found[0] == found[1]


@pytest.mark.parametrize("steps", [(0, 1, 0, 1), (1, 0, 1, 0)])
def test_a_list_may_be_an_attribute_too(steps):
    class Holder:
        pass

    def through(holder, numbers):
        for i in range(len(numbers)):
            numbers[i] = holder.held[3] + 1
        return holder.held[3], numbers[3]

    ours = braze.jit(through)
    for one in steps:
        found = []
        for function in (ours, through):
            holder = Holder()
            holder.held = [0.25 * i for i in range(40)]
            numbers = holder.held if one else [0.5] * 40
            found.append((function(holder, numbers), numbers, holder.held))
        assert found[0] == found[1]


def test_two_lists_that_are_one():
    def shifted(a, b):
        for i in range(len(a)):
            a[i] = b[i - 1] + 1
        return a, b

    ours = braze.jit(shifted)
    for _ in range(2):
        ours(list(FLOATS), list(FLOATS))
        a, b = list(FLOATS), list(FLOATS)
        check(ours(a, a), shifted(b, b))
        assert a == b


def test_changes_of_the_length_are_lists_of_items():
    def longer(numbers):
        numbers.append(3)
        return numbers[-1], len(numbers)

    compiled(longer, (INTS,), (FLOATS,))


def test_a_long_product_of_matrices():
    def product(a, b):
        c = [[0 for _ in range(len(b[0]))] for _ in range(len(a))]
        for i in range(len(a)):
            for j in range(len(b[0])):
                r = 0
                for k in range(len(b)):
                    r += a[i][k] * b[k][j]
                c[i][j] = r
        return c

    a = np.sin(np.arange(3600.0)).reshape(60, 60).tolist()
    assert compiled(product, (a, a)) == 1
