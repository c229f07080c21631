"""braze makes NumPy functions fast without changing what they mean.

>>> import braze
>>> @braze.jit
... def f(x, y):
...     return (x - y) / (x + y)
"""

import importlib
from typing import TYPE_CHECKING, Any

from braze._core import Graph, GraphError, InternalError, __version__, parse
from braze.dispatch import object_cache
from braze.jit import Function, jit, script, trace
from braze.record import originals  # noqa: F401 (notes what is there when braze is imported)

if TYPE_CHECKING:
    from braze.errors import CompileError
    from braze.record.specs import Spec, spec
    from braze.reports.doctor import doctor

__all__ = [
    "CompileError",
    "Function",
    "Graph",
    "GraphError",
    "InternalError",
    "Spec",
    "__version__",
    "doctor",
    "jit",
    "parse",
    "script",
    "spec",
    "trace",
]

# Loaded when first asked for.
_LATER = {
    "CompileError": "errors",
    "Spec": "record.specs",
    "spec": "record.specs",
    "doctor": "reports.doctor",
}

object_cache.install()


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'braze' has no attribute '{name}'")
    value = globals()[name] = getattr(importlib.import_module(f"braze.{_LATER[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
