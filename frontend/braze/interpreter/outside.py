"""What the function changes outside: variables, items of dicts, lists that it appends to.

Variables declared `global` or `nonlocal`, and items of dicts, stand in slots (record/slots.py), as
attributes do; what they hold at the end is given to them when all else has succeeded. So nobody
sees a change of a call that then runs as Python. Lists and dicts among the arguments are copies
(dispatch/arguments.py), of which the differences are written back.
"""

import ast
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from braze.errors import refuse
from braze.interpreter.attributes import keep_apart, way_to
from braze.interpreter.frame import Frame, Session, Unbound
from braze.interpreter.items import Items
from braze.interpreter.lists import given
from braze.record.slots import MISSING, Attribute, DictItem, Slot, Variable
from braze.record.sources import Source, is_plain

MOST_KEYS = 1024

# Variables


def declare(frame: Frame, node: ast.Global | ast.Nonlocal) -> None:
    """Have the names mean variables around the function from now on."""
    module = str(frame.globals.get("__name__")).split(".")[0]
    if isinstance(node, ast.Global) and module in sys.stdlib_module_names - {"__main__"}:
        raise refuse("the statement `global`")  # Python's own modules look after themselves
    for name in node.names:
        if isinstance(node, ast.Global):
            frame.outside[name] = frame.globals
        elif frame.owner_of(name) is None:
            frame.outside[name] = cell_of(frame, name)


def cell_of(frame: Frame, name: str) -> types.CellType:
    """Return the cell of a variable around the interpreted functions."""
    scope: Frame | None = frame
    while scope is not None:
        if name in scope.cells:
            return scope.cells[name]
        scope = scope.outer
    raise refuse(f"`nonlocal` of {name}, which no function around binds")


def assign_variable(frame: Frame, name: str, value: Any) -> None:
    """Assign to a name that is declared to be a variable around the function."""
    slot = frame.recorder.storage.slot(Variable, frame.outside[name], name)
    frame.session.assign(slot, value)


def assigned_variable(session: Session, owner: Any, name: str) -> Any:
    """Return what was assigned to a variable, or MISSING if nothing was."""
    return held_by(session.recorder.storage.slots.get((id(owner), name)), f"the variable {name}")


def held_by(slot: Slot | None, what: str) -> Any:
    held = MISSING if slot is None else slot.value
    if isinstance(held, Unbound):
        raise refuse(f"{what}, {held.why}")
    return held


def before(session: Session, slot: Slot) -> Any:
    """Return what a variable or item of a dict holds when the function begins, or MISSING."""
    from braze.interpreter.lifting import lift

    if isinstance(slot, DictItem) and slot.key in slot.owner:
        return dict_item(session, slot.owner, slot.key)
    if isinstance(slot, Variable) and type(slot.owner) is types.CellType:
        source = Source(("cell", slot.owner, slot.key))
        return lift(session, source, slot.owner.cell_contents, True)
    if isinstance(slot, Variable) and slot.key in slot.owner:
        source = Source(("global", slot.owner, slot.key))
        return lift(session, source, slot.owner[slot.key], True)
    return MISSING


# Dicts, which stand for themselves


def is_outside(session: Session, container: Any) -> bool:
    """Tell whether this is a dict from outside of which the items are read one by one."""
    return type(container) is dict and not session.readable(container)


def item_source(recorder: Any, container: dict, key: Any) -> Source:
    known = recorder.origins.get(id(container))
    return Source(("global", container, key)) if known is None else known[1].item(key)


def note_read(recorder: Any, container: dict) -> None:
    if not any(one is container for one in recorder.owners):
        recorder.owners.append(container)


def dict_item(session: Session, container: dict, key: Any) -> Any:
    """Return an item of a dict from outside; KeyError if there is none."""
    from braze.interpreter.lifting import lift

    recorder = session.recorder
    note_read(recorder, container)
    now = held_by(recorder.storage.slots.get((id(container), key)), f"the item {key!r}")
    if now is not MISSING:
        return now
    if key not in container:
        recorder.guard(way_to(recorder, container), "lacks", key)
        if recorder.body != 0:  # the loop around may assign it
            raise refuse(f"an item {key!r} that a dict from outside lacks, in a branch or loop")
    return lift(session, item_source(recorder, container, key), container[key])


def has_key(session: Session, container: dict, key: Any) -> bool:
    """Tell whether a dict from outside has a key, under a guard."""
    if not is_plain(key):
        raise refuse("the operator `in` on values that are known only when the function runs")
    recorder = session.recorder
    slot = recorder.storage.slots.get((id(container), key))
    if held_by(slot, f"the item {key!r}") is not MISSING:
        return True
    if key in container:
        dict_item(session, container, key)
        return True
    if recorder.body != 0:  # the loop around may assign it
        raise refuse("the operator `in` on a dict from outside, in a branch or loop")
    note_read(recorder, container)
    recorder.guard(way_to(recorder, container), "lacks", key)
    return False


def keys_of(session: Session, container: dict) -> list:
    """Return the keys of a dict from outside in their order, with those that were added."""
    recorder = session.recorder
    if len(container) > MOST_KEYS or not all(map(is_plain, container)):
        raise refuse(f"the items of a dict of {len(container)} keys")
    note_read(recorder, container)
    recorder.guard(way_to(recorder, container), "keys", tuple(container))
    slots = [s for s in recorder.storage.slots.values() if s.owner is container]
    added = [s.key for s in slots if s.key not in container]
    return [*container, *(k for k in added if has_key(session, container, k))]


def store_item(session: Session, container: dict, key: Any, value: Any) -> None:
    """Assign to an item of a dict from outside."""
    note_read(session.recorder, container)
    session.assign(session.recorder.storage.slot(DictItem, container, key), value)


