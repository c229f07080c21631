"""Mathematical functions, each alone over one array that fits the second-level cache."""

import types
from collections.abc import Callable

import numpy as np

from braze.bench.sweep import function_of
from braze.bench.workload import Workload

SIZE = 32_000
# Where the arguments lie.
RANGES = {
    "sqrt": (0.1, 100), "cbrt": (0.1, 100), "exp": (-20, 20), "exp2": (-20, 20), "expm1": (-2, 2),
    "log": (0.01, 100), "log2": (0.01, 100), "log10": (0.01, 100), "log1p": (-0.5, 2),
    "sin": (-10, 10), "cos": (-10, 10), "tan": (-10, 10), "arcsin": (-1, 1), "arccos": (-1, 1),
    "arctan": (-10, 10), "sinh": (-5, 5), "cosh": (-5, 5), "tanh": (-5, 5), "arcsinh": (-9, 9),
    "arccosh": (1, 9), "arctanh": (-0.9, 0.9), "power": (0.1, 5), "arctan2": (-5, 5),
    "hypot": (-5, 5), "floor": (-9, 9), "divide": (0.5, 5),
}  # fmt: skip
DTYPES = ("f4", "f8")
BINARY = ("power", "arctan2", "hypot", "divide")
NO_NUMEXPR = ("cbrt", "exp2", "log2", "hypot")
NUMEXPR = {"power": "x ** y", "divide": "x / y"}
NO_TORCH = ("cbrt",)
RTOL = {"f4": 1e-5, "f8": 1e-12}


def names() -> list[str]:
    """Return the names that `load` takes: a function and a dtype, as in ``exp:f4``."""
    return [f"{function}:{dtype}" for dtype in DTYPES for function in RANGES]


def load(name: str) -> Workload:
    """Return the workload of one function and dtype."""
    function, dtype = name.split(":")
    count = 2 if function in BINARY else 1

    def inputs(rng: np.random.Generator, scale: float = 1.0) -> tuple:
        size = max(int(SIZE * scale), 8)
        return tuple(rng.uniform(*RANGES[function], size).astype(dtype) for _ in range(count))

    about = f"numpy.{function} of {dtype}"
    run = function_of(function, count)
    return Workload(name, about, run, inputs, RTOL[dtype], _versions(function))


def _versions(function: str) -> types.ModuleType:
    """Return what users of the rivals would write, as the module of a workload has it."""
    module = types.ModuleType(function)
    if function not in NO_NUMEXPR:
        module.numexpr = _numexpr(NUMEXPR.get(function) or _call(function))
    if function not in NO_TORCH:
        module.torch = _torch(function)
    return module


def _call(function: str) -> str:
    return f"{function}({'x, y' if function in BINARY else 'x'})"


def _numexpr(expression: str) -> Callable:
    def run(x, y=None):
        import numexpr

        return numexpr.evaluate(expression)

    return run


def _torch(function: str) -> Callable:
    def run(*arrays):
        import torch

        name = {"power": "pow"}.get(function, function)
        return getattr(torch, name)(*arrays)

    return run
