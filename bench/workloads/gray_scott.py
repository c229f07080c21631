"""Reaction and diffusion of two substances on a 300 x 300 torus, 20 steps, by `np.roll`."""

import numpy as np

RTOL = 1e-10
EXACT = True
STEPS = True


def laplacian(z):
    return (
        np.roll(z, 1, axis=0)
        + np.roll(z, -1, axis=0)
        + np.roll(z, 1, axis=1)
        + np.roll(z, -1, axis=1)
        - 4.0 * z
    )


def run(u, v, feed, kill, steps):
    for _ in range(steps):
        reaction = u * v * v
        u = u + 0.16 * laplacian(u) - reaction + feed * (1.0 - u)
        v = v + 0.08 * laplacian(v) + reaction - (feed + kill) * v
    return u, v


def inputs(rng, scale=1.0):
    n, steps = max(int(300 * scale), 9), max(int(20 * scale), 3)
    u = 1.0 - 0.1 * rng.random((n, n))
    return u, 0.25 * rng.random((n, n)), 0.035, 0.065, steps


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def step(u, v, feed, kill, new_u, new_v):
        rows, columns = u.shape
        for i in prange(rows):
            up, down = i - 1, i + 1 if i + 1 < rows else 0
            for j in range(columns):
                left, right = j - 1, j + 1 if j + 1 < columns else 0
                a, b = u[i, j], v[i, j]
                reaction = a * b * b
                lu = u[up, j] + u[down, j] + u[i, left] + u[i, right] - 4.0 * a
                lv = v[up, j] + v[down, j] + v[i, left] + v[i, right] - 4.0 * b
                new_u[i, j] = a + 0.16 * lu - reaction + feed * (1.0 - a)
                new_v[i, j] = b + 0.08 * lv + reaction - (feed + kill) * b

    @njit
    def gray_scott(u, v, feed, kill, steps):
        u, v = u.copy(), v.copy()
        new_u, new_v = np.empty_like(u), np.empty_like(v)
        for _ in range(steps):
            step(u, v, feed, kill, new_u, new_v)
            u, new_u = new_u, u
            v, new_v = new_v, v
        return u, v

    return gray_scott


def numexpr(u, v, feed, kill, steps):
    import numexpr as ne

    for _ in range(steps):
        un, us, uw, ue = np.roll(u, 1, 0), np.roll(u, -1, 0), np.roll(u, 1, 1), np.roll(u, -1, 1)
        vn, vs, vw, ve = np.roll(v, 1, 0), np.roll(v, -1, 0), np.roll(v, 1, 1), np.roll(v, -1, 1)
        a = ne.evaluate("u + 0.16 * (un + us + uw + ue - 4.0 * u) - u * v * v + feed * (1.0 - u)")
        v = ne.evaluate("v + 0.08 * (vn + vs + vw + ve - 4.0 * v) + u * v * v - (feed + kill) * v")
        u = a
    return u, v


def jax():
    import jax
    import jax.numpy as jnp

    def spread(z):
        rows = jnp.roll(z, 1, axis=0) + jnp.roll(z, -1, axis=0)
        return rows + jnp.roll(z, 1, axis=1) + jnp.roll(z, -1, axis=1) - 4.0 * z

    def gray_scott(u, v, feed, kill, steps):
        def step(_, state):
            u, v = state
            reaction = u * v * v
            new = u + 0.16 * spread(u) - reaction + feed * (1.0 - u)
            return new, v + 0.08 * spread(v) + reaction - (feed + kill) * v

        return jax.lax.fori_loop(0, steps, step, (u, v))

    return jax.jit(gray_scott)


def torch(u, v, feed, kill, steps):
    import torch as t

    def spread(z):
        rows = t.roll(z, 1, 0) + t.roll(z, -1, 0)
        return rows + t.roll(z, 1, 1) + t.roll(z, -1, 1) - 4.0 * z

    for _ in range(steps):
        reaction = u * v * v
        u = u + 0.16 * spread(u) - reaction + feed * (1.0 - u)
        v = v + 0.08 * spread(v) + reaction - (feed + kill) * v
    return u, v
