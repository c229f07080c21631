"""Exponentially weighted mean and variance of 50000 samples, one after the other."""

import numpy as np

RTOL = 1e-12
EXACT = True
STEPS = True


def run(x, alpha):
    mean = np.empty_like(x)
    variance = np.empty_like(x)
    m, v = x[0], 0.0
    for i in range(len(x)):
        step = x[i] - m
        m += alpha * step
        v = (1.0 - alpha) * (v + alpha * step * step)
        mean[i] = m
        variance[i] = v
    return mean, variance


def inputs(rng, scale=1.0):
    return np.cumsum(rng.standard_normal(max(int(50_000 * scale), 30))), 0.05


def numba(threads):
    from numba import njit

    return njit(run)


def jax():
    import jax

    def averages(x, alpha):
        def step(state, sample):
            m, v = state
            step = sample - m
            m, v = m + alpha * step, (1.0 - alpha) * (v + alpha * step * step)
            return (m, v), (m, v)

        return jax.lax.scan(step, (x[0], 0.0), x)[1]

    return jax.jit(averages)
