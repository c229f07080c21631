"""`and` and `or` whose later operands may fail or change something, evaluated where Python does.

``i < n and a[i] > x``: most operands can be computed whatever the first says. Where one may leave
the call to Python, or has effects, an `if` node decides whether it is asked at all.
"""

import ast
from collections.abc import Sequence
from typing import Any

from braze.interpreter.frame import Frame
from braze.interpreter.ways.narrowing import depends, narrowed
from braze.interpreter.ways.oneof import OneOf
from braze.record.checks import changes_more
from braze.record.value import Value, is_value

DECIDED = "$decided"  # holds what an operand that binds names has given
FAILING = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)


def may_fail(node: ast.expr) -> bool:
    """Tell whether an operand has parts that may raise or change something."""
    known = node.__dict__.get("_may_fail")
    if known is None:
        parts = list(ast.walk(node))
        known = any(
            isinstance(n, (ast.Subscript, ast.Call, ast.Attribute))
            or (isinstance(n, ast.BinOp) and isinstance(n.op, FAILING))
            for n in parts
        )
        node._may_fail = known
    return known


def wrap(node: ast.BoolOp, part: ast.expr) -> bool:
    """Tell whether all that is asked before is that indices are not negative.

    ``j >= 0 and a[j] > x``: negative indices are Python's, too, and one look at the end of the
    array costs less than another branch.
    """
    known = node.__dict__.get("_wraps")
    if known is None:
        count = 0
        while count < len(node.values) and from_below(node.values[count]):
            count += 1
        known = node._wraps = node.values[: count + 1] if isinstance(node.op, ast.And) else []
    calls = any(isinstance(n, ast.Call) for n in ast.walk(part))
    return not calls and any(part is one for one in known)


def from_below(node: ast.expr) -> bool:
    single = isinstance(node, ast.Compare) and len(node.ops) == 1
    if not single or not isinstance(node.left, ast.Name):
        return False
    bound = node.comparators[0]
    zero = isinstance(bound, ast.Constant) and type(bound.value) is int and bound.value == 0
    return zero and isinstance(node.ops[0], (ast.GtE, ast.Gt))


def changes(frame: Frame, node: ast.expr) -> bool:
    """Tell whether to evaluate an operand changes something."""
    if not may_fail(node):
        return False
    mark = frame.session.mark()
    with frame.branch() as probe:
        evaluated(frame, node)
    frame.session.undo(mark)
    return changes_more(probe["storage"])


def asked(
    frame: Frame,
    node: ast.expr,
    before: Value,
    decides: bool,
    tested: bool = True,
    after: Sequence[ast.expr] = (),
) -> Value | None:
    """Record that an operand is asked only if those before have not decided.

    `after` are the operands before. None if it cannot fail and changes nothing, or is known: it may
    be evaluated in any case.
    """
    from braze.interpreter import branches, flow
    from braze.record.either import pythons

    recorder = frame.recorder
    known, mark = len(recorder.risks.nodes) + len(recorder.risks.spans), frame.session.mark()
    with frame.branch() as probe:
        narrow(frame, after, decides)
        found = flow.test(frame, node) if tested else evaluated(frame, node)
    frame.session.undo(mark)
    sure = known == len(recorder.risks.nodes) + len(recorder.risks.spans)
    if not changes_more(probe["storage"]):
        sure &= not probe["storage"]
        if sure or not is_value(found) or (not tested and found.kind != "python"):
            return None
    elif not tested:
        raise frame.refuse(node, "a change where a run-time condition says if it happens")

    def ask() -> Any:
        narrow(frame, after, decides)
        one = flow.test(frame, node) if tested else evaluated(frame, node)
        return flow.Returned(pythons(one) if is_value(one) else one)

    def decided() -> Any:
        return flow.Returned(decides)

    ways = (decided, ask) if decides else (ask, decided)
    return branches.branch_if(frame, node, before, *ways, None, held=0).value


def in_turn(frame: Frame, part: ast.expr, before: Sequence[ast.expr], decides: bool) -> Any:
    """Test an operand, with what names hold where those before have not decided."""
    from braze.interpreter import flow

    if not depends(frame, part):
        return flow.test(frame, part)
    held = dict(frame.names)
    narrow(frame, before, decides)
    try:
        return flow.test(frame, part)
    finally:
        frame.names.update({n: v for n, v in held.items() if isinstance(v, OneOf)})


def narrow(frame: Frame, parts: Sequence[ast.expr], decided: bool) -> None:
    """Have names hold what they do where these operands have not decided."""
    for part in parts:
        frame.names |= narrowed(frame, part, not decided)


def binding(frame: Frame, node: ast.expr, before: Value, decides: bool) -> Any:
    """Record an operand that binds names, if it is asked at all."""
    from braze.interpreter import branches, expressions, flow
    from braze.record.either import pythons

    def ask() -> None:
        one = flow.test(frame, node)
        frame.names[DECIDED] = pythons(one) if is_value(one) else one

    def decided() -> None:
        frame.names[DECIDED] = decides

    outer = frame.names.pop(DECIDED, None)
    ways = (decided, ask) if decides else (ask, decided)
    branches.branch_if(frame, node, before, *ways, [DECIDED, *expressions.bound_by(node)])
    result = frame.names.pop(DECIDED)
    if outer is not None:
        frame.names[DECIDED] = outer
    return result


def evaluated(frame: Frame, node: ast.expr) -> Any:
    from braze.interpreter.expressions import evaluate

    return evaluate(frame, node)
