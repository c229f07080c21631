"""Builtins that make one thing of many: sum, any, all, min, max, over items of any number."""

import ast
import operator
import sys
from collections.abc import Callable
from typing import Any

from braze.errors import refuse, said
from braze.interpreter import comparisons, expressions, flow
from braze.interpreter.builtins import prelude
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.calls import call, inline
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.loops import generators
from braze.interpreter.loops.iteration import each, unchanged
from braze.interpreter.loops.rows import Rows, rows_of
from braze.interpreter.loops.yields import GeneratorCall, changes_nothing, listed
from braze.record.either import bare, choice, common_types, pythons
from braze.record.records import made_like
from braze.record.sources import is_plain, same_value
from braze.record.value import Value, any_value, is_value

MISSING = object()
COMPENSATED = sys.version_info >= (3, 12)  # Python's sum of its own floats is more exact


def loop_rows(items: Any) -> Rows | None:
    """Return the items of what a loop can go over."""
    if isinstance(items, flow.Range):
        if type(items.step) is not int or items.step == 0:
            return None
        return Rows(None, lambda k: items.start + k * items.step, count_of(items))
    return rows_of(items)


def folded(
    frame: Frame, items: Any, written_out: Callable[[], Any], function: Callable, *args: Any
) -> Any:
    """Return what is made of items: written out, or by a loop of the prelude."""
    if isinstance(items, GeneratorCall):
        raise refuse("a generator function that is not consumed on the spot")
    if not isinstance(items, flow.Range) and rows_of(items) is None:
        return written_out()

    def as_loop() -> Any:
        rows, loop, some = loop_rows(items), function, function in prelude.OF_SOME
        if rows is None:
            raise refuse("a loop with a run-time step")
        if function is prelude.total and rows.number is not None:
            loop, some = prelude.total_of_some, True
        first = [first_of(frame, rows)] if some else []
        made = through(frame, loop, rows, *first, *args)
        if isinstance(items, Items) and items.once:
            items.spend()
        return made

    return generators.either_way(frame, items, written_out, as_loop)


def first_of(frame: Frame, rows: Rows) -> Any:
    """Return 0 as the place of the first item; without items the call is left to Python."""
    recorder = frame.recorder
    if rows.number is not None:
        zero = recorder.operand(0)
        return recorder.checked(zero, recorder.add("less_equal", [rows.number, zero]))
    size = rows.size - 1
    if not (size >= 0 if isinstance(size, int) else recorder.decide("nonnegative", size)):
        raise refuse("the first of no items")
    return 0


def count_of(items: flow.Range) -> Any:
    """Return how many items a range has, or a negative number if none."""
    first, last, step = items.start, items.stop, items.step
    if step < 0:
        first, last, step = last, first, -step
    distance = last if type(first) is int and first == 0 else last - first
    return distance if step == 1 else (distance + (step - 1)) // step


def through(frame: Frame, function: Callable, rows: Rows, *args: Any) -> Any:
    """Interpret a function of the prelude."""
    node = frame.source.node
    return inline(frame, node, function, [rows, rows.count(frame), *args], {})


# Sums


@builtin(prelude.plus)
def plus(frame: Frame, total: Any, item: Any) -> Any:
    """Return what a sum is after an item."""
    pythons_float = is_value(item) and item.kind == "python" and item.dtype_name == "f64"
    if COMPENSATED and (pythons_float or type(item) is float):
        raise refuse("Python's sum of floats", "use numpy.sum")
    return expressions.apply_operator(frame, operator.add, total, item)


@builtin(sum)
def sum_(frame: Frame, items: Any, start: Any = 0) -> Any:
    items = listed(frame, items) if isinstance(items, GeneratorCall) else items
    if isinstance(start, (str, bytes, list)) or start is None:
        raise refuse(f"Python's sum from a {said(start)}")

    def written_out() -> Any:
        total = start
        given = flow.static_items(frame, items)
        if not any_value(given) and not any_value(start):
            return sum(given, start)
        for item in given:
            total = plus(frame, total, item)
        return total

    if isinstance(items, generators.Generator):
        return generators.consumed(frame, items, "sum", start, written_out)
    return folded(frame, items, written_out, prelude.total, start)


# Quantifiers


def quantifier(name: str, decides: bool, function: Callable) -> Callable:
    def written_out(frame: Frame, items: Any) -> Any:
        result: Any = not decides
        combine = flow.either if decides else flow.both
        given = each(frame, items)
        while (item := next(given, MISSING)) is not MISSING:
            one = flow.truth(frame, item)
            if is_value(one):
                one = pythons(one)
                if not is_value(result):
                    given, result = unchanged(frame, given), one
                result = combine(frame, result, one, True) if is_value(result) else one
            elif one == decides:
                return decides
        return result

    def decide(frame: Frame, items: Any) -> Any:
        if isinstance(items, GeneratorCall) and changes_nothing(items):
            items = listed(frame, items)
        if isinstance(items, generators.Generator):
            start = not decides
            return generators.consumed(frame, items, name, start, lambda: written_out(frame, items))
        return folded(frame, items, lambda: written_out(frame, items), function)

    return decide


