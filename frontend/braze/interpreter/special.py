"""Operators, items, lengths and iteration of objects whose classes define them in Python."""

import inspect
import operator
import types
from typing import Any

import numpy as np

from braze import _core
from braze.arrays.arithmetic import COMPARISONS, PYTHON
from braze.errors import refuse, said
from braze.interpreter.attributes import guard_class
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.record.records import computes_attributes
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.value import is_value

REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
BINARY = {function: name for name, function in PYTHON.items()}
IN_PLACE = {getattr(operator, f"i{n.rstrip('_')}" if n not in ("and", "or") else f"i{n}"): n
            for n in PYTHON if n not in COMPARISONS}  # fmt: skip
UNARY = {operator.neg: "neg", operator.pos: "pos", operator.invert: "invert"}


OWN = ("braze", "numpy")


def is_object(value: Any) -> bool:
    """Tell whether this is an instance of a class of Python that may define operators."""
    cls = type(value)
    if is_value(value) or is_plain(value) or isinstance(value, (*IDENTITIES, np.ndarray)):
        return False
    if isinstance(value, (list, tuple, dict, set, Items)) or cls.__module__.split(".")[0] in OWN:
        return False
    return not computes_attributes(cls) and isinstance(cls, type)


def method(frame: Frame, value: Any, name: str) -> Any:
    """Return a special method of a class of Python under a guard, or None."""
    cls = type(value)
    guard_class(frame.recorder, value)
    found = inspect.getattr_static(cls, name, None)
    if found is None:
        frame.recorder.guard(Source(("const", cls)), "lacks", name)
        return None
    if not isinstance(found, (types.FunctionType, _core.Function)):
        if getattr(found, "__objclass__", None) is object:
            frame.recorder.guard(Source(("attr", cls, name)), "is", found)
            return None
        raise refuse(f"{name} of a {cls.__name__}")
    frame.recorder.guard(Source(("attr", cls, name)), "is", found)
    return found


def call_method(frame: Frame, value: Any, name: str, *args: Any) -> Any:
    """Call a special method; NotImplemented if there is none."""
    from braze.interpreter.calls import call

    found = method(frame, value, name)
    if found is None:
        return NotImplemented
    return call(frame, frame.source.node, found, [value, *args], {})


def apply(frame: Frame, function: Any, *operands: Any) -> Any:
    """Return what an operator gives of operands of which one at least is an object."""
    if len(operands) == 1:
        result = call_method(frame, operands[0], f"__{UNARY[function]}__")
    else:
        result = binary(frame, function, *operands)
    if result is NotImplemented:
        names = " and ".join(f"a {type(o).__name__}" for o in operands)
        raise refuse(f"an operator on {names}")
    return result


def binary(frame: Frame, function: Any, a: Any, b: Any) -> Any:
    if function in IN_PLACE:
        name = IN_PLACE[function]
        if is_object(a):
            changed = call_method(frame, a, f"__i{name}__", b)
            if changed is not NotImplemented:
                return changed
    else:
        name = BINARY[function]
    back = f"__{REFLECTED[name]}__" if name in COMPARISONS else f"__r{name}__"
    ways = [(a, f"__{name}__", b), (b, back, a)]
    if is_object(a) and is_object(b):
        if type(b) is not type(a) and isinstance(b, type(a)):
            ways.reverse()
        elif type(a) is type(b) and name not in COMPARISONS:
            del ways[1]
    foreign = is_value(a) and a.kind != "python" or isinstance(a, (np.ndarray, np.generic))
    if foreign:
        raise refuse(f"an operator on an array and a {said(b)}")
    for one, special, other in ways:
        if is_object(one):
            result = call_method(frame, one, special, other)
            if result is not NotImplemented:
                return result
    return NotImplemented


def item(frame: Frame, container: Any, key: Any) -> Any:
    """Return an item of an object."""
    return needed(container, "__getitem__", call_method(frame, container, "__getitem__", key))


def set_item(frame: Frame, container: Any, key: Any, value: Any) -> None:
    needed(container, "__setitem__", call_method(frame, container, "__setitem__", key, value))


def length(frame: Frame, container: Any) -> Any:
    return needed(container, "__len__", call_method(frame, container, "__len__"))


def contains(frame: Frame, container: Any, one: Any) -> Any:
    from braze.interpreter.flow import truth

    found = needed(container, "__contains__", call_method(frame, container, "__contains__", one))
    known = truth(frame, found)
    if is_value(known):
        raise refuse("the operator `in` on values that are known only when the function runs")
    return known


def truth_of(frame: Frame, value: Any) -> Any:
    """Return what `__bool__` or `__len__` says of an object; True if it has neither."""
    from braze.interpreter.flow import truth

    for name in ("__bool__", "__len__"):
        found = call_method(frame, value, name)
        if found is not NotImplemented:
            return truth(frame, found)
    return True


def items_of(frame: Frame, value: Any) -> Any:
    """Return what an object gives to be iterated over."""
    return needed(value, "__iter__", call_method(frame, value, "__iter__"))


def needed(value: Any, name: str, result: Any) -> Any:
    if result is NotImplemented:
        raise refuse(f"a {said(value)}, which has no {name}")
    return result
