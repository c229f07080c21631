"""braze makes NumPy functions fast without changing what they mean.

>>> import braze
>>> @braze.jit
... def f(x, y):
...     return (x - y) / (x + y)
"""

from braze import object_cache
from braze._core import Graph, __version__, parse
from braze.doctor import doctor
from braze.errors import CompileError, GraphError, InternalError
from braze.jit import Function, jit, script, trace
from braze.specs import Spec, spec

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
