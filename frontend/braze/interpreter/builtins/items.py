"""Builtins that take and give items whose number is known: sorted, filter, next, set, ..."""

import collections
import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from braze.errors import refuse, said
from braze.interpreter import expressions, flow, sets
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.formatting import fixed
from braze.interpreter.frame import Frame
from braze.interpreter.hierarchies import super_
from braze.interpreter.items import Items
from braze.interpreter.lists.grown import Grown
from braze.interpreter.lists.vector_makers import make_deque
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.loops import generators
from braze.interpreter.loops.iteration import check_iterable, each
from braze.interpreter.loops.steps import NOTHING, Steps, following_item
from braze.interpreter.vectorized import FromPython, Vectorized
from braze.record import records
from braze.record.value import is_value


def called(frame: Frame, function: Any, *args: Any) -> Any:
    from braze.interpreter.calls import call

    return call(frame, frame.source.node, function, list(args), {})


@builtin(filter)
def filter_(frame: Frame, function: Any, items: Any) -> Items:
    check_iterable(items)

    def kept() -> Iterator[Any]:
        for item in each(frame, items):
            holds = flow.truth(frame, item if function is None else called(frame, function, item))
            if is_value(holds):
                raise refuse("filter by what is known only when the function runs")
            if holds:
                yield item

    return Items(kept, parts=(items,))


@builtin(iter)
def iter_(frame: Frame, items: Any) -> Items:
    if isinstance(items, Items) and items.once:
        return items
    check_iterable(items)
    if not isinstance(items, Items) and (is_value(items) or isinstance(items, SEQUENCES)):
        return Steps(frame, items)
    return Items(lambda: each(frame, items), parts=(items,))


SEQUENCES = (list, tuple, range, flow.Range, Grown, Vector)


@builtin(next)
def next_(frame: Frame, items: Any, default: Any = NOTHING) -> Any:
    """Take the next item of an iterator."""
    if not (isinstance(items, Items) and items.once):
        raise refuse(f"next of a {said(items)}")
    if isinstance(items, (generators.Generator, Steps)):
        return following_item(frame, items, default)
    first = next(items.take(), default)
    if first is NOTHING:
        raise StopIteration
    return first


@builtin(set)
def set_(frame: Frame, items: Any = ()) -> set:
    return sets.made_of(frame, set, items)


@builtin(frozenset)
def frozenset_(frame: Frame, items: Any = ()) -> frozenset:
    return sets.made_of(frame, frozenset, items)


@builtin(functools.partial)
def partial_(frame: Frame, function: Any, *args: Any, **kwargs: Any) -> Any:
    from braze.interpreter.calls import Partial

    return Partial(function, args, kwargs)


def text(function: Callable) -> Callable:
    def call(frame: Frame, *args: Any) -> str:
        return function(*map(fixed, args))

    return call


for _function in (str, repr, format, ascii):
    builtin(_function)(text(_function))


def operators() -> None:
    """Make the functions of `operator` what the operators are."""
    from braze.arrays.arithmetic import PYTHON

    for function in PYTHON.values():
        builtin(function)(
            lambda frame, *args, f=function: expressions.apply_operator(frame, f, *args)
        )


operators()


@builtin(np.vectorize)
def vectorize_(frame: Frame, function: Any, **options: Any) -> Vectorized:
    if options.keys() - {"otypes"}:
        raise refuse("numpy.vectorize with options")
    return Vectorized(function, options.get("otypes"))


@builtin(np.frompyfunc)
def frompyfunc_(frame: Frame, function: Any, arguments: Any, results: Any) -> FromPython:
    return FromPython(function, *(n.static() if is_value(n) else n for n in (arguments, results)))


builtin(super)(super_)
builtin(dataclasses.replace)(records.replaced)
builtin(collections.deque)(make_deque)


@builtin(hash, id)
def identity(frame: Frame, value: Any) -> Any:
    raise refuse("the identity or hash of an object")
