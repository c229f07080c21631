"""Interleaved timing: every round runs every candidate once, in an order of its own.

The orders are shuffled rather than rotated: who comes after a library whose threads still spin must
not be the same candidate every time.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable

LEAST_ROUNDS = 3


def repetitions(call: Callable, least_seconds: float = 2e-3) -> int:
    """Return how many calls make a measurement long enough for the clock."""
    count = 1
    while True:
        seconds = batch(call, count)
        if seconds >= least_seconds or count >= 1 << 20:
            return count
        count = max(count * 2, int(count * least_seconds / max(seconds, 1e-9)))


def batch(call: Callable, count: int) -> float:
    """Return the seconds that `count` calls take together."""
    start = time.perf_counter()
    for _ in range(count):
        call()
    return time.perf_counter() - start


def interleaved(
    calls: dict[str, Callable],
    rounds: int,
    enough_seconds: float = float("inf"),
    least_seconds: float = 2e-3,
) -> dict[str, list[float]]:
    """Return seconds per call of each candidate, one figure a round.

    From the third round on, no round begins after `enough_seconds`.
    """
    stop = time.perf_counter() + enough_seconds
    counts = {name: repetitions(call, least_seconds) for name, call in calls.items()}
    figures: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    enabled = gc.isenabled()
    gc.disable()
    try:
        for r in range(rounds):
            if r >= LEAST_ROUNDS and time.perf_counter() > stop:
                break
            for name in random.Random(r).sample(names, len(names)):
                figures[name].append(batch(calls[name], counts[name]) / counts[name])
    finally:
        if enabled:
            gc.enable()
    return figures


def ratio(over: list[float], under: list[float]) -> float:
    """Return the median over the rounds of the ratio of two candidates' times."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))
