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
    exact: bool = False  # nothing is computed that may differ from NumPy by a bit
    mutates: bool = False  # arguments change, so each candidate gets its own
    steps: bool = False  # a long loop, which tools that record would write out
    strays: float = 0.0  # share of elements that a last bit may turn into something else

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
    """Return the workload of this name, of a function as ``exp:f4``, or one of FILE.py:FUNC."""
    from braze.bench import functions

    if target in functions.names():
        return functions.load(target)
    if ":" in target:
        return _own(target, arguments)
    module = importlib.import_module(f"braze.workloads.{target}")
    return Workload(
        target,
        module.__doc__,
        module.run,
        module.inputs,
        module.RTOL,
        module,
        getattr(module, "EXACT", False),
        getattr(module, "MUTATES", False),
        getattr(module, "STEPS", False),
        getattr(module, "STRAYS", 0.0),
    )


def copies(arguments: tuple) -> tuple:
    """Return the arguments with arrays of their own, in the same layout."""
    return tuple(a.copy(order="K") if isinstance(a, np.ndarray) else a for a in arguments)


def _own(target: str, arguments: str) -> Workload:
    from braze.cli.target import example_arguments, load

    function = load(target).__wrapped__
    values = tuple(example_arguments(arguments))
    name = target.rpartition(":")[2]
    return Workload(name, target, function, lambda rng, scale: values, 1e-6, mutates=True)


def mismatch(expected, actual, rtol: float, strays: float = 0.0) -> str | None:
    """Say how far `actual` is from NumPy's answer, or nothing if close enough.

    The tolerance is relative to the largest value, since rivals reorder sums; a share `strays`
    of the elements may be anything.
    """
    if isinstance(expected, (tuple, list)):
        if not isinstance(actual, (tuple, list)) or len(actual) != len(expected):
            return "another number of results"
        found = (mismatch(e, a, rtol, strays) for e, a in zip(expected, actual, strict=True))
        return next((m for m in found if m), None)
    expected, actual = np.asarray(expected), np.asarray(actual)
    if expected.shape != actual.shape:
        return f"shape {actual.shape}, not {expected.shape}"
    if expected.size == 0:
        return None
    wide = np.result_type(expected.dtype, np.float64)
    expected, actual = expected.astype(wide), actual.astype(wide)
    same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0.0, np.abs(expected - actual))
    allowed = rtol * np.max(np.abs(expected[np.isfinite(expected)]), initial=1e-300)
    wrong = ~(difference <= allowed)
    if np.count_nonzero(wrong) <= strays * wrong.size:
        return None
    where = f" in {np.mean(wrong):.2%} of the elements" if wrong.size > 1 else ""
    return f"off by {np.max(difference):.3g}{where}"
