"""Loops of the script frontend: written out while compiling, or `for` and `while` nodes."""

import ast
from collections.abc import Callable, Iterable
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import branches, flow, special, statements
from braze.interpreter.frame import UNROLL, Frame, Unbound
from braze.interpreter.items import Items
from braze.interpreter.lists import grown
from braze.interpreter.loops import jumps, lasting, nests, while_loops, yields
from braze.interpreter.loops.carried import Carried, is_unbound
from braze.interpreter.loops.copies import copies, written_out
from braze.interpreter.loops.mismatch import Mismatch
from braze.interpreter.loops.rows import Rows, rows_of
from braze.interpreter.loops.trips import count_of, rounds
from braze.record import trees
from braze.record.either import types_of
from braze.record.scope import assigned
from braze.record.slots import MISSING, Slot
from braze.record.storage import origin
from braze.record.value import Value, is_value

MAX_PEELED = 2
MANY = 16  # iterations that are written out inside a loop, if they compute numbers alone
FEW = 4  # iterations that are written out whatever the body does
MAX_WRITTEN = 256  # iterations of a loop with known bounds that cannot be a node


def run_for(frame: Frame, node: ast.For) -> Any:
    """Interpret a `for` statement."""
    from braze.interpreter.expressions import iterated

    items = iterated(frame, node.iter)
    if special.is_object(items):
        items = frame.perform(node.iter, special.items_of, frame, items)
    if isinstance(items, yields.GeneratorCall):
        return yields.run_yields(frame, node, items)
    if nests.is_nest(node, items):
        return run_for(frame, nests.as_loops(frame, node, items))
    if isinstance(items, range):
        return known_range(frame, node, items)
    if (rows := rows_of(items)) is not None:
        return over_rows(frame, node, items, rows)
    if isinstance(items, flow.Range):
        return sized_range(frame, node, items)
    return written_out(frame, node, items)


def over_rows(frame: Frame, node: ast.For, items: Any, rows: Rows) -> Any:
    """Interpret a loop over the rows of arrays."""

    def as_node() -> Any:
        iterated = frame.recorder.iterated
        known = len(iterated)
        iterated += rows.of
        version = version_of(rows)
        try:
            end = range_loop(frame, node, flow.Range(0, rows.count(frame), 1), rows)
        finally:
            del iterated[known:]
        if version_of(rows) != version:
            raise frame.refuse(node.iter, "an array that changes while a loop takes its sums")
        if isinstance(items, Items) and items.once:
            items.spend()
        return end

    def out() -> Any:
        if isinstance(items, Items):
            items.spend(False)
        return written_out(frame, node, items)

    if isinstance(rows.size, int):
        return preferred(frame, node, rows.size, as_node, out)
    return either(frame, as_node, out) if isinstance(items, Items) else as_node()


def version_of(rows: Rows) -> int:
    """Return which version there is of the array of which rows were made before they are taken."""
    return 0 if rows.made_of is None else origin(rows.made_of).version


def known_range(frame: Frame, node: ast.For, items: range) -> Any:
    """Interpret a loop whose bounds are known."""
    bounds = flow.Range(items.start, items.stop, items.step)

    def as_node() -> Any:
        return range_loop(frame, node, bounds, None)

    def out() -> Any:
        return written_out(frame, node, items)

    if MANY < len(items) <= UNROLL and of_numbers(frame, node, items):
        return either(frame, as_node, out)
    return preferred(frame, node, len(items), as_node, out)


def of_numbers(frame: Frame, node: ast.For, items: range) -> bool:
    """Tell whether a loop inside another computes numbers alone.

    Machine code of the one around it has a loop for it as well, and no array waits to be fused.
    """
    if frame.session.growth is None or over_elements(node) or jumps.jumps(node.body):
        return False
    recorder, mark = frame.recorder, frame.session.mark()
    computed, types = len(recorder.fresh_of), number_types(frame, node)
    try:
        with frame.branch():
            copies(frame, node, items[:1])
            if number_types(frame, node) != types:
                return False
    except Unsupported:
        return False
    finally:
        frame.session.drop(mark)
    return len(recorder.fresh_of) == computed


def sized_range(frame: Frame, node: ast.For, bounds: flow.Range) -> Any:
    """Interpret a loop between sizes: such as `range(n - 1, n)`."""

    def as_node() -> Any:
        return range_loop(frame, node, bounds, None)

    if any(is_value(b) and b.size_of is None for b in (bounds.start, bounds.stop, bounds.step)):
        return as_node()
    count = frame.perform(node.iter, count_of, bounds)
    if is_value(count) or not 0 < count <= FEW:
        return as_node()
    items = tuple(bounds.start + i * bounds.step for i in range(count))
    return preferred(frame, node, count, as_node, lambda: written_out(frame, node, items))


