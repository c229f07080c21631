"""`while` loops: rounds whose test is known are written out, the others are a `while` node."""

import ast
from collections.abc import Callable
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import flow, statements
from braze.interpreter.expressions import bound_by
from braze.interpreter.frame import UNROLL, Frame
from braze.interpreter.lists import grown
from braze.interpreter.loops import jumps, lasting, loops
from braze.interpreter.loops.mismatch import Mismatch
from braze.interpreter.merge import blank, is_number
from braze.record.scope import assigned
from braze.record.slots import MISSING, Slot
from braze.record.value import is_value


def leaving(frame: Frame, node: Any, run: Callable[[], Any], given: dict) -> Any:
    """Interpret a loop whose breaks and returns are flags, and the `else` after it."""
    flags = {jumps.BROKEN: False, **given}
    returns = ast.Return in jumps.jumps(node.body)
    if returns:
        # In a loop inside another, the outer one carries the result too.
        result = frame.names.get(jumps.RESULT, flow.UNKNOWN)
        flags |= {jumps.RETURNED: False, jumps.RESULT: result}
    before, mark = dict(frame.names), frame.session.mark()
    frame.names |= flags
    try:
        end = run()
    except flow.NeedsType as need:
        if jumps.RESULT in before:
            raise
        frame.names = {**before, **flags, jumps.RESULT: frame.perform(node, blank, need.value)}
        frame.session.drop(mark)
        end = run()
    if returns and jumps.RESULT not in before and frame.names[jumps.RESULT] is flow.UNKNOWN:
        returns = False  # none of them is ever reached
        del frame.names[jumps.RESULT], frame.names[jumps.RETURNED]
    left = frame.names.get(jumps.BROKEN)
    for name in (jumps.BROKEN, *given):
        frame.names.pop(name, None)
        if name in before:
            frame.names[name] = before[name]
    if end is None and returns and jumps.ends_by_return(node):
        return flow.Returned(frame.names[jumps.RESULT])
    if end is None and node.orelse and not is_value(left):
        end = None if left else statements.run_block(frame, node.orelse)
    if end is not None or not (returns or (node.orelse and is_value(left))):
        return end
    frame.names[jumps.LEFT] = left
    return flow.Perhaps(returns, node.orelse if is_value(left) else [])


def leaving_while(frame: Frame, node: Any, loop: ast.While, given: dict) -> Any:
    return leaving(frame, node, lambda: run_while(frame, loop), given)


def run_while(frame: Frame, node: ast.While) -> Any:
    """Interpret a `while` statement: iterations whose test is known are written out."""
    if jumps.jumps(node.body) and not hasattr(node, "lowered"):
        return leaving_while(frame, node, jumps.while_loop(node), {})
    names, mark = dict(frame.names), frame.session.mark()
    risks, limit = frame.recorder.risks, most_rounds(frame, node)
    for _ in range(limit + 1):
        noted = len(risks.nodes), len(risks.warning)
        with frame.branch() as probe:
            tested = flow.test(frame, node.test)
        changes = bool(probe["storage"]) or bool(bound_by(node.test))
        del probe
        if changes and is_value(tested) and not hasattr(node, "lowered"):
            if node.orelse:  # which a break would pass by
                raise frame.refuse(node.test, "a condition of a loop that changes something")
            return leaving_while(frame, node, jumps.while_loop(jumps.tested_inside(node)), {})
        fails = not is_value(tested) and noted != (len(risks.nodes), len(risks.warning))
        if changes or fails:  # the probe has taken them back
            flow.test(frame, node.test)
        if is_value(tested):
            while_node(frame, node)
            return statements.run_block(frame, node.orelse)
        if not tested:
            return statements.run_block(frame, node.orelse)
        try:
            end = statements.run_block(frame, node.body)
        except Unsupported:
            if not hasattr(node, "bounds"):
                raise
            break  # a list may grow in a branch of a node
        if end == "break":
            return None
        if isinstance(end, flow.Returned):
            return end
    # Too long to write out: a node, for which its numbers are run-time values.
    if limit < UNROLL:
        frame.recorder.patient = None
    frame.names = names
    frame.session.drop(mark)
    for name in loops.carried_names(frame, node):
        if is_number(names[name]):
            frame.names[name] = frame.recorder.operand(names[name])
    while_node(frame, node)
    return statements.run_block(frame, node.orelse)


def most_rounds(frame: Frame, node: ast.While) -> int:
    """Return how many rounds may be written out: few of those that would only grow."""
    short = not frame.recorder.patient and not hasattr(node, "bounds")
    return loops.FEW if short and loops.over_elements(node) else UNROLL


def while_node(frame: Frame, node: ast.While) -> None:
    names = loops.carried_names(frame, node)
    bounds = getattr(node, "bounds", None)
    outer, growth = frame.session.growth, grown.Growth()

    def header(body: int) -> Callable[[], None]:
        return lambda: growth.begin(frame, node, body, None)

    mark = lasting.Attempt(frame)
    frame.session.growth = growth
    try:
        ended = loops.loop(frame, node, names, [], header, node.test)
    except Mismatch as mismatch:
        raise frame.refuse(
            node,
            f"a loop in which {mismatch}",
            "start with a value of the type that the loop gives",
        ) from None
    finally:
        frame.session.growth = outer
    begun = [n for n in ended if isinstance(n, Slot) and n.value is MISSING]
    frame.perform(node, grown.close, frame, node)
    if growth.found:
        mark.over()
        mark.again(node, lasting.first_values(frame, node, bounds, [], [], ended, growth))
        return while_node(frame, node)
    lost = [n for n in assigned(node.body) if n not in names]
    starts = lasting.values_after_while(frame, node, lost, ended)
    if not starts and (perhaps := lasting.perhaps_bound(frame, node, lost, ended)):
        mark.over()
        mark.again(node, perhaps)
        return while_node(frame, node)
    if starts:
        mark.over()
        mark.again(node, starts)
        lasting.runs_once(frame, node)
        return while_node(frame, node)
    loops.unbind(frame, [*begun, *lost])
