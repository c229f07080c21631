"""The sweep: every op alone, by dtype, size and layout, against NumPy.

A single op is where a compiler has least to win. The sweep looks for cells in which it loses.
"""

import linecache
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import braze
from braze.bench import measure
from braze.bench.runner import machine, reason_for_python, versions

REDUCTIONS = ("sum", "prod", "max", "min", "any", "all", "argmax", "argmin", "mean", "var", "std",
              "cumsum", "cumprod", "nansum", "nanmax", "count_nonzero")  # fmt: skip
DTYPES = ("f4", "f8", "i4", "i8", "?")
SIZES = (1, 16, 1000, 64_000, 1_000_000, 10_000_000)
LAYOUTS = ("dense", "every second")
# Where most functions are at home, then where the others are: arccosh above 1, shifts by few bits.
RANGES = ((0.1, 0.9), (1.1, 3.0), (-0.9, 0.9))
LEAST_SECONDS = 4e-4


def names() -> list[str]:
    """Return the ops: NumPy's ufuncs of one result over numbers, and reductions."""
    ufuncs = {u.__name__ for u in vars(np).values() if isinstance(u, np.ufunc)}
    simple = [
        n for n in ufuncs if (u := getattr(np, n)).nout == 1 and u.signature is None and u.nin <= 3
    ]
    return sorted(simple) + list(REDUCTIONS)


def run(ops: list[str], sizes: list[int], rounds: int) -> dict:
    """Measure the cells of these ops and return them with the machine's description."""
    cells = []
    for i, op in enumerate(ops, 1):
        start = time.perf_counter()
        mine = [cell for case in cases(op, sizes) if (cell := timed(*case, rounds)) is not None]
        cells += mine
        worst = min((c["speedup"] for c in mine), default=float("nan"))
        print(
            f"{i:3}/{len(ops)} {op:<20} {len(mine):3} cells, worst {worst:5.2f}x"
            f"  ({time.perf_counter() - start:.1f} s)",
            file=sys.stderr,
            flush=True,
        )
    return {"machine": machine(), "versions": versions([]), "cells": cells}


def cases(op: str, sizes: list[int]) -> Iterator[tuple[dict, tuple]]:
    """Give each cell's name and its arguments."""
    for dtype in DTYPES:
        for size in sizes:
            for layout in LAYOUTS:
                if size == 1 and layout != "dense":
                    continue
                arguments = arguments_of(op, dtype, size, layout)
                if arguments is not None:
                    cell = {"op": op, "dtype": dtype, "size": size, "layout": layout}
                    yield cell, arguments


def arguments_of(op: str, dtype: str, size: int, layout: str) -> tuple | None:
    """Return arrays that the op takes without leaving its domain; None where it refuses the dtype.

    Values are drawn from the first range of `RANGES` in which no result is NaN or infinite.
    """
    count = getattr(getattr(np, op), "nin", 1)
    rng = np.random.default_rng(size)
    for low, high in RANGES:
        few = [values(rng, dtype, 64, low, high) for _ in range(count)]
        try:
            with np.errstate(all="ignore"):
                result = np.asarray(getattr(np, op)(*few))
        except TypeError:
            return None
        if result.dtype == object or result.dtype.kind not in "biuf":
            return None
        if result.dtype.kind != "f" or np.isfinite(result).all():
            break
    arrays = [values(rng, dtype, size, low, high) for _ in range(count)]
    return (
        tuple(np.repeat(a, 2)[::2] for a in arrays) if layout == "every second" else tuple(arrays)
    )


def values(rng: np.random.Generator, dtype: str, size: int, low: float, high: float) -> np.ndarray:
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.random(size) < 0.5
    if kind in "iu":
        return rng.integers(1, 8, size).astype(dtype)
    return rng.uniform(low, high, size).astype(dtype)


def timed(cell: dict, arguments: tuple, rounds: int) -> dict | None:
    """Measure one cell; None where the op refuses the arguments after all."""
    plain = function_of(cell["op"], len(arguments))
    compiled = braze.jit(plain)
    try:
        plain(*arguments)
    except (TypeError, ValueError):
        return None
    compiled(*arguments)
    compiled(*arguments)
    calls = {"numpy": lambda: plain(*arguments), "braze": lambda: compiled(*arguments)}
    figures = measure.interleaved(calls, rounds, least_seconds=LEAST_SECONDS)
    stats = compiled.stats()
    python = stats["plain_calls"] + stats["divided_calls"] > 0
    return {
        **cell,
        "seconds": {name: statistics.median(times) for name, times in figures.items()},
        "speedup": measure.ratio(figures["numpy"], figures["braze"]),
        "note": reason_for_python(stats) if python else None,
    }


_functions: dict[tuple[str, int], Callable[..., Any]] = {}


def function_of(op: str, arity: int) -> Callable[..., Any]:
    """Return ``lambda x, ...: np.op(x, ...)`` as a function with source."""
    if (op, arity) not in _functions:
        operands = ", ".join("xyz"[:arity])
        text = f"def {op}({operands}):\n    return np.{op}({operands})\n"
        file = f"<sweep {op}>"
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        made: dict[str, Any] = {"np": np}
        exec(compile(text, file, "exec"), made)
        _functions[op, arity] = made[op]
    return _functions[op, arity]


def worst(cells: list[dict], count: int) -> list[dict]:
    """Return the cells with the smallest speed-up."""
    return sorted(cells, key=lambda cell: cell["speedup"])[:count]
