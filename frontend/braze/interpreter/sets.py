"""Sets in the order in which CPython goes over them, which is that of how each was made.

CPython makes frozensets of displays of constants while it compiles, and gives equal ones of a
module the same. A set that is copied takes more room at once than one filled item by item, and so
may be in another order.
"""

import ast
from collections.abc import Iterable
from typing import Any

from braze.interpreter import flow, outside
from braze.interpreter.comparisons import as_key
from braze.interpreter.frame import Frame
from braze.record.set_constants import frozensets_in, frozensets_of, spelled

HASHED = (set, frozenset, dict)  # of which a set takes all items at once
FOLDED = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.BinOp, ast.Subscript)  # may be constants


def made_of(frame: Frame, kind: type, items: Any) -> Any:
    """Return what ``set(items)`` or ``frozenset(items)`` gives; numbers among them are fixed."""
    if outside.is_outside(frame.session, items):
        items = dict.fromkeys(outside.keys_of(frame.session, items))
    elif not is_hashed(frame, items):
        return filled(frame, flow.static_items(frame, items), kind)
    made = kind(items)
    return made if made is items else frame.session.own(made)


def is_hashed(frame: Frame, items: Any) -> bool:
    return isinstance(items, HASHED) and frame.session.readable(items)


def filled(frame: Frame, items: Iterable, kind: type = set) -> Any:
    """Return a set of plain items put in one by one."""
    return frame.session.own(kind(as_key(item) for item in items))


def display(frame: Frame, node: ast.Set) -> set:
    """Return the set of a display."""
    from braze.interpreter.expressions import evaluate

    if (constant := constant_of(frame, node, node)) is not None:
        made: set[Any] = set()
        made.update(constant)  # as CPython fills it; `set(constant)` may take other room
        return frame.session.own(made)
    made = set()
    for element in node.elts:
        if isinstance(element, ast.Starred):
            items = evaluate(frame, element.value)
            made.update(frame.perform(element, starred, frame, items))
        else:
            made.add(frame.perform(element, as_key, evaluate(frame, element)))
    return frame.session.own(made)


def starred(frame: Frame, items: Any) -> Any:
    """Return what a display takes of an operand with a star."""
    return items if is_hashed(frame, items) else map(as_key, flow.static_items(frame, items))


def constant_items(frame: Frame, node: ast.expr) -> tuple | None:
    """Return the items that a `for` over a display of constants takes; None of another."""
    if not isinstance(node, ast.Set):
        return None
    tested = ast.Compare(ast.Constant(0), [ast.In()], [node])  # folded as it is in a `for`
    constant = constant_of(frame, node, tested)
    return None if constant is None else tuple(constant)


def constant_of(frame: Frame, node: ast.Set, expression: ast.expr) -> frozenset | None:
    """Return the constant that CPython makes of the display in an expression, if it makes one."""
    if not all(isinstance(element, FOLDED) for element in node.elts):
        return None
    whole = ast.fix_missing_locations(ast.copy_location(ast.Expression(expression), node))
    made = next(frozensets_in(compile(whole, frame.source.file, "eval")), None)
    return None if made is None else frozensets_of(frame.source.code).get(spelled(made), made)
