"""What is measured: a workload of the collection, or a function of the user's own."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np


class UnknownWorkload(Exception):
    """A name that is neither a workload nor FILE.py:FUNC."""


@dataclass(frozen=True)
class Workload:
    """One computation: the NumPy function, its inputs and the rivals' own versions."""

    name: str
    about: str
    run: Callable
    inputs: Callable
    rtol: float
    module: ModuleType | None = None

    def version(self, rival: str) -> Callable | None:
        """Return what a user of the rival would write, if the workload says so."""
        return getattr(self.module, rival, None) if self.module else None


def names() -> list[str]:
    """Return the names of the collection, in alphabetical order."""
    import braze.workloads

    return sorted(m.name for m in pkgutil.iter_modules(braze.workloads.__path__))


def resolve(targets: tuple[str, ...], arguments: str) -> list[str]:
    """Check names of workloads and FILE.py:FUNC; without any, all of the collection."""
    known = names()
    for target in targets:
        if target not in known and ":" not in target:
            raise UnknownWorkload(f"no workload {target!r}; there are {', '.join(known)}")
    return list(targets) or known


def load(target: str, arguments: str) -> Workload:
    """Return the workload of this name, or make one of FILE.py:FUNC."""
    if ":" in target:
        return _own(target, arguments)
    module = importlib.import_module(f"braze.workloads.{target}")
    return Workload(target, module.__doc__, module.run, module.inputs, module.RTOL, module)


def _own(target: str, arguments: str) -> Workload:
    from braze.cli.target import example_arguments, load

    function = load(target).__wrapped__
    values = tuple(example_arguments(arguments))
    return Workload(target.rpartition(":")[2], target, function, lambda rng, scale: values, 1e-6)


def mismatch(expected, actual, rtol: float) -> str | None:
    """Say how far `actual` is from NumPy's answer, or nothing if close enough.

    The tolerance is relative to the largest value, since rivals reorder sums.
    """
    if isinstance(expected, (tuple, list)):
        if not isinstance(actual, (tuple, list)) or len(actual) != len(expected):
            return "another number of results"
        found = (mismatch(e, a, rtol) for e, a in zip(expected, actual, strict=True))
        return next((m for m in found if m), None)
    expected, actual = np.asarray(expected), np.asarray(actual)
    if expected.shape != actual.shape:
        return f"shape {actual.shape}, not {expected.shape}"
    if expected.size == 0:
        return None
    wide = np.result_type(expected.dtype, np.float64)
    difference = np.abs(expected.astype(wide) - actual.astype(wide))
    unequal = ~(
        (expected == actual) | (np.isnan(expected.astype(wide)) & np.isnan(actual.astype(wide)))
    )
    scale = np.max(
        np.abs(expected.astype(wide)[np.isfinite(expected.astype(wide))]), initial=1e-300
    )
    allowed = max(rtol * float(scale), 1.0 if expected.dtype.kind in "iu" else 0.0)
    worst = float(np.max(difference[unequal], initial=0.0))
    return None if worst <= allowed else f"off by {worst:.3g}"
