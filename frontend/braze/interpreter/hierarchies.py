"""`super()`: what a method finds in the classes behind its own."""

import abc
import functools
import types
from typing import Any

from braze import _core
from braze.errors import refuse
from braze.interpreter.frame import Frame, Session
from braze.record.records import HEAP, is_record
from braze.record.sources import Source, is_plain, text_of
from braze.record.value import is_value


class Super:
    """What `super()` gives in a method of a class."""

    def __init__(self, cls: type, instance: Any) -> None:
        self.cls = cls
        self.instance = instance

    def load(self, session: Session, name: str) -> Any:
        """Return an attribute of the next class that has it, bound to the instance."""
        from braze.interpreter.instances import Property

        owner = self.instance if isinstance(self.instance, type) else type(self.instance)
        order = owner.__mro__
        session.recorder.guard(Source(("attr", owner, "__mro__")), "is", order)
        for base in order[order.index(self.cls) + 1 :]:
            guard_inherited(session, base, name)
            if name not in vars(base):
                continue
            found = vars(base)[name]
            if base is object and name == "__init__":
                return Nothing()
            if isinstance(found, property):
                return Property(found.fget, self.instance)
            if isinstance(found, staticmethod):
                return found.__func__
            if isinstance(found, classmethod):
                return types.MethodType(found.__func__, owner)
            if isinstance(found, (types.FunctionType, _core.Function)):
                return types.MethodType(found, self.instance)
            if is_plain(found):
                return found
            raise refuse(f"the attribute .{name} of super()")
        raise AttributeError(f"'super' object has no attribute '{name}'")


def guard_inherited(session: Session, base: type, name: str) -> None:
    """Have a class keep what it has or inherits by this name, or that it has nothing."""
    if not hasattr(base, name):
        session.recorder.guard(Source(("const", base)), "lacks", name)
        return
    source, found = Source(("attr", base, name)), getattr(base, name)
    if isinstance(found, types.MethodType):
        source, found = source.attr("__func__"), found.__func__
    session.recorder.guard(source, "is", found)


def is_subclass(frame: Frame, cls: type, classes: Any) -> bool:
    """Return what issubclass gives, under guards on what may change that."""
    for one in flat_classes(classes):
        check = getattr(type(one), "__instancecheck__", None)
        if check is abc.ABCMeta.__instancecheck__:
            way = Source(("const", cls)).through(functools.partial(derives, one))
            frame.recorder.guard(way, "value", issubclass(cls, one))
        elif check is not type.__instancecheck__:
            raise refuse(f"whether an object is a {text_of(one)}")
    if cls.__flags__ & HEAP:
        frame.recorder.guard(Source(("attr", cls, "__mro__")), "is", cls.__mro__)
    return issubclass(cls, classes)


def flat_classes(classes: Any) -> list:
    """Return the classes of a tuple, of tuples in it, or of a union."""
    if isinstance(classes, types.UnionType):
        classes = classes.__args__
    if not isinstance(classes, tuple):
        return [classes]
    return [one for part in classes for one in flat_classes(part)]


def derives(base: type, cls: type) -> bool:
    return issubclass(cls, base)


class Nothing:
    """The `__init__` of object, which does nothing."""

    def __call__(self, frame: Frame) -> None:
        return None


def super_(frame: Frame, *given: Any) -> Super:
    """Return what stands for the classes behind that of the method at hand."""
    if not given:
        given = (class_of(frame), first_argument(frame))
    cls, instance = given if len(given) == 2 else (None, None)
    made = is_record(frame.recorder, instance) or not (is_value(instance) or is_plain(instance))
    if not isinstance(cls, type) or not made:
        raise refuse("a call of super")
    owner = instance if isinstance(instance, type) else type(instance)
    if cls not in owner.__mro__:
        raise TypeError("super(type, obj): obj must be an instance or subtype of type")
    return Super(cls, instance)


def class_of(frame: Frame) -> Any:
    cell = frame.cells.get("__class__")
    if cell is None or frame.in_comprehension:
        raise refuse("a call of super")
    frame.recorder.guard(Source(("cell", cell, "__class__")), "is", cell.cell_contents)
    return cell.cell_contents


def first_argument(frame: Frame) -> Any:
    names = frame.source.node.args
    first = [*names.posonlyargs, *names.args][:1]
    if not first or first[0].arg not in frame.names:
        raise refuse("a call of super")
    return frame.names[first[0].arg]
