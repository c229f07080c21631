"""Lists of lists of one length, read and changed where only the run knows: compiled whole."""

import numpy as np
import pytest
from compared import compiled
from exact import check

import braze

X = np.array([1, 2, 3, 2, 5, 1, 1])
Y = np.array([2, 3, 5, 1, 1])


def common(x, y):
    m, n = len(x), len(y)
    best = [[0] * (n + 1) for _ in range(m + 1)]
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            if x[i - 1] == y[j - 1]:
                best[i][j] = best[i - 1][j - 1] + 1
            else:
                best[i][j] = max(best[i - 1][j], best[i][j - 1])
    return best[m][n], best


def test_a_table_of_dynamic_programming():
    assert compiled(common, (X, Y), (Y, X), (X[:1], Y), (X, X)) == 4


def test_sizes_are_no_guards():
    ours = braze.jit(common)
    for n in range(2, 7):
        check(ours(X[:n], Y[: n - 1]), common(X[:n], Y[: n - 1]))
    assert ours.stats()["specialisations"] == 2  # a size of 1 is another type


def paths(m, n):
    ways = [[0] * n for _ in range(m)]
    for i in range(m):
        for j in range(n):
            ways[i][j] = 1 if i == 0 or j == 0 else ways[i - 1][j] + ways[i][j - 1]
    return ways[m - 1][n - 1]


def test_numbers_as_lengths():
    many = [(5, 4), (6, 3), (7, 9), (8, 8), (2, 3), (12, 7), (3, 30)]
    assert compiled(paths, *many) == len(many)


@pytest.mark.parametrize("sizes", [(0, 4), (4, 0), (-1, 3), (3, -2)])
def test_what_is_not_there_raises(sizes):
    ours = braze.jit(paths)
    for known in ((5, 4), (6, 3), (7, 9), (8, 8), (9, 9)):
        ours(*known)
    with pytest.raises(IndexError, match="list index out of range"):
        paths(*sizes)
    with pytest.raises(IndexError, match="list index out of range"):
        ours(*sizes)


def test_rows_are_lists_of_their_own():
    def rows(m, n):
        a = [[1] * n for _ in range(m)]
        for i in range(1, m):
            row, before = a[i], a[i - 1]
            for j in range(1, n):
                row[j] = row[j - 1] + before[j]
        last = a[-1]
        a[m - 1][0] = 7
        flat = [v for row in a for v in row]
        return a, np.array(a), 3 in a[1], a[0] == a[1], a[2].index(1), a[2][1:], flat, last[0]

    assert compiled(rows, (4, 3), (5, 5), (6, 2), (7, 3), (9, 4)) > 0


def test_a_row_that_is_not_there_raises_though_nothing_reads_it():
    def beyond(m, n):
        a = [[0] * n for _ in range(m)]
        total = 0
        for i in range(m + 1):
            row = a[i]
            for j in range(n - 3):
                total += row[j]
        return total

    ours = braze.jit(beyond)
    for sizes in ((4, 3), (5, 2), (9, 8)):
        for function in (beyond, ours):
            with pytest.raises(IndexError):
                function(*sizes)


def test_rows_that_are_one_list_stay_one():
    def one(m, n):
        a = [[0] * n] * m
        for i in range(m):
            a[i][i % n] += i
        return a[0][0], [row[-1] for row in a]

    def held(m, n):
        row = [0] * n
        a = [row, row[:]]
        for i in range(m):
            a[i % 2][i % n] += i
        return row

    def replaced(m, n):
        a = [[1] * n for _ in range(m)]
        kept = a[1]
        for i in range(1, m):
            a[i] = [v + i for v in a[i - 1]]
        return a, kept

    def swapped(m, n):
        a = [[i] * n for i in range(m)]
        for i in range(m - 1):
            a[i], a[i + 1] = a[i + 1], a[i]
        return a

    for function in (one, held, replaced, swapped):
        compiled(function, (4, 3), (5, 5), (6, 2), (7, 3))


