"""Control flow that depends on run-time values: conditions and `if` nodes."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from braze import attributes, expressions
from braze.either import bare, common_types, mix, unmix
from braze.errors import refuse
from braze.frame import UNROLL, Frame, Items, Unbound
from braze.indexing import setitem
from braze.merge import Fixed, Leaves, differing, nodes_of, own_memory, rebuild, same_types
from braze.storage import share
from braze.value import Value, is_value

MAX_ITEMS = 1024


@dataclass
class Range:
    """A range whose bounds are known only when the function runs."""

    start: Any
    stop: Any
    step: Any


@dataclass
class Perhaps:
    """How a loop ends of which it shows at run time how: what follows has to ask."""

    returns: bool  # the function may have returned
    orelse: list[ast.stmt]  # to be run unless the loop was left


# What the result of a loop that may return holds before its type is known.
UNKNOWN = object()


class NeedsType(Exception):
    """A return in a loop gives this value: the loop is interpreted again, with its type known."""

    def __init__(self, value: Any) -> None:
        super().__init__("a return in a loop")
        self.value = value


@dataclass
class Returned:
    """A block has returned this."""

    value: Any


# Conditions


def test(frame: Frame, node: ast.expr) -> Any:
    """Return a condition: a plain bool, or a bool scalar of the graph."""
    if isinstance(node, ast.BoolOp):
        return test_all(frame, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = test(frame, node.operand)
        if not is_value(inner):
            return not inner
        return frame.perform(node, frame.recorder.add, "logical_not", [inner])
    if isinstance(node, ast.Compare):
        return frame.perform(node, truth, frame, expressions.compare(frame, node, tested=True))
    return frame.perform(node, truth, frame, expressions.evaluate(frame, node))


def test_all(frame: Frame, node: ast.BoolOp) -> Any:
    decides = isinstance(node.op, ast.Or)
    combine = either if decides else both
    result: Any = not decides
    for part in node.values:
        if is_value(result):
            expressions.refuse_names(frame, part)
        one = test(frame, part)
        if not is_value(one):
            if one == decides:
                return decides if not is_value(result) else one
            continue
        result = (
            one if not is_value(result) else frame.perform(node, combine, frame, result, one, True)
        )
    return result


def truth(frame: Frame, value: Any) -> Any:
    """Return the truth of a value, as `if` takes it."""
    if not is_value(value):
        if not frame.session.transparent(value):
            raise refuse(f"the truth of a {type(value).__name__}")
        return bool(value)
    if value.can_be_static and value.dtype_name != "f64":
        return bool(value)
    recorder, value = frame.recorder, bare(value)
    if value.is_array:
        sizes = [d for d in value.dims if not (isinstance(d, int) and d == 1)]
        if sizes:
            raise refuse(
                "the truth of an array with more than one element", "use numpy.any or numpy.all"
            )
        value = recorder.add("reshape", [value], shape=[])
        value = recorder.add("scalar", [value])
    if value.dtype_name == "b1":
        return value
    return recorder.apply("not_equal", [value, recorder.operand(0)])


def both(frame: Frame, a: Any, b: Any, tested: bool = False) -> Any:
    """Return ``a and b`` of two bools, at least one of them of the graph."""
    return _combine(frame, "logical_and", a, b, tested)


def either(frame: Frame, a: Any, b: Any, tested: bool = False) -> Any:
    """Return ``a or b`` of two bools, at least one of them of the graph."""
    return _combine(frame, "logical_or", a, b, tested)


def _combine(frame: Frame, op: str, a: Any, b: Any, tested: bool) -> Any:
    for operand in (a, b):
        if not is_value(operand) and type(operand) is not bool:
            raise refuse("`and` or `or` of values that are no bools")
        if is_value(operand) and (operand.dtype_name != "b1" or operand.is_array):
            raise refuse("`and` or `or` of arrays or numbers", f"use numpy.{op}")
    recorder = frame.recorder
    kinds = {x.kind if is_value(x) else "python" for x in (a, b)}
    if len(kinds) > 1 and not tested:
        raise refuse("a bool of Python or one of NumPy, as a run-time condition decides")
    add = recorder.add if kinds == {"python"} else recorder.apply
    return add(op, [recorder.operand(a), recorder.operand(b)])


# Items and targets


def static_items(frame: Frame, items: Any) -> list:
    """Return the items of an iterable whose length is known."""
    if is_value(items):
        if not items.dims:
            raise TypeError("iteration over a 0-d array")
        count = items.dims[0]
        if not isinstance(count, int):
            count = frame.recorder.fixed_size(count)
        if count > UNROLL:
            raise refuse(f"more than {UNROLL} rows of an array one by one")
        return [items[i] for i in range(count)]
    if isinstance(items, Range):
        fixed = [b.static() if is_value(b) else b for b in (items.start, items.stop, items.step)]
        items = range(*fixed)
    if isinstance(items, Items):
        return items.take()
    if isinstance(items, (list, tuple, range, str)):
        outside = isinstance(items, list) and not frame.session.readable(items)
        if not outside and len(items) <= MAX_ITEMS:
            return list(items)
    if isinstance(items, (dict, set)) and frame.session.readable(items):
        return list(items)
    raise refuse(f"the items of a {type(items).__name__}")


def assign(frame: Frame, target: ast.expr, value: Any) -> None:
    """Bind a target to a value."""
    if isinstance(target, ast.Name):
        bind(frame, target, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        unpack(frame, target, value)
    elif isinstance(target, ast.Subscript):
        container = expressions.evaluate(frame, target.value)
        key = expressions.evaluate(frame, target.slice)
        if is_value(container):
            frame.perform(target, setitem, container, key, value)
            return
        if not frame.session.may_change(container):
            raise frame.refuse(target, f"a change of a {type(container).__name__} from outside")
        frame.perform(target, container.__setitem__, expressions.as_key(key), value)
    elif isinstance(target, ast.Attribute):
        instance = expressions.evaluate(frame, target.value)
        attributes.store(frame, target, instance, value)
    else:
        raise frame.refuse(target, f"assignment to {ast.unparse(target)}")


def bind(frame: Frame, target: ast.Name, value: Any) -> None:
    """Bind a name, of this function or, if that is declared `nonlocal`, of one around it."""
    name = target.id
    if name in frame.session.assigned and frame is frame.session.stack[0]:
        raise frame.refuse(target, f"another {name} after an assignment to an attribute")
    if name in frame.nonlocals:
        owner = frame.owner_of(name)
        if owner is None or owner.body != frame.recorder.body:
            raise frame.refuse(
                target, f"a change of {name} around the function, in a branch or loop"
            )
        spaces = [names for names, _ in owner.around] + [owner.names]
        if any(names.get(name) is not spaces[0].get(name) for names in spaces):
            raise frame.refuse(target, f"a change of {name}, which a comprehension hides")
        for names in spaces:
            names[name] = value
        return
    if frame.names.get(name) is UNKNOWN:
        raise NeedsType(value)
    frame.names[name] = value


def is_static(frame: Frame, value: Any) -> bool:
    """Tell whether an object is known while compiling, with all that it holds."""
    return not is_value(value) and frame.session.transparent(value)


def unpack(frame: Frame, target: ast.Tuple | ast.List, value: Any) -> None:
    parts = frame.perform(target, static_items, frame, value)
    stars = [i for i, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if not stars:
        if len(parts) != len(target.elts):
            raise frame.refuse(target, "unpacking of another number of values")
        pairs = list(zip(target.elts, parts, strict=True))
    else:
        at, after = stars[0], len(target.elts) - stars[0] - 1
        if len(parts) < at + after:
            raise frame.refuse(target, "unpacking of too few values")
        middle = frame.session.own(parts[at : len(parts) - after])
        pairs = list(zip(target.elts[:at], parts[:at], strict=True))
        pairs.append((target.elts[at].value, middle))
        pairs += zip(target.elts[at + 1 :], parts[len(parts) - after :], strict=True)
    for part, item in pairs:
        assign(frame, part, item)


# if


def branch_if(
    frame: Frame,
    node: ast.AST,
    condition: Value,
    then: Callable[[], Any],
    otherwise: Callable[[], Any],
    names: list[str],
    held: int = 1,
) -> Returned | None:
    """Interpret both ways of a run-time condition and record them as an `if` node.

    The ways are functions that interpret a block and return `Returned` or None. Of what they
    return, `held` names are gone with them.
    """
    with frame.branch() as yes:
        yes["end"] = then()
    with frame.branch() as no:
        no["end"] = otherwise()
    ends = (yes["end"], no["end"])
    if any(end is not None and not isinstance(end, Returned) for end in ends):
        raise frame.refuse(node, "break or continue under a run-time condition")
    if (ends[0] is None) != (ends[1] is None):
        raise frame.refuse(node, "a return under a run-time condition while the other way goes on")
    if ends[0] is not None:
        # What is assigned to attributes outlives the function.
        found = {**yes["names"], **no["names"]}
        kept = [n for n in found if attributes.is_attribute(frame.session, n)]
        sides = [
            [e.value, *map(w["names"].get, kept)] for e, w in zip(ends, (yes, no), strict=True)
        ]
        value, *values = join(frame, node, condition, yes, no, *sides, held)
        frame.names.update(zip(kept, values, strict=True))
        return Returned(value)
    merged, lost = differing(frame.names, names, yes["names"], no["names"])
    values = join(
        frame,
        node,
        condition,
        yes,
        no,
        [yes["names"][n] for n in merged],
        [no["names"][n] for n in merged],
    )
    for name in names:
        if name not in merged and name not in lost:
            frame.names[name] = yes["names"][name]
    frame.names.update(zip(merged, values, strict=True))
    for name in lost:
        frame.names[name] = Unbound("which only one way of an `if` assigns")
    return None


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
    for way, items in ((yes, first), (no, second)):
        with inside(frame, way):
            leaves = Leaves()
            skeleton = frame.perform(node, leaves.take, frame, tuple(items))
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
        for way in (yes, no):
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
    return list(rebuild(skeleton, unmix(results, mixed)))


@contextmanager
def inside(frame: Frame, way: dict) -> Iterator[None]:
    """Go on in the body of one way of an `if` where it ended."""
    recorder = frame.recorder
    recorder.parents.append(recorder.body)
    recorder.body = way["body"]
    own_names, frame.names = frame.names, way["names"]
    try:
        with recorder.storage.restored(way["storage"]):
            yield
    finally:
        recorder.leave()
        frame.names = own_names


def types_to_mix(frame: Frame, node: ast.AST, a: Value, b: Value) -> Any:
    """Return the types of a number that has not one type on both ways; None if it has."""
    if same_types(a, b):
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
    roots = {id(root): root for way in ways for root, _, _ in way["storage"]}
    return [root for root in roots.values() if root.recorder.in_scope(root.body)]


def same_skeleton(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same_skeleton, a, b))
    if isinstance(a, Fixed) and isinstance(b, Fixed):
        from braze.sources import same_value

        return same_value(a.value, b.value)
    return type(a) is type(b) and a == b


def items_of(frame: Frame, node: ast.AST, made: Value, count: int) -> list[Value]:
    """Return the results of a control node one by one."""
    if count == 1:
        return [made]
    return [frame.perform(node, frame.recorder.add, "item", [made], index=i) for i in range(count)]


def choose(frame: Frame, node: ast.IfExp, condition: Value) -> Any:
    """Record a conditional expression."""
    ways = [
        lambda part=part: Returned(expressions.evaluate(frame, part))
        for part in (node.body, node.orelse)
    ]
    for part in (node.body, node.orelse):
        expressions.refuse_names(frame, part)
    return branch_if(frame, node, condition, *ways, [], held=0).value
