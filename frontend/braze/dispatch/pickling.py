"""Compiled functions in pickles: by name where they have one, else by code, as `pickle` does not.

A function without a name that `pickle` could import, such as a lambda, travels as its code with the
globals, defaults and variables that it reads, and with its source where no file has it. Only the
same version of Python can read that; nothing compiled travels.
"""

import builtins
import linecache
import marshal
import os
import sys
import types
from typing import Any

from braze import _core
from braze.options import Options

Packed = tuple


def reduce(function: Any) -> Any:
    """Return what `pickle` needs to make a compiled function again."""
    name = getattr(function, "__qualname__", "")
    if importable(function, name):
        return name
    return restore, (pack(function.__wrapped__), tuple(function._options))


def restore(packed: Packed, options: tuple) -> Any:
    """Make a compiled function of what a pickle holds."""
    from braze.jit import _make

    return _make(unpack(packed), Options(*options))


def importable(function: Any, name: str) -> bool:
    """Tell whether a module has the function under its name."""
    found: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is function


def pack(value: Any) -> Packed:
    """Return an object that a function reads, as tuples that can be pickled."""
    if isinstance(value, types.ModuleType):
        return ("module", value.__name__)
    if isinstance(value, types.FunctionType) and not importable(value, value.__qualname__):
        return pack_function(value)
    return ("object", value)


def pack_function(function: types.FunctionType) -> Packed:
    from braze.tracing.trace import global_names

    code, names = function.__code__, function.__globals__
    read = {n: pack(names[n]) for n in global_names(code) if n in names}
    cells = [pack(cell.cell_contents) for cell in function.__closure__ or ()]
    lines = [] if os.path.exists(code.co_filename) else linecache.getlines(code.co_filename)
    about = (function.__name__, function.__qualname__, function.__module__, function.__doc__)
    defaults = (function.__defaults__, function.__kwdefaults__)
    return ("code", marshal.dumps(code), about, defaults, read, cells, lines)


def unpack(packed: Packed) -> Any:
    """Return the object that `pack` was given, or one like it."""
    kind, what, *rest = packed
    if kind == "module":
        __import__(what)
        return sys.modules[what]
    if kind == "object":
        return what
    (name, qualname, module, doc), (defaults, keywords), read, cells, lines = rest
    code = marshal.loads(what)
    names = {"__builtins__": builtins, "__name__": module}
    names |= {n: unpack(value) for n, value in read.items()}
    closure = tuple(types.CellType(unpack(cell)) for cell in cells)
    function = types.FunctionType(code, names, name, defaults, closure)
    function.__kwdefaults__, function.__qualname__, function.__doc__ = keywords, qualname, doc
    if lines:
        size = sum(map(len, lines))
        linecache.cache.setdefault(code.co_filename, (size, None, lines, code.co_filename))
    return function


def forwarded(name: str) -> property:
    """Return an attribute that a compiled function shares with the plain one."""

    def get(self: Any) -> Any:
        return getattr(self.__wrapped__, name)

    def put(self: Any, value: Any) -> None:
        setattr(self.__wrapped__, name, value)

    return property(get, put)


def install() -> None:
    """Give compiled functions what functions have for `pickle`, `copy` and `inspect`."""
    Function = _core.Function
    Function.__reduce__ = reduce
    Function.__copy__ = lambda self: self
    Function.__deepcopy__ = lambda self, memo: self
    for name in ("__code__", "__defaults__", "__kwdefaults__", "__globals__", "__closure__"):
        setattr(Function, name, forwarded(name))
