"""Loops in loops: what `np.ndindex`, `np.ndenumerate`, `product` and `combinations` are."""

import ast
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.errors import refuse
from braze.interpreter import flow
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.loops import jumps
from braze.interpreter.loops.iteration import MAX_ITEMS
from braze.interpreter.loops.rows import Rows, rows_of
from braze.record.value import Value, is_value


class Nest(Items):
    """What a loop takes at each step: the items of several ranges, the last the fastest.

    With an array, the indices come with the element that they pick.
    """

    def __init__(self, ranges: list, array: Value | None = None) -> None:
        super().__init__(self.written_out)
        self.ranges = ranges
        self.array = array

    def __iter__(self) -> Iterator:
        return iter(self.take())

    def head(self, frame: Frame, node: ast.For) -> tuple[list[ast.expr], ast.expr]:
        """Return what the loops go over, and what the target is of their counters."""
        own = own_name(node)
        held = [f"{own}range{k}" for k in range(len(self.ranges))]
        frame.names.update(zip(held, self.ranges, strict=True))
        item: ast.expr = ast.Tuple(counters(node, len(held)), ast.Load())
        if self.array is not None:
            frame.names[f"{own}array"] = self.array
            element = ast.Subscript(ast.Name(f"{own}array", ast.Load()), item, ast.Load())
            item = ast.Tuple([item, element], ast.Load())
        return [ast.Name(name, ast.Load()) for name in held], item

    def written_out(self) -> list:
        """Return the items one by one, where the ranges are known."""
        if not all(isinstance(r, range) for r in self.ranges):
            raise refuse("indices of an array of any size, outside of a loop")
        places = list(itertools.product(*self.ranges))
        return places if self.array is None else [(at, self.array[at]) for at in places]


@builtin(np.ndindex)
def ndindex(frame: Frame, *shape: Any) -> Nest:
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
    known = shapes.known_sizes(frame.recorder, tuple(sizes))
    return Nest([range_of(frame, size) for size in known])


@builtin(np.ndenumerate)
def ndenumerate(frame: Frame, arr: Any) -> Nest:
    array = shapes.as_array(frame.recorder.operand(arr))
    return Nest([range_of(frame, size) for size in array.dims], array)


@builtin(itertools.product)
def product(frame: Frame, *iterables: Any, repeat: int = 1) -> Items:
    if iterables and all(isinstance(i, (range, flow.Range)) for i in iterables):
        return Nest([*iterables] * repeat)
    given = [flow.static_items(frame, i) for i in iterables]
    return Items(lambda: itertools.product(*given, repeat=repeat))


def range_of(frame: Frame, size: Any) -> Any:
    if isinstance(size, int):
        return range(size)
    return flow.Range(0, Value.of_size(frame.recorder, size), 1)


def is_nest(node: ast.For, items: Any) -> bool:
    """Tell whether a loop over these items can be loops in loops, which nothing leaves at once."""
    leaves = bool(node.orelse) or bool(jumps.jumps(node.body) & {ast.Break})
    return isinstance(items, Nest) and bool(items.ranges) and not leaves


class Picks(Nest):
    """What `itertools.combinations` of a range or of rows gives: counters that grow inwards."""

    def __init__(self, frame: Frame, of: Any, r: int) -> None:
        super().__init__([None] * r)
        self.of = as_it_is(of)
        self.frame = frame

    def written_out(self) -> list:
        items = flow.static_items(self.frame, self.of)
        made = list(itertools.islice(itertools.combinations(items, len(self.ranges)), MOST))
        if len(made) == MOST:
            raise refuse(f"{MOST} combinations one by one")
        return made

    def head(self, frame: Frame, node: ast.For) -> tuple[list[ast.expr], ast.expr]:
        from braze.interpreter.builtins.folds import count_of

        of, own, r = self.of, own_name(node), len(self.ranges)
        if isinstance(of, (range, flow.Range)):
            count = len(of) if isinstance(of, range) else count_of(of)
            rows = Rows(None, lambda k: of.start + k * of.step)
        else:
            rows = rows_of(of)
            count = rows.count(frame)
        frame.names |= {f"{own}rows": rows, f"{own}count": count, f"{own}range": range}
        over = []
        for k, counter in enumerate([None, *counters(node, r)[:-1]]):
            start: ast.expr = ast.Constant(0)
            if counter is not None:
                start = ast.BinOp(counter, ast.Add(), ast.Constant(1))
            end = ast.BinOp(ast.Name(f"{own}count", ast.Load()), ast.Sub(), ast.Constant(r - 1 - k))
            over.append(ast.Call(ast.Name(f"{own}range", ast.Load()), [start, end], []))
        table = ast.Name(f"{own}rows", ast.Load())
        picked = [ast.Subscript(table, c, ast.Load()) for c in counters(node, r)]
        return over, ast.Tuple(picked, ast.Load())


def as_it_is(of: Any) -> Any:
    """Return the items of now, which changes do not reach; rows of arrays show them."""
    if isinstance(of, Vector):
        return of.as_grown(of.present())
    return np.copy(of) if is_value(of) and len(of.dims) == 1 else of


MOST = MAX_ITEMS + 1


def own_name(node: ast.For) -> str:
    return f"$nest{node.lineno}:{node.col_offset}:"  # no Python name can be this


def counters(node: ast.For, count: int) -> list[ast.expr]:
    return [ast.Name(f"{own_name(node)}{k}", ast.Load()) for k in range(count)]


def as_loops(frame: Frame, node: ast.For, nest: Nest) -> ast.For:
    """Return the loop as loops in loops, over ranges that names of the frame hold."""
    frame.perform(node, nest.check)
    nest.used = True
    over, item = nest.head(frame, node)
    body: list[ast.stmt] = [ast.Assign([node.target], item), *node.body]
    for counter, items in reversed(list(zip(counters(node, len(over)), over, strict=True))):
        loop = ast.For(ast.Name(counter.id, ast.Store()), items, body, [], None)
        body = [ast.fix_missing_locations(ast.copy_location(loop, node))]
    return body[0]
