"""Arguments of loops that gather: the rows of a sparse matrix, and a table."""

import numpy as np


def made(rows, n, index="i8", value="f8"):
    """Return where rows begin, their columns, their values, and a table of n numbers."""
    rng = np.random.default_rng(rows + n)
    at = np.sort(rng.integers(0, 12 * rows, rows + 1))
    column = rng.integers(-n, n, 12 * rows).astype(index)
    return (
        at,
        column,
        rng.standard_normal(12 * rows).astype(value),
        rng.standard_normal(n).astype(value),
    )


def out_of_range():
    """Give arguments of which one column lies outside the table."""
    for bad, at in [(60, 0), (-61, 33), (2**62, 5), (-(2**63), 100)]:
        args = made(20, 60)
        args[1][at] = bad
        args[0][0] = 0
        yield args


def strided_and_special():
    """Give columns that run backwards, and tables with gaps and special values."""
    at, column, value, x = made(20, 60)
    for special in (np.nan, np.inf, -0.0, 1e308):
        for table in (np.repeat(x, 3)[::3], x[::-1].copy()[::-1]):
            table[column[5]] = special
            yield at, column[::-1], value, table
