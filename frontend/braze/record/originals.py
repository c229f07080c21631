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
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def in_place() -> Iterator[None]:
    """Put functions that have been replaced back in their places, for a while."""
    changed = [*_changed()]
    for module, name, original, _ in changed:
        setattr(module, name, original)
    try:
        yield
    finally:
        for module, name, original, now in changed:
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
