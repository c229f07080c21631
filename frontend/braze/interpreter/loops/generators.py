"""Comprehensions and generators over many items, or run-time conditions, as loops.

``[f(v) for v in x if v > 0]`` is interpreted as the statements that it is short for, in its own
function: a list, a loop that appends to it, and names that no other can be. So it becomes a loop
of the graph where such a loop would.
"""

import ast
import copy
from collections.abc import Callable
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import flow
from braze.interpreter.builtins.prelude import plus
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.loops.rows import Rows, rows_of
from braze.record.value import is_value

FEW = 8  # items for which a comprehension is written out first

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp
SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Generator(Items):
    """What a generator expression gives: its node, and what its first `for` goes over."""

    def __init__(
        self, frame: Frame, node: Comprehension, first: Any, values: Callable[[], list]
    ) -> None:
        super().__init__(values, rows=self.as_rows, parts=(first,))
        self.frame = frame
        self.overlays = frame.overlays
        self.node = node
        self.first = first

    def as_rows(self) -> Rows | None:
        """Return its items for a loop over them, if each item of what it goes over gives one."""
        from braze.interpreter.expressions import evaluate

        rows = rows_of(self.first)
        if rows is None or len(self.node.generators) > 1 or self.node.generators[0].ifs:
            return None
        lowered = lowered_of(self.node)

        def item(k: Any) -> Any:
            with self.frame.inside(self.overlays):
                flow.assign(self.frame, lowered.target, rows[k])
                return evaluate(self.frame, lowered.element)

        return Rows(rows.size, item, rows.number, rows.of)


class Lowered:
    """A comprehension with names of its own for its targets."""

    def __init__(self, node: Comprehension) -> None:
        bound = {n.id for part in node.generators for n in ast.walk(part.target) if is_name(n)}
        at = f":{node.lineno}:{node.col_offset}"
        self.hidden = {name: f"${name}{at}" for name in bound}
        self.first, self.held = f"$first{at}", f"$held{at}"
        renamed = Renamed(self.hidden).visit(copy.deepcopy(node))
        self.parts = renamed.generators
        self.element = renamed.elt
        self.target = self.parts[0].target
        self.at = node
        self.walrus = any(isinstance(n, ast.NamedExpr) for n in ast.walk(node))
        self.blocks: dict[str, list[ast.stmt]] = {}

    def block(self, kind: str) -> list[ast.stmt]:
        """Return the statements that do something with each item, always the same ones."""
        if kind not in self.blocks:
            self.blocks[kind] = self.loops(EACH[kind](self), STOPS.get(kind))
        return self.blocks[kind]

    def loops(self, body: list[ast.stmt], stops: bool | None) -> list[ast.stmt]:
        """Return the loops around what is done with each item.

        Those that are found out as soon as the name holds a bool of this kind end then.
        """
        for depth, part in reversed(list(enumerate(self.parts))):
            for condition in reversed(part.ifs):
                body = [ast.If(condition, body, [])]
            iterable = part.iter if depth else ast.Name(self.first, ast.Load())
            body = [ast.For(part.target, iterable, body, [], None)]
            if depth and stops is not None:
                found: ast.expr = self.name(ast.Load())
                found = found if stops else ast.UnaryOp(ast.Not(), found)
                body.append(ast.If(found, [ast.Break()], []))
        return [ast.fix_missing_locations(ast.copy_location(s, self.at)) for s in body]

    def name(self, context: Any) -> ast.Name:
        return ast.Name(self.held, context)


def append(lowered: Lowered) -> list[ast.stmt]:
    method = ast.Attribute(lowered.name(ast.Load()), "append", ast.Load())
    return [ast.Expr(ast.Call(method, [lowered.element], []))]


def add(lowered: Lowered) -> list[ast.stmt]:
    total = ast.Call(ast.Constant(plus), [lowered.name(ast.Load()), lowered.element], [])
    return [ast.Assign([lowered.name(ast.Store())], total)]


def find(truth: bool) -> Callable[[Lowered], list[ast.stmt]]:
    """Return what ends the loop at the first item of this truth."""

    def body(lowered: Lowered) -> list[ast.stmt]:
        test = lowered.element if truth else ast.UnaryOp(ast.Not(), lowered.element)
        found = ast.Assign([lowered.name(ast.Store())], ast.Constant(truth))
        return [ast.If(test, [found, ast.Break()], [])]

    return body


STOPS = {"any": True, "all": False}
EACH = {"list": append, "sum": add, "any": find(True), "all": find(False)}


