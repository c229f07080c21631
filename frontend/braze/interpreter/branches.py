"""`if` nodes: both ways of a run-time condition, and what holds behind them."""

import ast
from collections.abc import Callable
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import attributes, expressions, flow
from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.liveness import Ways, exposed
from braze.interpreter.merge import (
    Leaves,
    as_one,
    differing,
    inside,
    is_another,
    nodes_of,
    note_views,
    own_memory,
    rebuild,
    same_arrays,
    same_shape,
    same_skeleton,
    same_types,
)
from braze.interpreter.ways.agreement import agree, partly_bound
from braze.interpreter.ways.frozen import frozen
from braze.interpreter.ways.liveness import in_functions, read_from_here
from braze.interpreter.ways.narrowing import narrowed
from braze.interpreter.ways.spread import alike, flat, held_alone, thawed
from braze.record import trees
from braze.record.either import bare, common_types, mix, unmix
from braze.record.scope import SCOPES
from braze.record.slots import MISSING, Slot
from braze.record.storage import share
from braze.record.value import Value


def branch_if(
    frame: Frame,
    node: ast.AST,
    condition: Value,
    then: Callable[[], Any],
    otherwise: Callable[[], Any],
    names: list[str] | None,
    held: int = 1,
) -> flow.Returned | None:
    """Interpret both ways of a run-time condition and record them as an `if` node.

    The ways are functions that interpret a block and return `flow.Returned` or None. Of what they
    return, `held` names are gone with them.
    """
    ways = frame.recorder.ways
    with frame.branch() as yes:
        ways.add(yes["body"])
        yes["end"] = as_result(frame, then(), names)
    with frame.branch() as no:
        ways.add(no["body"])
        no["end"] = as_result(frame, otherwise(), names)
    for name in dead_names(frame):
        for held_names in (frame.names, yes["names"], no["names"]):
            held_names.pop(name, None)
    ends = (yes["end"], no["end"])
    if any(end is not None and not isinstance(end, flow.Returned) for end in ends):
        raise jumping(frame.refuse(node, "break or continue under a run-time condition"))
    if (ends[0] is None) != (ends[1] is None):
        what = "a return under a run-time condition while the other way goes on"
        raise jumping(frame.refuse(node, what))
    slots = changed_slots(yes, no)
    for slot in slots:
        frame.perform(node, attributes.begin, frame.session, slot)
    returns = ends[0] is not None
    merged, lost, sides = both_ways(frame, yes, no, [] if returns else names or [], slots)
    if returns:
        sides = [[end.value, *side] for end, side in zip(ends, sides, strict=True)]
    spread = [] if returns else spread_apart(frame, yes, no, merged, sides)
    sides = frame.perform(node, agree, frame, yes, no, *sides)
    if returns:
        result, *values = join(frame, node, condition, yes, no, *sides, held)
    else:
        values = join(frame, node, condition, yes, no, *sides)
        for name in {*(names or ()), *slots} - {*merged, *lost}:
            frame.put(name, (yes["names"] | held_in(yes, slots))[name])
    for name, value in zip(merged, values, strict=True):
        frame.put(name, thawed(frame, value) if name in spread else value)
    for name in lost:
        frame.put(name, Unbound("which only one way of an `if` assigns"))
    return flow.Returned(result) if returns else None


def jumping(error: Unsupported) -> Unsupported:
    """Mark a refusal as one that flags instead of jumps would avoid."""
    error.jumps = True
    return error


def as_result(frame: Frame, end: Any, names: list[str] | None) -> Any:
    """Return how a block ended, with what the compiled function returns as branches can give it."""
    if isinstance(end, flow.Returned) and names is not None and len(frame.session.stack) == 1:
        return flow.Returned(frozen(frame, end.value))
    return end


def both_ways(frame: Frame, yes: dict, no: dict, names: list[str], slots: list[Slot]) -> tuple:
    """Return the names and slots to merge, those that are lost, and what both ways hold."""
    ways = [way["names"] | held_in(way, slots) for way in (yes, no)]
    merged, lost = differing([*names, *slots], *ways)
    read = [n for n in lost if isinstance(n, str) and is_read(frame, n)]
    partly = partly_bound(frame, yes, no, read)
    merged, lost = [*merged, *partly], [n for n in lost if n not in partly]
    ways = [way["names"] | held_in(way, slots) for way in (yes, no)]
    return merged, lost, [[way[n] for n in merged] for way in ways]


