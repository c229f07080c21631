"""`itertools`, `functools.reduce` and `sorted`."""

import functools
import itertools
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from braze.arrays.registry import FUNCTIONS
from braze.errors import refuse
from braze.interpreter import flow
from braze.interpreter.builtins import prelude
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.builtins.folds import called, folded, listed_if_long, loop_rows, through
from braze.interpreter.formatting import fixed
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.lists.grown import Grown, leaves_of
from braze.interpreter.loops import generators
from braze.interpreter.loops.iteration import MAX_ITEMS, each
from braze.interpreter.loops.nests import Picks
from braze.interpreter.loops.rows import Rows, rows_of
from braze.record.value import Value, is_value

MISSING = object()


def items_of(frame: Frame, iterable: Any) -> list:
    return flow.static_items(frame, iterable)


@builtin(itertools.chain)
def chain(frame: Frame, *iterables: Any) -> Items:
    return Items(
        lambda: (item for part in iterables for item in each(frame, part)), parts=iterables
    )


@builtin(itertools.chain.from_iterable)
def chain_from(frame: Frame, iterables: Any) -> Items:
    return Items(lambda: (i for part in each(frame, iterables) for i in each(frame, part)))


@builtin(itertools.combinations)
def combinations(frame: Frame, iterable: Any, r: Any) -> Items:
    r = number(r)
    if r > 0 and (isinstance(iterable, (range, flow.Range)) or rows_of(iterable) is not None):
        return Picks(frame, iterable, r)
    given = items_of(frame, iterable)
    return Items(lambda: limited(itertools.combinations(given, r)))


@builtin(itertools.permutations)
def permutations(frame: Frame, iterable: Any, r: Any = None) -> Items:
    r = None if r is None else number(r)
    given = items_of(frame, iterable)
    return Items(lambda: limited(itertools.permutations(given, r)))


@builtin(itertools.combinations_with_replacement)
def with_replacement(frame: Frame, iterable: Any, r: Any) -> Items:
    make = itertools.combinations_with_replacement
    given, r = items_of(frame, iterable), number(r)
    return Items(lambda: limited(make(given, r)))


@builtin(itertools.pairwise)
def pairwise(frame: Frame, iterable: Any) -> Items:
    def rows() -> Rows | None:
        one = rows_of(iterable)
        if one is None or one.number is not None:
            return None
        size = one.size - 1
        if not frame.recorder.decide("nonnegative", size):
            return None
        return Rows(size, lambda k: (one[k], one[k + 1]))

    return Items(lambda: itertools.pairwise(each(frame, iterable)), rows=rows, parts=(iterable,))


@builtin(itertools.starmap)
def starmap(frame: Frame, function: Any, iterable: Any) -> Items:
    def items() -> Iterable:
        rows = (items_of(frame, row) for row in each(frame, iterable))
        return (called(frame, function, *row) for row in rows)

    return Items(items, parts=(iterable,))


@builtin(itertools.repeat)
def repeat(frame: Frame, item: Any, times: Any = None) -> Items:
    if times is None:
        raise refuse("itertools.repeat without an end")
    times = number(times)
    return Items(lambda: [item] * min(times, MAX_ITEMS + 1))


@builtin(itertools.islice)
def islice(frame: Frame, iterable: Any, *bounds: Any) -> Items:
    if isinstance(iterable, Items) and iterable.once:
        raise refuse("itertools.islice of an iterator")
    given = [b if b is None else number(b) for b in bounds]
    return Items(lambda: itertools.islice(each(frame, iterable), *given), parts=(iterable,))


@builtin(itertools.zip_longest)
def zip_longest(frame: Frame, *iterables: Any, fillvalue: Any = None) -> Items:
    return Items(
        lambda: itertools.zip_longest(*(each(frame, i) for i in iterables), fillvalue=fillvalue),
        parts=iterables,
    )


def number(value: Any) -> int:
    return value.static() if is_value(value) else value


