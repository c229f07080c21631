"""Mandelbrot set by loops over 160 x 128 pixels, up to 40 iterations each, early exit."""

import numpy as np

RTOL = 0.0
EXACT = True
STEPS = True


def escape(cr, ci, limit):
    x = y = 0.0
    for n in range(limit):
        if x * x + y * y > 4.0:
            return n
        x, y = x * x - y * y + cr, 2.0 * x * y + ci
    return limit


def run(width, height, limit):
    image = np.empty((height, width), dtype=np.int32)
    for row in range(height):
        for column in range(width):
            image[row, column] = escape(
                -2.25 + 3.0 * column / width, -1.25 + 2.5 * row / height, limit
            )
    return image


def inputs(rng, scale=1.0):
    return max(int(160 * scale), 9), max(int(128 * scale), 7), max(int(40 * scale), 8)


def numba(threads):
    from numba import njit, prange

    compiled_escape = njit(escape)

    @njit(parallel=threads > 1, error_model="numpy")
    def mandelbrot(width, height, limit):
        image = np.empty((height, width), dtype=np.int32)
        for row in prange(height):
            for column in range(width):
                image[row, column] = compiled_escape(
                    -2.25 + 3.0 * column / width, -1.25 + 2.5 * row / height, limit
                )
        return image

    return mandelbrot
