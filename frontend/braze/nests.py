"""Loops over the indices of arrays: `np.ndindex` and `np.ndenumerate` are loops in loops."""

import ast
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from braze import flow, jumps, shapes
from braze.builtin_calls import builtin
from braze.errors import refuse
from braze.frame import Frame, Items
from braze.value import Value


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
    return Items(
        lambda: itertools.product(*(flow.static_items(frame, i) for i in iterables), repeat=repeat)
    )


def range_of(frame: Frame, size: Any) -> Any:
    if isinstance(size, int):
        return range(size)
    return flow.Range(0, Value.of_size(frame.recorder, size), 1)


def is_nest(node: ast.For, items: Any) -> bool:
    """Tell whether a loop over these items can be loops in loops, which nothing leaves at once."""
    leaves = bool(node.orelse) or bool(jumps.jumps(node.body) & {ast.Break})
    return isinstance(items, Nest) and bool(items.ranges) and not leaves


def as_loops(frame: Frame, node: ast.For, nest: Nest) -> ast.For:
    """Return the loop as loops in loops, over ranges that names of the frame hold."""
    if nest.used:
        raise frame.refuse(node, "an iterator that is used twice")
    nest.used = True
    own = f"$nest{node.lineno}:{node.col_offset}:"  # no Python name can be this
    held = [f"{own}range{k}" for k in range(len(nest.ranges))]
    frame.names.update(zip(held, nest.ranges, strict=True))
    counters = [f"{own}{k}" for k in range(len(nest.ranges))]
    item: ast.expr = ast.Tuple([ast.Name(c, ast.Load()) for c in counters], ast.Load())
    if nest.array is not None:
        frame.names[f"{own}array"] = nest.array
        element = ast.Subscript(ast.Name(f"{own}array", ast.Load()), item, ast.Load())
        item = ast.Tuple([item, element], ast.Load())
    body: list[ast.stmt] = [ast.Assign([node.target], item), *node.body]
    for counter, name in reversed(list(zip(counters, held, strict=True))):
        loop = ast.For(ast.Name(counter, ast.Store()), ast.Name(name, ast.Load()), body, [], None)
        body = [ast.fix_missing_locations(ast.copy_location(loop, node))]
    return body[0]
