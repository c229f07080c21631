"""What is known not to be compiled of a function: statements that stay Python or are split.

A statement without a body that is refused becomes an *island*, or is taken apart around the
expression that is refused. One with a body is *opened*: it stays Python, its blocks are compiled.
"""

import ast
import types
from collections.abc import Iterable
from dataclasses import dataclass, field

from braze.errors import Place, Reason
from braze.interpreter.names import blocks_of, once, statements_of
from braze.islands.hoist import OPERATIONS, Hoist, Temps, around, contains, is_key, whole
from braze.record.trees import nodes_in, nodes_of, parts_of


@dataclass(eq=False, repr=False)
class Marks:
    """Statements by identity; they are held, so that identities stay theirs."""

    function: types.FunctionType
    temps: Temps
    islands: dict[int, Reason] = field(default_factory=dict)
    opened: dict[int, Reason] = field(default_factory=dict)
    replaced: dict[int, list[ast.stmt]] = field(default_factory=dict)
    held: list[ast.stmt] = field(default_factory=list)

    def marked(self, statement: ast.stmt) -> bool:
        key = id(statement)
        return key in self.islands or key in self.opened or key in self.replaced

    def expand(self, block: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements that stand for a block."""
        found: list[ast.stmt] = []
        for statement in block:
            parts = self.replaced.get(id(statement))
            found += [statement] if parts is None else self.expand(parts)
        return found

    def every(self, block: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
        """Give the statements that stand for a block, and those inside of them."""
        for statement in self.expand(list(block)):
            yield statement
            inner = [] if isinstance(statement, DEFINITIONS) else blocks_of(statement)
            for part in inner:
                yield from self.every(part)

    def refuse(self, path: list[ast.AST], block: list, reason: Reason, steady: dict) -> bool:
        """Mark the statement of a block in which the innermost node of `path` stands.

        `steady` are, before each statement, the names that are bound and that nobody else rebinds.
        """
        statements = list(self.every(block))
        own = {id(statement): statement for statement in statements}
        for definitions in (False, True):  # what an inner function does, its caller answers for
            kind = [s for s in statements if isinstance(s, DEFINITIONS) == definitions]
            for node in path:
                statement = next((s for s in kind if id(node) in in_header(s)), None)
                if statement is not None and not definitions:
                    part = next(p for p in headers(statement) if contains(p, node))
                    names = steady.get(id(statement), frozenset())
                    self.refuse_expression(statement, part, node, reason, names)
                    return True
                statement = statement or own.get(id(node))
                if statement is not None:
                    self.keep(statement, reason)
                    return True
        return False

    def keep(self, statement: ast.stmt, reason: Reason, apart: bool = True) -> None:
        """Leave a statement to Python; open it if it has a body.

        If `apart`, what it only stores or returns is computed by a statement of its own.
        """
        if self.marked(statement):
            return
        self.held.append(statement)
        if blocks_of(statement) and not isinstance(statement, DEFINITIONS):
            self.open(statement, reason)
            return
        targets = getattr(statement, "targets", [])
        simple = bool(targets) and all(isinstance(t, ast.Name) for t in targets)
        stores = isinstance(statement, (ast.Assign, ast.Return)) and not simple
        if apart and stores and statement.value:
            hoist = Hoist(self.function, self.temps, frozenset(), [])
            if hoist.worth(statement.value):
                made = shallow(statement)
                made.value = hoist.save(statement.value)
                self.replace(statement, [*hoist.before, made], made, reason)
                return
        self.islands[id(statement)] = reason

    def replace(self, old: ast.stmt, made: list[ast.stmt], island: ast.stmt, why: Reason) -> None:
        self.held += [old, *made]
        self.replaced[id(old)] = made
        self.islands[id(island)] = why

    def open(self, statement: ast.stmt, reason: Reason) -> None:
        """Leave a compound statement to Python; its test or items go with what comes before."""
        name = {ast.If: "test", ast.For: "iter"}.get(type(statement))
        value = getattr(statement, name) if name else None
        hoist = Hoist(self.function, self.temps, frozenset(), [])
        if value is None or not hoist.worth(value) or not has_call_or_operator(value):
            self.opened[id(statement)] = reason
            return
        made = shallow(statement)
        setattr(made, name, hoist.save(value))
        self.held += [statement, *hoist.before, made]
        self.replaced[id(statement)] = [*hoist.before, made]
        self.opened[id(made)] = reason

    def refuse_expression(
        self,
        statement: ast.stmt,
        root: ast.expr,
        node: ast.AST,
        reason: Reason,
        steady: frozenset[str],
    ) -> None:
        """Take the expression out of its statement, or as much around it as must stay with it."""
        name = next((n for n, value in ast.iter_fields(statement) if value is root), None)
        if self.marked(statement):
            return
        if name is None or not self.can_take(statement, name, steady):
            self.keep(statement, reason)
            return
        wanted = node
        if is_key(node) or not isinstance(node, ast.expr):
            wanted = around(root, node)
        wanted = whole(root, wanted)
        while True:
            hoist = Hoist(self.function, self.temps, steady, [])
            if any(isinstance(n, ast.NamedExpr) for n in nodes_of(root)):
                break
            if wanted is root and isinstance(statement, (ast.Assign, ast.Return, ast.Expr)):
                self.keep_with_arguments(statement, hoist, root, reason)
                return
            made = hoist.take(root, wanted)
            if made is not None:
                rest = shallow(statement)
                setattr(rest, name, made)
                self.replace(statement, [*hoist.before, rest], hoist.island, reason)
                return
            if wanted is root:
                break
            wanted = around(root, wanted)
        self.keep(statement, reason)

    def can_take(self, statement: ast.stmt, name: str, steady: frozenset[str]) -> bool:
        """Tell whether the expression is evaluated once, before all else of the statement."""
        if isinstance(statement, ast.AugAssign):
            target = statement.target
            return name == "value" and isinstance(target, ast.Name) and target.id in steady
        if isinstance(statement, ast.AnnAssign):
            return isinstance(statement.target, ast.Name) and name == "value"
        known = {ast.Assign: "value", ast.Return: "value", ast.Expr: "value",
                 ast.If: "test", ast.For: "iter"}  # fmt: skip
        return known.get(type(statement)) == name

    def keep_with_arguments(
        self, statement: ast.stmt, hoist: Hoist, root: ast.expr, reason: Reason
    ) -> None:
        value = hoist.arguments(root)
        if not hoist.before:
            self.held.append(statement)
            self.islands[id(statement)] = reason
            return
        rest = shallow(statement)
        rest.value = value
        self.replace(statement, [*hoist.before, rest], rest, reason)


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@once
def headers(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement that stand in none of its blocks."""
    inner = {id(s) for block in blocks_of(statement) for s in block}
    if isinstance(statement, DEFINITIONS):
        return [statement]
    parts = []
    for child in parts_of(statement):
        if isinstance(child, (ast.ExceptHandler, ast.match_case)):
            parts += [p for p in parts_of(child) if id(p) not in inner]
        elif id(child) not in inner:
            parts.append(child)
    return parts


@once
def in_header(statement: ast.stmt) -> set[int]:
    """Return which nodes stand in a statement, but not in its blocks."""
    return {id(node) for node in nodes_in(headers(statement))}


def shallow(statement: ast.stmt) -> ast.stmt:
    """Return a copy of a statement that has the same parts."""
    made = type(statement)(**dict(ast.iter_fields(statement)))
    return ast.copy_location(made, statement)


def has_call_or_operator(expr: ast.expr) -> bool:
    return any(isinstance(n, OPERATIONS) for n in nodes_of(expr))


def at_place(place: Place, file: str, block: Iterable[ast.stmt]) -> list[ast.AST]:
    """Return the nodes of a block that start where a refusal points to, or the statement there."""
    if place.file != file:
        return []
    every = [n for s in block for inner in statements_of(s) for n in ast.walk(inner)]
    exact = [
        n
        for n in every
        if isinstance(n, ast.expr) and (n.lineno, n.col_offset + 1) == (place.line, place.column)
    ]
    if exact:
        return sorted(exact, key=lambda n: -((n.end_lineno - n.lineno) * 1000 + n.end_col_offset))
    simple = [n for n in every if isinstance(n, ast.stmt) and n.lineno == place.line]
    return simple[-1:]


__all__ = ["Marks", "at_place"]
