"""`numpy.vectorize`: a Python function for each element, as a loop over elements.

NumPy gives the function Python numbers; but the dtype of the result is that of the function's
result for the first element as a NumPy scalar. The two kinds of numbers have results of one type as
long as the function only computes with them, in 64 bits.
"""

import ast
import gc
import inspect
import types
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.errors import Unsupported, refuse, said
from braze.interpreter.frame import Frame
from braze.interpreter.objects import Objects
from braze.record.broadcast import meet
from braze.record.either import is_either
from braze.record.sources import Source
from braze.record.value import Value, is_value

# What elements become, by dtype; NumPy's numbers of the first dtypes give what Python's do.
ALIKE = {"f64": float, "i64": int}
NUMBERS = ALIKE | {"f32": float, "f16": float, "b1": bool, "i32": int, "i16": int, "i8": int,
                   "u32": int, "u16": int, "u8": int}  # fmt: skip
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


def for_each_alike(function, parts, numbers, size, dtype):
    """Call a function for each element, which must give Python numbers of one type."""
    out = np.empty(size, dtype)
    for i in range(size):
        value = function(*[n(p[i]) if n else p for n, p in zip(numbers, parts, strict=True)])
        if type(value) is not dtype:
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
        args = in_place(frame, node, vectorized.function, args, kwargs)
    function = vectorized.function
    flat, numbers, size, shape = taken_apart(frame, node, function, args)
    kind = vectorized.kind
    if kind is None:
        scalars = tuple(n if n is None or p.dtype_name in ALIKE else same
                        for n, p in zip(numbers, flat, strict=True))  # fmt: skip
        kind = type_of(first_result(frame, node, function, flat, scalars))
        if kind not in RESULTS:
            raise frame.refuse(node, f"a vectorized function that gives a {kind.__name__}")
    allowed = NUMBERS_OF[kind] if vectorized.kind is not None else RESULTS[kind]
    made = call(frame, node, for_each, [function, flat, numbers, size, kind, allowed], {})
    return shaped(frame, node, made, shape)


def shaped(frame: Frame, node: ast.AST, made: Value, shape: tuple) -> Value:
    if len(shape) == 1:
        return made
    return frame.perform(node, lambda: made.reshape(shape).copy())  # which owns its memory


def in_place(frame: Frame, node: ast.AST, function: Any, args: list, kwargs: dict) -> list:
    """Return arguments by place, of a function that has no others."""
    from braze.interpreter.calls import ScriptFunction

    known = isinstance(function, ScriptFunction)
    signature = function.signature if known else inspect.signature(function)
    bound = frame.perform(node, signature.bind, *args, **kwargs)
    if bound.kwargs or len(bound.arguments) != len(args) + len(kwargs):
        raise frame.refuse(node, "keyword arguments of a vectorized function")
    return list(bound.args)


def taken_apart(
    frame: Frame, node: ast.AST, function: Any, args: list
) -> tuple[tuple, tuple, Any, tuple]:
    """Return broadcast arguments in one axis, what makes numbers of them, their size and shape."""
    arrays = [a for a in args if is_value(a) and a.is_array]
    if not arrays or not all(a.dims for a in arrays):
        raise frame.refuse(node, "a vectorized function of numbers alone")
    check_function(frame, node, function)
    for array in arrays:
        frame.perform(node, check_order, array)
    same = iter(frame.perform(node, broadcast, arrays))
    parts = [next(same) if array_like(a) else number(a) for a in args]
    numbers = tuple(NUMBERS[p.dtype_name] if array_like(p) else None for p in parts)
    first = next(p for p in parts if array_like(p))
    flat = tuple(p.reshape(-1) if array_like(p) else p for p in parts)
    size = next(p for p in flat if array_like(p)).size
    if is_value(size) and not frame.recorder.decide("nonzero", size.size_of):
        raise frame.refuse(node, "a vectorized function of no elements")
    return flat, numbers, size, first.shape


