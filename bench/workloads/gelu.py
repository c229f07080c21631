"""GELU activation (tanh form) of 1M float64 values."""

import numpy as np

RTOL = 1e-12


def run(x):
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))


def inputs(rng, scale=1.0):
    return (rng.standard_normal(max(int(1_000_000 * scale), 3)),)


def numexpr(x):
    import numexpr as ne

    return ne.evaluate("0.5 * x * (1.0 + tanh(0.7978845608028654 * (x + 0.044715 * x**3)))")


def torch(x):
    import torch as t

    return 0.5 * x * (1.0 + t.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def gelu(x):
        out = np.empty_like(x)
        factor = np.sqrt(2.0 / np.pi)
        for i in prange(x.size):
            v = x[i]
            out[i] = 0.5 * v * (1.0 + np.tanh(factor * (v + 0.044715 * v**3)))
        return out

    return gelu
