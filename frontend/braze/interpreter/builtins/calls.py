"""Python's builtins in the script frontend, on plain objects and on values."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from types import MethodType
from typing import Any

import numpy as np

from braze.arrays import rounding
from braze.arrays.arithmetic import cast, python_number, unary
from braze.arrays.complex_numbers import complex_of, is_complex
from braze.errors import refuse, said
from braze.interpreter import flow, outside, special
from braze.interpreter.attributes import guard_class, has_attribute, store
from braze.interpreter.frame import Frame
from braze.interpreter.hierarchies import is_subclass
from braze.interpreter.identity import stands_in
from braze.interpreter.items import Items
from braze.interpreter.lists.grown import Grown
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.loops import rows
from braze.interpreter.loops.iteration import backwards, check_iterable, each
from braze.interpreter.texts import Char, Text, chr_, digit, is_text, ord_, python_type
from braze.record.dtypes import KIND, OF_PYTHON
from braze.record.either import bare, is_either, pythons
from braze.record.sources import is_plain
from braze.record.value import Value, any_value, is_value

BUILTINS: dict[Any, Callable] = {}


def builtin(*functions: Any) -> Callable:
    def register(implementation: Callable) -> Callable:
        for function in functions:
            BUILTINS[function] = implementation
        return implementation

    return register


@builtin(len)
def len_(frame: Frame, container: Any) -> Any:
    if is_value(container):
        if not container.dims:
            raise TypeError("len() of unsized object")
        return Value.of_size(frame.recorder, container.dims[0])
    if isinstance(container, (Grown, Text, Vector)):
        return container.count()
    if special.is_object(container):
        return special.length(frame, container)
    if outside.is_outside(frame.session, container):
        return len(outside.keys_of(frame.session, container))
    if isinstance(container, (list, dict, set)) and not frame.session.readable(container):
        raise refuse(f"the length of a {said(container)} from outside")
    if not (isinstance(container, Items) or type(container) is frozenset):
        known(frame, container)
    elif type(container) is frozenset and not (
        id(container) in frame.recorder.steady or frame.session.readable(container)
    ):
        raise refuse("the length of a frozenset that is an argument")
    return len(container)


def known(frame: Frame, *operands: Any) -> None:
    """Refuse objects of which Python would take what no guard watches."""
    for operand in operands:
        if not frame.session.transparent(operand):
            raise refuse(f"a {said(operand)} as a number or sequence")


@builtin(range)
def range_(frame: Frame, *bounds: Any) -> Any:
    if not (any_value(bounds) and 0 < len(bounds) < 4):
        known(frame, *bounds)
        return range(*bounds)
    for bound in bounds:
        array = is_value(bound) and (bound.dims or KIND[bound.dtype_name] not in "iu")
        if array or isinstance(bound, (tuple, list)):
            raise refuse("range() of something else than integers")
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    if not is_value(step) and step == 0:
        raise ValueError("range() arg 3 must not be zero")
    return flow.Range(start, stop, step)


@builtin(isinstance)
def isinstance_(frame: Frame, value: Any, classes: Any) -> bool:
    if is_either(value):
        answers = {is_subclass(frame, t, classes) for t in value.either.types}
        if len(answers) == 1:
            return answers.pop()
    guard_class(frame.recorder, value)
    return is_subclass(frame, type_of(value), classes)


def type_of(value: Any) -> type:
    """Return the type that something has when the function runs."""
    if is_value(value):
        return value.python_type
    if isinstance(value, (Grown, Vector)):
        return deque if getattr(value, "is_deque", False) else list
    if is_text(value):
        return python_type(value)
    if isinstance(value, flow.Range):
        return range
    method = isinstance(value, MethodType) and is_value(value.__self__)
    if method or type(value).__module__.startswith("braze."):  # what stands for something else
        raise refuse("the type of an iterator, method or function")
    return type(value)


@builtin(type)
def type_(frame: Frame, *args: Any) -> type:
    if len(args) != 1:
        raise refuse("type with three arguments")
    guard_class(frame.recorder, args[0])
    return type_of(args[0])


@builtin(callable)
def callable_(frame: Frame, value: Any) -> bool:
    if type(value).__module__.startswith("braze.") and not callable(value):
        if not (is_value(value) or stands_in(value)):
            raise refuse("whether an object can be called")
        return False
    return not is_value(value) and callable(value)


BUILTINS[ord] = ord_
BUILTINS[chr] = chr_


@builtin(abs)
def abs_(frame: Frame, value: Any) -> Any:
    if special.is_object(value):
        return special.needed(value, "__abs__", special.call_method(frame, value, "__abs__"))
    if is_value(value):
        return unary(frame.recorder, "abs", value)
    known(frame, value)
    return abs(value)


def number(kind: type, names: tuple[str, ...]) -> Callable:
    """Return float, int or bool: a Python number of that kind is returned as it is."""

    def call(frame: Frame, *args: Any) -> Any:
        if len(args) == 1 and is_value(args[0]):
            value = args[0]
            if value.kind == "python" and value.dtype_name in names:
                return bare(value)
            if value.can_be_static:
                return kind(value.static())
            if kind in (int, float) and not value.dims and KIND[value.dtype_name] in "biuf":
                scalar = frame.recorder.add("scalar", [value]) if value.is_array else value
                return python_number(scalar, OF_PYTHON[kind])
            if kind is bool and not value.dims:
                return pythons(flow.truth(frame, value))
            raise refuse(f"{kind.__name__}() of a number that is known only when the function runs")
        if kind is int and len(args) == 1 and isinstance(args[0], Char):
            return digit(frame, args[0])
        if kind is bool and len(args) == 1 and stands_in(args[0]):
            found = flow.truth(frame, args[0])
            return pythons(found) if is_value(found) else found
        if any_value(args):
            raise refuse(f"{kind.__name__}() of a value")
        known(frame, *args)
        return kind(*args)

    return call


for _kind, _names in {float: ("f64",), int: ("i64",), bool: ("b1",)}.items():
    BUILTINS[_kind] = number(_kind, _names)


@builtin(complex)
def complex_(frame: Frame, *args: Any) -> Any:
    if not any_value(args):
        known(frame, *args)
        return complex(*args)
    if any(is_value(a) and a.dims for a in args) or any(map(is_complex, args[len(args) == 1 :])):
        raise refuse("complex() of these operands")
    return complex_of(frame.recorder, *args)


BUILTINS[tuple] = lambda frame, items=(): tuple(flow.static_items(frame, items))


@builtin(dict)
def dict_(frame: Frame, given: Any = (), /, **items: Any) -> dict:
    made = {}
    for pair in pairs_of(frame, given):
        key, value = pair
        key = key.static() if is_value(key) else key
        if not frame.session.comparable(key):
            raise refuse(f"a key of type {said(key)}")
        made[key] = value
    return frame.session.own(made | items)


def pairs_of(frame: Frame, given: Any) -> Iterable[tuple]:
    """Return the keys and values that `dict` takes from a dict, or from pairs."""
    if type(given) is not dict:
        return (tuple(each(frame, pair)) for pair in each(frame, given))
    if frame.session.readable(given):
        return given.items()
    if not outside.is_outside(frame.session, given):
        raise refuse("the items of a dict")
    return (
        (key, outside.dict_item(frame.session, given, key))
        for key in outside.keys_of(frame.session, given)
    )


@builtin(zip)
def zip_(frame: Frame, *sequences: Any, strict: bool = False) -> Items:
    check_iterable(*sequences)
    return Items(
        lambda: zip(*(each(frame, s) for s in sequences), strict=strict),
        rows=lambda: rows.zipped(frame, sequences),
        parts=sequences,
    )


@builtin(enumerate)
def enumerate_(frame: Frame, items: Any, start: int = 0) -> Items:
    check_iterable(items)
    return Items(
        lambda: enumerate(each(frame, items), start),
        rows=lambda: rows.enumerated(items, start),
        parts=(items,),
    )


@builtin(reversed)
def reversed_(frame: Frame, items: Any) -> Items:
    count = len(items) if type(items) is list else 0

    def values() -> Iterable[Any]:
        if type(items) is list and frame.session.readable(items):
            return backwards(items, count)
        if is_value(items) and items.dims:
            return each(frame, items[::-1])
        view = isinstance(items, Items) and not items.once
        if not (view or isinstance(items, (tuple, range, dict, str, flow.Range))):
            raise refuse(f"reversed() of a {said(items)}")
        return reversed(flow.static_items(frame, items))

    return Items(values, rows=lambda: rows.backwards(items), parts=(items,))


@builtin(map)
def map_(frame: Frame, function: Any, *sequences: Any) -> Items:
    from braze.interpreter.calls import call

    node = frame.source.node
    check_iterable(*sequences)

    def items() -> Iterable[Any]:
        together = zip(*(each(frame, s) for s in sequences), strict=False)
        return (call(frame, node, function, list(row), {}) for row in together)

    def rows_() -> Any:
        parts = rows.zipped(frame, sequences)
        if parts is None:
            return None
        return rows.Rows(parts.size, lambda k: call(frame, node, function, list(parts[k]), {}))

    return Items(items, rows=rows_, parts=sequences)


@builtin(round)
def round_(frame: Frame, value: Any, digits: Any = None) -> Any:
    if is_value(value) and value.kind == "scalar" and digits is not None:
        return rounding.round_(value, digits)
    kind = KIND[value.dtype_name] if is_value(value) and not value.dims else ""
    real = kind in ("i", "u", "f") or (kind == "b" and value.kind == "python")
    if real and digits is None and not is_either(value):
        if KIND[value.dtype_name] != "f":
            return python_number(number_of(frame, value), "i64")
        number = python_number(number_of(frame, value), "f64")
        return python_number(frame.recorder.apply("rint", [number]), "i64", finite=True)
    if any_value((value, digits)):
        raise refuse("Python's round of a value", "use numpy.round")
    known(frame, value, digits)
    return round(value, digits)


@builtin(divmod)
def divmod_(frame: Frame, a: Any, b: Any) -> tuple:
    known(frame, a, b)
    return (a // b, a % b) if any_value((a, b)) else divmod(a, b)


@builtin(pow)
def pow_(frame: Frame, a: Any, b: Any) -> Any:
    known(frame, a, b)
    return a**b


# Functions of `math` that are ufuncs on floats. They raise where these give no finite number.
MATH = {
    "sqrt": "sqrt", "exp": "exp", "exp2": "exp2", "expm1": "expm1", "log": "log", "log2": "log2",
    "log10": "log10", "log1p": "log1p", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "atan2": "arctan2", "hypot": "hypot", "erf": "erf", "fabs": "absolute",
    "copysign": "copysign", "pow": "power", "radians": "deg2rad", "degrees": "rad2deg",
}  # fmt: skip
WHOLE = {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}


def math_call(op: str, arity: int, dtype: str) -> Callable:
    """Return a function of `math` on numbers that are known only when the function runs."""

    def call(frame: Frame, *args: Any) -> Any:
        if len(args) != arity or any(is_value(a) and a.dims for a in args):
            raise refuse("a function of math on arrays", "use that of numpy")
        if op == "trunc" and any(is_value(a) and a.kind == "scalar" for a in args):
            raise refuse("math.trunc of a NumPy scalar, which few have")
        floats = [cast(python_number(number_of(frame, a), "f64"), "f64") for a in args]
        return python_number(frame.recorder.apply(op, floats), dtype, finite=True)

    return call


def number_of(frame: Frame, a: Any) -> Value:
    value = frame.recorder.operand(a)
    return frame.recorder.add("scalar", [value]) if value.is_array else value


MATH_CALLS = {
    getattr(math, name): math_call(
        op, 2 if name in ("atan2", "hypot", "copysign", "pow") else 1, "f64"
    )
    for name, op in MATH.items()
} | {getattr(math, name): math_call(op, 1, "i64") for name, op in WHOLE.items()}


@builtin(getattr)
def getattr_(frame: Frame, value: Any, name: str, *default: Any) -> Any:
    from braze.interpreter.expressions import read_attribute

    if default and not hasattr_(frame, value, name):
        return default[0]
    return read_attribute(frame, frame.source.node, value, name)


@builtin(setattr)
def setattr_(frame: Frame, value: Any, name: str, item: Any) -> None:
    store(frame, frame.source.node, value, name, item)


def in_class(cls: type, name: str) -> bool:
    """Tell whether a class has an attribute that its instances have, too."""
    return any(name in vars(base) for base in cls.__mro__)


@builtin(hasattr)
def hasattr_(frame: Frame, value: Any, name: str) -> bool:
    if is_value(value):
        return in_class(np.ndarray if value.is_array else value.python_type, name)
    if stands_in(value):
        return in_class(type_of(value), name)
    if is_plain(value):
        return hasattr(value, name)
    return has_attribute(frame.session, value, name)


@builtin(slice)
def slice_(frame: Frame, *bounds: Any) -> slice:
    return slice(*bounds)