def broadcast(arrays: list[Value]) -> list[Value]:
    """Return arrays of one shape."""
    recorder = arrays[0].recorder
    meet(recorder, arrays)
    sizes = shapes.broadcast_shape(recorder, [a.dims for a in arrays])
    shape = tuple(Value.of_size(recorder, size) for size in sizes)
    return [a if list(a.dims) == sizes else shapes.broadcast_to(a, shape) for a in arrays]


def first_item(frame: Frame, item: Any) -> Any:
    return item


def same(number: Any) -> Any:
    """Stand for no conversion."""
    return number


def first_result(frame: Frame, node: ast.AST, function: Any, flat: tuple, numbers: tuple) -> Any:
    """Return what the function gives for the first element, of which only the type is used."""
    from braze.interpreter.builtins.calls import BUILTINS
    from braze.interpreter.calls import call

    with frame.branch():
        args = [
            frame.perform(node, lambda p=p, n=n: BUILTINS.get(n, first_item)(frame, p[0]))
            if n
            else p
            for n, p in zip(numbers, flat, strict=True)
        ]
        return call(frame, node, function, args, {})


def check_function(frame: Frame, node: ast.AST, function: Any) -> None:
    """Refuse a function that may tell Python's numbers from NumPy's."""
    from braze.interpreter.calls import ScriptFunction
    from braze.interpreter.source_code import source_of

    known = function if isinstance(function, ScriptFunction) else None
    if known is None and not isinstance(function, types.FunctionType):
        raise frame.refuse(node, f"numpy.vectorize of a {said(function)}")
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
    foreign = is_value(value) and (value.kind == "scalar" or value.dtype_name not in ALIKE)
    if foreign or isinstance(value, np.generic):
        raise refuse("a NumPy scalar or bool given to a vectorized function")
    if not is_value(value) and type(value) not in (int, float):
        raise refuse(f"a {said(value)} given to a vectorized function")
    return value


def check_order(array: Value) -> None:
    """Refuse an array whose elements do not lie in C order, which the result would follow."""
    if array.dtype_name not in NUMBERS:
        raise refuse(f"a vectorized function of {array.dtype_name}")
    if len(array.dims) < 2 or array.in_c_order:
        return
    if array.made_by is not None or not array.recorder.holds_order(array):
        raise refuse("a vectorized function of an array that may not lie in C order")


# numpy.frompyfunc


class FromPython:
    """What `numpy.frompyfunc` gives while compiling."""

    def __init__(self, function: Any, arguments: int, results: int) -> None:
        if results != 1:
            raise refuse("numpy.frompyfunc with several results")
        self.function = function
        self.arguments = arguments


def function_in(ufunc: Any) -> Any:
    """Return the Python function that a ufunc of `numpy.frompyfunc` calls; None of others."""
    if not isinstance(ufunc, np.ufunc) or not ufunc.__name__.endswith("(vectorized)"):
        return None
    held = [part for part in gc.get_referents(ufunc) if isinstance(part, types.FunctionType)]
    return FromPython(held[0], ufunc.nin, ufunc.nout) if len(held) == 1 else None


def call_from_python(
    frame: Frame, node: ast.AST, given: FromPython, args: list, kwargs: dict
) -> Objects:
    """Record a loop that calls the function for each element, as Python numbers."""
    from braze.interpreter.calls import call

    if kwargs or len(args) != given.arguments:
        raise frame.refuse(node, "such arguments of a function of numpy.frompyfunc")
    function = given.function
    flat, numbers, size, shape = taken_apart(frame, node, function, args)
    first = first_result(frame, node, function, flat, numbers)
    kind = float if is_either(first) else type_of(first)
    if kind not in RESULTS:
        raise frame.refuse(node, f"a vectorized function that gives a {kind.__name__}")
    names, mark = dict(frame.names), frame.session.mark()
    try:
        made = call(frame, node, for_each_alike, [function, flat, numbers, size, kind], {})
        alike = kind in (bool, int, float)
    except Unsupported:
        frame.names = names
        frame.session.drop(mark)
        kind = float if kind is np.float64 else int if kind is np.int64 else kind
        loose = [function, flat, numbers, size, kind, NUMBERS_OF.get(kind, RESULTS[kind])]
        made, alike = call(frame, node, for_each, loose, {}), False
    return Objects(shaped(frame, node, made, shape), alike)
