"""Dynamic time warping of two series of 200 samples, by loops over the table."""

import numpy as np

RTOL = 1e-12
EXACT = True


def run(a, b):
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            distance = abs(a[i - 1] - b[j - 1])
            cost[i, j] = distance + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]


def inputs(rng, scale=1.0):
    n = max(int(200 * scale), 9)
    return np.cumsum(rng.standard_normal(n)), np.cumsum(rng.standard_normal(n + 3))
