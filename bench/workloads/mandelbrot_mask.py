"""Mandelbrot set, 400 x 400 complex points, 30 iterations on those that are still inside."""

import numpy as np

RTOL = 0.0
STRAYS = 1e-3
STEPS = True


def run(x, y, iterations):
    c = x + y[:, None] * 1j
    z = np.zeros_like(c)
    count = np.zeros(c.shape, dtype=np.int64)
    for n in range(iterations):
        inside = np.abs(z) < 2.0
        count[inside] = n
        z[inside] = z[inside] ** 2 + c[inside]
    count[count == iterations - 1] = 0
    return count


def inputs(rng, scale=1.0):
    n, iterations = max(int(400 * scale), 12), max(int(30 * scale), 6)
    return np.linspace(-2.25, 0.75, n), np.linspace(-1.25, 1.25, n + 1), iterations


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def mandelbrot(x, y, iterations):
        count = np.zeros((y.size, x.size), dtype=np.int64)
        for i in prange(y.size):
            for j in range(x.size):
                c = complex(x[j], y[i])
                z = 0j
                last = 0
                for n in range(iterations):
                    if z.real * z.real + z.imag * z.imag >= 4.0:
                        break
                    last = n
                    z = z * z + c
                count[i, j] = 0 if last == iterations - 1 else last
        return count

    return mandelbrot


def jax():
    import jax
    import jax.numpy as jnp

    def mandelbrot(x, y, iterations):
        c = x + y[:, None] * 1j

        def step(n, state):
            z, count = state
            inside = jnp.abs(z) < 2.0
            return jnp.where(inside, z * z + c, z), jnp.where(inside, n, count)

        start = jnp.zeros_like(c), jnp.zeros(c.shape, dtype=jnp.int64)
        count = jax.lax.fori_loop(0, iterations, step, start)[1]
        return jnp.where(count == iterations - 1, 0, count)

    return jax.jit(mandelbrot)


def torch(x, y, iterations):
    import torch as t

    c = t.complex(*t.broadcast_tensors(x, y[:, None]))
    z, count = t.zeros_like(c), t.zeros(c.shape, dtype=t.int64)
    for n in range(iterations):
        inside = z.abs() < 2.0
        count[inside] = n
        z[inside] = z[inside] ** 2 + c[inside]
    count[count == iterations - 1] = 0
    return count


def numexpr(x, y, iterations):
    import numexpr as ne

    c = x + y[:, None] * 1j
    z, count = np.zeros_like(c), np.zeros(c.shape, dtype=np.int64)
    for n in range(iterations):
        inside = ne.evaluate("real(z) * real(z) + imag(z) * imag(z) < 4.0")
        count[inside] = n
        z = ne.evaluate("where(inside, z * z + c, z)")
    count[count == iterations - 1] = 0
    return count