builtin(any)(quantifier("any", True, prelude.holds_for_any))
builtin(all)(quantifier("all", False, prelude.holds_for_all))


# Extremes


def extreme(function: Callable, name: str, loop: Callable, loop_by: Callable) -> Callable:
    """Return min or max: the first operand, unless a later one compares as more extreme."""

    def choose(frame: Frame, *args: Any, key: Any = None, default: Any = MISSING) -> Any:
        if len(args) > 1:
            return most(frame, list(args), key)
        over = listed_if_long(frame, args[0])

        def written_out() -> Any:
            items = flow.static_items(frame, over)
            if not items and default is MISSING:
                raise refuse(f"{function.__name__} of nothing")
            return most(frame, items, key) if items else default

        if default is not MISSING:
            return written_out()
        return folded(frame, over, written_out, *((loop,) if key is None else (loop_by, key)))

    order = {"lt": ast.Lt, "gt": ast.Gt}

    def most(frame: Frame, items: list, key: Any) -> Any:
        keys = items if key is None else [called(frame, key, item) for item in items]
        if not any_value(keys):
            return items[function(range(len(items)), key=keys.__getitem__)]
        best, best_key = items[0], keys[0]
        for item, now in zip(items[1:], keys[1:], strict=True):
            if any(is_value(x) and x.is_array for x in (best_key, now)):
                raise refuse(f"{function.__name__} of arrays", f"use numpy.{function.__name__}imum")
            if isinstance(now, tuple) and isinstance(best_key, tuple):
                better = comparisons.ordered(frame, order[name](), now, best_key, True)
            else:
                better = comparisons.compared(frame.recorder, name, now, best_key)
            if is_value(better):
                best = chosen(frame, function, better, item, best)
                best_key = best if key is None else chosen(frame, function, better, now, best_key)
            elif better:
                best, best_key = item, now
        return best

    return choose


def called(frame: Frame, function: Any, *args: Any) -> Any:
    return call(frame, frame.source.node, function, list(args), {})


def listed_if_long(frame: Frame, items: Any) -> Any:
    """Return a list in place of a generator over many items, else what is given."""
    if isinstance(items, GeneratorCall):
        return listed(frame, items)
    if not isinstance(items, generators.Generator) or not generators.many(frame, items.first):
        return items
    if items.rows() is not None:
        return items
    return generators.as_list(frame, items)


def chosen(frame: Frame, function: Callable, better: Value, item: Any, best: Any) -> Any:
    """Record the choice between two numbers, which must be of one type, or two tuples of them."""
    if isinstance(item, tuple) or isinstance(best, tuple):
        if not isinstance(item, tuple) or not isinstance(best, tuple) or len(item) != len(best):
            raise refuse(f"one of several values, as {function.__name__} decides")
        parts = [
            a if a is b or (is_plain(a) and is_plain(b) and same_value(a, b))
            else chosen(frame, function, better, a, b)
            for a, b in zip(item, best, strict=True)
        ]  # fmt: skip
        return made_like(item, parts)
    operands = [frame.recorder.operand(x) for x in (item, best)]
    if any(x.is_array for x in operands):
        raise refuse(f"one of several arrays, as {function.__name__} decides")
    either = choice(better, *operands) if common_types(*operands) else None
    if either is not None:
        return either
    if len({(x.kind, x.dtype_name) for x in operands}) > 1:
        raise refuse(
            f"{function.__name__} of numbers of several types", f"use numpy.{function.__name__}imum"
        )
    condition = bare(better)
    if operands[0].kind == "python":
        condition = pythons(condition)
    return frame.recorder.add("where", [condition, *operands])


def as_list(frame: Frame, items: Any = ()) -> Any:
    """Return what `list` makes of items: a list, or what stands for one that a loop makes."""
    if isinstance(items, GeneratorCall):
        return listed(frame, items)
    if isinstance(items, generators.Generator):
        return generators.as_list(frame, items)

    def written_out() -> list:
        return frame.session.own(list(flow.static_items(frame, items)))

    return folded(frame, items, written_out, prelude.every)


builtin(list)(as_list)
builtin(min)(extreme(min, "lt", prelude.smallest, prelude.smallest_by))
builtin(max)(extreme(max, "gt", prelude.largest, prelude.largest_by))
