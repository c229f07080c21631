"""Calls of functions that are known: of NumPy, builtins, and methods of plain objects."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.arrays.numpy_api import FUNCTIONS, call_function
from braze.arrays.numpy_source import MAKERS
from braze.errors import refuse, said
from braze.interpreter.builtins import calls as builtin_calls
from braze.interpreter.builtins import searches
from braze.interpreter.frame import Frame
from braze.interpreter.identity import stands_in
from braze.interpreter.items import Items
from braze.interpreter.outside import as_dict, is_outside
from braze.interpreter.reading import CHANGES
from braze.interpreter.texts import joined
from braze.record.computed import computed
from braze.record.sources import IDENTITIES, is_plain
from braze.record.value import Value, any_value, is_value

# NumPy functions that depend on nothing but their arguments, evaluated while compiling.
PURE = {np.array, np.asarray, np.linspace, np.logspace, np.geomspace, np.eye, np.identity,
        np.arange, np.dtype, np.finfo, np.iinfo, np.result_type, np.promote_types, np.can_cast,
        np.issubdtype, np.isscalar, np.broadcast_shapes, np.tri, np.diag, np.hanning, np.hamming,
        np.meshgrid, np.indices}  # fmt: skip


def call_known(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a NumPy function, a builtin, or a method."""
    dynamic = any_value(args) or any_value(kwargs)
    of_value = is_value(getattr(function, "__self__", None))
    builtin = builtin_calls.BUILTINS.get(function) if hashable(function) else None
    if builtin is not None:
        return builtin(frame, *args, **kwargs)
    of_ufunc = isinstance(getattr(function, "__self__", function), np.ufunc)
    if of_value or of_ufunc or from_numpy(function) or isinstance(function, type):
        check_contents([*args, *kwargs.values()])
    if isinstance(function, type) and issubclass(function, np.generic):
        if dynamic:
            return shapes.convert(*[frame.recorder.operand(a) for a in args], function, **kwargs)
        return function(*args, **kwargs)
    if of_ufunc:
        return call_numpy(frame, function, args, kwargs)
    if function is np.searchsorted or (of_value and function.__name__ == "searchsorted"):
        given = args if function is np.searchsorted else [function.__self__, *args]
        if (place := searches.search(frame, *given, **kwargs)) is not NotImplemented:
            return place
    if hashable(function) and (function in FUNCTIONS or function in PURE):
        return call_numpy_function(frame, function, args, kwargs, dynamic)
    if isinstance(getattr(function, "__self__", None), (list, dict, set)):
        return call_container(frame, function, args, kwargs)
    if of_value:
        return function(*args, **kwargs)
    of_floats = any(is_value(a) and not (a.can_be_static and a.dtype_name == "i64") for a in args)
    if of_floats and hashable(function) and function in builtin_calls.MATH_CALLS and not kwargs:
        return builtin_calls.MATH_CALLS[function](frame, *args)
    return call_pure(frame, function, args, kwargs)


