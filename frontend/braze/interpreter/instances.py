"""Attributes of instances and classes: read under guards on the object, its class and its bases."""

import ast
import functools
import inspect
import types
from typing import Any

import numpy as np

from braze import _core
from braze.errors import refuse, said
from braze.interpreter.attributes import assigned_attribute, guard_lookup
from braze.interpreter.frame import Session, Unbound
from braze.interpreter.hierarchies import guard_inherited
from braze.interpreter.lifting import lift
from braze.record import records
from braze.record.slots import MISSING
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.trees import nodes_of


def load_class_attribute(session: Session, cls: type, name: str) -> Any:
    if (now := assigned_in_class(session, cls, name)) is not MISSING:
        return now
    if name in ("__name__", "__qualname__", "__module__"):
        session.recorder.guard(Source(("attr", cls, name)), "value", getattr(cls, name))
        return getattr(cls, name)
    for base in cls.__mro__:
        if name in vars(base):
            found = vars(base)[name]
            source = Source(("attr", cls, name))
            if isinstance(found, staticmethod):
                found = found.__func__
            elif isinstance(found, classmethod):
                guard_inherited(session, cls, name)
                return types.MethodType(found.__func__, cls)
            elif type(found) is np.ndarray or (is_plain(found) and stores(session, name)):
                return lift(session, source, found, stores(session, name))
            elif not is_plain(found) and not isinstance(found, (*IDENTITIES, cls)):
                raise refuse(f"the attribute .{name} of a class")
            if cls.__module__ != "numpy":
                session.recorder.guard(source, "is", getattr(cls, name))
            return found
    raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")


def assigned_in_class(session: Session, cls: type, name: str) -> Any:
    """Return what the function has assigned to an attribute of a class, or MISSING."""
    for base in cls.__mro__:
        if (now := assigned_attribute(session, base, name)) is not MISSING:
            return now
        if name in vars(base):
            break
    return MISSING


def load_instance_attribute(session: Session, value: Any, name: str) -> Any:
    """Read an attribute in the object's own dict, or a method or property of its class."""
    if (now := assigned_attribute(session, value, name)) is not MISSING:
        return now
    session.recorder.owners.append(value)
    cls = type(value)
    if name == "__class__":
        return cls
    if records.computes_attributes(cls):
        raise refuse(f"an attribute of a {cls.__name__}, which computes its attributes")
    recorder = session.recorder
    guard_lookup(recorder, value)
    if records.is_record(recorder, value):
        return load_record_attribute(session, value, name)
    origin = recorder.origins.get(id(value))
    source = Source(("attr", value, name)) if origin is None else origin[1].attr(name)
    in_class = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    if isinstance(in_class, property) and in_class.fget is not None:
        recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return Property(in_class.fget, value)
    slot = isinstance(in_class, types.MemberDescriptorType)
    if slot or name in getattr(value, "__dict__", {}):
        return lift(session, source, getattr(value, name), stores(session, name))
    if isinstance(in_class, functools.cached_property):
        recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return cached_property(session, value, in_class)
    if isinstance(in_class, (types.FunctionType, _core.Function)):
        recorder.guard(origin[1] if origin else Source(("const", value)), "lacks", name)
        recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return types.MethodType(in_class, value)
    if isinstance(in_class, (staticmethod, classmethod)):
        recorder.guard(origin[1] if origin else Source(("const", value)), "lacks", name)
        return load_class_attribute(session, cls, name)
    if (now := assigned_in_class(session, cls, name)) is not MISSING:
        recorder.guard(origin[1] if origin else Source(("const", value)), "lacks", name)
        return now
    if in_class is not None and (is_plain(in_class) or type(in_class) is np.ndarray):
        return lift(session, source, in_class, stores(session, name))
    if in_class is None and "__dict__" in dir(value) and recorder.body == 0:
        recorder.guard(origin[1] if origin else Source(("const", value)), "lacks", name)
        recorder.guard(Source(("const", cls)), "lacks", name)
        raise AttributeError(f"'{cls.__name__}' object has no attribute '{name}'")
    raise refuse(f"the attribute .{name} of a {cls.__name__}")


def stores(session: Session, name: str) -> bool:
    """Tell whether the functions at hand assign to attributes of this name."""
    return any(name in attributes_stored(frame.source.node) for frame in session.stack)


def attributes_stored(node: ast.AST) -> frozenset[str]:
    if not hasattr(node, "_stored"):
        every = (n for n in nodes_of(node) if isinstance(n, ast.Attribute))
        node._stored = frozenset(n.attr for n in every if isinstance(n.ctx, ast.Store))
    return node._stored


def load_record_attribute(session: Session, value: Any, name: str) -> Any:
    """Read an attribute of an instance that the function has made."""
    cls = type(value)
    in_class = inspect.getattr_static(cls, name, None)
    if isinstance(in_class, property):
        session.recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return Property(in_class.fget, value)
    held = records.attributes_of(value)
    if name in held:
        if isinstance(held[name], Unbound):
            raise refuse(f"the attribute .{name}, {held[name].why}")
        return held[name]
    if isinstance(in_class, (types.FunctionType, _core.Function)):
        session.recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return types.MethodType(in_class, value)
    if isinstance(in_class, functools.cached_property):
        session.recorder.guard(Source(("attr", cls, name)), "is", in_class)
        return cached_property(session, value, in_class)
    if in_class is None:
        raise refuse(f"the attribute .{name} of a {cls.__name__}, which has none")
    return load_class_attribute(session, cls, name)


class Property:
    """A property that was read: its function is still to be called.

    What it gives may have to be `kept` as an attribute of this name.
    """

    def __init__(self, getter: Any, instance: Any, kept: str | None = None) -> None:
        self.getter = getter
        self.instance = instance
        self.kept = kept


def cached_property(session: Session, value: Any, found: functools.cached_property) -> Property:
    """Return a cached property that an instance does not hold yet."""
    recorder, known = session.recorder, session.recorder.origins.get(id(value))
    if recorder.body != 0:  # the loop around may hold it in later rounds
        raise refuse("a cached property that is computed in a branch or loop")
    if found.attrname is None or type(found) is not functools.cached_property:
        raise refuse(f"a {said(found)}")
    if not records.is_record(recorder, value):
        recorder.guard(known[1] if known else Source(("const", value)), "lacks", found.attrname)
    return Property(found.func, value, found.attrname)
