"""Shortest paths between all pairs of 250 places, one row and column at a time."""

import numpy as np

RTOL = 1e-12
EXACT = True


def run(lengths):
    path = lengths.copy()
    for k in range(path.shape[0]):
        path[:] = np.minimum(path, np.add.outer(path[:, k], path[k, :]))
    return path


def inputs(rng, scale=1.0):
    n = max(int(250 * scale), 9)
    lengths = rng.random((n, n))
    lengths[rng.random((n, n)) < 0.7] = np.inf
    return (lengths,)
