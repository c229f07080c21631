"""Lists from outside that the function appends to and does not read: `self.losses.append(loss)`.

What is appended stands in a list of the function's own, and becomes the end of the other one when
all else has succeeded. So nothing depends on how long that is, which changes from call to call.
"""

import ast
from typing import Any

from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.interpreter.lists.grown import Append, Grown, hidden_name
from braze.interpreter.outside import assigned_variable, cell_of, is_outside, item_source, note_read
from braze.record.records import computes_attributes, is_record
from braze.record.slots import MISSING, Copied
from braze.record.sources import IDENTITIES, Source
from braze.record.value import is_value

READ = "a list from outside that the function appends to and reads"


def appends(frame: Frame, node: ast.expr) -> bool:
    """Append as the expression says; False if it is anything else."""
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if not (call and node.func.attr == "append" and len(node.args) == 1 and not node.keywords):
        return False
    if isinstance(node.args[0], ast.Starred):
        return False
    entry = frame.perform(node, unread, frame, node.func.value)
    if entry is None:
        return False
    from braze.interpreter.expressions import evaluate

    item = evaluate(frame, node.args[0])
    frame.perform(node, append, frame, entry, item)
    return True


def append(frame: Frame, entry: Copied, item: Any) -> None:
    session = frame.session
    first = session.stack[0]
    grown = first.names.get(hidden_name(entry.made))
    if grown is not None and frame is not first:
        raise refuse(READ)
    if grown is None and session.may_change(entry.made):
        entry.made.append(item)
    else:
        Append(session, entry.made if grown is None else grown)(frame, item)


def last_item(frame: Frame, node: ast.Subscript) -> Any:
    """Return an item, counted from the end, that the function has appended; MISSING for others."""
    from braze.interpreter.expressions import evaluate

    if not frame.recorder.appended or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return MISSING
    found = frame.perform(node, outside_list, frame, node.value)
    entry = None if found is None else frame.recorder.appended.get(id(found[1]))
    if entry is None:
        return MISSING
    key = evaluate(frame, node.slice)
    grown = hidden_name(entry.made) in frame.session.stack[0].names
    if grown or type(key) is not int or not -len(entry.made) <= key < 0:
        raise frame.refuse(node, READ)
    return entry.made[key]


def unread(frame: Frame, node: ast.expr) -> Copied | None:
    """Return what is appended to a list from outside that was not read; None for another."""
    found = outside_list(frame, node)
    if found is None:
        return None
    recorder, (source, real) = frame.recorder, found
    if type(real) is not list or id(real) in recorder.copied or id(real) in recorder.listed:
        return None
    entry = recorder.appended.get(id(real))
    if entry is None:
        entry = recorder.appended[id(real)] = Copied(real, [], source)
        frame.session.owned[id(entry.made)] = (entry.made, 0)
        recorder.origins[id(real)] = (real, source)
        recorder.owners.append(real)
        recorder.guard(source, "like", real)
    elif entry.source.key() != source.key():
        recorder.guard(source, "one", entry.source)
    return entry


def outside_list(frame: Frame, node: ast.expr) -> tuple[Source, Any] | None:
    """Return a list from outside and the way to it, without reading it; None for all else."""
    if isinstance(node, ast.Name):
        return of_variable(frame, node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return of_attribute(frame, node)
    constant = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    if constant and isinstance(node.value, (ast.Name, ast.Attribute)):
        return of_item(frame, node)
    return None


def of_variable(frame: Frame, name: str) -> tuple[Source, Any] | None:
    scope: Frame | None = frame
    while scope is not None:
        names = scope.names if scope is frame else scope.function_names
        if name in names or name in scope.locals:
            return None
        if name in scope.cells:
            return of_cell(frame, name)
        scope = scope.outer
    space = frame.globals
    if type(space.get(name)) is not list:
        return None
    if assigned_variable(frame.session, space, name) is not MISSING:
        return None
    return Source(("global", space, name)), space[name]


def of_cell(frame: Frame, name: str) -> tuple[Source, Any] | None:
    cell = cell_of(frame, name)
    try:
        held = cell.cell_contents
    except ValueError:
        return None
    if type(held) is not list or assigned_variable(frame.session, cell, name) is not MISSING:
        return None
    return Source(("cell", cell, name)), held


def of_attribute(frame: Frame, node: ast.Attribute) -> tuple[Source, Any] | None:
    from braze.interpreter.expressions import evaluate

    owner, name = evaluate(frame, node.value), node.attr
    recorder = frame.recorder
    if is_value(owner) or is_record(recorder, owner) or isinstance(owner, IDENTITIES):
        return None
    cls = type(owner)
    if computes_attributes(cls) or type(getattr(owner, "__dict__", None)) is not dict:
        return None
    in_class = any(name in vars(base) for base in cls.__mro__)
    if in_class or type(vars(owner).get(name)) is not list:
        return None
    slot = recorder.storage.slots.get((id(owner), name))
    if slot is not None and slot.value is not MISSING:
        return None
    known = recorder.origins.get(id(owner))
    source = Source(("attr", owner, name)) if known is None else known[1].attr(name)
    recorder.owners.append(owner)
    return source, vars(owner)[name]


def of_item(frame: Frame, node: ast.Subscript) -> tuple[Source, Any] | None:
    from braze.interpreter.expressions import evaluate

    container, key = evaluate(frame, node.value), node.slice.value
    if is_value(container) or not is_outside(frame.session, container):
        return None
    slot = frame.recorder.storage.slots.get((id(container), key))
    if (slot is not None and slot.value is not MISSING) or type(container.get(key)) is not list:
        return None
    note_read(frame.recorder, container)
    return item_source(frame.recorder, container, key), container[key]


def of_grown(entry: Copied, first: Frame) -> Any:
    """Return all that was appended: a tuple, or what stands for the list after a loop."""
    grown = first.names.get(hidden_name(entry.made))
    return grown if isinstance(grown, Grown) else tuple(entry.made)
