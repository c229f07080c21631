"""A long chain: 100 additions, products and choices on 4M float64."""

import numpy as np

RTOL = 1e-9


def run(x, y):
    a = x
    b = y
    for _ in range(25):
        a = a * 0.75 + b
        b = np.maximum(b - a * 0.125, 0.0625)
    return a + b


def inputs(rng, scale=1.0):
    x, y = rng.random((2, max(int(4_000_000 * scale), 3)))
    return x, y


def numexpr(x, y):
    import numexpr as ne

    a, b = x, y
    for _ in range(25):
        a = ne.evaluate("a * 0.75 + b")
        b = ne.evaluate("where(b - a * 0.125 > 0.0625, b - a * 0.125, 0.0625)")
    return ne.evaluate("a + b")


def torch(x, y):
    import torch as t

    a, b = x, y
    for _ in range(25):
        a = a * 0.75 + b
        b = t.clamp_min(b - a * 0.125, 0.0625)
    return a + b


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def chain(x, y):
        out = np.empty_like(x)
        for i in prange(x.size):
            a, b = x[i], y[i]
            for _ in range(25):
                a = a * 0.75 + b
                b = max(b - a * 0.125, 0.0625)
            out[i] = a + b
        return out

    return chain
