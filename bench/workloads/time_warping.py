"""Dynamic time warping of two series of 200 samples, by loops over the table."""

import numpy as np

RTOL = 1e-12
EXACT = True
STEPS = True


def run(a, b):
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            distance = abs(a[i - 1] - b[j - 1])
            cost[i, j] = distance + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]


def inputs(rng, scale=1.0):
    n = max(int(200 * scale), 9)
    return np.cumsum(rng.standard_normal(n)), np.cumsum(rng.standard_normal(n + 3))


def numba(threads):
    from numba import njit

    return njit(run)


def jax():
    import jax
    import jax.numpy as jnp

    def warping(a, b):
        def row(above, value):
            def cell(left, columns):
                up, corner, other = columns
                cost = jnp.abs(value - other) + jnp.minimum(jnp.minimum(up, left), corner)
                return cost, cost

            _, costs = jax.lax.scan(cell, jnp.inf, (above[1:], above[:-1], b))
            return jnp.concatenate([jnp.array([jnp.inf]), costs]), None

        first = jnp.full(len(b) + 1, jnp.inf).at[0].set(0.0)
        return jax.lax.scan(row, first, a)[0][-1]

    return jax.jit(warping)
