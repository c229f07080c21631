"""Named tuples and instances of Python classes: as arguments, made while compiling, as results.

An instance that the function makes is a real one, of which the attributes hold values of the graph;
it is one of the function's own containers, as its lists are.
"""

import dataclasses
import enum
import inspect
import types
from typing import TYPE_CHECKING, Any

from braze import _core
from braze.errors import refuse
from braze.record.slots import OwnAttribute
from braze.record.sources import Source, is_plain
from braze.record.value import is_value

if TYPE_CHECKING:
    from braze.interpreter.frame import Frame, Session


def is_named_tuple(value: Any) -> bool:
    """Tell whether this is an instance of a class made by `namedtuple` or `NamedTuple`."""
    if is_value(value) or not isinstance(value, tuple):
        return False
    fields = getattr(type(value), "_fields", None)
    return type(value) is not tuple and isinstance(fields, tuple) and len(fields) == len(value)


def made_like(value: tuple, items: list) -> tuple:
    """Return a tuple of the same class with other items."""
    return tuple.__new__(type(value), items)


def load_field(session: "Session", value: tuple, name: str) -> Any:
    """Return an attribute of a named tuple."""
    cls = type(value)
    if name in cls._fields:
        return value[cls._fields.index(name)]
    if name in ("_replace", "_asdict"):
        return RecordMethod(value, name)
    found = inspect.getattr_static(cls, name, None)
    if name == "_fields" or (found is not None and is_plain(found)):
        session.recorder.guard(Source(("attr", cls, name)), "is", found)
        return found
    if isinstance(found, (types.FunctionType, _core.Function)):
        session.recorder.guard(Source(("attr", cls, name)), "is", found)
        return types.MethodType(found, value)
    raise refuse(f"the attribute .{name} of a {cls.__name__}")


class RecordMethod:
    """A method of a named tuple that Python has no source of."""

    def __init__(self, value: tuple, name: str) -> None:
        self.value = value
        self.name = name

    def __call__(self, frame: "Frame", **changes: Any) -> Any:
        fields = type(self.value)._fields
        items = dict(zip(fields, self.value, strict=True))
        if self.name == "_asdict":
            return frame.session.own(items)
        if unknown := [name for name in changes if name not in items]:
            raise refuse(f"the field {unknown[0]} of a {type(self.value).__name__}")
        return made_like(self.value, list((items | changes).values()))


# Making instances


def makes_records(cls: type) -> bool:
    """Tell whether a class makes plain instances: no metaclass or `__new__` that does more."""
    if type(cls).__call__ is not type.__call__ or issubclass(cls, (BaseException, enum.Enum)):
        return False
    if issubclass(cls, tuple):
        own = [vars(base) for base in cls.__mro__ if "__new__" in vars(base)]
        return isinstance(getattr(cls, "_fields", None), tuple) and "_fields" in own[0]
    plain = cls.__new__ is object.__new__ and cls.__setattr__ is object.__setattr__
    frozen = is_generated(cls) and cls.__dataclass_params__.frozen
    python = all(base.__flags__ & HEAP for base in cls.__mro__[:-1])
    observed = hasattr(cls, "__del__") or computes_attributes(cls)
    return python and not observed and (plain or (frozen and cls.__new__ is object.__new__))


HEAP = 1 << 9  # classes of Python rather than C


def computes_attributes(cls: type) -> bool:
    return cls.__getattribute__ is not object.__getattribute__ or hasattr(cls, "__getattr__")


def is_generated(cls: type) -> bool:
    """Tell whether a class is a dataclass whose `__init__` is the one that was made for it."""
    if "__dataclass_params__" not in vars(cls) or not cls.__dataclass_params__.init:
        return False
    code = getattr(vars(cls).get("__init__"), "__code__", None)
    return code is not None and code.co_filename == "<string>"


def make(frame: "Frame", node: Any, cls: type, args: list, kwargs: dict) -> Any:
    """Return a new instance of a class, as a call of the class does."""
    from braze.interpreter.calls import call

    recorder = frame.recorder
    if issubclass(cls, tuple):
        recorder.guard(Source(("attr", cls, "__new__")), "is", cls.__new__)
        bound = inspect.signature(cls.__new__).bind(cls, *args, **kwargs)
        bound.apply_defaults()
        if not all(is_plain(d) for d in cls._field_defaults.values()):
            raise refuse(f"the defaults of {cls.__name__}")
        return tuple.__new__(cls, list(bound.arguments.values())[1:])
    init = inspect.getattr_static(cls, "__init__")
    recorder.guard(Source(("attr", cls, "__init__")), "is", init)
    made = object.__new__(cls)
    frame.session.own(made)
    recorder.records[id(made)] = made
    if is_generated(cls):
        for name, value in bound_fields(frame, cls, args, kwargs).items():
            object.__setattr__(made, name, value)
        after_init(frame, node, made)
    elif isinstance(init, (types.FunctionType, _core.Function)):
        if call(frame, node, init, [made, *args], kwargs) is not None:
            raise refuse(f"{cls.__name__}.__init__, which returns something")
    elif args or kwargs:
        raise refuse(f"arguments of {cls.__name__}, which takes none")
    return made


