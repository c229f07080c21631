"""`next`: iterators of which the function takes items one by one, and what is left of them.

How many items were taken stands in a slot, so that branches and loops carry it. To take the next
item of a generator with conditions is a loop over what is left that ends at the first that fits.
"""

import ast
import itertools
from typing import Any

from braze.errors import refuse, said
from braze.interpreter import flow
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.loops.generators import Generator, Lowered, lowered_of
from braze.interpreter.loops.rows import Rows, rows_of
from braze.record.slots import MISSING, Kept

NOTHING = object()
MOST_ITEMS = 64  # of an iterator over what is known
ROWS, AT, POSITION, COUNT, SPAN, DEFAULT = "$items", "$at", "$taken", "$count", "$left", "$default"


class Steps(Items):
    """What `iter` gives of a sequence."""

    def __init__(self, frame: Frame, base: Any) -> None:
        super().__init__(self.values_left, rows=self.rows_left, parts=(base,))
        self.frame = frame
        self.base = base

    def values_left(self) -> Any:
        from braze.interpreter.loops.iteration import each

        done = taken(self.frame, self)
        if type(done) is not int:
            raise refuse("the rest of an iterator of which items were taken")
        return each(self.frame, self.base[done:] if done else self.base)

    def is_begun(self) -> bool:
        return False

    def rows_left(self) -> Rows | None:
        """Return what a loop takes that goes on where `next` stopped."""
        rows = rows_of(self.base)
        done = taken(self.frame, self)
        if rows is None or done == 0 and type(done) is int:
            return rows
        count = rows.count(self.frame)
        return Rows(None, lambda k: rows[k + done], count - done, rows.of)


def taken(frame: Frame, items: Items) -> Any:
    """Return how many items of an iterator were taken."""
    slot = frame.recorder.storage.slot(Kept, items, "taken")
    return 0 if slot.value is MISSING else slot.value


def note_taken(frame: Frame, items: Items, count: Any) -> None:
    slot = frame.recorder.storage.slot(Kept, items, "taken")
    if slot.value is MISSING:
        slot.value = 0
    frame.session.assign(slot, count)


def source_of(frame: Frame, base: Any) -> tuple[Any, Any]:
    """Return the items of a sequence, to be looked up, and how many they are."""
    if isinstance(base, flow.Range):
        from braze.interpreter.builtins.folds import loop_rows

        rows = loop_rows(base)
    else:
        rows = rows_of(base)
    if rows is not None:
        return rows, rows.count(frame)
    if isinstance(base, Items) and not base.used_up():
        mark = frame.session.mark()
        given = list(itertools.islice(base.values(), MOST_ITEMS))
        if frame.session.changed_since(mark):
            raise refuse("next of an iterator that changes something")
        known, base = len(given) < MOST_ITEMS, tuple(given)
    else:
        own = type(base) is list and frame.session.readable(base)
        known = own or isinstance(base, (tuple, range))
    if not known:
        raise refuse(f"next of an iterator of a {said(base)}")
    return Rows(len(base), lambda k: base[k]), len(base)


def following_item(frame: Frame, items: Any, default: Any = NOTHING) -> Any:
    """Return the next item of an iterator; if there is none, the default, or Python raises."""
    if items.used or any(part.used or part.used_up() for part in items.parts):
        raise refuse("an iterator that is used twice")
    if isinstance(items, Generator):
        node, base = items.node, items.first
        if len(node.generators) > 1 or node.generators[0].is_async:
            raise refuse("next of nested generators")
        owner, block = items.frame, stepping(lowered_of(node), default is not NOTHING)
    else:
        node, base, owner = frame.source.node, items.base, frame
        block = stepping(plain_step(node), default is not NOTHING)
    rows, count = source_of(frame, base)
    done = taken(frame, items)
    span = flow.Range(done, count, 1)
    if type(done) is int and type(count) is int:
        span = range(done, count)
    held = block[-1].value.id
    names = {ROWS: rows, COUNT: count, SPAN: span, DEFAULT: default, POSITION: done}
    if isinstance(items, Generator):
        with owner.inside(items.overlays):
            item, now = stepped(owner, block, names, held)
    else:
        item, now = stepped(owner, block, names, held)
    note_taken(frame, items, now)
    return item


def stepped(frame: Frame, block: list[ast.stmt], names: dict[str, Any], held: str) -> tuple:
    from braze.interpreter.statements import run_block

    before = {n: frame.names.get(n, MISSING) for n in (*names, AT, held)}
    frame.names |= names
    try:
        run_block(frame, block)
        from braze.interpreter.ways.oneof import Sometimes

        item = frame.names[held]
        return item.taken() if isinstance(item, Sometimes) else item, frame.names[POSITION]
    finally:
        for name, value in before.items():
            frame.names.pop(name, None)
            if value is not MISSING:
                frame.names[name] = value


def load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def store(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)


class PlainStep:
    """What stands for the generator ``(v for v in items)``."""

    def __init__(self, node: ast.AST) -> None:
        self.at = node
        self.held = f"$held:{node.lineno}:{node.col_offset}"
        self.target = ast.Name("$item", ast.Store())
        self.element = load("$item")
        self.conditions: list[ast.expr] = []
        self.blocks: dict[str, list[ast.stmt]] = {}


def plain_step(node: ast.AST) -> PlainStep:
    if not hasattr(node, "_step"):
        node._step = PlainStep(node)
    return node._step


def stepping(lowered: Lowered | PlainStep, has_default: bool) -> list[ast.stmt]:
    """Return the statements that find the next item and keep it."""
    kind = f"next {has_default}"
    if kind in lowered.blocks:
        return lowered.blocks[kind]
    ifs = lowered.conditions if isinstance(lowered, PlainStep) else lowered.parts[0].ifs
    after = ast.BinOp(load(AT), ast.Add(), ast.Constant(1))
    body: list[ast.stmt] = [store(lowered.held, lowered.element), store(POSITION, after)]
    body.append(ast.Break())
    for condition in reversed(ifs):
        body = [ast.If(condition, body, [])]
    body.insert(0, ast.Assign([lowered.target], ast.Subscript(load(ROWS), load(AT), ast.Load())))
    ending: list[ast.stmt] = [store(POSITION, load(COUNT)), store(lowered.held, load(DEFAULT))]
    if not has_default:
        ending = [ast.Raise(load("StopIteration"), None)]
    loop = ast.For(ast.Name(AT, ast.Store()), load(SPAN), body, ending, None)
    made = [loop, ast.Expr(load(POSITION)), ast.Expr(load(lowered.held))]
    made = [ast.fix_missing_locations(ast.copy_location(s, lowered.at)) for s in made]
    lowered.blocks[kind] = made
    return made
