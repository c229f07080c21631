"""Lists of lists among the arguments whose numbers change, and lists of bools: as Python has it."""

import copy

import numpy as np
import pytest

import braze

FLOATS = np.sin(np.arange(144.0)).reshape(12, 12).tolist()
INTS = (np.arange(144) * 7 % 11).reshape(12, 12).tolist()
BOOLS = (np.arange(144) * 7 % 11 < 3).reshape(12, 12).tolist()
ONE_ROW = [[0] * 12] * 12
RAGGED = [[1] * (i + 1) for i in range(12)]
LARGE = [[2**62] * 8 for _ in range(8)]
LARGER = [[2**70] * 8 for _ in range(8)]
MIXED = [[1, 2.0] * 6 for _ in range(12)]
BOOLS_AND_INTS = [[True, 1] * 6 for _ in range(12)]
ODD = (FLOATS, INTS, ONE_ROW, FLOATS, RAGGED, LARGE, LARGER, MIXED, BOOLS_AND_INTS, BOOLS, INTS)


def outcome(function, args):
    """Return what a call gives or raises, and what its arguments hold then, and which objects."""
    args = copy.deepcopy(args)
    lists = [x for a in args if isinstance(a, list) for x in (a, *a) if isinstance(x, list)]
    before = {id(x): k for k, x in enumerate(lists)}
    try:
        result = function(*args)
    except Exception as error:
        result = (type(error), str(error))
    parts = (*result, result) if isinstance(result, tuple) else (result,)
    after = [x for a in args if isinstance(a, list) for x in (a, *a) if isinstance(x, list)]
    same = [before.get(id(x)) for x in (*parts, *after) if isinstance(x, list)]
    return repr(result), repr(args), same


def compared(function, *calls):
    """Compare calls with the plain function's; return how many were compiled."""
    ours = braze.jit(function)
    for args in calls:
        assert outcome(ours, args) == outcome(function, args)
    return ours.stats()["compiled_calls"]


def shortest(d):
    n = len(d)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i][k] + d[k][j] < d[i][j]:
                    d[i][j] = d[i][k] + d[k][j]
    return d


def test_a_table_that_changes():
    assert compared(shortest, (FLOATS,), (INTS,), (FLOATS[:6],)) >= 2
    compared(shortest, *[(odd,) for odd in ODD])


def test_named_rows_and_a_row_as_the_result():
    def below(d):
        for i in range(1, len(d)):
            row, before = d[i], d[i - 1]
            for j in range(1, len(row)):
                row[j] = row[j] + before[j - 1]
        return d[-1][-1]

    def a_row(d):
        for i in range(len(d)):
            for j in range(len(d)):
                d[i][j] = d[j][i]
        return d[1], (d,)

    assert compared(below, (FLOATS,), (INTS,), (ONE_ROW,)) >= 2
    compared(a_row, (FLOATS,), (INTS,), (ONE_ROW,))


def test_nothing_is_lost_when_python_raises():
    def beyond(d):
        for i in range(len(d)):
            for j in range(len(d) + 1):
                d[i][j] = d[i][j] * 2
        return d

    def divided(d, k):
        for i in range(len(d)):
            for j in range(len(d)):
                d[i][j] = d[i][j] // (i + j - k)
        return d

    def large(d):
        for i in range(len(d)):
            for j in range(len(d)):
                d[i][j] = d[i][j] * 2**61
        return d[1][1]

    compared(beyond, (FLOATS,), (INTS,), (FLOATS,))
    assert compared(divided, (INTS, 100), (INTS, 5), (INTS, -1)) > 0
    compared(large, (INTS,), (LARGE,), (INTS,))


@pytest.mark.parametrize("kind", ["apart", "same", "rows", "one row"])
def test_two_tables_that_share(kind):
    def turned(a, b):
        for i in range(len(a)):
            for j in range(len(a)):
                a[i][j] = b[j][i] + 1
        return a

    def with_row(a, r):
        for i in range(len(a)):
            for j in range(len(a)):
                a[i][j] = a[i][j] + r[i]
        return r[2]

    for function in (turned, with_row):
        ours = braze.jit(function)
        for others in (("apart", kind), (kind, "apart")):
            for how in others:
                found = []
                for call in (ours, function):
                    a = copy.deepcopy(INTS * 4)[:40]
                    a = [row * 4 for row in a[:12]] if function is with_row else a[:12]
                    b = {"apart": copy.deepcopy(a), "same": a, "rows": a[::-1], "one row": a}[how]
                    if function is with_row:
                        b = list(a[1]) if how == "apart" else a[1]
                    found.append((repr(call(a, b)), a, b))
                assert found[0] == found[1]


def test_other_changes_of_rows():
    def part(d):
        for i in range(len(d)):
            d[i][1:3] = [d[i][0], d[i][1]]
        return d

    def longer(d):
        for i in range(len(d)):
            d[i][i] += 1
            d[i] += [d[0][0]]
        return len(d[0])

    def swapped(d):
        for i in range(len(d) - 1):
            d[i][0] = i * d[i][1]
            d[i], d[i + 1] = d[i + 1], d[i]
        return d

    def ordered(d):
        for i in range(len(d)):
            d[i].sort()
        d[0][0] = 5
        d[1].reverse()
        return d

    def copied(d):
        row, other = list(d[2]), d[1].copy()
        for i in range(len(d)):
            d[2][i], d[1][i] = other[i], row[i]
        return row, other

    def halves(d):
        for i in range(len(d)):
            for j in range(len(d)):
                d[i][j] = d[i][j] / 2 if j % 2 else d[i][j]
        return d

    for function in (part, longer, swapped, ordered, copied, halves):
        compared(function, (FLOATS,), (INTS,), (ONE_ROW,), (INTS,))


def test_a_search_with_a_table_of_bools():
    def distances(near, s):
        n = len(near)
        d = [-1] * n
        d[s] = 0
        queue = [s]
        while queue:
            u = queue.pop(0)
            for v in range(n):
                if near[u][v] and d[v] < 0:
                    d[v] = d[u] + 1
                    queue.append(v)
        return d

    assert compared(distances, (BOOLS, 0), (INTS, 1), (BOOLS, 3)) == 3


def test_bools_stay_bools():
    def flipped(b):
        n = 0
        for i in range(len(b)):
            b[i] = not b[i]
            n += b[i]
        return n, b, b[3], b[0] + b[1], str(b[2]), type(b[0]).__name__

    def asked(b):
        numbers = sum(b), max(b), b.count(True), b.index(True), [v + 1 for v in b]
        return numbers, any(b), all(b), sorted(b)[:3], True in b, 1 in b, np.array(b).dtype

    def table(b):
        n = 0
        for i in range(len(b)):
            for j in range(len(b)):
                n += b[i][j]
                b[i][j] = not b[i][j]
        return n, b[0][0]

    one = [bool(v % 3) for v in range(50)]
    assert compared(flipped, (one,), ([1] * 50,), (one,)) >= 2
    assert compared(asked, (one,), (one * 3,)) == 2
    assert compared(table, (BOOLS,), (ONE_ROW,), ([[True] * 9] * 9,), (BOOLS,)) >= 2
