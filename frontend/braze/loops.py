"""Loops of the script frontend: written out while compiling, or `for` and `while` nodes."""

import ast
from typing import Any

from braze import flow, statements
from braze.carried import Carried, Mismatch
from braze.errors import Unsupported
from braze.frame import UNROLL, Frame, Unbound
from braze.scope import assigned
from braze.value import Value, is_value

MAX_PEELED = 2
MAX_WRITTEN = 256  # iterations of a loop with known bounds that cannot be a node


def run_for(frame: Frame, node: ast.For) -> Any:
    """Interpret a `for` statement."""
    from braze.expressions import evaluate

    items = evaluate(frame, node.iter)
    if isinstance(items, range) and len(items) > UNROLL:
        return counted_loop(frame, node, items)
    if is_value(items) and items.dims and not isinstance(items.dims[0], int):
        count = Value.of_size(frame.recorder, items.dims[0])
        return range_loop(frame, node, flow.Range(0, count, 1), items)
    if isinstance(items, flow.Range):
        return range_loop(frame, node, items, None)
    return written_out(frame, node, frame.perform(node.iter, flow.static_items, frame, items))


def counted_loop(frame: Frame, node: ast.For, items: range) -> Any:
    """Record a long loop with known bounds as a node; write it out if the body cannot be one."""
    names, storage = dict(frame.names), frame.recorder.storage
    mark = len(storage.journal)
    try:
        return range_loop(frame, node, flow.Range(items.start, items.stop, items.step), None)
    except Unsupported:
        if len(items) > MAX_WRITTEN:
            raise
        frame.names = names
        storage.undo(mark)
    return written_out(frame, node, items)


def written_out(frame: Frame, node: ast.For, items: Any) -> Any:
    """Interpret the body once for each item."""
    for item in items:
        flow.assign(frame, node.target, item)
        end = statements.run_block(frame, node.body)
        if end == "break":
            return None
        if isinstance(end, flow.Returned):
            return end
    return statements.run_block(frame, node.orelse)


def range_loop(frame: Frame, node: ast.For, bounds: flow.Range, rows: Value | None) -> Any:
    """Record a loop over a range; the first iterations may be written out to settle types."""
    if node.orelse:
        raise frame.refuse(node, "else after a run-time loop")
    for peeled in range(MAX_PEELED + 1):
        try:
            return for_node(frame, node, bounds, rows)
        except Mismatch as mismatch:
            if peeled == MAX_PEELED:
                raise frame.refuse(
                    node,
                    f"a loop in which {mismatch}",
                    "start with a value of the type that the loop gives",
                ) from None
        bounds = peel(frame, node, bounds, rows)
        if isinstance(bounds, flow.Returned):
            return bounds
    return None


def peel(frame: Frame, node: ast.For, bounds: flow.Range, rows: Value | None) -> Any:
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
    """Return the names that the body assigns and that have a value before the loop."""
    return [
        name
        for name in assigned(node.body)
        if name in frame.names and not isinstance(frame.names[name], Unbound)
    ]


def for_node(frame: Frame, node: ast.For, bounds: flow.Range, rows: Value | None) -> None:
    recorder = frame.recorder
    targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    names = [n for n in carried_names(frame, node) if n not in targets]
    limits = [recorder.operand(b) for b in (bounds.start, bounds.stop, bounds.step)]

    def header(body: int) -> None:
        counter = Value(recorder, recorder.graph.param(body, "python", "i64"))
        item = counter if rows is None else frame.perform(node, lambda: rows[counter])
        flow.assign(frame, node.target, item)

    loop(frame, node, names, limits, header)
    lost = [n for n in {*assigned(node.body), *targets} if n not in names]
    for name in lost:
        frame.names[name] = Unbound("which is assigned in a run-time loop")


def loop(
    frame: Frame,
    node: ast.For | ast.While,
    names: list[str],
    operands: list[Value],
    header: Any,
    test: ast.expr | None = None,
) -> None:
    """Record a `for` or `while` node that carries `names`, and bind them to its results."""
    recorder = frame.recorder
    carry = Carried(frame, node, names)
    while True:
        body, results = carry.interpret_body(header)
        if results is not None:
            break
    attrs = {"body": body}
    if test is not None:
        attrs["test"] = loop_test(frame, test, carry)
    recorder.graph.set_results(body, results)
    if not results:
        recorder.risks.refuse_inside(body)
        return
    op = "for" if test is None else "while"
    made = frame.perform(node, recorder.add, op, [*operands, *carry.initial()], **attrs)
    outputs = flow.items_of(frame, node, made, len(results))
    carry.finish(outputs)


def loop_test(frame: Frame, test: ast.expr, carry: "Carried") -> int:
    """Record the test of a `while` as a body of its own."""
    with frame.branch() as way:
        carry.bind_parameters(way["body"])
        tested = flow.test(frame, test)
        if not is_value(tested):
            raise frame.refuse(test, "a condition that stops depending on run-time values")
        frame.recorder.graph.set_results(way["body"], [tested.ref])
    return way["body"]


def run_while(frame: Frame, node: ast.While) -> Any:
    """Interpret a `while` statement: iterations whose test is known are written out."""
    for _ in range(UNROLL + 1):
        with frame.branch() as probe:
            tested = flow.test(frame, node.test)
        del probe
        if is_value(tested):
            return while_node(frame, node)
        if not tested:
            return statements.run_block(frame, node.orelse)
        end = statements.run_block(frame, node.body)
        if end == "break":
            return None
        if isinstance(end, flow.Returned):
            return end
    raise frame.refuse(
        node, f"a while loop of more than {UNROLL} known iterations", "use for and range"
    )


def while_node(frame: Frame, node: ast.While) -> None:
    if node.orelse:
        raise frame.refuse(node, "else after a run-time loop")
    names = carried_names(frame, node)
    try:
        loop(frame, node, names, [], None, node.test)
    except Mismatch as mismatch:
        raise frame.refuse(
            node,
            f"a loop in which {mismatch}",
            "start with a value of the type that the loop gives",
        ) from None
    for name in assigned(node.body):
        if name not in names:
            frame.names[name] = Unbound("which is assigned in a run-time loop")