def as_dict(frame: Frame, value: Any) -> dict:
    if is_outside(frame.session, value):
        return {k: dict_item(frame.session, value, k) for k in keys_of(frame.session, value)}
    if type(value) is not dict or not frame.session.readable(value):
        raise refuse("** of a dict from outside of the function")
    return value


class DictMethod:
    """A method of a dict from outside."""

    def __init__(self, session: Session, of: dict, name: str) -> None:
        self.session = session
        self.of = of
        self.name = name

    def __call__(self, frame: Frame, *args: Any, **kwargs: Any) -> Any:
        return METHODS[self.name](self, *args, **kwargs)

    def pair(self, key: Any) -> tuple:
        return key, dict_item(self.session, self.of, key)

    def every(self, item: Callable) -> Items:
        def items() -> Iterator[Any]:
            return map(item, keys_of(self.session, self.of))

        return Items(items, once=False)

    def key(self, key: Any) -> Any:
        from braze.interpreter.expressions import as_key

        return as_key(key)

    def get(self, key: Any, default: Any = None) -> Any:
        key = self.key(key)
        return self.pair(key)[1] if has_key(self.session, self.of, key) else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        key = self.key(key)
        if not has_key(self.session, self.of, key):
            store_item(self.session, self.of, key, default)
        return self.pair(key)[1]

    def update(self, other: Any = (), **items: Any) -> None:
        from braze.interpreter.flow import static_items

        pairs: Any = ()
        if is_outside(self.session, other):
            pairs = [
                DictMethod(self.session, other, "").pair(k) for k in keys_of(self.session, other)
            ]
        elif type(other) is dict:
            pairs = other.items()
        elif other != ():
            pairs = [tuple(pair) for pair in static_items(self.session.stack[-1], other)]
        for key, value in (*pairs, *items.items()):
            store_item(self.session, self.of, self.key(key), value)

    def copy(self) -> dict:
        return self.session.own(dict(self.every(self.pair).take()))


METHODS: dict[str, Callable] = {
    "get": DictMethod.get,
    "setdefault": DictMethod.setdefault,
    "update": DictMethod.update,
    "copy": DictMethod.copy,
    "keys": lambda method: method.every(lambda key: key),
    "values": lambda method: method.every(lambda key: method.pair(key)[1]),
    "items": lambda method: method.every(method.pair),
}


# What is written at the end


class Put:
    """Assigns an item."""

    def __init__(self, key: Any) -> None:
        self.key = key

    def __call__(self, owner: Any, value: Any) -> None:
        owner[self.key] = value


class PutAll:
    """Assigns several items."""

    def __init__(self, keys: tuple) -> None:
        self.keys = keys

    def __call__(self, owner: Any, values: tuple) -> None:
        for key, value in zip(self.keys, values, strict=True):
            owner[key] = value


class Fill:
    """Replaces all items: of a dict by ones of these keys."""

    def __init__(self, keys: tuple | None) -> None:
        self.keys = keys

    def __call__(self, owner: Any, values: tuple) -> None:
        if self.keys is None:
            owner[:] = values
        else:
            owner.clear()
            owner.update(zip(self.keys, values, strict=True))


def append_all(owner: list, values: tuple) -> None:
    owner.extend(values)


def written(session: Session) -> list[tuple[Source, Any, Any]]:
    """Return what is assigned at the end: to whom, how, and what."""
    from braze.interpreter.lists.appended import of_grown

    recorder = session.recorder
    out: list[tuple[Source, Any, Any]] = []
    owners: list[Any] = []
    for slot in recorder.storage.slots.values():
        if slot.value is MISSING or slot.value is slot.given or not isinstance(slot, OUTSIDE):
            continue
        held_by(slot, f"what {slot} holds")
        if isinstance(slot, Variable):
            cell = isinstance(slot.owner, types.CellType)
            how: Any = "cell_contents" if cell else Put(slot.key)
            out.append((Source(("const", slot.owner)), how, slot.value))
            continue
        owners.append(slot.owner)
        how = Put(slot.key) if isinstance(slot, DictItem) else slot.key
        out.append((way_to(recorder, slot.owner), how, slot.value))
    for copy in recorder.copied.values():
        if (change := change_of(copy.made, copy.before)) is not None:
            owners.append(copy.real)
            out.append((copy.source, *change))
    for real, *change in given.written(recorder):
        owners.append(real)
        out.append(tuple(change))
    for copy in recorder.appended.values():
        if (more := of_grown(copy, session.stack[0])) != ():
            owners.append(copy.real)
            out.append((copy.source, append_all, more))
    keep_apart(recorder, list({id(owner): owner for owner in owners}.values()))
    return out


OUTSIDE = (Attribute, Variable, DictItem)


def change_of(made: Any, before: Any) -> tuple[Callable, tuple] | None:
    """Return how a list or dict of the caller's becomes what its copy has become."""
    keys = list(range(len(made))) if isinstance(made, list) else list(made)
    old = list(range(len(before))) if isinstance(made, list) else list(before)
    known = set(old)
    changed = [k for k in keys if k not in known or made[k] is not before[k]]
    if keys == old and not changed:
        return None
    if keys[: len(old)] != old:
        values = tuple(made) if isinstance(made, list) else tuple(made.values())
        return Fill(None if isinstance(made, list) else tuple(made)), values
    if isinstance(made, list) and changed == keys[len(old) :]:
        return append_all, tuple(made[len(old) :])
    if isinstance(made, list) and len(keys) != len(old):
        return Fill(None), tuple(made)
    return PutAll(tuple(changed)), tuple(made[k] for k in changed)
