"""Exponentially weighted mean and variance of 50000 samples, one after the other."""

import numpy as np

RTOL = 1e-12
EXACT = True


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
