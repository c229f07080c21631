"""Jacobi iteration on a 300 x 300 grid, 50 double steps, changing both grids in place."""

RTOL = 1e-12
EXACT = True
MUTATES = True


def run(steps, a, b):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (
            a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1]
        )
        a[1:-1, 1:-1] = 0.2 * (
            b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1]
        )
    return a


def inputs(rng, scale=1.0):
    n, steps = max(int(300 * scale), 12), max(int(50 * scale), 3)
    return steps, rng.random((n, n)), rng.random((n, n))
