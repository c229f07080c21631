"""Heat equation on a 70 x 70 x 70 grid, 10 double steps, changing both grids in place."""

RTOL = 1e-12
EXACT = True
MUTATES = True
STEPS = True


def run(steps, a, b):
    for _ in range(1, steps + 1):
        b[1:-1, 1:-1, 1:-1] = (
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * a[1:-1, 1:-1, 1:-1] + a[1:-1, 1:-1, :-2])
            + a[1:-1, 1:-1, 1:-1]
        )
        a[1:-1, 1:-1, 1:-1] = (
            0.125 * (b[2:, 1:-1, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[:-2, 1:-1, 1:-1])
            + 0.125 * (b[1:-1, 2:, 1:-1] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, :-2, 1:-1])
            + 0.125 * (b[1:-1, 1:-1, 2:] - 2.0 * b[1:-1, 1:-1, 1:-1] + b[1:-1, 1:-1, :-2])
            + b[1:-1, 1:-1, 1:-1]
        )
    return a


def inputs(rng, scale=1.0):
    n, steps = max(int(70 * scale), 7), max(int(10 * scale), 2)
    return steps, rng.random((n, n, n)), rng.random((n, n, n))


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def sweep(a, b):
        for i in prange(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                for k in range(1, a.shape[2] - 1):
                    c = a[i, j, k]
                    b[i, j, k] = (
                        0.125 * (a[i + 1, j, k] - 2.0 * c + a[i - 1, j, k])
                        + 0.125 * (a[i, j + 1, k] - 2.0 * c + a[i, j - 1, k])
                        + 0.125 * (a[i, j, k + 1] - 2.0 * c + a[i, j, k - 1])
                        + c
                    )

    @njit
    def heat(steps, a, b):
        for _ in range(steps):
            sweep(a, b)
            sweep(b, a)
        return a

    return heat


def numexpr(steps, a, b):
    import numexpr as ne

    def sweep(a, b):
        c, e, w = a[1:-1, 1:-1, 1:-1], a[2:, 1:-1, 1:-1], a[:-2, 1:-1, 1:-1]
        n, s = a[1:-1, 2:, 1:-1], a[1:-1, :-2, 1:-1]
        u, d = a[1:-1, 1:-1, 2:], a[1:-1, 1:-1, :-2]
        ne.evaluate(
            "0.125 * (e - 2.0 * c + w) + 0.125 * (n - 2.0 * c + s) + 0.125 * (u - 2.0 * c + d) + c",
            out=b[1:-1, 1:-1, 1:-1],
        )

    for _ in range(steps):
        sweep(a, b)
        sweep(b, a)
    return a


def jax():
    import jax

    def sweep(a, b):
        c = a[1:-1, 1:-1, 1:-1]
        return b.at[1:-1, 1:-1, 1:-1].set(
            0.125 * (a[2:, 1:-1, 1:-1] - 2.0 * c + a[:-2, 1:-1, 1:-1])
            + 0.125 * (a[1:-1, 2:, 1:-1] - 2.0 * c + a[1:-1, :-2, 1:-1])
            + 0.125 * (a[1:-1, 1:-1, 2:] - 2.0 * c + a[1:-1, 1:-1, :-2])
            + c
        )

    def step(_, grids):
        a, b = grids
        b = sweep(a, b)
        return sweep(b, a), b

    return jax.jit(lambda steps, a, b: jax.lax.fori_loop(0, steps, step, (a, b))[0])


def torch(steps, a, b):
    return run(steps, a, b)
