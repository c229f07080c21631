"""What the script interpreter reads from outside: globals, closures, attributes, items.

Every read is remembered: arrays become inputs that are read again at each call, everything else
is guarded.
"""

import ast
import builtins
import enum
import types
from typing import Any

import numpy as np

from braze.arrays.eager import draws
from braze.arrays.grids import GRIDS
from braze.errors import refuse, said
from braze.interpreter.frame import Frame, Session, Unbound
from braze.interpreter.hierarchies import Super
from braze.interpreter.identity import stands_in
from braze.interpreter.instances import load_class_attribute, load_instance_attribute
from braze.interpreter.lifting import lift
from braze.interpreter.lists.grown import REFUSED, Append, Grown, item_of
from braze.interpreter.lists.methods import known_method
from braze.interpreter.lists.tables import is_table, item_at
from braze.interpreter.lists.vectors import Vector, VectorMethod
from braze.interpreter.lists.wishes import wanting
from braze.interpreter.loops.rows import Rows
from braze.interpreter.objects import Objects
from braze.interpreter.outside import METHODS, DictMethod, assigned_variable, dict_item, is_outside
from braze.interpreter.texts import Text, TextMethod, asking, is_text
from braze.interpreter.ways.oneof import Sometimes
from braze.record import records
from braze.record.slots import MISSING
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.value import is_value


def load_name(frame: Frame, node: ast.Name) -> Any:
    """Return what a name means."""
    name = node.id
    scope: Frame | None = frame
    while scope is not None:
        names = scope.names if scope is frame else scope.function_names
        if name not in names and scope.has_slot(name):
            value = scope.shared[name].value
            if value is MISSING or isinstance(value, Unbound):
                raise frame.refuse(node, f"the name {name}, which may not be assigned yet")
            return value
        if name in names:
            value = names[name]
            if isinstance(value, Sometimes) and scope is frame and not frame.in_comprehension:
                value = names[name] = frame.perform(node, value.taken)
            if isinstance(value, Unbound):
                raise frame.refuse(node, f"the name {name}, {value.why}")
            return value
        if name in scope.locals:
            raise frame.refuse(node, f"the name {name} before it is assigned")
        if name in scope.cells:
            return frame.perform(node, load_cell, frame, name, scope.cells[name])
        scope = scope.outer
    now = frame.perform(node, assigned_variable, frame.session, frame.globals, name)
    if now is not MISSING:
        return now
    if name in frame.globals:
        return frame.perform(node, load_global, frame, name)
    if hasattr(builtins, name):
        return frame.perform(node, load_builtin, frame, name)
    raise frame.refuse(node, f"the name {name}, which is not defined")


def load_builtin(frame: Frame, name: str) -> Any:
    own = frame.globals.get("__builtins__", builtins)
    if own is not builtins and own is not vars(builtins):
        raise refuse("code with builtins of its own")
    found = getattr(builtins, name)
    frame.recorder.guard(Source(("const", frame.globals)), "lacks", name)
    frame.recorder.guard(Source(("attr", builtins, name)), "is", found)
    return found


def load_cell(frame: Frame, name: str, cell: types.CellType) -> Any:
    now = assigned_variable(frame.session, cell, name)
    if now is not MISSING:
        return now
    try:
        value = cell.cell_contents
    except ValueError as error:
        raise refuse(f"the variable {name} before it is assigned") from error
    return lift(frame.session, Source(("cell", cell, name)), value, name in frame.outside)


def load_global(frame: Frame, name: str) -> Any:
    source = Source(("global", frame.globals, name))
    return lift(frame.session, source, frame.globals[name], name in frame.outside)


def is_numpy_module(value: Any) -> bool:
    return isinstance(value, types.ModuleType) and value.__name__.split(".")[0] == "numpy"


