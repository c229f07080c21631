"""log(sum(exp)) over the last axis of 2000 x 1000 float64."""

import numpy as np

RTOL = 1e-11


def run(x):
    top = x.max(axis=1, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=1)) + top[:, 0]


def inputs(rng, scale=1.0):
    return (rng.standard_normal((max(int(2000 * scale), 3), 1000)) * 5.0,)


def torch(x):
    import torch as t

    return t.logsumexp(x, dim=1)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def logsumexp(x):
        rows, columns = x.shape
        out = np.empty(rows)
        for i in prange(rows):
            top = x[i, 0]
            for j in range(1, columns):
                top = max(top, x[i, j])
            total = 0.0
            for j in range(columns):
                total += np.exp(x[i, j] - top)
            out[i] = np.log(total) + top
        return out

    return logsumexp


def numexpr(x):
    import numexpr as ne

    top = x.max(axis=1, keepdims=True)
    total = ne.evaluate("sum(exp(x - top), axis=1)")
    return np.log(total) + top[:, 0]
