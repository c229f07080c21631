"""Loops of the script frontend: written out while compiling, or `for` and `while` nodes."""

import ast
from typing import Any

from braze import flow, statements
from braze.errors import Unsupported
from braze.frame import UNROLL, Frame, Unbound
from braze.merge import Leaves, own_memory, rebuild, same_types
from braze.scope import assigned
from braze.sources import is_plain, same_value
from braze.value import Value, is_value

MAX_PEELED = 2
MAX_WRITTEN = 256  # iterations of a loop with known bounds that cannot be a node


class Mismatch(Exception):
    """A carried value changes its type from one iteration to the next."""

    def __init__(self, name: str, before: Any, after: Any) -> None:
        super().__init__(f"{name} is {before!r} before the loop and {after!r} after one iteration")


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
    names = dict(frame.names)
    try:
        return range_loop(frame, node, flow.Range(items.start, items.stop, items.step), None)
    except Unsupported:
        if len(items) > MAX_WRITTEN:
            raise
        frame.names = names
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
    start = Leaves()
    kept = [n for n in names if not stays_plain(frame.names[n])]
    skeleton = frame.perform(node, start.take, frame, tuple(frame.names[n] for n in kept))
    fresh = [own_memory(frame, v) for v in start.values]
    while True:
        body, results, still = loop_body(
            frame, node, kept, names, start.values, skeleton, fresh, header
        )
        if still == fresh:
            break
        fresh = still
    attrs = {"body": body}
    if test is not None:
        attrs["test"] = loop_test(frame, test, kept, start.values, skeleton)
    recorder.graph.set_results(body, [v.ref for v in results])
    if not start.values:
        recorder.risks.refuse_inside(body)
        return
    op = "for" if test is None else "while"
    made = frame.perform(node, recorder.add, op, [*operands, *start.values], **attrs)
    outputs = flow.items_of(frame, node, made, len(start.values))
    for output, own in zip(outputs, fresh, strict=True):
        output.fresh = own
    frame.names.update(zip(kept, rebuild(skeleton, outputs), strict=True))


def stays_plain(value: Any) -> bool:
    """Tell whether a name is carried as it is: no number, so it may not change in the loop."""
    return not is_value(value) and not isinstance(value, (bool, int, float, tuple))


def loop_body(
    frame: Frame,
    node: Any,
    kept: list[str],
    names: list[str],
    start: list[Value],
    skeleton: Any,
    fresh: list[bool],
    header: Any,
) -> tuple[int, list[Value], list[bool]]:
    """Interpret the body once with parameters for what is carried."""
    recorder = frame.recorder
    before = dict(frame.names)
    with frame.branch() as way:
        body = way["body"]
        if header is not None:
            header(body)
        params = parameters(frame, body, start, fresh)
        frame.names.update(zip(kept, rebuild(skeleton, params), strict=True))
        end = statements.run_block(frame, node.body)
        if end not in (None, "continue"):
            raise frame.refuse(node, "break or return in a run-time loop")
        after = Leaves()
        ended = []
        for name in kept:
            value = frame.names.get(name)
            if value is None or isinstance(value, Unbound):
                raise frame.refuse(node, f"a loop after which {name} may have no value")
            ended.append(value)
        after_skeleton = frame.perform(node, after.take, frame, tuple(ended))
        if not flow.same_skeleton(skeleton, after_skeleton):
            raise Mismatch(", ".join(kept), before, ended)
        for name, a, b in zip(names_of(kept, skeleton), start, after.values, strict=True):
            if not same_types(a, b):
                raise Mismatch(name, a, b)
        for name in names:
            if name not in kept and not same_plain(before[name], frame.names.get(name)):
                raise frame.refuse(
                    node, f"a run-time loop that changes {name}, a {type(before[name]).__name__}"
                )
        results = after.values
        still = [f and own_memory(frame, v) for f, v in zip(fresh, results, strict=True)]
        results = [as_node(recorder, v) for v in results]
    return body, results, still


def as_node(recorder: Any, value: Value) -> Value:
    """Return a size as the node that holds it in the current body."""
    return value if value.size_of is None else Value(recorder, value.ref)


def names_of(kept: list[str], skeleton: Any) -> list[str]:
    """Return for each leaf the name that it belongs to."""
    result: list[str] = []

    def walk(name: str, part: Any) -> None:
        if isinstance(part, tuple):
            for inner in part:
                walk(name, inner)
        elif isinstance(part, int):
            result.append(name)

    for name, part in zip(kept, skeleton, strict=True):
        walk(name, part)
    return result


def same_plain(a: Any, b: Any) -> bool:
    return a is b or (is_plain(a) and is_plain(b) and same_value(a, b))


def parameters(frame: Frame, body: int, start: list[Value], fresh: list[bool]) -> list[Value]:
    """Make a parameter of the body for each carried value."""
    recorder, graph = frame.recorder, frame.recorder.graph
    params = []
    for value, own in zip(start, fresh, strict=True):
        param = Value(recorder, graph.param_like(body, graph.type(value.ref)))
        param.fresh = own
        params.append(param)
    return params


def loop_test(
    frame: Frame, test: ast.expr, kept: list[str], start: list[Value], skeleton: Any
) -> int:
    """Record the test of a `while` as a body of its own."""
    with frame.branch() as way:
        params = parameters(frame, way["body"], start, [False] * len(start))
        frame.names.update(zip(kept, rebuild(skeleton, params), strict=True))
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
