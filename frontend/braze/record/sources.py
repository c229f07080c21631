"""Where a value came from, to read it again at the next call, and what must still hold."""

import struct
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from braze import _core
from braze.record.value import is_value


@dataclass(eq=False, repr=False)
class Source:
    """A way to an object: a root, then attributes and items.

    The root is ``("arg", index)``, ``("global", dict, name)``, ``("cell", cell, name)``,
    ``("attr", object, name)`` or ``("const", object)``; a step is ``("attr", name)``,
    ``("item", key)`` or ``("call", function)``.
    """

    root: tuple
    steps: tuple[tuple[str, Any], ...] = ()

    def attr(self, name: str) -> "Source":
        """Return the way to an attribute of the object."""
        return Source(self.root, (*self.steps, ("attr", name)))

    def item(self, key: Any) -> "Source":
        """Return the way to an item of the object."""
        return Source(self.root, (*self.steps, ("item", key)))

    def through(self, function: Callable) -> "Source":
        """Return the way to what a function makes of the object."""
        return Source(self.root, (*self.steps, ("call", function)))

    def read(self, arguments: tuple) -> Any:
        """Return the object as it is now."""
        kind = self.root[0]
        if kind == "arg":
            value = arguments[self.root[1]]
        elif kind == "global":
            value = self.root[1][self.root[2]]
        elif kind == "cell":
            value = self.root[1].cell_contents
        elif kind == "attr":
            value = getattr(self.root[1], self.root[2])
        else:
            value = self.root[1]
        for step, key in self.steps:
            value = READ[step](value, key)
        return value

    def __str__(self) -> str:
        kind = self.root[0]
        if kind == "arg":
            text = f"argument {self.root[1] + 1}"
        elif kind in ("global", "cell"):
            text = f"{'global' if kind == 'global' else 'variable'} {self.root[2]}"
        elif kind == "attr":
            owner = getattr(self.root[1], "__name__", type(self.root[1]).__name__)
            text = f"{owner}.{self.root[2]}"
        else:
            text = constant_text(self.root[1])
        spelled = {"attr": ".{}", "item": "[{!r}]", "call": ""}
        return text + "".join(spelled[step].format(key) for step, key in self.steps)

    def key(self) -> tuple:
        """Return what tells this way from others; objects count by identity."""
        return (
            tuple(part if isinstance(part, (str, int)) else id(part) for part in self.root)
            + self.steps
        )


READ = {
    "attr": getattr,
    "item": lambda value, key: value[key],
    "call": lambda value, function: function(value),
}


@dataclass(eq=False, repr=False)
class Guard:
    """What must hold at a later call for the compiled code to be the function.

    Kinds: ``is`` (the same object), ``value`` (equal type and value), ``like`` (an array or number
    of the same type as the one given), ``lacks`` (an instance or dict without a name of its own),
    ``keys`` (a container of so many items, or of these keys), ``order`` (an array in C order),
    ``spread`` (one without axes of stride 0),
    ``one`` (the same object as another source's), ``apart`` (another one).
    """

    source: Source
    kind: str
    expected: Any

    def __str__(self) -> str:
        if self.kind == "lacks":
            return f"{self.source} has no {self.expected} of its own"
        if self.kind == "keys":
            return f"{self.source} keeps its length or keys"
        if self.kind in ("one", "apart"):
            return f"{self.source} is {'' if self.kind == 'one' else 'not '}{self.expected}"
        if self.kind == "order":
            return f"{self.source} lies in C order"
        if self.kind == "spread":
            return f"{self.source} repeats no elements"
        if self.kind == "like":
            return f"{self.source} keeps its type"
        relation = "is" if self.kind == "is" else "=="
        return f"{self.source} {relation} {text_of(self.expected)}"


# Objects that are taken as they are, as long as the same object is found again.
IDENTITIES = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.MethodWrapperType,
    np.ufunc,
    type(np.sum),
    _core.Function,
)
# What can be compared by value: immutable, and equal only if indistinguishable.
PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), np.generic, np.dtype)


def is_plain(value: Any) -> bool:
    """Tell whether a guard can hold the value itself."""
    if is_value(value):  # which says that its class is that of a number
        return False
    if type(value) is tuple:
        return all(is_plain(v) for v in value)
    if type(value) in (slice, range):
        return is_plain((value.start, value.stop, value.step))
    return isinstance(value, PLAIN)


MOST_ITEMS = 256  # in lists, tuples and dicts from outside, which are guarded one by one


def many_items(value: Any, left: int = MOST_ITEMS) -> bool:
    """Tell whether a list, tuple or dict holds many items, with those in items."""
    return items_left(value, left) < 0


def items_left(value: Any, left: int) -> int:
    if not isinstance(value, (list, tuple, dict)):
        return left
    left -= len(value)
    for item in value.values() if isinstance(value, dict) else value:
        if left < 0:
            break
        left = items_left(item, left)
    return left


def constant_text(value: Any) -> str:
    """Return what stands for an object that the code names as it is: a class, a module's names."""
    if type(value) is dict and type(value.get("__name__")) is str:
        return f"module {value['__name__']}"
    return value.__name__ if isinstance(value, type) else "constant"


def text_of(expected: Any) -> str:
    """Return what stands for a value in messages; no code of its own runs for that."""
    if is_plain(expected):
        return repr(expected)
    name = expected.__name__ if isinstance(expected, IDENTITIES) else None
    return name or f"the {type(expected).__name__} at {id(expected):#x}"


def same_value(a: Any, b: Any) -> bool:
    """Tell whether two plain values cannot be told apart: -0.0 is not 0.0, and NaN is itself."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float) and not isinstance(a, np.generic):
        return struct.pack("d", a) == struct.pack("d", b)
    if isinstance(a, complex) and not isinstance(a, np.generic):
        return same_value((a.real, a.imag), (b.real, b.imag))
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if type(a) is tuple:
        return len(a) == len(b) and all(map(same_value, a, b))
    if type(a) in (slice, range):
        return same_value((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    return bool(a == b)


# As the dispatcher takes them


def core_source(source: Source, given: tuple | None = None) -> tuple:
    """Return a source as the dispatcher takes it; an input that is a path ends in an example."""
    root = source.root
    spelled = {"global": ("item", *root[1:]), "cell": ("cell", *root[1:2])}.get(root[0], root)
    if not source.steps:
        return spelled
    path = ("path", spelled, source.steps)
    return path if given is None else (*path, source.read(given))


def core_guard(guard: Guard) -> tuple:
    """Return a guard as the dispatcher takes it."""
    kind = "equal" if guard.kind == "value" else guard.kind
    if isinstance(guard.expected, np.dtype) and guard.expected.isbuiltin != 1:
        kind = "is"  # equal ones can be told apart
    of_two = isinstance(guard.expected, Source)
    expected = core_source(guard.expected) if of_two else guard.expected
    return (core_source(guard.source), kind, expected)