def after_init(frame: "Frame", node: Any, made: Any) -> None:
    """Call `__post_init__` of a new instance of a dataclass, if it has one."""
    from braze.interpreter.calls import call

    cls, recorder = type(made), frame.recorder
    found = inspect.getattr_static(cls, "__post_init__", None)
    if found is None:
        recorder.guard(Source(("const", cls)), "lacks", "__post_init__")
        return
    fields = cls.__dataclass_fields__.values()
    function = isinstance(found, (types.FunctionType, _core.Function))
    if not function or any(f._field_type is dataclasses._FIELD_INITVAR for f in fields):
        raise refuse(f"the __post_init__ of {cls.__name__}")
    recorder.guard(Source(("attr", cls, "__post_init__")), "is", found)
    call(frame, node, found, [made], {})


def replaced(frame: "Frame", value: Any, /, **changes: Any) -> Any:
    """Return what `dataclasses.replace` makes of an instance."""
    from braze.interpreter.expressions import read_attribute

    cls, node = type(value), frame.source.node
    if is_value(value) or not is_generated(cls) or not makes_records(cls):
        raise refuse(f"dataclasses.replace of a {cls.__name__}")
    for field in cls.__dataclass_fields__.values():
        if field._field_type is dataclasses._FIELD_INITVAR:
            raise refuse("dataclasses.replace with an InitVar")
        if field._field_type is not dataclasses._FIELD:
            continue
        if not field.init:
            if field.name in changes:
                raise ValueError(f"field {field.name} is declared with init=False")
        elif field.name not in changes:
            changes[field.name] = read_attribute(frame, node, value, field.name)
    return make(frame, node, cls, [], changes)


def bound_fields(frame: "Frame", cls: type, args: list, kwargs: dict) -> dict[str, Any]:
    """Return the fields of a new instance of a dataclass."""
    given = inspect.signature(cls.__init__).bind(None, *args, **kwargs).arguments
    values = {}
    for field in dataclasses.fields(cls):
        if field.init and field.name in given:
            values[field.name] = given[field.name]
        elif field.default_factory in (list, dict):
            values[field.name] = frame.session.own(field.default_factory())
        elif not field.init and "__slots__" not in vars(cls):
            continue  # a default stays the class's own
        elif is_plain(field.default):
            values[field.name] = field.default
        else:
            raise refuse(f"the default of {field.name}, a {type(field.default).__name__}")
    return values


# Attributes


def attributes_of(value: Any) -> dict[str, Any]:
    """Return what an instance holds, in its dict and in its slots."""
    held = dict(getattr(value, "__dict__", {}))
    for base in type(value).__mro__:
        for name, found in vars(base).items():
            if isinstance(found, types.MemberDescriptorType) and hasattr(value, name):
                held.setdefault(name, getattr(value, name))
    return held


def contents(made: Any) -> Any:
    """Return what a list, dict, set or instance of the function's own holds, to restore it."""
    return made.copy() if isinstance(made, (list, dict, set)) else attributes_of(made)


def holds_still(made: Any, held: Any) -> bool:
    """Tell whether a container holds the very things that it held."""
    now = contents(made)
    if isinstance(now, set):
        return now == held
    if isinstance(now, dict):
        if list(now) != list(held):
            return False
        now, held = list(now.values()), list(held.values())
    return len(now) == len(held) and all(a is b for a, b in zip(now, held, strict=True))


def restore(made: Any, held: Any) -> None:
    """Have a container hold again what it held."""
    if isinstance(made, list):
        made[:] = held
    elif isinstance(made, (dict, set)):
        made.clear()
        made.update(held)
    else:
        for name in attributes_of(made).keys() - held.keys():
            object.__delattr__(made, name)
        for name, value in held.items():
            object.__setattr__(made, name, value)


def store_attribute(frame: "Frame", value: Any, name: str, item: Any) -> None:
    """Set an attribute of an instance that the function has made."""
    descriptor = inspect.getattr_static(type(value), name, None)
    slot = isinstance(descriptor, types.MemberDescriptorType)
    if type(value).__setattr__ is not object.__setattr__ or (
        not slot and hasattr(type(descriptor), "__set__")
    ):
        raise refuse(f"assignment to .{name}, which runs code")
    frame.session.change_own(OwnAttribute, value, name, item)


def rebuild(cls: type, names: tuple[str, ...]) -> Any:
    """Return the function that makes an instance of its attributes."""
    if issubclass(cls, tuple):
        return lambda *items: tuple.__new__(cls, items)

    def made(*items: Any) -> Any:
        instance = object.__new__(cls)
        for name, item in zip(names, items, strict=True):
            object.__setattr__(instance, name, item)
        return instance

    return made


def is_record(recorder: Any, value: Any) -> bool:
    """Tell whether this is an instance that the function has made."""
    return value is not None and recorder.records.get(id(value)) is value
