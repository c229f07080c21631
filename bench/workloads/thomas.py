"""Tridiagonal systems along the last axis of 128 x 128 x 60 arrays (Thomas' algorithm)."""

import numpy as np

RTOL = 1e-12
EXACT = True
STEPS = True


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


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def thomas(lower, diagonal, upper, right):
        rows, columns, n = right.shape
        x = np.empty_like(right)
        for i in prange(rows):
            c = np.empty(n)
            for j in range(columns):
                c[0] = upper[i, j, 0] / diagonal[i, j, 0]
                x[i, j, 0] = right[i, j, 0] / diagonal[i, j, 0]
                for k in range(1, n):
                    pivot = 1.0 / (diagonal[i, j, k] - lower[i, j, k] * c[k - 1])
                    c[k] = upper[i, j, k] * pivot
                    x[i, j, k] = (right[i, j, k] - lower[i, j, k] * x[i, j, k - 1]) * pivot
                for k in range(n - 2, -1, -1):
                    x[i, j, k] -= c[k] * x[i, j, k + 1]
        return x

    return thomas


def jax():
    import jax
    import jax.numpy as jnp

    def forward(carry, level):
        c, x = carry
        lower, diagonal, upper, right = level
        pivot = 1.0 / (diagonal - lower * c)
        carry = upper * pivot, (right - lower * x) * pivot
        return carry, carry

    def backward(x, level):
        x = level[1] - level[0] * x
        return x, x

    def thomas(*levels):
        levels = [jnp.moveaxis(a, 2, 0) for a in levels]
        zero = jnp.zeros_like(levels[0][0])
        _, swept = jax.lax.scan(forward, (zero, zero), levels)
        _, x = jax.lax.scan(backward, zero, swept, reverse=True)
        return jnp.moveaxis(x, 0, 2)

    return jax.jit(thomas)


def torch(lower, diagonal, upper, right):
    import torch as t

    n = right.shape[2]
    c, x = t.zeros_like(right), t.zeros_like(right)
    c[:, :, 0] = upper[:, :, 0] / diagonal[:, :, 0]
    x[:, :, 0] = right[:, :, 0] / diagonal[:, :, 0]
    for k in range(1, n):
        pivot = 1.0 / (diagonal[:, :, k] - lower[:, :, k] * c[:, :, k - 1])
        c[:, :, k] = upper[:, :, k] * pivot
        x[:, :, k] = (right[:, :, k] - lower[:, :, k] * x[:, :, k - 1]) * pivot
    for k in range(n - 2, -1, -1):
        x[:, :, k] -= c[:, :, k] * x[:, :, k + 1]
    return x
