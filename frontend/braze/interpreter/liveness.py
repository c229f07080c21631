"""Which names are needed after a statement, and which are bound before it.

`Needed` errs towards more names, `Bound` towards fewer. Both take a function `expand` that gives
the statements that stand for a block, and remember their answer for every statement in it.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from braze.interpreter.names import always_binds, always_named, binds, reads, sees_all, target_names
from braze.record.trees import nodes_in

Names = frozenset[str]
NONE: Names = frozenset()
Block = list[ast.stmt]
Expand = Callable[[Block], Block]


def swallows(statement: ast.With, known: Callable[[ast.expr], bool]) -> bool:
    """Tell whether a `with` may go on after an exception in its body."""
    return not all(known(item.context_expr) for item in statement.items)


@dataclass(eq=False, repr=False)
class Ways:
    """The names needed where control may go besides to the next statement."""

    on_break: Names = NONE
    on_continue: Names = NONE
    on_raise: Names = NONE


class Needed:
    """Names that may be read after each statement, found backwards."""

    def __init__(self, expand: Expand, local: set[str], transparent: Callable) -> None:
        self.expand = expand
        self.local = frozenset(local)
        self.transparent = transparent
        self.after: dict[int, Names] = {}
        self.on_raise: dict[int, Names] = {}

    def block(self, statements: Block, out: Names, ways: Ways) -> Names:
        """Return what a block needs before it, if `out` is needed after it."""
        for statement in reversed(self.expand(statements)):
            self.after[id(statement)] = out
            self.on_raise[id(statement)] = ways.on_raise
            out = self.statement(statement, out, ways) | ways.on_raise
        return out

    def statement(self, s: ast.stmt, out: Names, ways: Ways) -> Names:
        if isinstance(s, ast.If):
            either = self.block(s.body, out, ways) | self.block(s.orelse, out, ways)
            return either | reads(s.test)
        if isinstance(s, (ast.For, ast.AsyncFor, ast.While)):
            return self.loop(s, out, ways)
        if isinstance(s, (ast.With, ast.AsyncWith)):
            inner = ways
            if swallows(s, self.transparent):
                inner = replace(ways, on_raise=ways.on_raise | out)
            return self.block(s.body, out, inner) | reads(s.items)
        if isinstance(s, (ast.Try, getattr(ast, "TryStar", ast.Try))):
            return self.try_(s, out, ways)
        if isinstance(s, ast.Match):
            found = out | reads(s.subject)
            for case in s.cases:
                found |= self.block(case.body, out, ways) | reads(case.pattern)
                found |= reads(case.guard) if case.guard else NONE
            return found
        return self.simple(s, out, ways)

    def simple(self, s: ast.stmt, out: Names, ways: Ways) -> Names:
        if isinstance(s, (ast.Return, ast.Raise)):
            out = NONE
        elif isinstance(s, ast.Break):
            out = ways.on_break
        elif isinstance(s, ast.Continue):
            out = ways.on_continue
        every = self.local if sees_all(s) else NONE
        return (out - always_binds(s)) | reads(s) | every

    def loop(self, s: ast.For | ast.AsyncFor | ast.While, out: Names, ways: Ways) -> Names:
        """Repeat until what the next iteration needs does not change."""
        end = self.block(s.orelse, out, ways)
        header = reads(s.test) if isinstance(s, ast.While) else reads(s.target)
        bound = NONE if isinstance(s, ast.While) else target_names(s.target)
        head: Names = end | header
        while True:
            body = self.block(s.body, head, Ways(out, head, ways.on_raise))
            grown = head | (body - bound)
            if grown == head:
                break
            head = grown
        return head | (NONE if isinstance(s, ast.While) else reads(s.iter))

    def try_(self, s: ast.Try, out: Names, ways: Ways) -> Names:
        final = out
        if s.finalbody:
            everywhere = out | ways.on_raise | ways.on_break | ways.on_continue
            final = self.block(s.finalbody, everywhere, ways)
            ways = Ways(final, final, final)
        handled = ways.on_raise
        for handler in s.handlers:
            handled |= self.block(handler.body, final, ways)
            handled |= reads(handler.type) if handler.type else NONE
        orelse = self.block(s.orelse, final, ways)
        return self.block(s.body, orelse, replace(ways, on_raise=handled | ways.on_raise))


class Bound:
    """Names that are certainly bound before each statement; None where control never comes."""

    def __init__(self, expand: Expand, transparent: Callable) -> None:
        self.expand = expand
        self.transparent = transparent
        self.before: dict[int, Names] = {}
        self.breaks: list[list[Names | None]] = []

    def block(self, statements: Block, have: Names | None) -> Names | None:
        """Return what is bound after a block."""
        for statement in self.expand(statements):
            self.before[id(statement)] = NONE if have is None else have
            have = None if have is None else self.statement(statement, have)
        return have

    def statement(self, s: ast.stmt, have: Names) -> Names | None:
        if isinstance(s, ast.If):
            have |= always_named(s.test)
            return meet(self.block(s.body, have), self.block(s.orelse, have))
        if isinstance(s, (ast.For, ast.AsyncFor, ast.While)):
            return self.loop(s, have)
        if isinstance(s, (ast.With, ast.AsyncWith)):
            named = [target_names(i.optional_vars) for i in s.items if i.optional_vars]
            end = self.block(s.body, have.union(*named))
            swallow = swallows(s, self.transparent)
            return meet(end, have - unbinds(s.body)) if swallow else end
        if isinstance(s, (ast.Try, getattr(ast, "TryStar", ast.Try))):
            return self.try_(s, have)
        if isinstance(s, ast.Match):
            ends: list[Names | None] = [have]
            for case in s.cases:
                ends.append(self.block(case.body, have | binds(case.pattern)))
            return meet(*ends)
        if isinstance(s, (ast.Return, ast.Raise, ast.Continue)):
            return None
        if isinstance(s, ast.Break):
            if self.breaks:
                self.breaks[-1].append(have)
            return None
        return (have - (reads(s) if isinstance(s, ast.Delete) else NONE)) | always_binds(s)

    def loop(self, s: ast.For | ast.AsyncFor | ast.While, have: Names) -> Names | None:
        head = have - unbinds(s.body)
        self.breaks.append([])
        self.block(s.body, head | (NONE if isinstance(s, ast.While) else target_names(s.target)))
        breaks = self.breaks.pop()
        endless = isinstance(s, ast.While) and isinstance(s.test, ast.Constant) and s.test.value
        end = self.block(s.orelse, None if endless else head)
        return meet(end, *breaks)

    def try_(self, s: ast.Try, have: Names) -> Names | None:
        failed = have - unbinds(s.body)
        ends = [self.block(s.orelse, self.block(s.body, have))]
        for handler in s.handlers:
            own = frozenset({handler.name} if handler.name else ())
            end = self.block(handler.body, failed | own)
            ends.append(None if end is None else end - own)
        if not s.finalbody:
            return meet(*ends)
        lost = unbinds([*s.body, *s.orelse, *s.handlers])
        final = self.block(s.finalbody, have - lost)
        end = meet(*ends)
        return None if end is None or final is None else (end - unbinds(s.finalbody)) | final


def meet(*states: Names | None) -> Names | None:
    """Return what is bound whichever way control came."""
    reached = [state for state in states if state is not None]
    return frozenset.intersection(*reached) if reached else None


def unbinds(parts: list) -> Names:
    """Return the names that a stretch may leave unbound though they were bound before it."""
    found: set[str] = set()
    for node in nodes_in(parts):
        if isinstance(node, ast.Delete):
            found |= reads(node)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)


def exposed(
    statements: Block,
    out: Names,
    ways: Ways = Ways(),  # noqa: B008 (frozen)
    transparent: Callable[[ast.expr], bool] = lambda item: True,
) -> Names:
    """Return what a stretch of statements needs before it."""
    return Needed(list, set(), transparent).block(statements, out, ways)


def surely_bound(
    statements: Block, have: Names, transparent: Callable[[ast.expr], bool]
) -> Names | None:
    """Return what is bound after a stretch of statements."""
    return Bound(list, transparent).block(statements, have)
