"""What a condition says of a name that is one of several values: `if found is None: ...`."""

import ast
from typing import Any

from braze.interpreter.frame import Frame
from braze.interpreter.ways.oneof import OneOf, Sometimes
from braze.record import trees
from braze.record.value import is_value

ANYTHING = object()


def narrowed(frame: Frame, test: ast.expr, holds: bool) -> dict[str, Any]:
    """Return what names hold where a condition holds, or does not, if it tells."""
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(test)):
        return {}
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return narrowed(frame, test.operand, not holds)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
        found: dict[str, Any] = {}
        for part in test.values:
            found |= narrowed(frame, part, holds)
        return found
    name, answers = asked_of(frame, test)
    if name is None:
        return {}
    of = frame.names[name]
    open_ = [a is ANYTHING or is_value(a) or a == holds for a in answers]
    left = [k for k, may_be in enumerate(open_) if may_be]
    return {name: of.items[left[0]]} if len(left) == 1 else {}


def depends(frame: Frame, part: ast.expr) -> bool:
    """Tell whether an operand reads a name that may hold nothing of use, as others may ask."""
    held = map(frame.names.get, trees.names_of(part))
    return any(isinstance(value, (OneOf, Sometimes)) for value in held)


def asked_of(frame: Frame, test: ast.expr) -> tuple[str | None, list]:
    """Return the name that a condition asks of, and its answer for each value it may hold."""
    pair = isinstance(test, ast.Compare) and len(test.ops) == 1
    subject = test.left if pair else test
    if not isinstance(subject, ast.Name) or not isinstance(frame.names.get(subject.id), OneOf):
        return None, []
    items = frame.names[subject.id].items
    if not pair:
        return subject.id, [truth_of(item) for item in items]
    other = test.comparators[0]
    known = isinstance(other, ast.Constant) and (other.value is None or type(other.value) is str)
    if not known or not isinstance(test.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
        return None, []
    negated = isinstance(test.ops[0], (ast.IsNot, ast.NotEq))
    same = [plain(item) and type(item) is type(other.value) and item == other.value
            for item in items]  # fmt: skip
    return subject.id, [one != negated for one in same]


def plain(item: Any) -> bool:
    return item is None or isinstance(item, (bool, str))


def truth_of(item: Any) -> Any:
    """Return the truth of a value if it is known, else something else."""
    if is_value(item):
        return item
    return bool(item) if plain(item) or isinstance(item, tuple) else ANYTHING
