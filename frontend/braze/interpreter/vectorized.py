"""`numpy.vectorize`: a Python function for each element, as a loop over elements.

NumPy gives the function Python numbers; but the dtype of the result is that of the function's
result for the first element as a NumPy scalar. The two kinds of numbers have results of one type as
long as the function only computes with them, in 64 bits.
"""

import ast
import types
from typing import Any

import numpy as np

from braze.arrays.numpy_api import call_function
from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.record.sources import Source
from braze.record.value import Value, is_value

NUMBERS = {"f64": float, "i64": int}  # what elements become, by dtype
# Results for which the dtype of the first one holds all of them exactly.
RESULTS = {float: float, np.float64: float, int: (int, np.int64), np.int64: (int, np.int64),
           bool: (bool, np.bool_), np.bool_: (bool, np.bool_)}  # fmt: skip
KINDS = {float: float, np.float64: float, "d": float, int: int, np.int64: int, "l": int}
NUMBERS_OF = {float: (bool, int, float, np.bool_, np.int64, np.float64),
              int: (bool, int, np.bool_, np.int64)}  # fmt: skip
# What a function may call that does not tell Python's numbers from NumPy's.
MODULES = ("np", "numpy", "math")
KNOWN_CALLS = ("abs", "min", "max", "float", "int", "round", "range")


def for_each(function, parts, numbers, size, dtype, allowed):
    """Call a function for each element; interpreted, never run."""
    out = np.empty(size, dtype)
    for i in range(size):
        value = function(*[n(p[i]) if n else p for n, p in zip(numbers, parts, strict=True)])
        if not isinstance(value, allowed):
            raise TypeError("results of several types")
        out[i] = value
    return out


class Vectorized:
    """What `numpy.vectorize(function)` gives while compiling."""

    def __init__(self, function: Any, given: Any = None) -> None:
        self.function = function
        self.kind = None if given is None else kind_of(given)


def kind_of(types_given: Any) -> type:
    """Return the type of results that `otypes` says."""
    one = types_given if isinstance(types_given, str) else tuple(types_given)
    if len(one) != 1 or one[0] not in KINDS:
        raise refuse("numpy.vectorize with such otypes")
    return KINDS[one[0]]


def opened(frame: Frame, vectorized: np.vectorize) -> Vectorized:
    """Return a vectorized function from outside, under guards; Unsupported if it has options."""
    plain = {"signature": None, "cache": False, "excluded": set()}
    for name, value in plain.items():
        if getattr(vectorized, name) != value:
            raise refuse(f"numpy.vectorize with {name}")
        frame.recorder.guard(Source(("attr", vectorized, name)), "value", value)
    for name in ("pyfunc", "otypes"):
        kind = "is" if name == "pyfunc" else "value"
        frame.recorder.guard(Source(("attr", vectorized, name)), kind, getattr(vectorized, name))
    return Vectorized(vectorized.pyfunc, vectorized.otypes)


def call_vectorized(frame: Frame, node: ast.AST, vectorized: Any, args: list, kwargs: dict) -> Any:
    """Record a loop that calls the function for each element of the broadcast arguments."""
    from braze.interpreter.calls import call

    if kwargs:
        raise frame.refuse(node, "keyword arguments of a vectorized function")
    arrays = [a for a in args if is_value(a) and a.is_array]
    if not arrays or not all(a.dims for a in arrays):
        raise frame.refuse(node, "a vectorized function of numbers alone")
    check_function(frame, node, vectorized.function)
    for array in arrays:
        frame.perform(node, check_order, array)
    same = arrays
    if len(arrays) > 1:
        same = frame.perform(
            node, call_function, frame.recorder, np.broadcast_arrays, tuple(arrays), {}
        )
        if any(len(a.dims) != len(s.dims) for a, s in zip(arrays, same, strict=True)):
            raise frame.refuse(node, "a vectorized function of arrays of several ranks")
    rows = iter(same)
    parts = [next(rows) if is_value(a) and a.is_array else number(a) for a in args]
    numbers = tuple(NUMBERS[p.dtype_name] if array_like(p) else None for p in parts)
    shape = same[0].shape
    flat = tuple(p.reshape(-1) if array_like(p) else p for p in parts)
    size = next(p for p in flat if array_like(p)).size
    if is_value(size) and not frame.recorder.decide("nonzero", size.size_of):
        raise frame.refuse(node, "a vectorized function of no elements")
    kind = vectorized.kind
    if kind is None:
        kind = type_of(first_result(frame, node, vectorized.function, flat, numbers))
        if kind not in RESULTS:
            raise frame.refuse(node, f"a vectorized function that gives a {kind.__name__}")
    allowed = NUMBERS_OF[kind] if vectorized.kind is not None else RESULTS[kind]
    given = [vectorized.function, flat, numbers, size, kind, allowed]
    made = call(frame, node, for_each, given, {})
    if len(shape) == 1:
        return made
    return frame.perform(node, lambda: made.reshape(shape).copy())  # which owns its memory


def first_result(frame: Frame, node: ast.AST, function: Any, flat: tuple, numbers: tuple) -> Any:
    """Return what the function gives for the first element, of which only the type is used."""
    from braze.interpreter.builtins.calls import BUILTINS
    from braze.interpreter.calls import call

    with frame.branch():
        args = [
            frame.perform(node, lambda p=p, n=n: BUILTINS[n](frame, p[0])) if n else p
            for n, p in zip(numbers, flat, strict=True)
        ]
        return call(frame, node, function, args, {})


def check_function(frame: Frame, node: ast.AST, function: Any) -> None:
    """Refuse a function that may tell Python's numbers from NumPy's."""
    from braze.interpreter.calls import ScriptFunction
    from braze.interpreter.source_code import source_of

    known = function if isinstance(function, ScriptFunction) else None
    if known is None and not isinstance(function, types.FunctionType):
        raise frame.refuse(node, f"numpy.vectorize of a {type(function).__name__}")
    tree = known.source.node if known else frame.perform(node, source_of, function).node
    for part in ast.walk(tree):
        if isinstance(part, ast.Match) or (isinstance(part, ast.Call) and not knows(part.func)):
            raise frame.refuse(node, "numpy.vectorize of a function that does more than arithmetic")
        foreign = isinstance(part, ast.Attribute) and not knows(part)
        if foreign:
            raise frame.refuse(node, f"numpy.vectorize of a function that reads .{part.attr}")


def knows(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return isinstance(called.value, ast.Name) and called.value.id in MODULES
    return isinstance(called, ast.Name) and called.id in KNOWN_CALLS


def array_like(part: Any) -> bool:
    return is_value(part) and part.is_array


def type_of(value: Any) -> type:
    return value.python_type if is_value(value) else type(value)


def number(value: Any) -> Any:
    """Return a number as Python sees it in an array of objects."""
    foreign = is_value(value) and (value.kind == "scalar" or value.dtype_name not in NUMBERS)
    if foreign or isinstance(value, np.generic):
        raise refuse("a NumPy scalar or bool given to a vectorized function")
    if not is_value(value) and type(value) not in (int, float):
        raise refuse(f"a {type(value).__name__} given to a vectorized function")
    return value


def check_order(array: Value) -> None:
    """Refuse an array whose elements do not lie in C order, which the result would follow."""
    if array.dtype_name not in NUMBERS:
        raise refuse(f"a vectorized function of {array.dtype_name}")
    if len(array.dims) < 2 or array.in_c_order:
        return
    if array.made_by is not None or not array.recorder.holds_order(array):
        raise refuse("a vectorized function of an array that may not lie in C order")
