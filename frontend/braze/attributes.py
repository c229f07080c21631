"""Assignments to attributes of arguments: `self.x = self.x + dt * self.v`.

While compiling, the attribute is a name of the function, spelled as it is written (`self.x`), so
that branches and loops carry it as they carry other names. What it holds at the end is given to the
object when the compiled code has succeeded.
"""

import ast
from typing import Any

from braze.errors import refuse
from braze.frame import Frame, Session, Unbound
from braze.recorder import Recorder
from braze.records import store_attribute
from braze.sources import Source
from braze.value import is_value


def store(frame: Frame, target: ast.Attribute, owner: Any, value: Any) -> None:
    """Assign to an attribute of an argument, or of an instance that the function has made."""
    if not is_argument(frame, owner) or not isinstance(target.value, ast.Name):
        frame.perform(target, store_attribute, frame, owner, target.attr, value)
        return
    base = target.value.id
    if sum(value is owner for value in frame.names.values()) > 1:
        raise frame.refuse(target, f"assignment to an attribute of {base}, which has other names")
    check_class(frame, target, type(owner))
    frame.names[f"{base}.{target.attr}"] = value
    frame.session.assigned[base] = owner


def is_argument(frame: Frame, owner: Any) -> bool:
    """Tell whether this is an object that the function itself has been given."""
    origin = None if is_value(owner) else frame.recorder.origins.get(id(owner))
    direct = origin is not None and origin[1].root[0] == "arg" and not origin[1].steps
    return direct and frame is frame.session.stack[0] and not frame.around


def check_class(frame: Frame, target: ast.Attribute, cls: type) -> None:
    """Refuse a class that does something of its own when an attribute is assigned."""
    found = next((vars(c)[target.attr] for c in cls.__mro__ if target.attr in vars(c)), None)
    slot = type(found).__name__ == "member_descriptor"
    if cls.__setattr__ is not object.__setattr__ or (hasattr(type(found), "__set__") and not slot):
        raise frame.refuse(target, f"assignment to an attribute of a {cls.__name__}")
    if not slot and not hasattr(cls, "__dict__"):
        raise frame.refuse(target, f"assignment to an attribute of a {cls.__name__}")


def assigned_attribute(session: Session, owner: Any, name: str) -> Any:
    """Return what was assigned to an attribute, or None if nothing was."""
    if not session.assigned:
        return None
    frame = session.stack[0]
    for base, known in session.assigned.items():
        value = frame.function_names.get(f"{base}.{name}") if known is owner else None
        if isinstance(value, Unbound):
            raise refuse(f"the attribute .{name}, which only some ways through assign")
        if value is not None:
            return (value,)
    return None


def preload(frame: Frame, names: list[str]) -> None:
    """Bind the attributes among names that a branch or loop assigns to what they are before it."""
    from braze.reading import load_attribute

    for name in names:
        base, dot, attribute = name.partition(".")
        if not dot or name in frame.names or base not in frame.names:
            continue
        owner = frame.names[base]
        if not is_argument(frame, owner) or not hasattr(owner, attribute):
            continue
        frame.names[name] = load_attribute(frame.session, owner, attribute)
        frame.session.assigned[base] = owner


def is_attribute(session: Session, name: str) -> bool:
    """Tell whether a name stands for an attribute of an argument."""
    base, dot, _ = name.partition(".")
    return bool(dot) and base in session.assigned


def written(session: Session) -> list[tuple[Source, str, Any]]:
    """Return the attributes that the function has assigned, and their values."""
    recorder, frame = session.recorder, session.stack[0]
    out = []
    for name, value in frame.names.items():
        base, _, attribute = name.partition(".")
        if not is_attribute(session, name):
            continue
        if isinstance(value, Unbound):
            raise refuse(f"the attribute .{attribute}, which only some ways through assign")
        out.append((recorder.origins[id(session.assigned[base])][1], attribute, value))
    if out:
        check_owners(recorder, list(session.assigned.values()))
    return out


def check_owners(recorder: Recorder, assigned: list[Any]) -> None:
    """Refuse where another object that is read may be one that is assigned to, at another call."""
    owners = {id(owner): owner for owner in (*assigned, *recorder.owners)}.values()
    for changed in assigned:
        if any(o is not changed and type(o) is type(changed) for o in owners):
            raise refuse(f"assignment to attributes of one {type(changed).__name__} of several")
