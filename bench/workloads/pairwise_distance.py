"""Distances between 1000 and 1000 points of the plane, float64."""

import numpy as np

RTOL = 1e-12


def run(x, y):
    dx = x[:, None, 0] - y[None, :, 0]
    dy = x[:, None, 1] - y[None, :, 1]
    return np.sqrt(dx * dx + dy * dy)


def inputs(rng, scale=1.0):
    n = max(int(1000 * scale), 3)
    return rng.standard_normal((n, 2)), rng.standard_normal((n, 2))


def numexpr(x, y):
    import numexpr as ne

    x0, x1, y0, y1 = x[:, None, 0], x[:, None, 1], y[None, :, 0], y[None, :, 1]
    return ne.evaluate("sqrt((x0 - y0) * (x0 - y0) + (x1 - y1) * (x1 - y1))")


def torch(x, y):
    import torch as t

    dx = x[:, None, 0] - y[None, :, 0]
    dy = x[:, None, 1] - y[None, :, 1]
    return t.sqrt(dx * dx + dy * dy)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def distance(x, y):
        out = np.empty((x.shape[0], y.shape[0]))
        for i in prange(x.shape[0]):
            for j in range(y.shape[0]):
                dx, dy = x[i, 0] - y[j, 0], x[i, 1] - y[j, 1]
                out[i, j] = np.sqrt(dx * dx + dy * dy)
        return out

    return distance
