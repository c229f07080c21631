"""Maxwell's equations by finite differences on a 300 x 300 grid, 60 steps with a source."""

import numpy as np

RTOL = 1e-12
EXACT = True
MUTATES = True


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