def test_a_list_and_a_list_in_it_are_returned():
    def both(m, n):
        a = [[0] * n for _ in range(m)]
        for i in range(m):
            a[i][i % n] = i
        return a, a[1]

    ours = braze.jit(both)
    for sizes in ((4, 3), (5, 5), (6, 2)):
        made, row = ours(*sizes)
        assert made == both(*sizes)[0]
        assert row is made[1]


def test_other_numbers_are_left_to_python():
    def halves(m, n):
        a = [[0] * n for _ in range(m)]
        for i in range(m):
            a[i][i % n] = i / 2 if n > 2 else True
        return a

    compiled(halves, (4, 3), (5, 5), (6, 2), (7, 1))


def test_deeper_lists():
    def cube(m, n):
        a = [[[0] * 2 for _ in range(n)] for _ in range(m)]
        for i in range(m):
            for j in range(n):
                a[i][j][(i + j) % 2] = i * j + a[i - 1][j][0]
        return a

    assert compiled(cube, (4, 3), (5, 5), (6, 2), (7, 3), (9, 9)) > 0


def test_a_search_with_an_early_return():
    def fill(grid, r, c, new):
        old = grid[r, c]
        if old == new:
            return grid
        stack = [(r, c)]
        h, w = grid.shape
        while stack:
            i, j = stack.pop()
            if 0 <= i < h and 0 <= j < w and grid[i, j] == old:
                grid[i, j] = new
                for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                    stack.append((i + di, j + dj))
        return grid

    grid = np.zeros((130, 130), int)
    grid[3:5, 3:40] = 1
    ours = braze.jit(fill)
    for new in (7, 0, 0):
        a, b = grid.copy(), grid.copy()
        assert ours(a, 0, 0, new) is a
        check(a, fill(b, 0, 0, new))
    assert ours.stats()["compiled_calls"] == 3


def test_the_same_array_on_both_ways():
    def either(x, y, n):
        if x[0] > n:
            return x, y * 2
        x += 1
        return x, y

    ours = braze.jit(either)
    for n in (0.0, 5.0):
        a, b = np.arange(4.0) + 1, np.arange(4.0) + 1
        found = ours(a, Y, n)
        assert found[0] is a
        check(found, either(b, Y, n))
        check(a, b)


def test_a_list_made_again_and_again_is_interpreted_once():
    calls = [0]

    def known(x):
        dp = [[0] * (len(x) + 1) for _ in range(len(x) + 1)]
        for i in range(len(x)):
            for j in range(len(x)):
                dp[i + 1][j + 1] = dp[i][j + 1] + (x[i] == x[j])
        return dp

    def counted(x):
        def len(_):
            calls[0] += 1
            return calls[0]

        return [[0] * len(x) for _ in range(6)]

    numbers = [i * i % 7 for i in range(40)]
    assert compiled(known, (numbers,)) == 1
    ours = braze.jit(counted)
    check(ours(numbers), [[0] * k for k in range(1, 7)])
    rows = braze.jit(lambda: [[1, 2] for _ in range(9)])()
    assert len({id(row) for row in rows}) == 9


def test_while_loops_over_elements_are_loops_from_the_start():
    def sieve(n):
        p = [True] * (n + 1)
        p[0] = p[1] = False
        i = 2
        while i * i <= n:
            if p[i]:
                for j in range(i * i, n + 1, i):
                    p[j] = False
            i += 1
        return [i for i in range(n + 1) if p[i]]

    def fixed(x):
        out, i = [None] * 12, 0
        while i < 12:
            for _ in range(2):
                out[i] = (str(i), x + i) if i % 2 else None
            i += 1
        return out

    assert compiled(sieve, (2000,), (30,)) == 2
    assert compiled(fixed, (np.arange(3.0),)) == 1
