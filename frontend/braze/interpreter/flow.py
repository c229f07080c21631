"""Control flow that depends on run-time values: conditions, items and targets."""

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from braze.arrays.indexing import setitem
from braze.arrays.registry import FUNCTIONS
from braze.errors import refuse, said
from braze.interpreter import attributes, circuits, expressions, outside, special
from braze.interpreter.frame import Frame
from braze.interpreter.lists.grown import Grown
from braze.interpreter.lists.nested import Row
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.lists.wishes import wanting
from braze.interpreter.loops import iteration, yields
from braze.interpreter.loops.jumps import RESULT
from braze.interpreter.texts import Text
from braze.interpreter.ways.frozen import frozen
from braze.interpreter.ways.narrowing import depends
from braze.interpreter.ways.oneof import OneOf, taken
from braze.record.either import bare
from braze.record.slots import Item
from braze.record.value import is_value


@dataclass(eq=False, repr=False)
class Range:
    """A range whose bounds are known only when the function runs."""

    start: Any
    stop: Any
    step: Any

    def as_operand(self, recorder: Any) -> Any:
        """Return what NumPy makes of it where it takes arrays."""
        return FUNCTIONS[np.arange](recorder, self.start, self.stop, self.step)


@dataclass(eq=False, repr=False)
class Perhaps:
    """How a loop ends of which it shows at run time how: what follows has to ask."""

    returns: bool  # the function may have returned
    orelse: list[ast.stmt]  # to be run unless the loop was left


# What the result of a loop that may return holds before its type is known.
UNKNOWN = type("result", (), {})()


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
    for k, part in enumerate(node.values):
        if is_value(result):
            if expressions.bound_by(part):
                result = circuits.binding(frame, part, result, decides)
                continue
            fails = circuits.may_fail(part) and not circuits.wrap(node, part)
            if fails or depends(frame, part):
                before = node.values[:k]
                asked = circuits.asked(frame, part, result, decides, after=before)
                if asked is not None:
                    result = asked
                    continue
        one = circuits.in_turn(frame, part, node.values[:k], decides)
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
        if isinstance(value, OneOf):
            return value.asked(lambda item: truth(frame, item))
        if isinstance(value, (Text, Vector, Grown)):
            return truth(frame, value.count())
        if special.is_object(value):
            return special.truth_of(frame, value)
        if not frame.session.transparent(value):
            raise refuse(f"the truth of a {said(value)}")
        return bool(value)
    undecided = value.size_of is not None and frame.recorder.is_undecided(value.size_of)
    if value.can_be_static and value.dtype_name != "f64" and not undecided:
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
    """Return the items of an iterable whose length is known, all of which are taken at once."""
    if special.is_object(items):
        items = special.items_of(frame, items)
    if isinstance(items, yields.GeneratorCall):
        items = yields.listed(frame, items)
    return list(iteration.each(frame, items))


def assign(frame: Frame, target: ast.expr, value: Any) -> None:
    """Bind a target to a value."""
    if isinstance(target, ast.Name):
        bind(frame, target, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        unpack(frame, target, value)
    elif isinstance(target, ast.Subscript):
        container = frame.perform(target, taken, expressions.evaluate(frame, target.value))
        key = frame.perform(target, taken, expressions.evaluate(frame, target.slice))
        if is_value(container):
            frame.perform(target, setitem, container, key, value)
            return
        if special.is_object(container):
            frame.perform(target, special.set_item, frame, container, key, value)
            return
        change_item(frame, target, container, item_key(frame, target, container, key), value)
    elif isinstance(target, ast.Attribute):
        instance = expressions.evaluate(frame, target.value)
        attributes.store(frame, target, instance, target.attr, value)
    else:
        raise frame.refuse(target, f"assignment to {ast.unparse(target)}")


def item_key(frame: Frame, node: ast.AST, container: Any, key: Any) -> Any:
    """Return a key of a list or dict: plain, unless it is of a list that takes numbers."""
    if isinstance(container, Vector):
        return key
    unknown = is_value(key) and not key.can_be_static
    if isinstance(container, Grown) or (type(container) is list and unknown):
        error = frame.refuse(node, "a change of an item that only the run knows")
        raise wanting(error, frame.recorder, container, False)
    return expressions.as_key(key)


def change_item(frame: Frame, target: ast.Subscript, container: Any, key: Any, value: Any) -> None:
    """Assign to an item of a list or dict."""
    if isinstance(container, Vector):
        frame.perform(target, container.put, frame.session, key, value)
        return
    if outside.is_outside(frame.session, container):
        frame.perform(target, outside.store_item, frame.session, container, key, value)
        return
    if isinstance(key, slice) and not frame.session.may_change(container):
        raise frame.refuse(target, f"a change of a {said(container)} from outside")
    frame.perform(target, frame.session.change_own, Item, container, key, value)


def bind(frame: Frame, target: ast.Name, value: Any) -> None:
    """Bind a name, of this function or, if that is declared `nonlocal`, of one around it."""
    name = target.id
    if isinstance(value, Row):
        value = frame.perform(target, value.named)
    if name == RESULT and len(frame.session.stack) == 1:
        value = frozen(frame, value)
    if name in frame.outside:
        frame.perform(target, outside.assign_variable, frame, name, value)
        return
    if name in frame.nonlocals:
        owner = frame.owner_of(name)
        if owner is not None and owner.has_slot(name):
            frame.session.assign(owner.shared[name], value)
            return
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
    if frame.has_slot(name) and not frame.in_comprehension:
        frame.session.assign(frame.shared[name], value)
        return
    if frame.names.get(name) is UNKNOWN and value is not UNKNOWN:
        raise NeedsType(value)
    frame.names[name] = value


def is_static(frame: Frame, value: Any) -> bool:
    """Tell whether an object is known while compiling, with all that it holds."""
    return not is_value(value) and frame.session.transparent(value)


def unpack(frame: Frame, target: ast.Tuple | ast.List, value: Any) -> None:
    parts = frame.perform(target, static_items, frame, frame.perform(target, taken, value))
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
