"""Dividing a function into regions, which are compiled, and Python between them."""

import ast
import copy
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from braze.errors import Reason
from braze.interpreter.liveness import NONE, Bound, Needed, Ways, exposed, surely_bound
from braze.interpreter.names import (
    LATER,
    Scope,
    binds,
    blocks_of,
    leaves,
    once,
    reads,
    returns,
    sees_all,
)
from braze.interpreter.statements import STATEMENTS, always_returns, spelled
from braze.islands.hoist import OPERATIONS
from braze.islands.marks import DEFINITIONS, Marks, shallow
from braze.record.trees import nodes_of

Block = list[ast.stmt]
LEAST = 2  # operations in a stretch of statements that is worth a call


@dataclass(eq=False, repr=False)
class Context:
    """Where a block stands."""

    whole: bool = False  # the end of the block is the end of the function
    loop: bool = False  # in a loop that Python runs
    guarded: frozenset[str] = NONE  # names that matter if an exception is raised here


@dataclass(eq=False, repr=False)
class Stretch:
    """Statements that one region is made of, the names it takes and those it gives."""

    statements: tuple[ast.stmt, ...]
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    tail: bool  # what it returns, the function returns
    context: Context

    @property
    def key(self) -> tuple:
        ids = tuple(map(id, self.statements))
        return (ids, self.takes, self.gives, self.tail, self.context.loop)

    @property
    def lines(self) -> tuple[int, int]:
        last = max(s.end_lineno or s.lineno for s in self.statements)
        return min(s.lineno for s in self.statements), last


