"""Vertical advection of a weather model: cumulative sweeps over the levels of 96 x 96 x 60."""

import numpy as np

RTOL = 1e-10
EXACT = True
STEPS = True


def run(wind, field, previous, tendency, dt):
    levels = field.shape[2]
    lower = np.empty_like(field)
    right = np.empty_like(field)
    out = np.empty_like(field)
    for k in range(levels):
        rate = 1.0 / dt
        above = 0.25 * (wind[1:, :, k + 1] + wind[:-1, :, k + 1])
        below = 0.25 * (wind[1:, :, k] + wind[:-1, :, k])
        if k == 0:
            change = above * (field[:, :, 1] - field[:, :, 0])
            diagonal = rate - above
        elif k == levels - 1:
            change = below * (field[:, :, k] - field[:, :, k - 1])
            diagonal = rate + below - below * lower[:, :, k - 1]
        else:
            change = above * (field[:, :, k + 1] - field[:, :, k]) + below * (
                field[:, :, k] - field[:, :, k - 1]
            )
            diagonal = rate + above - below - below * lower[:, :, k - 1]
        lower[:, :, k] = above / diagonal
        right[:, :, k] = rate * previous[:, :, k] + tendency[:, :, k] - change
        if k > 0:
            right[:, :, k] += below * right[:, :, k - 1]
        right[:, :, k] /= diagonal
    out[:, :, -1] = right[:, :, -1]
    for k in range(levels - 2, -1, -1):
        out[:, :, k] = right[:, :, k] - lower[:, :, k] * out[:, :, k + 1]
    return rate * (out - previous)


def inputs(rng, scale=1.0):
    n, levels = max(int(96 * scale), 5), max(int(60 * scale), 6)
    field, previous, tendency = rng.random((3, n, n, levels))
    return rng.random((n + 1, n, levels + 1)), field, previous, tendency, 0.15


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def advection(wind, field, previous, tendency, dt):
        rows, columns, levels = field.shape
        out = np.empty_like(field)
        rate = 1.0 / dt
        for i in prange(rows):
            lower, right = np.empty(levels), np.empty(levels)
            for j in range(columns):
                for k in range(levels):
                    above = 0.25 * (wind[i + 1, j, k + 1] + wind[i, j, k + 1])
                    below = 0.25 * (wind[i + 1, j, k] + wind[i, j, k])
                    change, diagonal = 0.0, rate
                    if k < levels - 1:
                        change += above * (field[i, j, k + 1] - field[i, j, k])
                    if k == 0:
                        diagonal -= above
                    else:
                        change += below * (field[i, j, k] - field[i, j, k - 1])
                        if k < levels - 1:
                            diagonal += above - below
                        else:
                            diagonal += below
                        diagonal -= below * lower[k - 1]
                    lower[k] = above / diagonal
                    right[k] = rate * previous[i, j, k] + tendency[i, j, k] - change
                    if k > 0:
                        right[k] += below * right[k - 1]
                    right[k] /= diagonal
                value = right[levels - 1]
                out[i, j, levels - 1] = rate * (value - previous[i, j, levels - 1])
                for k in range(levels - 2, -1, -1):
                    value = right[k] - lower[k] * value
                    out[i, j, k] = rate * (value - previous[i, j, k])
        return out

    return advection
