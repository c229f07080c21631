"""Conjugate gradients on a dense 1000 x 1000 system until the residual is small."""

import numpy as np

RTOL = 1e-6
STEPS = True


def run(a, b, tolerance):
    x = np.zeros_like(b)
    r = b - a @ x
    p = r.copy()
    old = r @ r
    for _ in range(len(b)):
        ap = a @ p
        alpha = old / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        new = r @ r
        if np.sqrt(new) < tolerance:
            break
        p = r + (new / old) * p
        old = new
    return x


def inputs(rng, scale=1.0):
    n = max(int(1000 * scale), 20)
    factor = rng.standard_normal((n, n))
    return factor @ factor.T / n + np.eye(n) * 0.3, rng.standard_normal(n), 1e-9


def numba(threads):
    from numba import njit

    return njit(run)


def jax():
    import jax
    import jax.numpy as jnp

    def solve(a, b, tolerance):
        def unfinished(state):
            return (jnp.sqrt(state[3]) >= tolerance) & (state[4] < b.shape[0])

        def step(state):
            x, r, p, old, i = state
            ap = a @ p
            alpha = old / (p @ ap)
            x, r = x + alpha * p, r - alpha * ap
            new = r @ r
            return x, r, r + (new / old) * p, new, i + 1

        return jax.lax.while_loop(unfinished, step, (jnp.zeros_like(b), b, b, b @ b, 0))[0]

    return jax.jit(solve)


def torch(a, b, tolerance):
    import torch as t

    x = t.zeros_like(b)
    r = b - a @ x
    p = r.clone()
    old = r @ r
    for _ in range(len(b)):
        ap = a @ p
        alpha = old / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        new = r @ r
        if t.sqrt(new) < tolerance:
            break
        p = r + (new / old) * p
        old = new
    return x
