"""a * b + c, 20M float64, fresh result: memory bandwidth alone."""

import numpy as np

RTOL = 1e-15


def run(a, b, c):
    return a * b + c


def inputs(rng, scale=1.0):
    n = max(int(20_000_000 * scale), 3)
    return rng.random(n), rng.random(n), rng.random(n)


def numexpr(a, b, c):
    import numexpr as ne

    return ne.evaluate("a * b + c")


def torch(a, b, c):
    return a * b + c


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def multiply_add(a, b, c):
        out = np.empty_like(a)
        for i in prange(a.size):
            out[i] = a[i] * b[i] + c[i]
        return out

    return multiply_add
