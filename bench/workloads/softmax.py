"""Softmax over the last axis of 4096 x 1024 float32."""

import numpy as np

RTOL = 1e-5


def run(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def inputs(rng, scale=1.0):
    return (rng.standard_normal((max(int(4096 * scale), 3), 1024), dtype=np.float32),)


def torch(x):
    import torch as t

    return t.softmax(x, dim=-1)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def softmax(x):
        out = np.empty_like(x)
        rows, columns = x.shape
        for i in prange(rows):
            top = x[i, 0]
            for j in range(1, columns):
                top = max(top, x[i, j])
            total = np.float32(0.0)
            for j in range(columns):
                out[i, j] = np.exp(x[i, j] - top)
                total += out[i, j]
            for j in range(columns):
                out[i, j] /= total
        return out

    return softmax


def numexpr(x):
    import numexpr as ne

    top = x.max(axis=1, keepdims=True)
    e = ne.evaluate("exp(x - top)")
    total = e.sum(axis=1, keepdims=True)
    return ne.evaluate("e / total")
