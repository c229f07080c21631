"""Lists and deques read, assigned, filled and emptied at places that only the run knows."""

import heapq
from collections import deque

import numpy as np

from corpus.cases import INTS, LONG, V, case

GRID = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [1, 1, 1, 0], [0, 0, 1, 1]], bool)
NEAR = (np.add.outer(np.arange(9), np.arange(9) * 2) % 4) == 0


@case((GRID, 0, 0), (GRID, 3, 3), (~GRID, 0, 2))
def flood_fill(grid, r, c):
    h, w = grid.shape
    out = np.zeros((h, w), dtype=bool)
    stack = [(r, c)]
    while stack:
        i, j = stack.pop()
        if i < 0 or j < 0 or i >= h or j >= w or out[i, j] or not grid[i, j]:
            continue
        out[i, j] = True
        stack.append((i + 1, j))
        stack.append((i - 1, j))
        stack.append((i, j + 1))
        stack.append((i, j - 1))
    return out


@case((NEAR,), (NEAR[:5, :5],))
def breadth_first(near):
    n = len(near)
    distance = np.full(n, -1)
    distance[0] = 0
    queue = deque([0])
    while queue:
        v = queue.popleft()
        for w in range(n):
            if near[v, w] and distance[w] < 0:
                distance[w] = distance[v] + 1
                queue.append(w)
    return distance


@case((NEAR,), (NEAR[:5, :5],))
def breadth_first_by_place(near):
    distance = np.full(len(near), -1)
    distance[0] = 0
    queue = [0]
    head = 0
    while head < len(queue):
        v = queue[head]
        head += 1
        for w in range(len(near)):
            if near[v, w] and distance[w] < 0:
                distance[w] = distance[v] + 1
                queue.append(w)
    return distance, queue


@case((V,), (LONG,), (LONG[::-1],))
def next_greater(x):
    found = np.full(len(x), -1)
    stack = []
    for i in range(len(x)):
        while stack and x[stack[-1]] < x[i]:
            found[stack.pop()] = i
        stack.append(i)
    return found


@case((LONG, 5), (np.sin(LONG * 9), 7), (V, 1))
def sliding_maximum(x, k):
    queue, out = deque(), []
    for i in range(len(x)):
        while queue and x[queue[-1]] <= x[i]:
            queue.pop()
        queue.append(i)
        if queue[0] <= i - k:
            queue.popleft()
        if i >= k - 1:
            out.append(x[queue[0]])
    return np.array(out)


@case((LONG, 4), (V, 3))
def moving_average(x, k):
    window = deque(maxlen=k)
    out = np.zeros(len(x))
    for i in range(len(x)):
        window.append(x[i])
        out[i] = sum(window) / len(window)
    return out


@case((INTS, 9), (np.array([2, 3]), 7), (np.array([9]), 4))
def knapsack(weights, room):
    best = [0] * (room + 1)
    for w in weights:
        w = abs(int(w))
        for c in range(room, w - 1, -1):
            best[c] = max(best[c], best[c - w] + w)
    return best[room]


@case((np.array([4, 2, 0, 3, 1, 5]),), (np.array([1, 0]),))
def cycles(p):
    seen = [False] * len(p)
    lengths = []
    for i in range(len(p)):
        k, n = i, 0
        while not seen[k]:
            seen[k] = True
            k = int(p[k])
            n += 1
        if n:
            lengths.append(n)
    return lengths


@case((np.sin(LONG * 7),), (V,))
def sorted_by_a_stack(x):
    a = list(x)
    stack = [(0, len(a) - 1)]
    while stack:
        low, high = stack.pop()
        if low >= high:
            continue
        i = low
        for j in range(low, high):
            if a[j] < a[high]:
                a[i], a[j] = a[j], a[i]
                i += 1
        a[i], a[high] = a[high], a[i]
        stack.append((low, i - 1))
        stack.append((i + 1, high))
    return a


@case((np.sin(LONG * 7),), (V,))
def heap(x):
    h = []
    for v in x:
        h.append(v)
        i = len(h) - 1
        while i > 0 and h[(i - 1) // 2] > h[i]:
            h[i], h[(i - 1) // 2] = h[(i - 1) // 2], h[i]
            i = (i - 1) // 2
    return h


@case((27,), (6,))
def collatz(n):
    steps = [n]
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps.append(n)
    return steps


@case((3,), (5,), (6,))
def out_of_range(n):
    a = [0] * 5
    for i in range(n):
        a[i] = i
    return a


@case((V,), (LONG,))
def taken_from_an_empty_list(x):
    a = []
    for v in x:
        if v > 0:
            a.append(1)
        else:
            a.pop()
    return len(a)


@case((5,), (9,))
def two_names(n):
    a = [0] * 10
    b = a
    for i in range(n):
        a[i] += i
        b[i] += 10
    return a


@case((np.sort(V), np.sort(LONG)), (V[:0], V))
def merged(a, b):
    out = np.empty(len(a) + len(b))
    i = j = 0
    for k in range(len(out)):
        if j >= len(b) or (i < len(a) and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return out


@case((8, 5), (3, 3), (6, 7), (1, 4))
def lattice_paths(m, n):
    ways = [[0] * n for _ in range(m)]
    for i in range(m):
        for j in range(n):
            ways[i][j] = 1 if i == 0 or j == 0 else ways[i - 1][j] + ways[i][j - 1]
    return ways[-1][-1], ways


@case((INTS, INTS[::-1]), (INTS[:3], INTS), (INTS, INTS))
def longest_common_part(x, y):
    best = [[0] * (len(y) + 1) for _ in range(len(x) + 1)]
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            if x[i - 1] == y[j - 1]:
                best[i][j] = best[i - 1][j - 1] + 1
            else:
                best[i][j] = max(best[i - 1][j], best[i][j - 1])
    return best[len(x)][len(y)]


@case((GRID.astype(int), 0, 0, 7), (GRID.astype(int), 3, 3, 1), (GRID.astype(int), 0, 2, 5))
def paint_bucket(grid, r, c, new):
    old = grid[r, c]
    if old == new:
        return grid
    h, w = grid.shape
    stack = [(r, c)]
    while stack:
        i, j = stack.pop()
        if 0 <= i < h and 0 <= j < w and grid[i, j] == old:
            grid[i, j] = new
            for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                stack.append((i + di, j + dj))
    return grid


@case((60,), (7,), (100,))
def sieve(n):
    s = np.ones(n + 1, dtype=bool)
    s[:2] = False
    i = 2
    while i * i <= n:
        if s[i]:
            s[i * i :: i] = False
        i += 1
    return np.nonzero(s)[0]


@case((NEAR.astype(int) * 3, 0), (NEAR[:5, :5].astype(int), 2))
def shortest_ways(weights, start):
    n = len(weights)
    far = np.full(n, 10**6)
    far[start] = 0
    heap = [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > far[u]:
            continue
        for v in range(n):
            if weights[u, v] > 0 and d + weights[u, v] < far[v]:
                far[v] = d + weights[u, v]
                heapq.heappush(heap, (int(far[v]), v))
    return far


@case(([[1, 2, 3], [4, 5, 6]], 9), ([[1.5, 2.0], [0.0, -1.0]], 20))
def walk_on_a_grid(grid, steps):
    i = j = total = 0
    for k in range(steps * 3):
        total = total + grid[i][j]
        i = (i + k) % len(grid)
        j = (j + 2) % len(grid[0])
    return total
