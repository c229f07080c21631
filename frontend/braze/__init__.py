"""braze makes NumPy functions fast without changing what they mean.

>>> import braze
>>> @braze.jit
... def f(x, y):
...     return (x - y) / (x + y)
"""

from braze._core import Graph, __version__, parse
from braze.dispatch import object_cache
from braze.errors import CompileError, GraphError, InternalError
from braze.jit import Function, jit, script, trace
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

object_cache.install()
