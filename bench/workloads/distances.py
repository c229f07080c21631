"""Squared distances between 500 and 600 points of 16 dimensions, by a broadcast difference."""

import numpy as np

RTOL = 1e-12
EXACT = True


def run(x, y):
    return ((x[:, None] - y[None]) ** 2).sum(-1)


def inputs(rng, scale=1.0):
    n, m = max(int(500 * scale), 7), max(int(600 * scale), 9)
    return rng.standard_normal((n, 16)), rng.standard_normal((m, 16))


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def distances(x, y):
        out = np.empty((x.shape[0], y.shape[0]))
        for i in prange(x.shape[0]):
            for j in range(y.shape[0]):
                total = 0.0
                for k in range(x.shape[1]):
                    total += (x[i, k] - y[j, k]) ** 2
                out[i, j] = total
        return out

    return distances


def numexpr(x, y):
    import numexpr as ne

    p, q = x[:, None], y[None]
    return ne.evaluate("sum((p - q) ** 2, axis=2)")


def torch(x, y):
    return ((x[:, None] - y[None]) ** 2).sum(-1)
