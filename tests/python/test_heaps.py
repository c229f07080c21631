"""heapq on lists of the run, and lists of lists from outside read at run-time places."""

import heapq

import numpy as np
import pytest
from compared import compiled
from exact import check

import braze

W = np.random.default_rng(0).integers(0, 30, (9, 9))


def distances(w, start):
    n = len(w)
    far = np.full(n, np.inf)
    far[start] = 0.0
    heap = [(0.0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > far[u]:
            continue
        for v in range(n):
            if w[u, v] > 0 and d + w[u, v] < far[v]:
                far[v] = d + w[u, v]
                heapq.heappush(heap, (float(far[v]), v))
    return far


def test_the_shortest_ways():
    assert compiled(distances, (W * 1.5, 0), (W.T * 0.5, 3), (W[:2, :2] * 1.0, 1)) == 3


def test_equal_items_keep_their_places():
    def ranked(a):
        heap, out = [], []
        for i in range(len(a)):
            heapq.heappush(heap, (int(a[i]), -i))
        while heap:
            p, i = heapq.heappop(heap)
            out.append(p * 100 + i)
        return out

    assert compiled(ranked, (np.array([3, 1, 2]),), (np.array([4, 4, 4, 1, 4]),), (W[0] % 3,)) == 3


def test_all_functions():
    def through_all(a, k):
        heap = list(range(k))
        heapq.heapify(heap)
        out = []
        for i in range(len(a)):
            out.append(heapq.heappushpop(heap, int(a[i])))
        for i in range(len(a)):
            out.append(heapq.heapreplace(heap, int(a[i]) * 2))
        return out, heap

    compiled(through_all, (W[0], 3), (W[1], 1), (W[2], 6))


def test_what_raises():
    def emptied(n):
        heap = []
        for i in range(n):
            heapq.heappush(heap, i * 7 % 5)
        return heapq.heappop(heap), heap

    assert braze.jit(emptied)(5) == emptied(5)
    with pytest.raises(IndexError, match="index out of range"):
        braze.jit(emptied)(0)


def test_a_heap_from_outside_is_changed():
    def change(heap):
        heapq.heapify(heap)
        heapq.heappush(heap, 0)
        return heapq.heappop(heap)

    compiled(change, ([3, 1, 2],), ([],))


INTS, FLOATS = [[1, 2, 3], [4, 5, 6]], [[1.5, 2.0], [0.0, -1.0], [3.0, 4.0]]


def wander(g, n):
    i = j = total = 0
    for k in range(n * 3):
        total = total + g[i][j] * 2
        i = (i + k) % len(g)
        j = (j + 2) % len(g[0])
    return total, g[i][j], len(g[i])


def test_lists_of_lists_from_outside():
    assert compiled(wander, (INTS, 9), (FLOATS, 7), (INTS[::-1], 9)) == 3


@pytest.mark.parametrize("last", [2**70, 6.5, True, "a"])
def test_lists_of_other_items(last):
    ours = braze.jit(wander)
    others = [[1, 2, 3], [4, 5, last]], [[1, 2], [4, 5, 6]], [(1, 2, 3), [4, 5, 6]]
    for items in (INTS, *others, INTS):
        try:
            wanted = wander(items, 9)
        except TypeError as error:
            with pytest.raises(TypeError, match="unsupported operand"):
                ours(items, 9)
            assert "unsupported operand" in str(error)
        else:
            check(ours(items, 9), wanted)


def test_changes_of_lists_from_outside_are_seen():
    def changed(g, n):
        before = after = 0
        for k in range(n * 40):
            before = before + g[k % 2][0]
        row = g[n % 2]
        g[1][0] = 100
        for k in range(n * 40):
            after = after + g[k % 2][0]
        return before, after, row

    def put(g, n):
        for k in range(n * 40):
            g[k % len(g)][k % len(g[0])] += k
        return g

    for function in (changed, put):
        compiled(function, (INTS, 2), (FLOATS, 1), (INTS, 3))
