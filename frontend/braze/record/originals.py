"""NumPy's and Python's functions as they were when braze was imported.

The frontend knows functions by their objects: `numpy.sum` is what has that name when it is loaded,
which is with the first call that is compiled. By then a program may have put something else there,
for the time of a test or for good.
"""

import builtins
import functools
import itertools
import math
import operator
import sys
import types

# By these names here, whatever stands for them elsewhere.
from builtins import getattr, isinstance, setattr, vars  # noqa: UP029
from collections.abc import Iterator
from typing import Any

import numpy as np

_noted = [
    (module, dict(vars(module)))
    for module in (builtins, functools, itertools, math, operator, np, np.linalg)
]
# What the frontend never asks for: programs that replace it, and do so for good, may have threads
# that use it.
_FOREIGN = ("numpy.lib._npyio_impl", "numpy._core.arrayprint", "numpy._core._ufunc_config")
_FOREIGN_NAMES = ("open", "print", "input", "exit", "quit", "help", "breakpoint", "copyright")


_own = vars(builtins)
_asked = [(n, f) for n, f in _own.items() if n[0] != "_" and n not in _FOREIGN_NAMES]


def builtin_replaced() -> bool:
    """Tell whether a builtin is another now: the frontend, which uses it, cannot go on then."""
    for name, original in _asked:  # noqa: SIM110 (`any` may be one)
        if _own.get(name) is not original:
            return True
    return False


def named(module: str) -> dict[str, Any]:
    """Return the names that a module had."""
    return next(names for one, names in _noted if one.__name__ == module)


@functools.cache
def _by_identity() -> dict[int, tuple[str, str]]:
    return {
        id(value): (module.__name__, name)
        for module, names in _noted
        for name, value in names.items()
    }


def name_of(value: Any) -> tuple[str, str] | None:
    """Return the module and name of a function or type; None if it is none of these modules."""
    found = _by_identity().get(id(value))
    return found if found is not None and named(found[0])[found[1]] is value else None


class InPlace:
    """Puts functions that have been replaced back in their places, for a while."""

    def __enter__(self) -> None:
        self.changed = [*_changed()]
        for module, name, original, _ in self.changed:
            setattr(module, name, original)

    def __exit__(self, *exception: object) -> None:
        for module, name, original, now in self.changed:
            if getattr(module, name, None) is original:
                setattr(module, name, now)


def _changed() -> Iterator[tuple[types.ModuleType, str, Any, Any]]:
    """Find the modules, names, originals and replacements."""
    for module, names in (*_noted, *_fft()):
        for name, original in names.items():
            now = getattr(module, name, original)
            if now is not original and not name.startswith("_") and not _is_foreign(name, original):
                yield module, name, original, now


def _is_foreign(name: str, original: Any) -> bool:
    home = getattr(original, "__globals__", {}).get("__name__")
    return home in _FOREIGN or name in _FOREIGN_NAMES or isinstance(original, types.ModuleType)


def _fft() -> list[tuple[types.ModuleType, dict[str, Any]]]:
    """Return the names of numpy.fft, which is not imported with NumPy: modules inside have them."""
    fft = sys.modules.get("numpy.fft")
    inside = [sys.modules[f"numpy.fft.{name}"] for name in ("_helper", "_pocketfft") if fft]
    return [(fft, {n: vars(m)[n] for n in fft.__all__ if n in vars(m)}) for m in inside]
