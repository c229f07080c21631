"""What the script interpreter reads from outside: globals, closures, attributes, items.

Every read is remembered: arrays become inputs that are read again at each call, everything else
is guarded.
"""

import ast
import builtins
import enum
import functools
import inspect
import types
from typing import Any

import numpy as np

from braze import _core
from braze.arrays.eager import draws
from braze.arrays.grids import GRIDS
from braze.errors import refuse
from braze.interpreter.attributes import assigned_attribute
from braze.interpreter.frame import Frame, Session, Unbound
from braze.interpreter.hierarchies import Super
from braze.interpreter.identity import stands_in
from braze.interpreter.lists.grown import REFUSED, Append, Grown, item_of
from braze.interpreter.lists.methods import known_method
from braze.interpreter.lists.vectors import Vector, VectorMethod
from braze.interpreter.lists.wishes import wanting
from braze.interpreter.loops.rows import Rows
from braze.interpreter.objects import Objects
from braze.interpreter.outside import METHODS, DictMethod, assigned_variable, dict_item, is_outside
from braze.interpreter.texts import Text, TextMethod, asking, is_text
from braze.interpreter.ways.oneof import Sometimes
from braze.record import records
from braze.record.given import stand_in
from braze.record.recorder import Recorder
from braze.record.slots import MISSING
from braze.record.sources import IDENTITIES, Source, is_plain, many_items
from braze.record.trees import nodes_of
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
        frame.recorder.guard(Source(("const", frame.globals)), "lacks", name)
        return getattr(builtins, name)
    raise frame.refuse(node, f"the name {name}, which is not defined")


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


def lift(session: Session, source: Source, value: Any, changes: bool = False) -> Any:
    """Return an object found outside as the interpreter computes with it, under a guard.

    A number that `changes` is an input of the graph.
    """
    recorder = session.recorder
    if type(value) is np.ndarray:
        return recorder.input(source, value)
    if type(value) in (int, float) and (changes or source.key() in recorder.changing):
        return recorder.input(source, value, fixed=False)
    if (known := recorder.copied.get(id(value))) is not None:
        if known.source.key() != source.key():
            recorder.guard(source, "one", known.source)
        return known.made
    if is_plain(value):
        recorder.guard(source, "value", value)
        return stand_in(recorder, source, value) if source.root[0] == "arg" else value
    if isinstance(value, np.ndarray):
        raise refuse(f"an array of type {type(value).__name__}")
    if isinstance(value, (list, tuple)) and type(value) is not slice:
        return lift_sequence(recorder, source, value)
    if isinstance(value, set):
        raise refuse("a set from outside of the function", "use a tuple")
    if isinstance(value, enum.Enum):
        recorder.guard(source, "is", value)
        return value
    if source.root[0] == "arg" and not isinstance(value, (*IDENTITIES, functools.partial)):
        return lift_instance(recorder, source, value)
    recorder.guard(source, "is", value)
    recorder.steady[id(value)] = value
    if (found := recorder.origins.get(id(value))) is not None:
        recorder.guard(found[1], "is", value)  # it is read on that way
    return value


MOST_ITEMS = 64  # of a sequence from outside, each of which is guarded


def lift_sequence(recorder: Recorder, source: Source, value: Any) -> Any:
    """Return a list or tuple with arrays in it; every item is read again at each call."""
    from braze.dispatch.arguments import lift_container

    known = type(value) in (list, tuple) or records.is_named_tuple(value)
    if not known or len(value) > MOST_ITEMS:
        raise refuse(f"a {type(value).__name__} of {len(value)} items from outside of the function")
    if many_items(value):
        raise refuse(f"a {type(value).__name__} of lists of many items, from outside")
    key = (source.key(), "items")
    if key not in recorder.seen:
        recorder.seen[key] = lift_container(recorder, source, value)
    return recorder.seen[key]


def lift_instance(recorder: Recorder, source: Source, value: Any) -> Any:
    """Remember the way to an object found in an argument: its attributes are read on that way."""
    known = recorder.origins.get(id(value))
    if known is not None and known[1].key() != source.key():
        recorder.guard(source, "one", known[1])
    elif known is None and id(value) in recorder.steady:
        recorder.guard(source, "is", value)
    elif known is None:
        recorder.origins[id(value)] = (value, source)
        if source.steps:
            recorder.guard(source, "like", value)
    return value


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
            raise refuse(f"the attribute .{name} of a {type(value).__name__}")
        return getattr(value, name)
    if is_outside(session, value) and name in METHODS:
        return DictMethod(session, value, name)
    if is_plain(value) or isinstance(value, (list, dict, set, np.finfo, np.iinfo)):
        return load_plain_attribute(session, value, name)
    if isinstance(value, types.ModuleType):
        found = getattr(value, name)
        if is_numpy_module(value):
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
        raise refuse(f"a method of a {type(value).__name__} from outside")
    if name == "append" and session.made_outside(value):
        return Append(session, value)
    if (made := known_method(value, name)) is not None:
        if name in CHANGES and not session.may_change(value):
            raise wanting(refuse(REFUSED), session.recorder, value, True)
        return made
    if container and name in CHANGES and not session.may_change(value):
        error = refuse(f"a change of a {type(value).__name__} from outside or in a branch")
        raise wanting(error, session.recorder, value, True)
    return found


# Methods that change a list, dict or set.
CHANGES = {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update",
           "setdefault", "popitem", "add", "discard", "difference_update", "intersection_update",
           "symmetric_difference_update"}  # fmt: skip


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
        raise refuse(f"a {type(found).__name__}")
    if not records.is_record(recorder, value):
        recorder.guard(known[1] if known else Source(("const", value)), "lacks", found.attrname)
    return Property(found.func, value, found.attrname)


def load_item(session: Session, container: Any, key: Any) -> Any:
    """Return ``container[key]``."""
    if is_value(container) or isinstance(container, Rows):
        return container[key]
    if isinstance(container, (Grown, Text, Vector)):
        return container.item(key)
    if (make := GRIDS.get(id(container))) is not None:
        return make(session.recorder, key)
    if is_value(key):
        if type(container) is list and not key.can_be_static:
            error = refuse("an item of a list that only the run knows")
            raise wanting(error, session.recorder, container, False)
        if type(container) in (str, bytes) and not key.can_be_static:
            raise asking(session.recorder)
        key = key.static()
    if isinstance(container, dict) and not session.comparable(key):
        raise refuse(f"a key of type {type(key).__name__}")
    if isinstance(container, (list, tuple, str, dict, range)):
        if isinstance(container, (tuple, str, range)) or session.readable(container):
            growing = type(container) is list
            return item_of(session, container, key) if growing else container[key]
        if is_outside(session, container):
            return dict_item(session, container, key)
    raise refuse(f"an index into a {type(container).__name__}")
