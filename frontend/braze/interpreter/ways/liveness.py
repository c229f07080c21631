"""Which names a program may read, from some place on, before it binds them anew."""

import ast
from collections.abc import Iterable

from braze.record import trees
from braze.record.scope import SCOPES, assigned

READ, BOUND = "read", "bound"


def first_use(block: Iterable[ast.stmt], name: str) -> str | None:
    """Return what statements do with a name first: READ if they may read it, else BOUND."""
    for node in block:
        if (use := use_in(node, name)) is not None:
            return use
    return None


def use_in(node: ast.stmt, name: str) -> str | None:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Try, ast.With, ast.Match)):
        return READ if mentions(node, name) else None
    if isinstance(node, ast.If):
        if reads(node.test, name):
            return READ
        ways = [first_use(block, name) for block in (node.body, node.orelse)]
        if READ in ways:
            return READ
        return BOUND if ways == [BOUND, BOUND] or binds(node.test, name) else None
    if isinstance(node, (ast.For, ast.While)):
        head = node.iter if isinstance(node, ast.For) else node.test
        if reads(head, name):
            return READ
        if isinstance(node, ast.For) and binds(node.target, name):
            return READ if first_use(node.orelse, name) == READ else None
        ways = [first_use(block, name) for block in (node.body, node.orelse)]
        return READ if READ in ways else None
    if reads(node, name):
        return READ
    return BOUND if name in assigned([node]) else None


def reads(node: ast.AST, name: str) -> bool:
    """Tell whether an expression or simple statement reads a name."""
    if isinstance(node, ast.AugAssign) and getattr(node.target, "id", None) == name:
        return True
    return name in trees.found_once(node, "_known_reads", lambda: names_read(node))


def names_read(node: ast.AST) -> frozenset[str]:
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return frozenset(n.id for n in names if not isinstance(n.ctx, ast.Store))


def binds(node: ast.AST, name: str) -> bool:
    return name in trees.names_of(node)


def mentions(node: ast.AST, name: str) -> bool:
    return name in trees.found_once(node, "_known_mentions", lambda: names_mentioned([node]))


def names_mentioned(nodes: Iterable[ast.AST]) -> frozenset[str | None]:
    every = (n for node in nodes for n in ast.walk(node))
    return frozenset(getattr(n, "id", getattr(n, "name", None)) for n in every)


def read_from_here(following: list, name: str) -> bool:
    """Tell whether a name may be read from the place on that blocks at hand have reached.

    `following` has for each block, from the outside in, the statement at hand, unless it is an `if`
    that has been decided, and those after it.
    """
    for now, after in reversed(following):
        for node in now:
            ways = [node.body, node.orelse] if isinstance(node, ast.If) else [[node]]
            if READ in [first_use(way, name) for way in ways]:
                return True
        use = first_use(after, name)
        if use is not None:
            return use == READ
    return False


def in_functions(body: list[ast.stmt], name: str) -> bool:
    """Tell whether a function or comprehension inside may read a name."""
    return any(
        name in trees.found_once(s, "_known_inside", lambda s=s: names_inside(s)) for s in body
    )


def names_inside(node: ast.stmt) -> frozenset[str | None]:
    return names_mentioned(n for n in ast.walk(node) if isinstance(n, SCOPES))
