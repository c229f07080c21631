"""Syntax trees: which nodes are in one, and where those stand that a rewriting has made.

Statements do not change once they are made, so what is below one is found once.
"""

import ast
from collections.abc import Callable, Iterable
from typing import Any

# Fields of nodes without names, places and parts of their own: nobody looks for them.
SIGNS = ("ctx", "op", "ops")
PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")
FIRST = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}


def parts_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes just below one, signs left out."""
    found: list[ast.AST] = []
    fields = node.__dict__
    for name in node._fields:
        value = fields.get(name)
        if name in SIGNS:
            continue
        if type(value) is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def nodes_of(node: ast.AST) -> list[ast.AST]:
    """Return a node and all below it in the order of the source, signs left out."""
    return [node, *below(node)]


def nodes_in(parts: Iterable[ast.AST]) -> list[ast.AST]:
    """Return the nodes of several trees."""
    found: list[ast.AST] = []
    for part in parts:
        found.append(part)
        found += below(part)
    return found


def below(node: ast.AST) -> list[ast.AST]:
    """Return all nodes below one; of statements it is found once."""
    known = node.__dict__.get("_below")
    if known is None:
        known = nodes_in(parts_of(node))
        if isinstance(node, ast.stmt):
            node._below = known
    return known


class Known:
    """What was found of a tree; a copy of the tree, which may be changed, does not have it."""

    def __init__(self, of: ast.AST | None, found: Any) -> None:
        self.of = of
        self.found = found

    def __deepcopy__(self, memo: dict) -> "Known":
        return Known(None, None)


def found_once(node: ast.AST, name: str, find: Callable[[], Any]) -> Any:
    """Return what there is to know of a tree, which does not change once it is interpreted."""
    known = node.__dict__.get(name)
    if known is None or known.of is not node:
        known = Known(node, find())
        setattr(node, name, known)
    return known.found


def names_of(node: ast.AST) -> frozenset[str]:
    """Return the names that stand anywhere in a tree."""
    return found_once(
        node,
        "_known_names",
        lambda: frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name)),
    )


def located(tree: ast.AST) -> ast.AST:
    """Give nodes without a place that of the node around them, as `ast.fix_missing_locations` does.

    Statements that have been seen before are complete, the user's above all.
    """
    waiting: list[tuple[ast.AST, dict]] = [(tree, FIRST)]
    while waiting:
        node, place = waiting.pop()
        fields = node.__dict__
        if "_located" in fields:
            continue
        if "lineno" in node._attributes:
            for name in PLACE:
                if fields.get(name) is None:
                    setattr(node, name, place[name])
            place = fields
            if isinstance(node, ast.stmt):
                node._located = True
        waiting += [(part, place) for part in parts_of(node)]
    return tree


def alike(one: object, two: object) -> bool:
    """Tell whether two trees, or fields of trees, say the same."""
    if type(one) is not type(two):
        return False
    if isinstance(one, ast.AST):
        return all(alike(getattr(one, n, None), getattr(two, n, None)) for n in one._fields)
    if isinstance(one, list):
        return len(one) == len(two) and all(map(alike, one, two))
    return repr(one) == repr(two)
