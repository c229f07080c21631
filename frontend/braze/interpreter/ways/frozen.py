"""Lists, dicts and instances that ways of a branch return: as tuples, which branches can give.

What a function returns nothing else changes, so all that counts is how it is made again.
"""

from functools import cache
from typing import Any

from braze.interpreter.frame import Frame
from braze.record import records
from braze.record.records import attributes_of, is_named_tuple, is_record, made_like
from braze.record.sources import is_plain


class Frozen(tuple):
    """What stands for a list, dict or instance of the function's own."""

    kind: Any = list
    names: tuple = ()


@cache
def frozen_class(kind: type, names: tuple) -> type:
    """Return the class of what stands for instances of a class with such attributes or keys."""
    return type("Frozen", (Frozen,), {"kind": kind, "names": names})


def frozen(frame: Frame, value: Any) -> Any:
    """Return what stands for a result of the compiled function, if it was made in this branch."""
    seen: set[int] = set()
    return walk(frame, value, seen) if all_own(frame, value, seen) else value


def all_own(frame: Frame, value: Any, seen: set[int]) -> bool:
    """Tell whether all containers in a value were made in this branch, and stand there once."""
    if type(value) in (list, dict) or is_record(frame.recorder, value):
        held = frame.session.owned.get(id(value))
        if held is None or held[0] is not value or held[1] != frame.recorder.body:
            return False
        if id(value) in seen or (type(value) is dict and not all(map(is_plain, value))):
            return False
        seen.add(id(value))
        return all(all_own(frame, part, seen) for part in parts_of(value))
    if type(value) is tuple or is_named_tuple(value):
        return all(all_own(frame, part, seen) for part in value)
    return True


def parts_of(value: Any) -> list:
    if type(value) is list:
        return value
    return list((value if type(value) is dict else attributes_of(value)).values())


def walk(frame: Frame, value: Any, seen: set[int]) -> Any:
    if type(value) is tuple or is_named_tuple(value):
        return made_like(value, [walk(frame, part, seen) for part in value])
    if id(value) not in seen:
        return value
    names = ()
    if type(value) is not list:
        names = tuple(value if type(value) is dict else attributes_of(value))
    parts = [walk(frame, part, seen) for part in parts_of(value)]
    return tuple.__new__(frozen_class(type(value), names), parts)


def structure_of(value: Frozen, parts: list) -> tuple:
    """Return how the result is built that a frozen one stands for."""
    if value.kind is list:
        return ("list", parts)
    if value.kind is dict:
        return ("dict", dict(zip(value.names, parts, strict=True)))
    return ("call", records.rebuild(value.kind, value.names), parts)
