"""Levenshtein's distance between two texts of 250 letters, by loops over the table."""

import numpy as np

RTOL = 0.0
EXACT = True
STEPS = True


def run(first, second):
    n, m = len(first), len(second)
    table = np.zeros((n + 1, m + 1), dtype=np.int64)
    table[:, 0] = np.arange(n + 1)
    table[0, :] = np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if first[i - 1] == second[j - 1]:
                table[i, j] = table[i - 1, j - 1]
            else:
                table[i, j] = 1 + min(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1])
    return table[-1, -1]


def inputs(rng, scale=1.0):
    n = max(int(250 * scale), 9)
    letters = rng.integers(97, 123, (2, n + 7), dtype=np.uint8)
    return letters[0, :n].copy(), letters[1].copy()


def numba(threads):
    from numba import njit

    return njit(run)