def load_attribute(session: Session, value: Any, name: str) -> Any:
    """Return ``value.name``."""
    if is_value(value):
        if not hasattr(np.ndarray if value.is_array else value.python_type, name):
            raise AttributeError(f"'{value.python_type.__name__}' object has no attribute '{name}'")
        if not hasattr(type(value), name) or name.startswith("_"):
            raise refuse(f"the attribute .{name} of an array")
        return getattr(value, name)
    if isinstance(value, Grown):
        if name == "append":
            return Append(session, value)
        steady = name in ("sort", "reverse", "index", "count")
        error = wanting(refuse(f"the method {name} of a list"), session.recorder, value, not steady)
        raise wanting(error, session.recorder, value.held, True)
    if is_text(value):
        return TextMethod(value, name)
    if isinstance(value, Objects):
        return value.attribute(name)
    if isinstance(value, Vector):
        return VectorMethod(session, value, name)
    if isinstance(value, Super):
        return value.load(session, name)
    if draws.is_generator(value):
        return draws.Method(value, name)
    if records.is_named_tuple(value):
        return records.load_field(session, value, name)
    if isinstance(value, enum.Enum) and name in ("value", "name"):
        if not is_plain(getattr(value, name)):
            raise refuse(f"the attribute .{name} of a {said(value)}")
        return getattr(value, name)
    if is_outside(session, value) and name in METHODS:
        return DictMethod(session, value, name)
    if is_plain(value) or isinstance(value, (list, dict, set, np.finfo, np.iinfo)):
        return load_plain_attribute(session, value, name)
    if isinstance(value, types.ModuleType):
        found = getattr(value, name)
        if is_numpy_module(value):
            session.recorder.guard(Source(("attr", value, name)), "is", found)
            return found
        if (now := assigned_variable(session, vars(value), name)) is not MISSING:
            return now
        return lift(session, Source(("attr", value, name)), found)
    if isinstance(value, type):
        return load_class_attribute(session, value, name)
    if isinstance(value, np.ufunc):
        return getattr(value, name)
    if isinstance(value, IDENTITIES):
        raise refuse(f"the attribute .{name} of a function")
    own = name == "__doc__" and type(value).__module__.startswith("braze.")
    if own or stands_in(value):
        raise refuse(f"the attribute .{name} of an iterator, range or function")
    return load_instance_attribute(session, value, name)


def load_plain_attribute(session: Session, value: Any, name: str) -> Any:
    found = getattr(value, name)
    container = isinstance(value, (list, dict, set))
    if container and not session.readable(value):
        raise refuse(f"a method of a {said(value)} from outside")
    if name == "append" and session.made_outside(value):
        return Append(session, value)
    if (made := known_method(value, name)) is not None:
        if name in CHANGES and not session.may_change(value):
            raise wanting(refuse(REFUSED), session.recorder, value, True)
        return made
    if container and name in CHANGES and not session.may_change(value):
        error = refuse(f"a change of a {said(value)} from outside or in a branch")
        raise wanting(error, session.recorder, value, True)
    return found


# Methods that change a list, dict or set.
CHANGES = {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update",
           "setdefault", "popitem", "add", "discard", "difference_update", "intersection_update",
           "symmetric_difference_update"}  # fmt: skip


def load_item(session: Session, container: Any, key: Any) -> Any:
    """Return ``container[key]``."""
    if is_value(container) or isinstance(container, Rows):
        return container[key]
    if isinstance(container, (Grown, Text, Vector)):
        return container.item(key)
    if (make := GRIDS.get(id(container))) is not None:
        return make(session.recorder, key)
    if is_value(key):
        if not key.can_be_static and is_table(session, container):
            return item_at(session, container, key)
        if type(container) is list and not key.can_be_static:
            error = refuse("an item of a list that only the run knows")
            raise wanting(error, session.recorder, container, False)
        if type(container) in (str, bytes) and not key.can_be_static:
            raise asking(session.recorder)
        key = key.static()
    if isinstance(container, dict) and not session.comparable(key):
        raise refuse(f"a key of type {said(key)}")
    if isinstance(container, (list, tuple, str, dict, range)):
        if isinstance(container, (tuple, str, range)) or session.readable(container):
            growing = type(container) is list
            return item_of(session, container, key) if growing else container[key]
        if is_outside(session, container):
            return dict_item(session, container, key)
    raise refuse(f"an index into a {said(container)}")
