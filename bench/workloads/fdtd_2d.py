"""Maxwell's equations by finite differences on a 300 x 300 grid, 60 steps with a source."""

import numpy as np

RTOL = 1e-12
EXACT = True
MUTATES = True
STEPS = True


def run(ex, ey, hz, source):
    for t in range(source.shape[0]):
        ey[0, :] = source[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return ex, ey, hz


def inputs(rng, scale=1.0):
    n, steps = max(int(300 * scale), 12), max(int(60 * scale), 4)
    ex, ey, hz = rng.random((3, n, n + 5))
    return ex, ey, hz, np.sin(np.arange(steps) * 0.3)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def electric(ex, ey, hz, value):
        for i in prange(hz.shape[0]):
            for j in range(hz.shape[1]):
                if i == 0:
                    ey[i, j] = value
                else:
                    ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
                if j > 0:
                    ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])

    @njit(parallel=threads > 1)
    def magnetic(ex, ey, hz):
        for i in prange(hz.shape[0] - 1):
            for j in range(hz.shape[1] - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])

    @njit
    def fdtd(ex, ey, hz, source):
        for t in range(source.shape[0]):
            electric(ex, ey, hz, source[t])
            magnetic(ex, ey, hz)
        return ex, ey, hz

    return fdtd


def numexpr(ex, ey, hz, source):
    import numexpr as ne

    y, x, z = ey[1:, :], ex[:, 1:], hz[:-1, :-1]
    south, north, east, west = hz[1:, :], hz[:-1, :], hz[:, 1:], hz[:, :-1]
    right, left, lower, upper = ex[:-1, 1:], ex[:-1, :-1], ey[1:, :-1], ey[:-1, :-1]
    for t in range(source.shape[0]):
        ey[0, :] = source[t]
        ne.evaluate("y - 0.5 * (south - north)", out=y)
        ne.evaluate("x - 0.5 * (east - west)", out=x)
        ne.evaluate("z - 0.7 * (right - left + lower - upper)", out=z)
    return ex, ey, hz


def jax():
    import jax

    def step(fields, value):
        ex, ey, hz = fields
        ey = ey.at[0, :].set(value)
        ey = ey.at[1:, :].add(-0.5 * (hz[1:, :] - hz[:-1, :]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        curl = ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]
        return (ex, ey, hz.at[:-1, :-1].add(-0.7 * curl)), None

    return jax.jit(lambda ex, ey, hz, source: jax.lax.scan(step, (ex, ey, hz), source)[0])


def torch(ex, ey, hz, source):
    return run(ex, ey, hz, source)
