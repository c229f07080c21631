"""Histogram equalisation of a 1024 x 1024 picture of bytes."""

import numpy as np

RTOL = 0.0
EXACT = True


def run(picture):
    histogram = np.bincount(picture.ravel(), minlength=256)
    total = histogram.cumsum()
    low = total[total > 0].min()
    table = np.round((total - low) / max(picture.size - low, 1) * 255.0)
    return np.clip(table, 0, 255).astype(np.uint8)[picture]


def inputs(rng, scale=1.0):
    n = max(int(1024 * scale), 24)
    return ((rng.beta(2.0, 5.0, (n, n)) * 255.0).astype(np.uint8),)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def equalise(picture):
        histogram = np.zeros(256, dtype=np.int64)
        for value in picture.flat:
            histogram[value] += 1
        total = histogram.cumsum()
        low = total[total > 0].min()
        table = np.empty(256, dtype=np.uint8)
        for i in range(256):
            level = np.round((total[i] - low) / max(picture.size - low, 1) * 255.0)
            table[i] = np.uint8(min(max(level, 0.0), 255.0))
        out = np.empty_like(picture)
        for i in prange(picture.shape[0]):
            for j in range(picture.shape[1]):
                out[i, j] = table[picture[i, j]]
        return out

    return equalise


def torch(picture):
    import torch as t

    total = t.bincount(picture.ravel(), minlength=256).cumsum(0)
    low = total[total > 0].min()
    table = t.round((total - low).double() / max(picture.numel() - low, 1) * 255.0)
    return t.clip(table, 0, 255).to(t.uint8)[picture.int()]


def jax():
    import jax
    import jax.numpy as jnp

    def equalise(picture):
        total = jnp.bincount(picture.ravel(), length=256).cumsum()
        low = jnp.where(total > 0, total, picture.size).min()
        table = jnp.round((total - low) / jnp.maximum(picture.size - low, 1) * 255.0)
        return jnp.clip(table, 0, 255).astype(jnp.uint8)[picture]

    return jax.jit(equalise)
