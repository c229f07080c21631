"""Five-point Laplacian of a 2048 x 2048 float64 field, by slices."""

import numpy as np

RTOL = 1e-12


def run(u):
    return (
        u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1]
    ) * 0.25 + u[1:-1, 1:-1]


def inputs(rng, scale=1.0):
    n = max(int(2048 * scale), 4)
    return (rng.standard_normal((n, n)),)


def numexpr(u):
    import numexpr as ne

    n, s, w, e, c = u[:-2, 1:-1], u[2:, 1:-1], u[1:-1, :-2], u[1:-1, 2:], u[1:-1, 1:-1]
    return ne.evaluate("(n + s + w + e - 4.0 * c) * 0.25 + c")


def torch(u):
    return run(u)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def laplacian(u):
        rows, columns = u.shape
        out = np.empty((rows - 2, columns - 2))
        for i in prange(1, rows - 1):
            for j in range(1, columns - 1):
                c = u[i, j]
                around = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                out[i - 1, j - 1] = (around - 4.0 * c) * 0.25 + c
        return out

    return laplacian
