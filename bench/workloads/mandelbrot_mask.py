"""Mandelbrot set, 400 x 400 complex points, 30 iterations on those that are still inside."""

import numpy as np

RTOL = 0.0
STRAYS = 1e-3


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
