"""Values that differ between branches or iterations: flattening them, and what they become."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from braze.arrays.arithmetic import cast
from braze.errors import refuse, said
from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.texts import Char
from braze.interpreter.ways.frozen import Frozen
from braze.interpreter.ways.oneof import OneOf, Sometimes
from braze.record.either import of_either
from braze.record.records import is_named_tuple, made_like
from braze.record.sources import is_plain, same_value
from braze.record.storage import own_node, shown_node
from braze.record.value import Value, is_value


@dataclass(eq=False, repr=False)
class Leaves:
    """The graph values in nested tuples and lists, and how to put others in their places."""

    values: list[Value] = field(default_factory=list)

    def take(self, frame: Frame, item: Any) -> Any:
        """Collect the leaves of `item`; return its skeleton, with positions for leaves."""
        if is_value(item) or is_number(item):
            self.values.append(frame.recorder.operand(item))
            return len(self.values) - 1
        if isinstance(item, Char):
            self.values.append(item.code)
            return CharAt(len(self.values) - 1)
        if is_tuple(item):
            return made_like(item, [self.take(frame, part) for part in item])
        if isinstance(item, OneOf):
            which = self.take(frame, item.which)
            return OneAt(which, tuple(self.take(frame, part) for part in item.items))
        if isinstance(item, Sometimes):
            return SomeAt(self.take(frame, item.flag), self.take(frame, item.value))
        if isinstance(item, Same):
            return item
        if is_plain(item):
            return Fixed(item)
        raise refuse(f"a {said(item)} that depends on a run-time condition")


def is_number(item: Any) -> bool:
    """Tell whether this is a plain number of Python or NumPy that a graph can hold."""
    if isinstance(item, np.generic):
        return item.dtype.kind in "biuf"
    return type(item) in (bool, int, float)


@dataclass(eq=False, repr=False)
class Fixed:
    """A plain object in a skeleton."""

    value: Any


@dataclass(eq=False, repr=False)
class Same:
    """An array from outside in a skeleton, which both ways give as it is."""

    array: Value


def same_arrays(a: Any, b: Any) -> tuple[Any, Any]:
    """Return what two ways give, with `Same` for arrays that stand in both at one place."""
    if a is b and is_value(a) and a.is_array:
        return Same(a), Same(a)
    if not (is_tuple(a) and type(a) is type(b) and len(a) == len(b)):
        return a, b
    pairs = [same_arrays(x, y) for x, y in zip(a, b, strict=True)]
    return made_like(a, [x for x, _ in pairs]), made_like(b, [y for _, y in pairs])


def is_tuple(item: Any) -> bool:
    return type(item) is tuple or is_named_tuple(item) or isinstance(item, Frozen)


@dataclass(frozen=True)
class CharAt:
    """A character in a skeleton, of which the code point is a leaf."""

    leaf: int


@dataclass(frozen=True)
class MixedAt:
    """A number in a skeleton that is an int or a float, as another leaf says."""

    number: int
    flag: int


@dataclass(eq=False, repr=False)
class OneAt:
    """One of several values in a skeleton, of which a leaf says which."""

    which: int
    parts: tuple


@dataclass(eq=False, repr=False)
class SomeAt:
    """What a name holds that may not be bound, as a leaf says."""

    flag: int
    value: Any


def rebuild(skeleton: Any, values: list[Value]) -> Any:
    """Return the skeleton with `values` as its leaves."""
    if isinstance(skeleton, Fixed):
        return skeleton.value
    if isinstance(skeleton, Same):
        return skeleton.array
    if isinstance(skeleton, CharAt):
        code = values[skeleton.leaf]
        return Char(code) if is_value(code) else chr(code)
    if isinstance(skeleton, MixedAt):
        number, is_float = values[skeleton.number], values[skeleton.flag]
        if is_value(number):
            return of_either(number, is_float, (int, float))
        return number if is_float else int(number)
    if isinstance(skeleton, OneAt):
        parts = tuple(rebuild(part, values) for part in skeleton.parts)
        which = values[skeleton.which]
        return OneOf(which, parts) if is_value(which) else parts[which]
    if isinstance(skeleton, SomeAt):
        return Sometimes(values[skeleton.flag], rebuild(skeleton.value, values))
    if isinstance(skeleton, tuple):
        return made_like(skeleton, [rebuild(part, values) for part in skeleton])
    return values[skeleton]


def rebuilt(skeleton: Any, columns: list[list]) -> list:
    """Return the skeleton with each row of the columns as its leaves."""
    if type(skeleton) is int:
        return columns[skeleton]
    if type(skeleton) is tuple and skeleton == tuple(range(len(columns))):
        return list(zip(*columns, strict=True))
    return [rebuild(skeleton, row) for row in zip(*columns, strict=True)]


def as_one(results: list[Value], *ways: list[Value]) -> list[Value]:
    """Return results of which those are one object that are one on every way."""
    found: dict[tuple, Value] = {}
    keys = zip(*(map(id, way) for way in ways), strict=True)
    return [found.setdefault(key, r) for key, r in zip(keys, results, strict=True)]


def same_skeleton(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same_skeleton, a, b))
    if isinstance(a, Fixed) and isinstance(b, Fixed):
        return same_value(a.value, b.value)
    if isinstance(a, Same) and isinstance(b, Same):
        return a.array is b.array
    if isinstance(a, OneAt) and isinstance(b, OneAt):
        return a.which == b.which and same_skeleton(a.parts, b.parts)
    if isinstance(a, SomeAt) and isinstance(b, SomeAt):
        return a.flag == b.flag and same_skeleton(a.value, b.value)
    return type(a) is type(b) and a == b


def unchanged(a: Any, b: Any) -> bool:
    """Tell whether a name means the same on both ways."""
    if a is b:
        return True
    return is_plain(a) and is_plain(b) and same_value(a, b)


def same_types(a: Value, b: Value) -> bool:
    if (a.either and a.either.types) != (b.either and b.either.types):
        return False
    return node_type(a) == node_type(b)


def same_shape(a: Value, b: Value) -> bool:
    """Make arrays of equal types and sizes ones of the same sizes, at later calls too."""
    if not (a.is_array and b.is_array) or a.dtype_name != b.dtype_name:
        return False
    if len(a.dims) != len(b.dims):
        return False
    recorder = a.recorder
    pairs = [(old, new) for old, new in zip(a.dims, b.dims, strict=True) if old != new]
    if any(recorder.known(old - new) != 0 for old, new in pairs):
        return False
    return all(recorder.graph.unify(old, new) for old, new in pairs) and same_types(a, b)


def node_type(value: Value) -> Any:
    """Return the type of a node, which may stand in a body that is left: no view is made."""
    return value.recorder.graph.type(value.ref if value._ref is None else value._ref)


def differing(names: list, *after: dict) -> tuple[list, list]:
    """Return the names and slots to merge, and those that not every way binds."""
    merged, lost = [], []
    for name in names:
        ways = [way.get(name) for way in after]
        bound = all(name in way and not isinstance(way[name], Unbound) for way in after)
        if not bound:
            lost.append(name)
        elif any(not unchanged(ways[0], way) for way in ways[1:]):
            merged.append(name)
    return merged, lost


def own_memory(frame: Frame, value: Value, names: int = 1) -> bool:
    """Tell whether an array is a fresh one that no view, and only so many names, show."""
    return value.fresh and not value.shown_elsewhere() and frame.session.holders(value) <= names


def is_view(value: Value) -> bool:
    """Tell whether an array is another object than the one whose memory it shows."""
    return value.is_array and value.root is not None or bool(value.another)


def is_another(a: Value, b: Value, own: tuple[bool, bool]) -> str:
    """Return whether what two ways give is an object of its own, as views are: Value.another.

    `own` tells which is an array that nothing else shows, so that no other name can be that object.
    Where one way gives a part of an argument and the other an array, the plan knows which it was.
    """
    views = [v for v in (a, b) if is_view(v)]
    kind = "part" if all(map(is_part, views)) else "view"
    if views and not all(is_view(v) or alone for v, alone in zip((a, b), own, strict=True)):
        if kind == "view":
            raise refuse("an array on one way of a branch or loop, and on the other a view of one")
        return ""
    return kind if views else ""


def note_views(given: list[Value], *ways: list[Value]) -> None:
    """Note which views those that a branch or loop gives may be."""
    for value, *origins in zip(given, *ways, strict=True):
        views = [other for other in origins if is_view(other)]
        if views:
            known = value.recorder.storage.perhaps.setdefault(id(value), (value, []))
            known[1].extend(views)


def is_part(view: Value) -> bool:
    """Tell whether a view of an argument shows it otherwise than it is, however sizes turn out."""
    if view.made_by is None or view.made_by[1][0].source is None:
        return view.another == "part"
    op, _, attrs = view.made_by
    if op == "slice":
        moved = any(type(first) is int and first > 0 for first in attrs["start"])
        return moved or any(step < 0 for step in attrs["step"])
    return op == "transpose" and list(attrs["axes"]) != sorted(attrs["axes"])


def nodes_of(
    values: list[Value], own: list[bool], roots: list[Value], params: Sequence[Value] = ()
) -> list[int]:
    """Return the nodes of what a body gives, or a loop starts with: values and changed arrays.

    `own` tells which values are arrays that nothing else shows, `params` what a loop's body has.
    """
    make_anew(values, own, params)
    if any(value.is_array and value.read_only for value in values):
        raise refuse("a read-only array that a branch or loop gives")
    if any(
        value.is_array and value.flat_of is not None and value.perhaps_copied for value in values
    ):
        raise refuse("numpy.ravel of an array, a view or a copy, that a branch or loop gives")
    made: dict[int, int] = {}  # one array has one node, however often it is given
    for value, mine in zip(values, own, strict=True):
        if id(value) not in made:
            made[id(value)] = own_node(value) if mine else shown_node(value)
    return [made[id(value)] for value in values] + [own_node(root) for root in roots]


def make_anew(after: list[Value], own: list[bool], params: Sequence[Value]) -> None:
    """Have a round of a loop make those of its own arrays that are a node of before the loop.

    A view of what an earlier round has made would else show that of the last.
    """
    first = min((param.ref for param in params), default=0)
    for value, alone in zip(after, own, strict=True):
        if alone and value.is_array and value.ref < first:
            value.twin = True
            value.recorder.given_out.setdefault(value.ref, []).append((value.ref, 0))


def blank(value: Any) -> Any:
    """Return something of the type of a value that a loop returns."""
    if isinstance(value, tuple):
        return made_like(value, [blank(part) for part in value])
    if isinstance(value, OneOf):
        return OneOf(value.recorder.operand(0), tuple(map(blank, value.items)))
    if isinstance(value, Char):
        return Char(value.code.recorder.operand(0))
    if is_value(value) and value.is_array:
        recorder = value.recorder
        inner = {name for d in value.dims if not isinstance(d, int) for name in d.symbols}
        if inner & recorder.spanned:
            raise refuse("a return of an array whose size only the loop knows")
        zero = cast(recorder.operand(0), value.dtype_name)
        return recorder.add("full", [zero], shape=list(value.dims))
    if is_value(value):
        return (value.either.types[0] if value.either is not None else value.python_type)(0)
    return value if value is None else type(value)(0) if is_number(value) else value


@contextmanager
def inside(frame: Frame, way: dict) -> Iterator[None]:
    """Go on in the body of one way of an `if` where it ended."""
    recorder = frame.recorder
    recorder.parents.append(recorder.body)
    recorder.body = way["body"]
    own_names, frame.names = frame.names, way["names"]
    try:
        with recorder.storage.restored(way["storage"]):
            yield
    finally:
        recorder.leave()
        frame.names = own_names
