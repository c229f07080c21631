"""Runs workloads in a process of its own per number of cores, so that every library obeys it."""

import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from rich.console import Console

import braze
from braze.bench import measure
from braze.bench.rivals import RIVALS, NotApplicable
from braze.bench.workload import Workload, copies, load, mismatch

_ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}


def rival_names() -> list[str]:
    """Return the names that ``--peers`` takes."""
    return [name for name in RIVALS if name not in ("numpy", "braze")]


def run_all(targets, arguments, rivals, cores, scale, rounds) -> dict:
    """Measure all targets, on one core and on all, and return the figures."""
    result = {"machine": machine(), "versions": versions(rivals), "runs": []}
    for which in cores:
        result["runs"].append(
            {"cores": which, "workloads": _child(targets, arguments, rivals, which, scale, rounds)}
        )
    return result


def machine() -> dict:
    """Return what the figures depend on."""
    return {
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
    }


def cpu_name() -> str:
    """Return the processor as the system names it."""
    try:
        with open("/proc/cpuinfo") as file:
            return next(
                line.split(":", 1)[1].strip() for line in file if line.startswith("model name")
            )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def versions(rivals) -> dict:
    """Return the versions of NumPy, braze and the rivals that are installed."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in ["numpy", "braze", *rivals]:
        try:
            found[RIVALS[name][1]] = version(RIVALS[name][1])
        except PackageNotFoundError:
            if name == "braze":
                found["braze"] = braze.__version__
    return found


def _child(targets, arguments, rivals, cores, scale, rounds) -> list:
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "results.json")
        job = {
            "targets": list(targets),
            "arguments": arguments,
            "rivals": list(rivals),
            "cores": cores,
            "scale": scale,
            "rounds": rounds,
            "out": out,
        }
        environment = dict(os.environ, **(_ONE_CORE if cores == "1" else {}))
        done = subprocess.run(
            [sys.executable, "-m", "braze.bench.runner", json.dumps(job)], env=environment
        )
        if done.returncode != 0 or not os.path.exists(out):
            raise RuntimeError(f"the benchmark process ended with code {done.returncode}")
        with open(out) as file:
            return json.load(file)


def _measure(workload: Workload, rivals: list[str], scale: float, rounds: int) -> dict:
    arguments = workload.inputs(np.random.default_rng(1), scale)
    fresh = copies if workload.mutates else tuple
    expected = workload.run(*fresh(arguments))
    calls, notes, first = {}, {}, {}
    for name in ["numpy", "braze", *rivals]:
        prepare, package = RIVALS[name]
        if importlib.util.find_spec(package) is None:
            notes[name] = "not installed"
            continue
        try:
            call, collect = prepare(workload, fresh(arguments))
            start = time.perf_counter()
            answer = call()
            first[name] = time.perf_counter() - start
            wrong = mismatch(expected, collect(answer), workload.rtol, workload.strays)
            call()
        except NotApplicable as reason:
            notes[name] = str(reason)
            continue
        except Exception as error:  # a rival's refusal is a result, not a failure of the run
            if name in ("numpy", "braze"):
                raise
            notes[name] = first_line(error)
            continue
        if wrong:
            notes[name] = f"wrong answer: {wrong}"
            continue
        calls[name] = call
    figures = measure.interleaved(calls, rounds)
    return {
        "name": workload.name,
        "about": workload.about.strip().splitlines()[0],
        "seconds": {n: statistics.median(f) for n, f in figures.items()},
        "speedup": {
            n: measure.ratio(figures["numpy"], f) for n, f in figures.items() if "numpy" in figures
        },
        "first_call": first,
        "notes": notes,
    }


def first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:100]}" if lines else type(error).__name__


def _main(job: dict) -> None:
    if job["cores"] == "1":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    console = Console(stderr=True)
    results = []
    with console.status("") as status:
        for target in job["targets"]:
            status.update(f"{target} on {'one core' if job['cores'] == '1' else 'all cores'}")
            workload = load(target, job["arguments"])
            results.append(_measure(workload, job["rivals"], job["scale"], job["rounds"]))
    with open(job["out"], "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
