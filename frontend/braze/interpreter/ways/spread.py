"""Instances that loops and branches carry: their attributes, as long as nothing else holds them.

``p = p + dt * v`` makes a new object in each round. What a loop carries are its attributes; behind
the loop, and in each round, there is an object made of them. That is another object than the one
before, which nobody can tell if only the name holds it.
"""

from typing import Any

from braze.interpreter.frame import Frame
from braze.interpreter.ways.frozen import Frozen, frozen_class
from braze.record.records import attributes_of, is_named_tuple, is_record, made_like
from braze.record.slots import Kept


def alike(frame: Frame, a: Any, b: Any) -> bool:
    """Tell whether two things are instances that the function made, with the same attributes."""
    recorder = frame.recorder
    if type(a) is not type(b) or not (is_record(recorder, a) and is_record(recorder, b)):
        return False
    return a is not b and list(attributes_of(a)) == list(attributes_of(b))


def flat(frame: Frame, value: Any) -> Frozen:
    """Return what stands for an instance: the tuple of its attributes."""
    held = attributes_of(value)
    parts = [flat_part(frame, part) for part in held.values()]
    return tuple.__new__(frozen_class(type(value), tuple(held)), parts)


def flat_part(frame: Frame, part: Any) -> Any:
    if is_record(frame.recorder, part):
        return flat(frame, part)
    if type(part) is tuple or is_named_tuple(part):
        return made_like(part, [flat_part(frame, one) for one in part])
    return part


def thawed(frame: Frame, value: Any) -> Any:
    """Return an instance made of what stands for it."""
    if isinstance(value, Frozen):
        made = object.__new__(value.kind)
        frame.session.own(made)
        frame.recorder.records[id(made)] = made
        for name, part in zip(value.names, value, strict=True):
            object.__setattr__(made, name, thawed(frame, part))
        return made
    if type(value) is tuple or is_named_tuple(value):
        return made_like(value, [thawed(frame, part) for part in value])
    return value


def held_alone(frame: Frame, value: Any, passing: set[str], most: int = 0) -> bool:
    """Tell whether only `passing` names hold an instance, and nothing else those in it."""
    if type(value) is tuple or is_named_tuple(value):
        return all(held_alone(frame, part, passing, most) for part in value)
    if not is_record(frame.recorder, value):
        return True
    if sum(times_in(one, value) for one in holding(frame, passing)) > most:
        return False
    return all(held_alone(frame, part, passing, 1) for part in attributes_of(value).values())


def holding(frame: Frame, passing: set[str]) -> list[Any]:
    """Return everything that holds objects while compiling."""
    session = frame.session
    frames = {id(f): f for f in (*session.stack, *session.kept, frame)}
    held: list[Any] = []
    for one in frames.values():
        spaces = [one.names, *one.overlays, *(names for names, _ in one.around)]
        for names in spaces:
            skipped = passing if one is frame else ()
            held += [v for n, v in names.items() if n not in skipped]
    slots = session.recorder.storage.slots.values()
    held += [slot.value for slot in slots if isinstance(slot, Kept)]
    for made, _ in session.owned.values():
        parts = made if isinstance(made, (list, set)) else None
        held += parts if parts is not None else list(contents_of(made))
    held += [copied.made for copied in session.recorder.copied.values()]
    return held


def contents_of(made: Any) -> list:
    return list((made if isinstance(made, dict) else attributes_of(made)).values())


def times_in(held: Any, wanted: Any) -> int:
    if held is wanted:
        return 1
    if isinstance(held, tuple):
        return sum(times_in(part, wanted) for part in held)
    return 0
