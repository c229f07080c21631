"""Runs workloads in a process of its own per number of cores, so that every library obeys it."""

import importlib.util
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import braze
from braze.bench import measure, peak, roofline, stream
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


def run_all(targets, cores, **job) -> dict:
    """Measure all targets, on one core and on all, and return the figures."""
    result = {"machine": machine(), "versions": versions(job["rivals"]), "runs": []}
    for which in cores:
        # Memory and operations hardly depend on the number of cores.
        extra = {what: job.get(what) and which == cores[0] for what in ("peak", "profile")}
        figures = _child({"targets": targets, "cores": which, **job, **extra})
        result["runs"].append({"cores": which, "workloads": figures})
    if job.get("profile"):
        result["machine"] |= {"bandwidth": stream.bandwidth(threads=1), "peak": roofline.peak()}
    return result


def machine() -> dict:
    """Return what the figures depend on."""
    return {
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
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


def _child(job: dict) -> list:
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "results.json")
        # First calls are measured cold.
        environment = dict(
            os.environ, BRAZE_CACHE="off", **(_ONE_CORE if job["cores"] == "1" else {})
        )
        done = subprocess.run(
            [sys.executable, "-m", "braze.bench.runner", json.dumps({**job, "out": out})],
            env=environment,
        )
        if done.returncode != 0 or not os.path.exists(out):
            raise RuntimeError(f"the benchmark process ended with code {done.returncode}")
        with open(out) as file:
            return json.load(file)


def _measure(workload: Workload, job: dict) -> dict:
    arguments = workload.inputs(np.random.default_rng(1), job["scale"])
    fresh = copies if workload.mutates else tuple
    expected = workload.run(*fresh(arguments))
    calls, notes, first = {}, {}, {}
    for name in ["numpy", "braze", *job["rivals"]]:
        try:
            calls[name], first[name] = _ready(name, workload, fresh(arguments), expected)
        except NotApplicable as reason:
            notes[name] = str(reason)
        except Exception as error:  # a rival's refusal is a result, not a failure of the run
            if name in ("numpy", "braze"):
                raise
            notes[name] = first_line(error)
    if "numpy" not in calls:
        raise SystemExit(f"{workload.name}: the plain function differs from call to call")
    figures = measure.interleaved(calls, job["rounds"], job["seconds"])
    more = {}
    if job.get("peak"):
        more["peak"] = peak.peaks(workload.name, {k: job[k] for k in ("arguments", "scale")})
    if job.get("profile"):
        more["profile"] = profiled(workload, fresh(arguments))
    if "braze" in calls and (reason := reason_for_python(calls["braze"].func.stats())):
        notes["braze"] = reason
    return {
        "name": workload.name,
        "about": workload.about.strip().splitlines()[0],
        "seconds": {n: statistics.median(f) for n, f in figures.items()},
        "speedup": {n: measure.ratio(figures["numpy"], f) for n, f in figures.items()},
        "first_call": first,
        "rounds": len(figures["numpy"]),
        "notes": notes,
        **more,
    }


def profiled(workload: Workload, arguments: tuple) -> dict | None:
    """Return the sums of a profile; nothing where Python runs parts of the function."""
    try:
        profile = braze.jit(workload.run).profile(*arguments)
    except braze.CompileError:
        return None
    return {what: profile.total(what) for what in ("ms", "bytes", "work")}


def _ready(name: str, workload: Workload, arguments: tuple, expected):
    """Return a checked, warm call of a candidate, and the seconds of its first call."""
    prepare, package = RIVALS[name]
    if importlib.util.find_spec(package) is None:
        raise NotApplicable("not installed")
    call, collect = prepare(workload, arguments)
    start = time.perf_counter()
    answer = call()
    first = time.perf_counter() - start
    if wrong := mismatch(expected, collect(answer), workload.rtol, workload.strays):
        raise NotApplicable(f"wrong answer: {wrong}")
    call()
    return call, first


def reason_for_python(counters: dict) -> str | None:
    """Say why Python ran the function or parts of it, without the place in the source."""
    # The first calls are made both ways, to see which is faster.
    if not counters["reasons"] and counters["compiled_calls"] >= counters["plain_calls"]:
        return None
    reasons = counters["reasons"] or ["as fast"]
    reason = re.sub(r" [(][^()]*:[0-9:]+[)]$", "", reasons[0])
    if counters["plain_calls"]:
        some = "some calls ran" if counters["compiled_calls"] else "ran"
        return f"{some} as the plain function ({reason})"
    return f"compiled around parts in Python ({reason})" if counters["divided_calls"] else None


def first_line(error: Exception) -> str:
    """Return the kind of error and the beginning of its message."""
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    message = lines[0] if len(lines[0]) <= 60 else lines[0][:57].rstrip() + "..."
    return f"{type(error).__name__}: {message}"


def _main(job: dict) -> None:
    if job["cores"] == "1":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    results = []
    for i, target in enumerate(job["targets"], 1):
        start = time.perf_counter()
        result = _measure(load(target, job["arguments"]), job)
        results.append(result)
        speedup = result["speedup"].get("braze")
        told = f"braze {speedup:6.2f}x NumPy" if speedup else f"braze: {result['notes']['braze']}"
        cores = "one core" if job["cores"] == "1" else "all cores"
        print(
            f"{cores} {i:2}/{len(job['targets'])} {result['name']:<20}{told}"
            f"  ({time.perf_counter() - start:.1f} s)",
            file=sys.stderr,
            flush=True,
        )
    with open(job["out"], "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
