"""Assignments to attributes: `self.x = self.x + dt * self.v`.

While compiling, what an assigned attribute holds stands in a slot (braze/slots.py), so that
branches and loops carry it as they carry names. What the slots of arguments hold at the end is
given to the objects when the compiled code has succeeded.
"""

import ast
from typing import Any

from braze.errors import refuse
from braze.frame import Frame, Session, Unbound
from braze.records import computes_attributes, is_record, store_attribute
from braze.slots import MISSING, Attribute, Slot
from braze.sources import IDENTITIES, Source, is_plain
from braze.value import is_value


def store(frame: Frame, target: ast.Attribute, owner: Any, value: Any) -> None:
    """Assign to an attribute of an object from outside, or of one that the function made."""
    recorder = frame.recorder
    if is_record(recorder, owner):
        frame.perform(target, store_attribute, frame, owner, target.attr, value)
        return
    if is_value(owner) or is_plain(owner) or isinstance(owner, (*IDENTITIES, list, tuple, dict)):
        raise frame.refuse(target, "assignment to an attribute")
    check_class(frame, target, type(owner))
    frame.session.assign(recorder.storage.slot(Attribute, owner, target.attr), value)


def check_class(frame: Frame, target: ast.Attribute, cls: type) -> None:
    """Refuse a class that does something of its own when an attribute is assigned."""
    found = next((vars(c)[target.attr] for c in cls.__mro__ if target.attr in vars(c)), None)
    slot = type(found).__name__ == "member_descriptor"
    if cls.__setattr__ is not object.__setattr__ or (hasattr(type(found), "__set__") and not slot):
        raise frame.refuse(target, f"assignment to an attribute of a {cls.__name__}")
    if not slot and not any("__dict__" in vars(c) for c in cls.__mro__):
        raise frame.refuse(target, f"assignment to an attribute of a {cls.__name__}")


def assigned_attribute(session: Session, owner: Any, name: str) -> Any:
    """Return what was assigned to an attribute, or MISSING if nothing was."""
    slot = session.recorder.storage.slots.get((id(owner), name))
    held = MISSING if slot is None else slot.value
    if isinstance(held, Unbound):
        raise refuse(f"the attribute .{name}, {held.why}")
    return held


def has_attribute(session: Session, owner: Any, name: str) -> bool:
    """Return what hasattr gives, under a guard."""
    from braze.reading import load_attribute

    recorder, cls = session.recorder, type(owner)
    if is_record(recorder, owner):
        return hasattr(owner, name)
    if assigned_attribute(session, owner, name) is not MISSING:
        return True
    if computes_attributes(cls) or not hasattr(owner, "__dict__") or isinstance(owner, IDENTITIES):
        raise refuse(f"hasattr of a {cls.__name__}")
    if name in vars(owner) or hasattr(cls, name):
        load_attribute(session, owner, name)
        return True
    if recorder.body != 0:
        # The loop around may assign it: then it is there in all iterations but the first.
        raise refuse("hasattr in a branch or loop")
    recorder.guard(way_to(recorder, owner), "lacks", name)
    recorder.guard(Source(("const", cls)), "lacks", name)
    return False


def begin(session: Session, slot: Slot) -> bool:
    """Have a slot hold what it stands for, before a branch or loop that assigns it.

    False if there is no such attribute, variable or item yet.
    """
    from braze import outside
    from braze.reading import load_attribute

    if slot.value is not MISSING:
        return not isinstance(slot.value, Unbound)
    if isinstance(slot, Attribute) and hasattr(slot.owner, slot.key):
        slot.given = load_attribute(session, slot.owner, slot.key)
    else:
        slot.given = outside.before(session, slot)
    if slot.given is MISSING:
        return False
    session.recorder.storage.assign(slot, slot.given)
    return True


def way_to(recorder: Any, owner: Any) -> Source:
    """Return how the object is found at a later call."""
    known = recorder.origins.get(id(owner))
    return Source(("const", owner)) if known is None else known[1]


def keep_apart(recorder: Any, assigned: list[Any]) -> None:
    """Have later calls find different objects where this one did, if attributes are assigned."""
    owners = {id(owner): owner for owner in (*assigned, *recorder.owners)}
    done: set[frozenset] = set()
    for changed in assigned:
        for other in owners.values():
            pair = frozenset((id(changed), id(other)))
            same_type = type(other) is type(changed) and not is_record(recorder, other)
            if other is changed or not same_type or pair in done:
                continue
            done.add(pair)
            recorder.guard(way_to(recorder, changed), "apart", way_to(recorder, other))
