"""How much memory a call takes at its peak, in a process of its own: ``python -m ... JOB``."""

import ctypes
import ctypes.util
import gc
import json
import os
import subprocess
import sys

import numpy as np

import braze
from braze.bench.workload import copies, load

SMALL = 0.02


def peaks(target: str, job: dict) -> dict[str, int]:
    """Return NumPy's and braze's peaks in bytes beyond the arguments; empty where none is known."""
    found = {}
    for candidate in ("numpy", "braze"):
        asked = {"target": target, "candidate": candidate, **job}
        environment = dict(os.environ, BRAZE_REGULATE="off")
        done = subprocess.run(
            [sys.executable, "-m", "braze.bench.peak", json.dumps(asked)],
            capture_output=True,
            text=True,
            env=environment,
        )
        if done.returncode == 0:
            found[candidate] = int(done.stdout.split()[-1])
    return found if len(found) == 2 else {}


def resident(field: str) -> int:
    """Return a figure of this process: ``VmRSS``, the memory it has; ``VmHWM``, the most it had."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


def forget_the_most() -> None:
    """Let ``VmHWM`` begin anew."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def measured(job: dict) -> int:
    """Return how much more memory two calls take than the process had with the arguments made."""
    workload = load(job["target"], job["arguments"])
    run = braze.jit(workload.run) if job["candidate"] == "braze" else workload.run
    # A small call compiles, and loads what is loaded once.
    run(*copies(workload.inputs(np.random.default_rng(1), SMALL)))
    arguments = workload.inputs(np.random.default_rng(1), job["scale"])
    gc.collect()
    ctypes.CDLL(ctypes.util.find_library("c")).malloc_trim(0)
    before = resident("VmRSS")
    forget_the_most()
    for _ in range(2):
        run(*arguments)
    return max(resident("VmHWM") - before, 0)


if __name__ == "__main__":
    print(measured(json.loads(sys.argv[1])))