class Renamed(ast.NodeTransformer):
    """Gives names others, but where a function or comprehension inside has its own by them."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        a = node.args
        own = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
        node.args = self.visit(a)
        node.body = self.without({p.arg for p in own}).visit(node.body)
        return node

    def without(self, own: set[str]) -> "Renamed":
        return Renamed({old: new for old, new in self.names.items() if old not in own})

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, SCOPES) or not self.names:
            return super().generic_visit(node)
        first = node.generators[0]
        own = {n.id for part in node.generators for n in ast.walk(part.target) if is_name(n)}
        over = self.visit(first.iter)
        first.iter = ast.Constant(None)
        node = (
            self.without(own).generic_visit(node)
            if own & self.names.keys()
            else (super().generic_visit(node))
        )
        first.iter = over
        return node


def is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def lowered_of(node: Comprehension) -> Lowered:
    if not hasattr(node, "_lowered"):
        node._lowered = Lowered(node)
    return node._lowered


def many(frame: Frame, first: Any) -> bool:
    """Tell whether a comprehension over this is rather a loop."""
    if isinstance(first, (range, list, tuple)):
        return len(first) > FEW
    if isinstance(first, Generator):
        return many(frame, first.first)
    rows = rows_of(first)
    if rows is not None:
        return rows.number is not None or (frame.recorder.known(rows.size) or FEW + 1) > FEW
    if isinstance(first, flow.Range):
        bounds = (first.start, first.stop, first.step)
        known = [hint_of(frame, b) for b in bounds]
        return any(k is None for k in known) or (known[2] != 0 and len(range(*known)) > FEW)
    return False


def hint_of(frame: Frame, bound: Any) -> int | None:
    """Return what a number is in this call, if that is known."""
    if not is_value(bound):
        return bound
    return frame.recorder.known(bound.size_of) if bound.size_of is not None else bound.hint


def run(frame: Frame, node: Comprehension, kind: str, first: Any, start: Any) -> Any:
    """Interpret a comprehension as loops; return what the name holds that they change."""
    from braze.interpreter.statements import run_block

    lowered = lowered_of(node)
    if lowered.walrus or any(part.is_async for part in node.generators):
        raise frame.refuse(node, "`:=` in a comprehension that is a loop")
    frame.names |= {lowered.first: first, lowered.held: start}
    try:
        run_block(frame, lowered.block(kind))
        return frame.names[lowered.held]
    finally:
        for name in (lowered.first, lowered.held, *lowered.hidden.values()):
            frame.names.pop(name, None)


def either_way(
    frame: Frame, over: Any, written_out: Callable[[], Any], as_loop: Callable[[], Any]
) -> Any:
    """Return what one of two ways gives, of which the second is tried if the first is refused."""
    names, mark = dict(frame.names), frame.session.mark()
    used = isinstance(over, Items) and over.used
    ways = (as_loop, written_out) if many(frame, over) else (written_out, as_loop)
    errors: dict[Any, Unsupported] = {}
    for way in ways:
        try:
            return way()
        except Unsupported as error:
            errors[way] = error
            frame.names = dict(names)
            frame.session.drop(mark)
            if isinstance(over, Items):
                over.spend(used)
    raise errors[written_out] from None


def listed(frame: Frame, node: Comprehension, first: Any, written_out: Callable[[], list]) -> Any:
    """Return the list of a comprehension: written out, or what stands for one of a loop."""

    def as_loop() -> Any:
        return run(frame, node, "list", first, frame.session.own([]))

    return either_way(frame, first, lambda: frame.session.own(written_out()), as_loop)


def as_list(frame: Frame, items: Generator) -> Any:
    """Return the list of what a generator gives."""
    frame.perform(items.node, items.check)

    def written_out() -> list:
        items.spend(False)
        return list(items.take())

    with items.frame.inside(items.overlays):
        made = listed(items.frame, items.node, items.first, written_out)
    items.spend()
    return made


def consumed(
    frame: Frame, items: Generator, kind: str, start: Any, otherwise: Callable[[], Any]
) -> Any:
    """Return what `sum`, `any` or `all` makes of a generator."""
    frame.perform(items.node, items.check)

    def as_loop() -> Any:
        with items.frame.inside(items.overlays):
            return run(items.frame, items.node, kind, items.first, start)

    def written_out() -> Any:
        items.spend(False)
        return otherwise()

    made = either_way(frame, items.first, written_out, as_loop)
    items.spend()
    return made
