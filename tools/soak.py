"""A soak: many calls of mixed functions, shapes and failures; memory and threads stay as they were.

`python tools/soak.py [CALLS]` prints a line per tenth of the run and fails if the last half grew.
"""

import contextlib
import gc
import os
import random
import resource
import sys
import threading
import time
from pathlib import Path

import numpy as np

import braze

# Pools fill and versions are made at first; after half of the run nothing may grow by more.
ALLOWED_MIB = 24.0


@braze.jit
def formula(x, y):
    return np.exp(-x) * y + np.sqrt(np.abs(x - y))


@braze.jit
def score(x):
    return (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + 1e-9)


@braze.jit
def smooth(x, steps):
    x = x.copy()
    for _ in range(steps):
        x[1:-1] = 0.5 * (x[:-2] + x[2:])
    return x


@braze.jit
def running(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = 0.9 * total + x[i]
    return total


@braze.jit
def with_island(x, kept):
    y = x * 2
    kept.append(float(y.sum()))
    return y + 1


@braze.jit
def first_views(x):
    return x[1:], x.T, x[:0]


@braze.jit
def fails(x, i):
    x[0] = 1.0
    return x[i] / x.sum()


def call(rng: random.Random) -> None:
    """Call one of the functions, sometimes with what it refuses."""
    n = rng.choice((0, 1, 2, 7, 64, 1000, 5000))
    dtype = rng.choice((np.float32, np.float64))
    x = np.ones((n,), dtype)[:: rng.choice((1, 1, -1))]
    if rng.random() < 0.01:  # a function of its own, whose code is to go with it
        factor = rng.random()
        braze.jit(lambda a: a * factor + 1)(x)
        return
    which = rng.randrange(7)
    if which == 0:
        formula(x, x[:1] if n else x)
    elif which == 1:
        score(np.ones((3, n + 1), dtype))
    elif which == 2:
        smooth(x, rng.choice((0, 1, 5, 100)))
    elif which == 3:
        running(x)
    elif which == 4:
        with_island(x, [])
    elif which == 5:
        first_views(x)
    else:
        with contextlib.suppress(IndexError):
            fails(x.copy(), rng.choice((0, -1, 10**6)))


def resident() -> float:
    """Return the memory of the process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def soak(calls: int) -> bool:
    """Make the calls; tell whether memory and threads stayed."""
    rng = random.Random(0)
    half, threads, start = 0.0, 0, time.perf_counter()
    for part in range(1, 11):
        for _ in range(calls // 10):
            call(rng)
        gc.collect()
        memory, running_threads = resident(), len(os.listdir("/proc/self/task"))
        seconds = time.perf_counter() - start
        print(f"{part * calls // 10:9} calls {seconds:7.1f} s {memory:8.1f} MiB "
              f"{running_threads} threads", flush=True)  # fmt: skip
        if part == 5:
            half, threads = memory, running_threads
    assert threading.active_count() == 1
    return resident() - half <= ALLOWED_MIB and len(os.listdir("/proc/self/task")) <= threads


if __name__ == "__main__":
    np.seterr(all="ignore")
    if not soak(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000):
        sys.exit("memory or threads grew in the second half")
