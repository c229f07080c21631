"""Assignments to attributes: `self.x = self.x + dt * self.v`.

While compiling, what an assigned attribute holds stands in a slot (record/slots.py), so that
branches and loops carry it as they carry names. What the slots of arguments hold at the end is
given to the objects when the compiled code has succeeded.
"""

import ast
import inspect
from typing import Any

from braze.arrays.indexing import setitem
from braze.arrays.reshaping import set_shape
from braze.errors import refuse
from braze.interpreter.frame import Frame, Session, Unbound
from braze.record.records import HEAP, computes_attributes, is_record, store_attribute
from braze.record.slots import MISSING, Attribute, Slot
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.value import is_value


def store(frame: Frame, node: ast.AST, owner: Any, name: str, value: Any) -> None:
    """Assign to an attribute of an object or class, or call the function of a property."""
    recorder = frame.recorder
    if is_value(owner) and owner.is_array and name in ARRAYS:
        frame.perform(node, ARRAYS[name], owner, value)
        return
    if is_value(owner) or is_plain(owner) or isinstance(owner, (list, tuple, dict)):
        raise frame.refuse(node, "assignment to an attribute")
    if isinstance(owner, type):
        frame.perform(node, store_in_class, frame, owner, name, value)
        return
    if isinstance(owner, IDENTITIES):
        raise frame.refuse(node, "assignment to an attribute")
    if (setter := setter_of(frame, type(owner), name)) is not None:
        from braze.interpreter.calls import call

        call(frame, node, setter, [owner, value], {})
    elif is_record(recorder, owner):
        frame.perform(node, store_attribute, frame, owner, name, value)
    else:
        check_class(frame, node, type(owner), name)
        frame.session.assign(recorder.storage.slot(Attribute, owner, name), value)


def set_part(name: str) -> Any:
    return lambda array, value: setitem(getattr(array, name), Ellipsis, value)


# Attributes of arrays that may be assigned.
ARRAYS = {"shape": set_shape, "real": set_part("real"), "imag": set_part("imag")}


def setter_of(frame: Frame, cls: type, name: str) -> Any:
    """Return the function that a property calls when it is assigned; None for other attributes."""
    found = inspect.getattr_static(cls, name, None)
    if type(found) is not property or found.fset is None:
        return None
    if cls.__setattr__ is not object.__setattr__:
        raise refuse(f"assignment to an attribute of a {cls.__name__}")
    frame.recorder.guard(Source(("attr", cls, name)), "is", found)
    return found.fset


def store_in_class(frame: Frame, cls: type, name: str, value: Any) -> None:
    """Assign to an attribute of a class of Python: a number, text or array."""
    found = inspect.getattr_static(cls, name, None)
    plain = found is None or is_plain(found) or type(found).__name__ == "ndarray"
    special = name.startswith("__") or "__slots__" in vars(cls)
    if type(cls) is not type or special or not plain or not cls.__flags__ & HEAP:
        raise refuse("assignment to an attribute of a class")
    frame.session.assign(frame.recorder.storage.slot(Attribute, cls, name), value)


def keep(frame: Frame, owner: Any, name: str, value: Any) -> None:
    """Have an instance hold what a cached property has given."""
    if is_record(frame.recorder, owner):
        if not frame.session.may_change(owner):
            raise refuse("a cached property that is computed in a branch or loop")
        object.__getattribute__(owner, "__dict__")[name] = value
    else:
        frame.session.assign(frame.recorder.storage.slot(Attribute, owner, name), value)


def check_class(frame: Frame, node: ast.AST, cls: type, name: str) -> None:
    """Refuse a class that does something of its own when an attribute is assigned."""
    found = next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)
    slot = type(found).__name__ == "member_descriptor"
    if cls.__setattr__ is not object.__setattr__ or (hasattr(type(found), "__set__") and not slot):
        raise frame.refuse(node, f"assignment to an attribute of a {cls.__name__}")
    if not slot and not any("__dict__" in vars(c) for c in cls.__mro__):
        raise frame.refuse(node, f"assignment to an attribute of a {cls.__name__}")


def assigned_attribute(session: Session, owner: Any, name: str) -> Any:
    """Return what was assigned to an attribute, or MISSING if nothing was."""
    slot = session.recorder.storage.slots.get((id(owner), name))
    held = MISSING if slot is None else slot.value
    if isinstance(held, Unbound):
        raise refuse(f"the attribute .{name}, {held.why}")
    return held


def guard_lookup(recorder: Any, owner: Any) -> None:
    """Have an object keep its class, and that find attributes as Python does."""
    cls = type(owner)
    guard_class(recorder, owner)
    recorder.guard(Source(("attr", cls, "__getattribute__")), "is", cls.__getattribute__)
    if not hasattr(cls, "__getattr__"):
        recorder.guard(Source(("const", cls)), "lacks", "__getattr__")


def guard_class(recorder: Any, value: Any) -> None:
    """Have an object keep its class; those found in arguments are told by it."""
    cls = type(value)
    theirs = cls.__flags__ & HEAP and not cls.__module__.startswith("braze.")
    if theirs and id(value) not in recorder.origins and not is_record(recorder, value):
        recorder.guard(Source(("attr", value, "__class__")), "is", cls)


def has_attribute(session: Session, owner: Any, name: str) -> bool:
    """Return what hasattr gives, under a guard."""
    from braze.interpreter.reading import load_attribute

    recorder, cls = session.recorder, type(owner)
    if is_record(recorder, owner):
        return hasattr(owner, name)
    if assigned_attribute(session, owner, name) is not MISSING:
        return True
    guard_lookup(recorder, owner)
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
    from braze.interpreter import outside
    from braze.interpreter.reading import load_attribute

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
