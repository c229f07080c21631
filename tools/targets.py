"""Measures the targets that braze has set itself, and writes docs/performance.md.

`python tools/targets.py [RESULTS.json]`, with the figures of `make bench` for the rows that compare
with rivals; ``make targets`` runs it. Times are medians of interleaved rounds in one process.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its byte code

import numpy as np  # noqa: E402

import braze  # noqa: E402
from braze.bench import measure, report, runner, stream  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
LOOPS = ("mandelbrot_loop", "edit_distance", "time_warping", "moving_average", "adi", "ray_sphere")
FORMULAS = ("black_scholes", "gelu", "haversine")
STENCILS = ("jacobi_2d", "heat_3d", "stencil", "fdtd_2d", "gray_scott")
ROWS = ("softmax", "layer_norm", "zscore")


def against(function: Callable, *args: object, rounds: int = 9, threads: int | None = 1) -> tuple:
    """Return NumPy's and braze's seconds, and the median of their ratio."""
    compiled = braze.jit(function, threads=threads)
    for _ in range(64):  # past the calls in which the two are compared
        compiled(*args)
    figures = measure.interleaved(
        {"numpy": lambda: function(*args), "braze": lambda: compiled(*args)}, rounds
    )
    times = [statistics.median(figures[name]) for name in ("numpy", "braze")]
    return (*times, measure.ratio(figures["numpy"], figures["braze"]))


def fma(a, b, c):
    return a * b + c


def stepped(x, n):
    for _ in range(n):
        x = x * 0.5 + 1.0
    return x


def small_call() -> list[str]:
    a = np.ones(8, np.float32)
    plain, ours, _ = against(fma, a, a, a, rounds=15)
    return [
        "call of `a*b+c`, three arrays of 8 float32", "at most 0.5x of NumPy, 250 ns",
        f"{ours / plain:.2f}x, {ours * 1e9:.0f} ns", met(ours <= 0.5 * plain and ours < 300e-9),
    ]  # fmt: skip


def large_call() -> list[str]:
    a, b, c = np.random.default_rng(0).random((3, 20_000_000))
    _, ours, gain = against(fma, a, b, c, threads=None)
    part = 4 * 8 * a.size / ours / stream.bandwidth()
    return [
        "`a*b+c`, 20M float64, fresh result, all cores", "90 % of the streaming limit",
        f"{part:.0%}, {gain:.2f}x NumPy", met(part >= 0.9),
    ]  # fmt: skip


def step() -> list[str]:
    x = np.ones(8)
    compiled = braze.jit(stepped)
    spans = {}
    for count in (10_000, 20_000):
        compiled(x, count)
        spans[count] = min(measure.batch(lambda n=count: compiled(x, n), 1) for _ in range(15))
    each = (spans[20_000] - spans[10_000]) / 10_000
    return ["a step inside a plan", "100 ns", f"{each * 1e9:.0f} ns", met(each <= 100e-9)]


def shapes() -> list[str]:
    compiled = braze.jit(fma)
    for n in range(2, 1002):
        compiled(*np.ones((3, n)))
    made = compiled.stats()
    shown = f"{made['specialisations']} version, {made['compiles'] + made['cache_hits']} kernels"
    holds = made["specialisations"] == 1
    return ["a thousand shapes", "no compile after the first", shown, met(holds)]


COLD = """
import numpy, time, braze
lines = "".join(f" x = x * 0.5{{i}} + b\\n" for i in range({half}))
source = "def f(a, b):\\n x = a\\n" + lines + " return x\\n"
space = {{}}
exec(compile(source, "made.py", "exec"), space)
import linecache
linecache.cache["made.py"] = (len(source), None, source.splitlines(True), "made.py")
a = numpy.ones(100)
space["f"].__globals__["__name__"] = "made"
f = braze.jit(space["f"])
braze.jit(lambda v: v + 1)(a) if {warm} else None
start = time.perf_counter()
f(a, a)
print(time.perf_counter() - start)
"""


def cold(ops: int, target: str, limit: float, cache: bool = False) -> list[str]:
    """First calls in fresh processes, after one of another function; the best of five."""
    environment = {**os.environ} if cache else {**os.environ, "BRAZE_CACHE": "off"}
    program = COLD.format(half=ops // 2, warm=True)
    run = [sys.executable, "-c", program]
    seconds = min(
        float(subprocess.run(run, env=environment, capture_output=True, check=True).stdout)
        for _ in range(5)
    )
    what = f"first call, {ops} operations" + (", from the disk cache" if cache else "")
    return [what, target, f"{seconds * 1e3:.1f} ms", met(seconds <= limit)]


def importing() -> list[str]:
    def seconds(names: str) -> float:
        run = [sys.executable, "-c", f"import {names}"]
        start = time.perf_counter()
        subprocess.run(run, check=True)
        return time.perf_counter() - start

    seconds("braze")
    more = [seconds("numpy, braze") - seconds("numpy") for _ in range(7)]
    taken = statistics.median(more)
    return ["import, beyond NumPy's", "50 ms", f"{taken * 1e3:.0f} ms", met(taken <= 0.05)]


def met(holds: bool) -> str:
    return "yes" if holds else "**no**"


def benched(
    results: dict,
    names: tuple[str, ...],
    what: str,
    target: str,
    least: float,
    behind: float,
    enough: int | None = None,
) -> list[str]:
    """A row out of the benchmark's figures: gains over NumPy, beside the best rival's.

    Each gain, or `enough` of them, is to be `least` or more, and at most `behind` times less than
    the best rival's.
    """
    told, holding = [], 0
    for entry in results["runs"][0]["workloads"]:
        gains = entry["speedup"]
        if entry["name"] not in names or "braze" not in gains:
            continue
        best = max((gain for n, gain in gains.items() if n not in ("braze", "numpy")), default=0.0)
        holding += gains["braze"] >= least and gains["braze"] * behind >= best
        told.append(f"{entry['name']} {gains['braze']:.1f}x (best rival {best:.1f}x)")
    return [what, target, ", ".join(told), met(holding >= (enough or len(told)))]


ANY = float("inf")
CHAIN = "more than 100 operations, 4M float64, one thread"


def rows(results: dict | None) -> list[list[str]]:
    made = [small_call(), large_call(), step(), shapes()]
    made.append(cold(50, "10 ms", 0.010))
    made.append(cold(300, "60 ms", 0.060))
    made.append(cold(50, "2 ms", 0.002, cache=True))
    made.append(importing())
    if results is not None:
        made += [
            benched(results, ("chain",), CHAIN, "15x NumPy", 15, ANY),
            benched(results, FORMULAS, "formulas with exp, log, erf", "ahead of all rivals", 0, 1),
            benched(results, STENCILS, "slice stencils with assignment", "5x NumPy", 5, ANY),
            benched(results, ROWS, "softmax, layer norm, z-scores of rows", "5x NumPy", 5, ANY),
            benched(
                results, LOOPS, "Python loops", "five at most 1.2x Numba's time", 0, 1.2, enough=5
            ),
        ]
    return made


def page(results: dict | None) -> str:
    about = report.about(results or {"machine": runner.machine(), "versions": runner.versions([])})
    lines = [
        "# Performance", "",
        "What braze has set itself as targets, and what `make targets` measured. Figures that",
        "compare with rivals are those of the last `make bench` (one core); all of them stand in",
        "[bench.md](bench.md). [limits.md](limits.md) says why some fall short.", "", about, "",
        "| what | target | measured | met |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [f"| {' | '.join(row)} |" for row in rows(results)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else None
    (ROOT / "docs" / "performance.md").write_text(page(given))