@dataclass(eq=False, repr=False)
class Plan:
    """A function's body with calls of regions in it, and what to tell about it."""

    body: Block
    regions: list[Any] = field(default_factory=list)
    islands: list[tuple[int, Reason]] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Planner:
    """Rewrites one body. `region` gives the region of a stretch, or None: it stays Python."""

    marks: Marks
    scope: Scope
    bound_before: frozenset[str]
    transparent: Any
    region: Any
    needed: Needed = None
    bound: Bound = None
    plan: Plan = None

    def rewrite(self, body: Block, context: Context) -> Plan:
        local = self.scope.local | self.marks.temps.made
        self.needed = Needed(self.marks.expand, local, self.transparent)
        self.needed.block(body, NONE, Ways(on_raise=context.guarded))
        self.bound = Bound(self.marks.expand, self.transparent)
        self.bound.block(body, self.bound_before)
        self.plan = Plan([])
        self.plan.body = self.block(body, context)
        return self.plan

    def block(self, statements: Block, context: Context) -> Block:
        """Return a block with its stretches replaced by calls of regions."""
        block = self.marks.expand(statements)
        end = context.whole or always_returns(block)
        tail = len(block)
        while end and tail > 0 and self.reason(block[tail - 1], True) is None:
            tail -= 1
        if block:
            context = replace(context, guarded=self.needed.on_raise[id(block[0])])
        made: Block = []
        stretch: Block = []
        temps: set[str] = set()
        for i, statement in enumerate(block):
            last = i == len(block) - 1
            if i < tail and self.reason(statement, False) is not None:
                made += self.drop(self.close(stretch, context, False), stretch, context, temps)
                made += self.drop(
                    self.python(statement, context, last), [statement], context, temps
                )
                stretch = []
                continue
            stretch.append(statement)
            if binds(statement) & context.guarded:
                made += self.close(stretch, context, last)
                stretch = []
        return made + self.close(stretch, context, True)

    def drop(self, made: Block, of: Block, context: Context, temps: set[str]) -> Block:
        """Add a `del` of the names that were made for parts of statements and are used no more."""
        for statement in made:
            if not blocks_of(statement):
                temps |= binds(statement) & self.marks.temps.made
        if context.loop or not made or not temps:
            return made
        dead = temps - self.needed.after[id(of[-1])]
        if not dead or isinstance(made[-1], (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return made
        temps -= dead
        gone = ast.Delete([ast.Name(name, ast.Del()) for name in sorted(dead)])
        at_first_line(gone, of[-1], set())
        return [*made, gone]

    def reason(self, statement: ast.stmt, may_return: bool) -> Reason | None:
        """Return why a statement stays Python, if it must."""
        for inner in self.marks.every([statement]):
            if self.marks.marked(inner):
                marks = self.marks
                return marks.islands.get(id(inner)) or marks.opened.get(id(inner)) or SPLIT
            if not may_compile(inner):
                return Reason(f"the statement `{spelled(inner)}`")
            if isinstance(inner, (ast.Delete, ast.Global, ast.Nonlocal)):
                return Reason(f"the statement `{spelled(inner)}`")
        bound = binds(statement)
        shared = (reads(statement) | bound) & self.scope.shared | bound & self.scope.declared
        if shared:
            return Reason(f"{', '.join(sorted(shared))}, which another scope sees or changes")
        if sees_all(statement):
            return Reason("code that may look at all variables")
        if leaves(statement) and not may_return:
            return LEAVING
        outside_loops = [statement] if isinstance(statement, (ast.Break, ast.Continue)) else []
        if may_return and (outside_loops or (leaves(statement) and jumps(statement))):
            return LEAVING
        return None

    def close(self, stretch: Block, context: Context, at_end: bool) -> Block:
        """Return a stretch as a call of a region, or as it is if that is not worth it.

        `at_end` says that the block ends with it.
        """
        if not stretch:
            return []
        tail = at_end and (context.whole or always_returns(stretch))
        if any(map(returns, stretch)) and not tail:
            return self.separately(stretch, context, stretch[-1], at_end)
        if sum(map(weight, stretch)) < LEAST:
            return stretch
        first, last = stretch[0], stretch[-1]
        after = NONE if tail else self.needed.after[id(last)]
        gives = binds(stretch) & (after if tail else after | self.scope.captured)
        local = self.scope.local | self.marks.temps.made
        takes = exposed(stretch, frozenset(gives), transparent=self.transparent) & local
        have = self.bound.before.get(id(first), NONE)
        missing = takes - have
        for statement in stretch:
            touched = reads(statement) | binds(statement)
            escapes = isinstance(statement, DEFINITIONS) and statement.name in gives
            if escapes or touched & missing:
                return self.separately(stretch, context, statement, at_end)
            if context.guarded and not self.binds_last(statement, context):
                return self.separately(stretch, context, statement, at_end)
        ends = surely_bound(stretch, have, self.transparent)
        if not tail and (ends is None or not gives <= ends):
            return stretch
        made = Stretch(tuple(stretch), tuple(sorted(takes)), tuple(sorted(gives)), tail, context)
        region = self.region(made)
        if region is None:
            return stretch
        self.plan.regions.append(region)
        return emit(made, region.name)

    def binds_last(self, statement: ast.stmt, context: Context) -> bool:
        """Tell whether a statement has done nothing yet if it raises."""
        if not binds(statement) & context.guarded:
            return True
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return len(targets) == 1 and isinstance(targets[0], ast.Name)

    def separately(
        self, stretch: Block, context: Context, statement: ast.stmt, at_end: bool
    ) -> Block:
        """Leave one statement of a stretch to Python, and make regions of those around it."""
        at = next(i for i, s in enumerate(stretch) if s is statement)
        before, after = stretch[:at], stretch[at + 1 :]
        alone = self.python(statement, context, at_end and not after)
        return self.close(before, context, False) + alone + self.close(after, context, at_end)

    def python(self, statement: ast.stmt, context: Context, last: bool) -> Block:
        """Return a statement that stays Python, with regions in its blocks."""
        reason = self.reason(statement, True)
        if not blocks_of(statement) or isinstance(statement, LATER):
            if reason is not None and reason is not LEAVING:
                self.plan.islands.append((statement.lineno, reason))
            return [statement]
        opened = self.marks.opened.get(id(statement))
        refused = reason if not may_compile(statement) else None
        if opened is not None or refused is not None:
            self.plan.islands.append((statement.lineno, opened or refused))
        made = shallow(statement)
        whole = context.whole and last and isinstance(statement, (ast.If, ast.Match))
        inner = replace(context, whole=whole)
        if isinstance(statement, (ast.For, ast.While, ast.AsyncFor)):
            made.body = self.block(statement.body, replace(inner, loop=True))
            made.orelse = self.block(statement.orelse, inner)
            return [made]
        if isinstance(statement, (ast.Try, ast.With, ast.AsyncWith)) or not known(statement):
            return [self.guarded(made, inner)]
        made.body = self.block(statement.body, inner)
        made.orelse = self.block(statement.orelse, inner)
        return [made]

    def guarded(self, made: ast.stmt, context: Context) -> ast.stmt:
        """Rewrite the blocks of a statement that may catch exceptions."""
        for name in ("body", "orelse", "finalbody"):
            block = getattr(made, name, None)
            if block:
                caught = self.needed.on_raise[id(self.marks.expand(block)[0])]
                setattr(made, name, self.block(block, replace(context, guarded=caught)))
        for name in ("handlers", "cases"):
            parts = []
            for part in getattr(made, name, ()):
                part = copy.copy(part)
                part.body = self.block(part.body, context)
                parts.append(part)
            if parts:
                setattr(made, name, parts)
        return made


SPLIT = Reason("a statement that is taken apart")
LEAVING = Reason("a return, break or continue")


def may_compile(statement: ast.stmt) -> bool:
    """Tell whether there are statements of this kind that are compiled."""
    if isinstance(statement, (ast.Global, ast.Nonlocal)):  # they are about the whole function
        return False
    return type(statement) in STATEMENTS or isinstance(statement, ast.If)


def known(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.If, ast.For, ast.While))


def jumps(statement: ast.stmt) -> bool:
    """Tell whether a break or continue leaves the statement."""
    if isinstance(statement, (ast.Break, ast.Continue)):
        return True
    if isinstance(statement, LATER):
        return False
    if isinstance(statement, (ast.For, ast.While)):
        return any(map(jumps, statement.orelse))
    return any(jumps(s) for block in blocks_of(statement) for s in block)


@once
def weight(statement: ast.stmt) -> int:
    """Count the operations in a statement that may be worth compiling."""
    kinds = (*OPERATIONS, ast.AugAssign)
    return sum(isinstance(node, kinds) for node in nodes_of(statement))


def emit(stretch: Stretch, name: str) -> Block:
    """Return the call of a region; in loops with the statements, for when it is given up."""
    at = stretch.statements[0]
    call = ast.Call(
        ast.Name(name, ast.Load()), [ast.Name(n, ast.Load()) for n in stretch.takes], []
    )
    made: ast.stmt
    if stretch.tail:
        made = ast.Return(call)
    elif not stretch.gives:
        made = ast.Expr(call)
    else:
        made = ast.Assign([targets(stretch.gives, ast.Store())], call)
    if stretch.context.loop:
        made = ast.If(ast.Name(name, ast.Load()), [made], list(stretch.statements))
    at_first_line(made, at, set(map(id, stretch.statements)))
    return [made]


def targets(names: Iterable[str], context: ast.expr_context) -> ast.expr:
    """Return the name, or a tuple of the names."""
    parts: list[ast.expr] = [ast.Name(n, context) for n in names]
    return parts[0] if len(parts) == 1 else ast.Tuple(parts, context)


def at_first_line(made: ast.AST, at: ast.stmt, keep: set[int]) -> None:
    """Put new nodes where a statement begins, but leave those of the user as they are."""
    if id(made) in keep:
        return
    if "lineno" in made._attributes:
        made.lineno = made.end_lineno = at.lineno
        made.col_offset = made.end_col_offset = at.col_offset
    for child in ast.iter_child_nodes(made):
        at_first_line(child, at, keep)
