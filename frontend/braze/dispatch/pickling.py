"""Compiled functions in pickles: by name where they have one, else by code, as `pickle` does not.

A function without a name that `pickle` could import, such as a lambda, travels as its code with the
globals, defaults and variables that it reads, and with its source where no file has it. Only the
same version of Python can read that; nothing compiled travels.

Functions that call each other, or themselves, refer to one another: each is made empty, then told
what it reads, which is the order in which a pickler follows such rings.
"""

import builtins
import importlib
import linecache
import marshal
import os
import sys
import types
import weakref
from typing import Any

from braze import _core
from braze.options import Options
from braze.record.code_names import global_names

_carried: weakref.WeakValueDictionary = weakref.WeakValueDictionary()


class Carried:
    """What `pickle` cannot take by itself: a function, a variable, a module, global names.

    The pickler knows objects by their identity, so each has one of these at a time.
    """

    def __init__(self, what: Any):
        self.what = what

    def __reduce__(self) -> tuple:
        what = self.what
        if isinstance(what, types.ModuleType):
            return importlib.import_module, (what.__name__,)
        if isinstance(what, dict):
            return namespace, (what.get("__name__"),)
        if isinstance(what, types.CellType):
            return empty_cell, ()
        return empty_function, about(what), reads(what), None, None, fill


def carried(value: Any) -> Any:
    """Return what a pickler is to be given for an object that a function reads."""
    if isinstance(value, types.ModuleType | types.CellType):
        return carrier(value)
    if isinstance(value, types.FunctionType) and not importable(value, value.__qualname__):
        return carrier(value)
    return value


def carrier(what: Any) -> Carried:
    made = _carried.get(id(what))
    if made is None or made.what is not what:
        made = _carried[id(what)] = Carried(what)
    return made


def reduce(function: Any) -> Any:
    """Return what `pickle` needs to make a compiled function again."""
    name = getattr(function, "__qualname__", "")
    main = getattr(function, "__module__", None) == "__main__"
    if importable(function, name) and not (main and by_value()):
        return name
    fields = tuple(function._options)
    plain = function.__wrapped__
    if carried(plain) is plain and not (main and isinstance(plain, types.FunctionType)):
        return restore, (plain, fields)
    return empty_compiled, (fields, *about(plain)), reads(plain), None, None, fill


def by_value() -> bool:
    """Tell whether the pickler that asks takes functions of `__main__` apart.

    Processes that read cloudpickle's (joblib's, dask's) pickles have another `__main__`.
    """
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == "pickle":
        frame = frame.f_back  # the pickler in Python, which dill's is derived from
    name = frame.f_globals.get("__name__", "") if frame is not None else ""
    return "cloudpickle" in name or name.startswith("dill.")


def importable(function: Any, name: str) -> bool:
    """Tell whether a module has the function under its name."""
    found: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is function


def about(function: types.FunctionType) -> tuple:
    """Return what makes the function, but for all that may lead back to it."""
    code = function.__code__
    lines = [] if os.path.exists(code.co_filename) else linecache.getlines(code.co_filename)
    names = (function.__name__, function.__qualname__, function.__doc__)
    cells = tuple(carrier(cell) for cell in function.__closure__ or ())
    return marshal.dumps(code), names, carrier(function.__globals__), cells, lines


def reads(function: types.FunctionType) -> tuple:
    """Return what the function reads, and its attributes."""
    names = function.__globals__
    read = {n: carried(names[n]) for n in global_names(function.__code__) if n in names}
    cells = [contents(cell) for cell in function.__closure__ or ()]
    defaults = (function.__defaults__, function.__kwdefaults__)
    attributes = {name: carried(value) for name, value in vars(function).items()}
    return read, cells, defaults, attributes


def contents(cell: types.CellType) -> tuple:
    """Return what a variable is bound to, if it is."""
    try:
        return (carried(cell.cell_contents),)
    except ValueError:
        return ()


def namespace(name: str) -> dict:
    """Return global names, which functions of one module share."""
    return {"__builtins__": builtins, "__name__": name}


def empty_cell() -> types.CellType:
    return types.CellType()


def empty_function(
    code: bytes, names: tuple, space: dict, cells: tuple, lines: list
) -> types.FunctionType:
    """Make a function that has yet to be told what it reads."""
    made = marshal.loads(code)
    function = types.FunctionType(made, space, names[0], None, cells)
    _, function.__qualname__, function.__doc__ = names
    if lines:
        size = sum(map(len, lines))
        linecache.cache.setdefault(made.co_filename, (size, None, lines, made.co_filename))
    return function


def empty_compiled(fields: tuple, *about: Any) -> Any:
    return restore(empty_function(*about), fields)


def restore(function: Any, options: tuple) -> Any:
    """Make a compiled function of what a pickle holds."""
    from braze.jit import _make

    return _make(function, Options(*options))


def fill(function: Any, state: tuple) -> None:
    """Tell a function what it reads."""
    read, cells, (defaults, keywords), attributes = state
    plain = function.__wrapped__ if isinstance(function, _core.Function) else function
    plain.__globals__.update(read)
    for cell, held in zip(plain.__closure__ or (), cells, strict=True):
        for value in held:
            cell.cell_contents = value
    plain.__defaults__, plain.__kwdefaults__ = defaults, keywords
    vars(plain).update(attributes)


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
