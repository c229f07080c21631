"""`is`: of what is known while compiling, and of bools, of which Python has one of each."""

from typing import Any

import numpy as np

from braze.errors import refuse, said
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.lists.nested import Row
from braze.interpreter.texts import is_text
from braze.interpreter.ways.oneof import OneOf
from braze.record.either import pythons
from braze.record.sources import is_plain, same_value
from braze.record.value import OfValues, Value, is_value


def same_object(frame: Frame, a: Any, b: Any) -> Any:
    """Return whether two are one object: a plain bool, or one of the graph."""
    recorder = frame.recorder
    if is_plain(a) and is_plain(b):
        return same_plain(a, b)
    if a is b:
        return True
    for one, other in ((a, b), (b, a)):
        if isinstance(one, OneOf):
            return one.asked(lambda item, other=other: same_object(frame, item, other))
    if is_value(a) and is_value(b):
        raise refuse("`is` between arrays")
    for one, other in ((a, b), (b, a)):
        if is_value(one):
            return same_as(frame, one, other)
        if is_text(one) and isinstance(other, (str, bytes)):
            raise refuse("`is` between text")
    if is_text(a) and is_text(b):
        raise refuse("`is` between text")
    if isinstance(a, Row) and isinstance(b, Row):
        raise refuse("`is` between lists in a list")
    if id(a) in recorder.containers and id(b) in recorder.containers:
        raise refuse("`is` between containers that are arguments")
    if id(a) in recorder.origins and id(b) in recorder.origins:
        raise refuse("`is` between arguments")
    return False


def same_plain(a: Any, b: Any) -> bool:
    """Tell whether two plain values are one object; guards hold their values alone."""
    if not same_value(a, b):
        return False
    small = type(a) is int and -5 <= a <= 256
    if a is b and (small or isinstance(a, ONE_OF_EACH)):
        return True
    raise refuse(f"`is` between equal objects of type {said(a)}")


# Types of which there is one object for each value, or guards hold the object.
ONE_OF_EACH = (bool, type(None), type(Ellipsis), np.dtype)


def stands_in(value: Any) -> bool:
    """Tell whether this stands for an object of the run that is no array or number."""
    from braze.arrays.eager.draws import Made
    from braze.interpreter.flow import Range

    return isinstance(value, (OfValues, Items, Range, Made)) and not is_value(value)


def same_as(frame: Frame, value: Value, known: Any) -> Any:
    """Return whether a value is an object that is known while compiling."""
    number = isinstance(known, (bool, int, float, complex, np.generic))
    if not number or value.is_array:
        return False
    if value.either is not None:
        raise refuse("`is` of a number that is Python's or NumPy's")
    if value.python_type is not type(known):
        return False
    if value.dtype_name != "b1":
        raise refuse("`is` between numbers")
    if value.can_be_static:
        return value.static() is known
    truth = pythons(value)
    return truth if known else frame.recorder.add("logical_not", [truth])
