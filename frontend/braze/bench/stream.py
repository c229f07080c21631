"""The machine's streaming limit: what no kernel that reads and writes memory can exceed."""

import numpy as np

import braze
from braze.bench import measure


def triad(a, b, scale):
    """STREAM's triad (McCalpin, 1995), with stores that bypass the caches."""
    return a + scale * b


def bandwidth(megabytes: int = 64, rounds: int = 9, threads: int | None = None) -> float:
    """Return the bytes per second of the best of some runs of the triad.

    Parameters
    ----------
    megabytes : int
        Size of each of the three arrays; well beyond the last-level cache.
    rounds : int
        How many times it runs.
    threads : int, optional
        As of `braze.jit`: all by default.
    """
    n = megabytes * 1_000_000 // 8
    a, b = np.ones(n), np.ones(n)
    compiled = braze.jit(triad, threads=threads)
    compiled(a, b, 3.0)
    best = min(measure.batch(lambda: compiled(a, b, 3.0), 1) for _ in range(rounds))
    return 3 * 8 * n / best