def preferred(
    frame: Frame, node: ast.For, count: int, as_node: Callable[[], Any], out: Callable[[], Any]
) -> Any:
    """Interpret a loop of known length as a node, or written out, whichever can be.

    Written out, a short loop over arrays fuses with what is around it; one over elements, with
    loops inside, or that may be left in each round, would only grow.
    """
    if count > MAX_WRITTEN:
        return as_node()
    rather = over_elements(node) or bool(jumps.jumps(node.body) & {ast.Break, ast.Return})
    prefers_node = count > UNROLL or (count > FEW and rather)
    return either(frame, *((as_node, out) if prefers_node else (out, as_node)))


def either(frame: Frame, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Interpret a loop in the first way, or in the second where the first is refused."""
    names, mark = dict(frame.names), frame.session.mark()
    try:
        return first()
    except Unsupported as error:
        if hasattr(error, "texts"):
            raise
        frame.names = names
        frame.session.drop(mark)
        try:
            return second()
        except Unsupported as other:
            if not hasattr(error, "vector") and hasattr(other, "vector"):
                error.vector = other.vector
            raise (other if hasattr(error, "grown") else error) from None


def number_types(frame: Frame, node: ast.For) -> list[tuple]:
    """Return the types of what the names hold that a loop carries."""
    held = [frame.names[name] for name in carried_names(frame, node)]
    values = [frame.recorder.operand(v) if type(v) in (bool, int, float) else v for v in held]
    return [(v.kind, v.dtype_name) if is_value(v) else (type(v),) for v in values]


def over_elements(node: ast.For | ast.While) -> bool:
    """Tell whether a loop has loops inside, or changes elements that it picks itself."""
    return trees.found_once(node, "_known_over_elements", lambda: is_over_elements(node))


def is_over_elements(node: ast.For | ast.While) -> bool:
    own = assigned([node])
    for part in node.body:
        for inner in ast.walk(part):
            if isinstance(inner, (ast.For, ast.While)):
                return True
            if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
                index = list(ast.walk(inner.slice))
                several = any(isinstance(n, (ast.Slice, ast.Compare)) for n in index)
                if not several and any(isinstance(n, ast.Name) and n.id in own for n in index):
                    return True
    return False


def range_loop(frame: Frame, node: ast.For, bounds: flow.Range, rows: Rows | None) -> Any:
    """Record a loop over a range; the first iterations may be written out to settle types."""
    if jumps.jumps(node.body) & {ast.Break, ast.Return}:
        return breaking_loop(frame, node, bounds, rows)
    if node.orelse:  # without a break it is what follows
        loop = ast.copy_location(ast.For(node.target, node.iter, node.body, [], None), node)
        end = range_loop(frame, loop, bounds, rows)
        return statements.run_block(frame, node.orelse) if end is None else end
    if jumps.jumps(node.body):
        lowered = jumps.lowered(node.body)
        node = ast.copy_location(ast.For(node.target, node.iter, lowered, [], None), node)
    mixing = False
    found, key = frame.session.found, kinds_of(frame, node)
    for peeled in range(MAX_PEELED + 2):
        let_go(frame, node)
        try:
            if peeled >= found.get(key, 0):
                return for_node(frame, node, bounds, rows, mixing)
        except Mismatch as mismatch:
            found[key] = peeled + 1
            if mixing:
                raise frame.refuse(
                    node,
                    f"a loop in which {mismatch}",
                    "start with a value of the type that the loop gives",
                ) from None
            if mismatch.sometimes:
                mixing = True
                continue
        names, mark = dict(frame.names), frame.session.mark()
        try:
            mixing = peeled == MAX_PEELED
            bounds = bounds if mixing else peel(frame, node, bounds, rows)
        except Unsupported:
            # It may not run, or not where that is known: its numbers are of either type then.
            frame.names, mixing = names, True
            frame.session.drop(mark)
    return None


def kinds_of(frame: Frame, node: ast.For) -> tuple:
    """Return a loop with the types of what it carries, which decide whether there is a mismatch."""
    held = [frame.names[name] for name in carried_names(frame, node)]
    types = [
        (v.kind, v.dtype_name, len(v.dims), types_of(v)) if is_value(v) else type(v) for v in held
    ]
    return (frame.source, node.lineno, node.col_offset, *types)


def breaking_loop(frame: Frame, node: ast.For, bounds: flow.Range, rows: Value | None) -> Any:
    """Record a loop over a range that may be left: as a while loop."""
    if not isinstance(bounds.step, int) or bounds.step == 0:
        raise frame.refuse(node, "break in a loop with a run-time step")
    stop = f"$stop{len(frame.names)}"
    given = {jumps.NEXT: bounds.start, stop: bounds.stop}
    name = None if rows is None else f"{jumps.ROWS}{len(frame.names)}"
    if name is not None:
        given[name] = rows
    loop = jumps.counted_while(node, stop, bounds.step, name)
    loop.bounds = bounds
    return while_loops.leaving_while(frame, node, loop, given)


def peel(frame: Frame, node: ast.For, bounds: flow.Range, rows: Rows | None) -> Any:
    """Interpret the first iteration in place; return the range of the others."""
    start, stop, step = (
        b.static() if is_value(b) and b.size_of is None else b
        for b in (bounds.start, bounds.stop, bounds.step)
    )
    if not isinstance(step, int) or step == 0:
        raise frame.refuse(node, "a loop with a run-time step whose values change their type")
    distance = frame.perform(node, lambda: (stop - start) if step > 0 else (start - stop))
    if not frame.perform(node, lambda: bool(distance > 0)):
        raise frame.refuse(node, "a loop that does not run here and changes a value's type")
    item = start if rows is None else frame.perform(node, lambda: rows[start])
    flow.assign(frame, node.target, item)
    end = statements.run_block(frame, node.body)
    if end == "break" or isinstance(end, flow.Returned):
        raise frame.refuse(node, "break or return in a run-time loop")
    return flow.Range(start + step, stop, step)


def carried_names(frame: Frame, node: ast.For | ast.While) -> list[str]:
    """Return the names that the body assigns and that have a value before the loop, if it counts.

    It does not where each round binds the name before it reads it, and nothing reads it afterwards.
    """
    return [
        name
        for name in assigned(node.body)
        if name in frame.names
        and not is_unbound(frame.names[name])
        and lasting.counts(frame, node, name)
    ]


def let_go(frame: Frame, node: ast.For | ast.While) -> None:
    """Unbind the arrays that nothing reads from here on: they may show memory that changes."""
    names = carried_names(frame, node)
    arrays = {n for n in names if is_value(frame.names[n]) and frame.names[n].is_array}
    if arrays and (needed := branches.needed_at(frame, node)) is not None:
        unbind(frame, arrays - needed)


def for_node(
    frame: Frame, node: ast.For, bounds: flow.Range, rows: Rows | None, mixing: bool
) -> None:
    recorder = frame.recorder
    targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    names = [n for n in carried_names(frame, node) if n not in targets]
    limits = [recorder.operand(b) for b in (bounds.start, bounds.stop, bounds.step)]

    outer, growth = frame.session.growth, grown.Growth()

    def header(body: int) -> Callable[[], None]:
        counter = Value(recorder, recorder.graph.param(body, "python", "i64"))

        def begin() -> None:
            growth.begin(frame, node, body, lambda: rounds(bounds, counter))
            item = counter if rows is None else frame.perform(node, lambda: rows[counter])
            flow.assign(frame, node.target, item)

        return begin

    mark = lasting.Attempt(frame)
    frame.session.growth = growth
    try:
        ended = loop(frame, node, names, limits, header, mixing=mixing)
    finally:
        frame.session.growth = outer
    begun = [n for n in ended if isinstance(n, Slot) and n.value is MISSING]
    frame.perform(node, grown.close, frame, node)
    mark.over()
    lost = [n for n in assigned(node.body) if n not in names and n not in targets]
    starts = lasting.first_values(frame, node, bounds, lost, begun, ended, growth)
    starts = lasting.perhaps_bound(frame, node, lost, ended) | starts
    if not starts:
        unbind(frame, {*lost, *targets, *begun})
        return None
    mark.again(node, starts)
    return for_node(frame, node, bounds, rows, mixing)


def unbind(frame: Frame, names: Iterable[str | Slot]) -> None:
    for name in names:
        frame.put(name, Unbound("which is assigned in a run-time loop"))


def loop(
    frame: Frame,
    node: ast.For | ast.While,
    names: list[str],
    operands: list[Value],
    header: Any,
    test: ast.expr | None = None,
    mixing: bool = True,
) -> dict[str, Any]:
    """Record a `for` or `while` node that carries `names`, and bind them to its results.

    Returns what all names hold at the end of the body.
    """
    recorder = frame.recorder
    carry = Carried(frame, node, names, mixing)
    while True:
        body, results = carry.interpret_body(header)
        if results is not None:
            break
    attrs = {"body": body}
    if test is not None:
        attrs["test"] = loop_test(frame, test, carry)
    recorder.graph.set_results(body, results)
    if not results:
        if test is not None:
            raise frame.refuse(node, "a `while` loop in which nothing changes")
        if not frame.session.grows():
            recorder.risks.refuse_inside(body)
        return carry.ended
    op = "for" if test is None else "while"
    made = frame.perform(node, recorder.add, op, [*operands, *carry.initial()], **attrs)
    outputs = branches.items_of(frame, node, made, len(results))
    carry.finish(outputs)
    return carry.ended


def loop_test(frame: Frame, test: ast.expr, carry: "Carried") -> int:
    """Record the test of a `while` as a body of its own."""
    with frame.branch() as way:
        carry.bind_parameters(way["body"])
        journal = frame.recorder.storage.journal
        before = len(journal)
        tested = flow.test(frame, test)
        if len(journal) > before:
            raise frame.refuse(test, "a condition of a loop that changes something")
        if not is_value(tested):
            raise frame.refuse(test, "a condition that stops depending on run-time values")
        frame.recorder.graph.set_results(way["body"], [tested.ref])
    return way["body"]
