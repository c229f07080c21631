"""Conway's Game of Life on 512 x 512 cells, 20 generations, by slices and masks."""

import numpy as np

RTOL = 0.0
EXACT = True
STEPS = True


def generation(cells):
    around = (
        cells[:-2, :-2]
        + cells[:-2, 1:-1]
        + cells[:-2, 2:]
        + cells[1:-1, :-2]
        + cells[1:-1, 2:]
        + cells[2:, :-2]
        + cells[2:, 1:-1]
        + cells[2:, 2:]
    )
    inner = cells[1:-1, 1:-1]
    birth = (around == 3) & (inner == 0)
    survive = ((around == 2) | (around == 3)) & (inner == 1)
    cells[...] = 0
    cells[1:-1, 1:-1][birth | survive] = 1


def run(start, generations):
    cells = np.array(start)
    for _ in range(generations):
        generation(cells)
    return cells


def inputs(rng, scale=1.0):
    n, generations = max(int(512 * scale), 14), max(int(20 * scale), 4)
    return rng.integers(0, 2, (n, n), dtype=np.uint8), generations


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def step(cells, new):
        for i in prange(1, cells.shape[0] - 1):
            for j in range(1, cells.shape[1] - 1):
                around = (
                    cells[i - 1, j - 1]
                    + cells[i - 1, j]
                    + cells[i - 1, j + 1]
                    + cells[i, j - 1]
                    + cells[i, j + 1]
                    + cells[i + 1, j - 1]
                    + cells[i + 1, j]
                    + cells[i + 1, j + 1]
                )
                new[i, j] = around == 3 or (around == 2 and cells[i, j] == 1)

    @njit
    def life(start, generations):
        cells, new = start.copy(), np.zeros_like(start)
        for _ in range(generations):
            step(cells, new)
            cells, new = new, cells
            new[0, :] = 0
            new[-1, :] = 0
            new[:, 0] = 0
            new[:, -1] = 0
        return cells

    return life


def jax():
    import jax
    import jax.numpy as jnp

    def step(_, c):
        around = c[:-2, :-2] + c[:-2, 1:-1] + c[:-2, 2:] + c[1:-1, :-2]
        around = around + c[1:-1, 2:] + c[2:, :-2] + c[2:, 1:-1] + c[2:, 2:]
        inner = c[1:-1, 1:-1]
        alive = (around == 3) | ((around == 2) & (inner == 1))
        return jnp.zeros_like(c).at[1:-1, 1:-1].set(alive.astype(c.dtype))

    return jax.jit(lambda start, n: jax.lax.fori_loop(0, n, step, start))


def torch(start, generations):
    cells = start.clone()
    for _ in range(generations):
        generation(cells)
    return cells
