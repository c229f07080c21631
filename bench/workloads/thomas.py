"""Tridiagonal systems along the last axis of 128 x 128 x 60 arrays (Thomas' algorithm)."""

import numpy as np

RTOL = 1e-12
EXACT = True


def run(lower, diagonal, upper, right):
    n = right.shape[2]
    c = np.zeros_like(right)
    x = np.zeros_like(right)
    c[:, :, 0] = upper[:, :, 0] / diagonal[:, :, 0]
    x[:, :, 0] = right[:, :, 0] / diagonal[:, :, 0]
    for k in range(1, n):
        pivot = 1.0 / (diagonal[:, :, k] - lower[:, :, k] * c[:, :, k - 1])
        c[:, :, k] = upper[:, :, k] * pivot
        x[:, :, k] = (right[:, :, k] - lower[:, :, k] * x[:, :, k - 1]) * pivot
    for k in range(n - 2, -1, -1):
        x[:, :, k] -= c[:, :, k] * x[:, :, k + 1]
    return x


def inputs(rng, scale=1.0):
    n, levels = max(int(128 * scale), 5), max(int(60 * scale), 6)
    lower, upper, right = rng.random((3, n, n, levels))
    return lower, rng.random((n, n, levels)) + 3.0, upper, right
