"""Loops over known items, written out: the body is interpreted once for each."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import flow, statements
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.loops import jumps, while_loops
from braze.interpreter.loops.iteration import each, unchanged
from braze.record.recorder import MAX_NODES
from braze.record.slots import MISSING

MAX_NESTED = 128  # copies of the body of a loop in a loop


def written_out(frame: Frame, node: ast.For, items: Any) -> Any:
    """Interpret the body once for each item."""
    names, mark = dict(frame.names), frame.session.mark()
    try:
        return copies(frame, node, items)
    except Unsupported as error:
        if not (hasattr(error, "jumps") and jumps.jumps(node.body) & {ast.Break, ast.Return}):
            raise
    frame.names = names
    frame.session.drop(mark)
    return while_loops.leaving(frame, node, lambda: flagged(frame, node, items), {})


def copies(frame: Frame, node: ast.For, items: Any) -> Any:
    given = frame.perform(node.iter, each, frame, items)
    with counted(frame, node, items) as count:
        while (item := frame.perform(node.iter, next, given, MISSING)) is not MISSING:
            count()
            flow.assign(frame, node.target, item)
            end = statements.run_block(frame, node.body)
            if end == "break":
                return None
            if isinstance(end, flow.Returned):
                return end
    return statements.run_block(frame, node.orelse)


def flagged(frame: Frame, node: ast.For, items: Any) -> Any:
    """Interpret the body for each item, unless a flag says that the loop has been left."""
    if isinstance(items, Items):
        items.spend(False)  # another attempt has taken them
    round_ = jumps.unless_broken(node)
    given = frame.perform(node.iter, lambda: unchanged(frame, each(frame, items)))
    with counted(frame, node, items) as count:
        while (item := frame.perform(node.iter, next, given, MISSING)) is not MISSING:
            count()
            if frame.names[jumps.BROKEN] is True:
                break
            frame.names[jumps.ITEM] = item
            end = statements.run_block(frame, [round_])
            if end is not None:
                return end
    return None


@contextmanager
def counted(frame: Frame, node: ast.For, items: Any) -> Iterator[Any]:
    """Refuse too many copies of what stands in loops in loops."""
    session, outer = frame.session, frame.session.copies
    risks, done = frame.recorder.risks, 0
    before = risks.recorded

    def count() -> None:
        nonlocal done
        done += 1
        if done == 2 and (risks.recorded - before) * known_length(items) > MAX_NODES:
            error = frame.refuse(node, f"a loop of more than {MAX_NODES} operations, written out")
            error.grown = True
            raise error
        session.copies = outer * max(done, known_length(items))
        if outer > 1 and session.copies > MAX_NESTED:
            what = f"nested loops of more than {MAX_NESTED} rounds, written out"
            raise frame.refuse(node, what)

    try:
        yield count
    finally:
        session.copies = outer


def known_length(items: Any) -> int:
    """Return how many items there are, or 0 where that shows in the end."""
    return len(items) if isinstance(items, (range, list, tuple, str)) else 0