def spread_apart(frame: Frame, yes: dict, no: dict, merged: list, sides: list[list]) -> list:
    """Have instances that differ between two ways be tuples of attributes; return their names."""
    found = []
    for i, name in enumerate(merged):
        pair = [side[i] for side in sides]
        if not isinstance(name, str) or not alike(frame, *pair):
            continue
        alone = []
        for way, value in zip((yes, no), pair, strict=True):
            with inside(frame, way):
                passing = {n for n in frame.names if n not in way["before"]} | {name}
                alone.append(held_alone(frame, value, passing))
        if all(alone):
            found.append(name)
            for side in sides:
                side[i] = flat(frame, side[i])
    return found


def is_read(frame: Frame, name: str) -> bool:
    """Tell whether a name may be read from here on."""
    if frame.in_comprehension or not frame.following:
        return False
    return read_from_here(frame.following, name) or in_functions(frame.source.body, name)


def dead_names(frame: Frame) -> list[str]:
    """Return the names that nothing reads any more, though they still hold something."""
    if frame.in_comprehension or not frame.following:
        return []
    rest = [s for now, after in frame.following for s in (*now, *after)]
    read = read_in(rest) | read_inside(frame.source.body)
    return [n for n in frame.names if n not in read and n not in frame.lasting and n[0] != "$"]


def needed_at(frame: Frame, node: ast.stmt) -> frozenset[str] | None:
    """Return the names that may be read from the loop at hand on; None if that is not known."""
    if frame.in_comprehension or not frame.following or frame.following[-1][0] != [node]:
        return None
    needed = frozenset(read_inside(frame.source.body)) | frame.lasting
    for now, after in frame.following[:-1]:
        needed |= exposed(after, needed, Ways(needed, needed, needed))
        loops = [part for part in now if isinstance(part, (ast.For, ast.While))]  # written out
        needed |= exposed(loops, needed)
    return exposed([node, *frame.following[-1][1]], needed, Ways(needed, needed, needed))


def read_in(statements: list[ast.stmt]) -> set[str]:
    """Return the names that statements may read, change or delete."""
    found: set[str] = set()
    for statement in statements:
        known = statement.__dict__.get("_read")
        if known is None:
            nodes = [n for n in trees.nodes_of(statement) if isinstance(n, ast.Name)]
            augmented = {
                n.target.id
                for n in trees.nodes_of(statement)
                if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
            }
            kept = {n.id for n in nodes if not isinstance(n.ctx, ast.Store)}
            known = statement._read = frozenset(kept | augmented)
        found |= known
    return found


def read_inside(statements: list[ast.stmt]) -> set[str]:
    """Return the names that functions and comprehensions in statements may read."""
    found: set[str] = set()
    for statement in statements:
        known = statement.__dict__.get("_read_inside")
        if known is None:
            inner = [n for n in trees.nodes_of(statement) if isinstance(n, SCOPES)]
            names = {n.id for n in trees.nodes_in(inner) if isinstance(n, ast.Name)}
            known = statement._read_inside = frozenset(names)
        found |= known
    return found


def held_in(way: dict, slots: list[Slot]) -> dict[Slot, Any]:
    """Return what slots hold at the end of a way, if anything."""
    reached = {thing: held for thing, held, _ in way["storage"] if isinstance(thing, Slot)}
    every = {slot: reached.get(slot, slot.value) for slot in slots}
    return {slot: held for slot, held in every.items() if held is not MISSING}