def limited(made: Iterable) -> list:
    """Return items; Unsupported if there are many."""
    items = list(itertools.islice(made, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise refuse(f"more than {MAX_ITEMS} items one by one")
    return items


# Folds


@builtin(itertools.accumulate)
def accumulate(frame: Frame, iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
    function = operator.add if func is None else func
    loop, *start = (prelude.running,) if initial is None else (prelude.running_from, initial)

    def written_out() -> Iterable:
        given = itertools.chain(start, each(frame, iterable))
        return itertools.accumulate(given, lambda a, b: called(frame, function, a, b))

    def listed(items: Iterable) -> list:
        return frame.session.own(list(items))

    def rows() -> Rows | None:
        if isinstance(iterable, Items) or loop_rows(iterable) is None:
            return None
        made = folded(frame, iterable, lambda: listed(written_out()), loop, function, *start)
        if (found := rows_of(made)) is not None:
            found.made_of = iterable if is_value(iterable) else None
        return found

    return Items(written_out, rows=rows, parts=(iterable,))


@builtin(functools.reduce)
def reduce_(frame: Frame, function: Any, items: Any, *start: Any) -> Any:
    def written_out() -> Any:
        given = [*start, *items_of(frame, items)]
        if not given:
            raise TypeError("reduce() of empty iterable with no initial value")
        return functools.reduce(lambda a, b: called(frame, function, a, b), given)

    loop = prelude.folded_from if start else prelude.folded
    return folded(frame, items, written_out, loop, function, *start)


# Sorting


@builtin(sorted)
def sorted_(frame: Frame, items: Any, *, key: Any = None, reverse: Any = False) -> Any:
    """Sort items by keys that are known while compiling, or by NumPy, which is stable, too."""

    def written_out() -> list:
        given = items_of(frame, items)
        keys = given if key is None else [called(frame, key, item) for item in given]
        order = [fixed(k) for k in keys]
        pairs = zip(order, range(len(order)), strict=True)
        ordered = sorted(pairs, key=lambda p: p[0], reverse=reverse)
        return frame.session.own([given[i] for _, i in ordered])

    def as_loop() -> Grown:
        rows = loop_rows(listed_if_long(frame, items))
        if rows is None:
            rows = grown_of(frame, items_of(frame, items)).as_rows()
        return sorted_rows(frame, rows, key, reverse)

    return generators.either_way(frame, items, written_out, as_loop)


def sorted_rows(frame: Frame, rows: Rows, key: Any, reverse: Any) -> Grown:
    """Sort numbers, or what has numbers or tuples of them for keys, of which none may be NaN."""
    made = grown_of(frame, through(frame, prelude.every, rows))
    kept = made.as_rows() if "array" not in made.kinds else rows
    return sorted_grown(frame, made, kept, key, reverse)


def sorted_grown(frame: Frame, made: Grown, rows: Rows, key: Any, reverse: Any) -> Grown:
    """Sort a list of which the keys are made of rows."""
    if type(reverse) is not bool:
        raise refuse("sorted() by a run-time order")
    keys = made
    if key is not None:
        keys = grown_of(frame, through(frame, prelude.keys_of, rows, key))
    flat = keys.skeleton in (0, tuple(range(len(keys.kinds))))
    if not flat or "array" in keys.kinds or keys.before:
        raise refuse("sorted() by other keys than numbers")
    order: Any = None
    for numbers in reversed(keys.rows):  # stable: the first of a tuple decides last
        order = placed(frame, numbers, order, reverse, rows.number)
    return made.picked(order)


def placed(frame: Frame, numbers: Value, order: Any, reverse: bool, count: Any) -> Any:
    """Return the places of numbers in their order; those that are equal stay as they are.

    `count` says how many they are, if it is known.
    """
    if numbers.dtype_name.startswith("f"):
        frame.recorder.add("require", [np.all(np.logical_not(np.isnan(numbers)))])
    given = numbers if order is None else numbers[order]
    if reverse:
        last = (given.shape[0] if count is None else count) - 1
        places = last - np.argsort(given[::-1], kind="stable")[::-1]
    else:
        places = np.argsort(given, kind="stable")
    return places if order is None else order[places]


def grown_of(frame: Frame, made: Any) -> Grown:
    """Return a list as what stands for one that a loop has made."""
    if isinstance(made, Grown):
        return made
    items = [leaves_of(frame.session, item) for item in made]
    first, values = items[0] if items else refuse_empty()
    kinds = [value.kind for value in values]
    types = [(v.kind, v.dtype_name, tuple(v.dims)) for v in values]
    for skeleton, others in items:
        if skeleton != first or [(v.kind, v.dtype_name, tuple(v.dims)) for v in others] != types:
            raise refuse("sorted() of items of several types")
    columns = zip(*(values for _, values in items), strict=True)
    rows = [FUNCTIONS[np.array](frame.recorder, list(column)) for column in columns]
    return Grown(None, [], first, kinds, rows, [], 1, None, "array" not in kinds)


def refuse_empty() -> Any:
    raise refuse("sorted() of nothing")