def from_numpy(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "numpy"


def hashable(function: Any) -> bool:
    try:
        hash(function)
    except TypeError:
        return False
    return True


def call_numpy_function(
    frame: Frame, function: Any, args: list, kwargs: dict, dynamic: bool
) -> Any:
    maker = function in MAKERS or (function is np.arange and whole_range(args, kwargs))
    if (dynamic or maker) and function in FUNCTIONS:
        result = call_function(frame.recorder, function, tuple(args), kwargs)
        return frame.session.own(result) if isinstance(result, list) else result
    if dynamic:
        raise refuse(f"numpy.{function.__name__} of values that are known only at run time")
    return call_numpy(frame, function, args, kwargs)


def whole_range(args: list, kwargs: dict) -> bool:
    return len(args) < 3 and "step" not in kwargs and all(type(a) in (int, Value) for a in args)


def call_numpy(frame: Frame, function: Callable, args: list, kwargs: dict) -> Any:
    """Call NumPy itself: on values it comes back to the recorder, on constants it computes."""
    if kwargs.get("out") is Ellipsis:
        raise refuse("out=..., which NumPy does not pass on")
    if any(map(stands_in, args)) and not any(map(is_value, args)):
        raise refuse(f"{function.__name__} of what only the run knows")
    for operand in (*args, *kwargs.values()):
        known = is_value(operand) or isinstance(operand, (np.ndarray, np.generic))
        if not known and hasattr(type(operand), "__array_ufunc__"):
            raise refuse(f"a ufunc that a {said(operand)} overrides")
    return absorb(frame, function(*args, **kwargs))


def check_contents(operands: list) -> None:
    """Refuse operands of which NumPy may read what no guard watches: buffers, objects that act as
    sequences or numbers."""
    for operand in operands:
        if type(operand) in (list, tuple, dict):
            check_contents([*operand.values()] if type(operand) is dict else operand)
        elif type(operand) is slice:
            check_contents([operand.start, operand.stop, operand.step])
        elif not is_value(operand) and not is_plain(operand) and acts(operand):
            raise refuse("an object with contents of its own as an operand")


def acts(operand: Any) -> bool:
    cls = type(operand)
    ours = cls.__module__.split(".")[0] == "braze"  # what stands for something while compiling
    if ours or isinstance(operand, (np.ndarray, range, *IDENTITIES)):
        return False
    return any(hasattr(cls, name) for name in PROTOCOLS)


# By these NumPy takes an object for an array or a number.
PROTOCOLS = ("__array__", "__array_interface__", "__array_struct__", "__array_function__",
             "__buffer__", "__getitem__", "__iter__", "__len__", "__index__", "__int__",
             "__float__", "__complex__")  # fmt: skip


def absorb(frame: Frame, result: Any) -> Any:
    """Return a result of NumPy: an array made while compiling becomes an input of the graph."""
    if is_value(result) or is_plain(result) or isinstance(result, (np.finfo, np.iinfo, type)):
        return result
    if isinstance(result, np.ndarray):
        return computed(frame.recorder, result)
    if isinstance(result, (tuple, list)):
        parts = [absorb(frame, part) for part in result]
        return tuple(parts) if isinstance(result, tuple) else frame.session.own(parts)
    raise refuse(f"a result of type {said(result)}")


def call_container(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a method of a list, dict or set that is known and may be changed."""
    held = function.__self__
    changes = function.__name__ in CHANGES or function.__name__.startswith("__")
    if not frame.session.readable(held) or (changes and not frame.session.may_change(held)):
        raise refuse(f"a method of a {said(held)} from outside or in a branch")
    args = [a if function.__name__ in STORE else read(frame, a) for a in args]
    if not frame.session.finds(held, function.__name__, args):
        raise refuse(f"{function.__name__} of a {said(held)} of objects or arrays")
    result = function(*args, **kwargs)
    if function.__name__ in ("keys", "values", "items"):
        view = Items(lambda: result, once=False)
        view.of = held
        return view
    if isinstance(result, (list, dict, set)) and id(result) not in frame.session.owned:
        return frame.session.own(result)
    return result


# Methods that do not look into what they are given.
STORE = {"append", "insert", "setdefault", "get", "pop", "add", "discard", "remove", "index",
         "count"}  # fmt: skip


def read(frame: Frame, given: Any) -> Any:
    """Return an argument of which a method takes the items."""
    if is_outside(frame.session, given):
        return frame.session.own(as_dict(frame, given))
    if not (frame.session.transparent(given) or isinstance(given, Items)):
        raise refuse(f"the items of a {said(given)}")
    return given


def call_pure(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a function of constants: of `math`, or a method of a number, string or tuple."""
    pure = getattr(function, "__module__", None) == "math"
    if function is math.fsum or any_value(kwargs):
        pure = False
    owner = getattr(function, "__self__", None)
    if type(owner) is str and function.__name__ == "join" and not all(map(is_plain, args)):
        return joined(frame, owner, *args)
    on_plain = owner is not None and is_plain(owner) and not isinstance(owner, np.generic)
    if pure or on_plain:
        fixed = [a.static() if is_value(a) else a for a in args]
        if all(map(is_plain, (*fixed, *kwargs.values()))):
            result = function(*fixed, **kwargs)
            if is_plain(result):
                return result
            if type(result) is list and all(map(is_plain, result)):
                return frame.session.own(result)
    name = getattr(function, "__qualname__", None)
    if name is None:
        raise refuse(f"a call of a {said(function)}")
    module = getattr(function, "__module__", None) or ""
    raise refuse(f"a call of {module + '.' if module not in ('builtins', '') else ''}{name}")