def join(
    frame: Frame,
    node: ast.AST,
    condition: Value,
    yes: dict,
    no: dict,
    first: list,
    second: list,
    held: int = 1,
) -> list:
    """Record an `if` node that gives `first` or `second`, and return what it gives."""
    recorder = frame.recorder
    changed = changed_outside(yes, no)
    sides = []
    for way, items in zip((yes, no), same_arrays(tuple(first), tuple(second)), strict=True):
        with inside(frame, way):
            leaves = Leaves()
            skeleton = frame.perform(node, leaves.take, frame, items)
            fresh = [own_memory(frame, v, held) for v in leaves.values]
        sides.append((skeleton, leaves.values, fresh))
    (skeleton, values, fresh), (other, others, also_fresh) = sides
    if not same_skeleton(skeleton, other):
        raise frame.refuse(node, "a value that is of different types on the ways of an `if`")
    mixed = [types_to_mix(frame, node, a, b) for a, b in zip(values, others, strict=True)]
    for way, leaves, own in ((yes, values, fresh), (no, others, also_fresh)):
        with inside(frame, way):
            numbers, flags = frame.perform(node, mix, leaves, mixed)
            refs = nodes_of([*numbers, *flags], [*own, *[False] * len(flags)], changed)
        recorder.graph.set_results(way["body"], refs)
    for value, own in zip((*values, *others), (*fresh, *also_fresh), strict=True):
        if value.is_array and not own:
            frame.perform(node, share, value, changed)
    if not values and not changed:
        for way in () if frame.session.grows() else (yes, no):
            recorder.risks.refuse_inside(way["body"])
        return list(rebuild(skeleton, []))
    made = frame.perform(
        node, recorder.add, "if", [bare(condition)], then=yes["body"], otherwise=no["body"]
    )
    results = items_of(frame, node, made, len(refs))
    for root, result in zip(changed, results[len(refs) - len(changed) :], strict=True):
        recorder.storage.change(root, result.ref)
    for result, a, b in zip(results, fresh, also_fresh, strict=False):
        result.fresh = a and b
        result.shared = not result.fresh
    for result, a, b, *own in zip(results, values, others, fresh, also_fresh, strict=False):
        result.another = frame.perform(node, is_another, a, b, tuple(own))
    note_views(results[: len(values)], values, others)
    return list(rebuild(skeleton, as_one(unmix(results, mixed), values, others)))


def types_to_mix(frame: Frame, node: ast.AST, a: Value, b: Value) -> Any:
    """Return the types of a number that has not one type on both ways; None if it has."""
    if same_types(a, b) or same_shape(a, b):
        return a.either.types if a.either is not None else None
    types = common_types(a, b)
    if types is None:
        raise frame.refuse(
            node,
            f"a value that is {a!r} on one way of an `if` and {b!r} on the other",
            "give both ways the same type and shape",
        )
    return types


def changed_outside(*ways: dict) -> list[Value]:
    """Return the arrays from outside of the ways that change on any of them."""
    changed = {id(thing): thing for way in ways for thing, _, _ in way["storage"]}
    roots = (thing for thing in changed.values() if not isinstance(thing, Slot))
    return [root for root in roots if root.recorder.in_scope(root.body)]


def changed_slots(*ways: dict) -> list[Slot]:
    """Return the slots of attributes that any of the ways assigns."""
    changed = {id(thing): thing for way in ways for thing, _, _ in way["storage"]}
    slots = (thing for thing in changed.values() if isinstance(thing, Slot))
    return [slot for slot in slots if slot.body == 0 or slot.owner.recorder.in_scope(slot.body)]


def items_of(frame: Frame, node: ast.AST, made: Value, count: int) -> list[Value]:
    """Return the results of a control node one by one."""
    if count == 1:
        return [made]
    return [frame.perform(node, frame.recorder.add, "item", [made], index=i) for i in range(count)]


def choose(frame: Frame, node: ast.IfExp, condition: Value) -> Any:
    """Record a conditional expression."""

    def way(part: ast.expr, holds: bool) -> flow.Returned:
        frame.names |= narrowed(frame, node.test, holds)
        return flow.Returned(expressions.evaluate(frame, part))

    for part in (node.body, node.orelse):
        expressions.refuse_names(frame, part)
    ways = (lambda: way(node.body, True), lambda: way(node.orelse, False))
    return branch_if(frame, node, condition, *ways, None, held=0).value


def number_or(frame: Frame, node: ast.expr, first: Value, second: ast.expr, decides: bool) -> Any:
    """Record ``first or second``, or ``and``, of a number: what decides, or the second."""
    expressions.refuse_names(frame, second)
    tested = frame.perform(node, flow.truth, frame, first)
    ways = [lambda: flow.Returned(first),
            lambda: flow.Returned(expressions.evaluate(frame, second))]  # fmt: skip
    if not decides:
        ways.reverse()
    return branch_if(frame, node, tested, *ways, None, held=0).value
