"""Which names a block assigns, and who else holds an array."""

import ast
from collections.abc import Iterable
from typing import Any

from braze.record import trees
from braze.record.records import attributes_of
from braze.record.value import Value, is_value

SCOPES = (
    ast.FunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def assigned(statements: Iterable[ast.stmt]) -> list[str]:
    """Return the names that the statements may bind, in the order of the source."""
    return list(dict.fromkeys(name for s in statements for name in _assigned_by(s)))


def _assigned_by(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names that one statement may bind; found out once, since statements stay."""
    known = statement.__dict__.get("_assigned")
    if known is None:
        names = (n for node in outside_functions(statement) for n in _bound_at(node))
        known = statement._assigned = tuple(dict.fromkeys(names))
    return known


def _bound_at(node: ast.AST) -> Iterable[str]:
    """Return the names that a node of a statement binds itself."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
    elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield (alias.asname or alias.name).split(".")[0]


def declared_nonlocal(statements: Iterable[ast.stmt]) -> list[str]:
    """Return the names that the statements declare `nonlocal` or `global`."""
    return [
        name
        for statement in statements
        for name in trees.found_once(
            statement, "_known_declares", lambda s=statement: _declared_by(s)
        )
    ]


def _declared_by(statement: ast.stmt) -> list[str]:
    nodes = outside_functions(statement)
    return [name for n in nodes if isinstance(n, (ast.Nonlocal, ast.Global)) for name in n.names]


def outside_functions(node: ast.AST) -> Iterable[ast.AST]:
    """Walk a tree without entering functions and comprehensions, which have scopes of their own."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def holders(value: Value, containers: Iterable[Any], records: dict[int, Any]) -> int:
    """Count the names, items and attributes that hold the array or a view of its memory."""
    root = value.root if value.root is not None else value
    seen: set[int] = set()

    def count(held: Any) -> int:
        if is_value(held):
            return int(held is root or held.root is root)
        if id(held) in seen:
            return 0
        if hasattr(type(held), "holds"):  # of several kinds, or perhaps not bound
            held = held.holds
        if held is not None and records.get(id(held)) is held:
            held = attributes_of(held)
        if not isinstance(held, (list, tuple, dict, set)):
            return 0
        seen.add(id(held))
        parts = held.values() if isinstance(held, dict) else held
        return sum(count(part) for part in parts)

    return sum(count(container) for container in containers)
