"""How lists become vectors (lists/vectors.py): where they are made, if that is wished for."""

import ast
from typing import Any

import numpy as np

from braze.arrays import makers
from braze.arrays.registry import FUNCTIONS
from braze.errors import refuse
from braze.interpreter.lists import mixed
from braze.interpreter.lists.grown import Grown, held_elsewhere, leaves_of
from braze.interpreter.lists.vectors import Vector, kinds_of
from braze.interpreter.lists.wishes import Wish
from braze.record.dtypes import name_of
from braze.record.value import TO_NUMPY, Value


class Deque(list):
    """What `collections.deque` gives, before it is a vector."""

    maxlen: Any = None


def at_site(frame: Any, node: Any, made: Any) -> Any:
    """Note where a list was made; return the vector that is wanted in its place, if one is."""
    from braze.interpreter.lists import nested

    recorder = frame.recorder
    if id(made) in recorder.sites and recorder.sites[id(made)][0] is made:
        return made
    site = place_of(frame, node)
    wish = recorder.vectors.get(site)
    if wish is None and isinstance(made, Deque):
        wish = Wish(True)
    own = isinstance(made, Grown) or id(made) in frame.session.owned
    if not own:
        return made
    if wish is None or is_held(frame, made):
        recorder.sites[id(made)] = (made, site)
        return made
    if isinstance(made, Grown):
        return frame.perform(node, of_grown, frame, made, wish, site)
    given = (frame, node, made, wish, site)
    if not wish.grows and (table := frame.perform(node, nested.of_lists, *given)):
        return table
    return frame.perform(node, of_list, frame, made, wish, site)


MAKERS = ("list", "sorted", "deque", "copy")


def makes(node: ast.expr, made: Any) -> bool:
    """Tell whether an expression makes a list, rather than finds one."""
    if isinstance(made, Deque):
        return True
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", None)) in MAKERS
    return isinstance(node, (ast.List, ast.ListComp, ast.BinOp, ast.Subscript))


def is_held(frame: Any, made: Any) -> bool:
    """Tell whether anything holds a list already: then it cannot be replaced."""
    return any(value is made for value in frame.names.values()) or held_elsewhere(frame, made)


def place_of(frame: Any, node: Any) -> tuple:
    return (frame.source.file, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def of_list(frame: Any, made: list, wish: Wish, site: tuple) -> "Vector":
    """Return a vector with the items of a list."""
    recorder = frame.recorder
    if (numbers := plain_numbers(made)) is not None and not wish.grows:
        item = (0, (("python", name_of(numbers.dtype)),))
        rows = [FUNCTIONS[np.copy](recorder, recorder.constant_array(numbers))]
        if wish.item == mixed.MIXED and mixed.is_number(item):
            item, rows = wish.item, mixed.columns_of(recorder, rows[0])
        vector = Vector(recorder, site, Wish(False, item), None)
        vector.rows = rows
        vector.set(vector.filled, len(made))
        return vector
    items = [leaves_of(frame.session, item) for item in made]
    if wish.item == mixed.MIXED:
        items = [as_mixed(*item) for item in items]
    for skeleton, values in items:
        item = (skeleton, kinds_of(values))
        if any(value.is_array for value in values) or item != (wish.item or item):
            raise refuse("a list of items of different types")
        wish = Wish(wish.grows, item)
    vector = Vector(recorder, site, wish, getattr(made, "maxlen", None))
    vector.is_deque = isinstance(made, Deque)
    if wish.item is None:
        return vector
    size = len(items)
    if wish.grows:
        vector.rows = [zeros(recorder, vector.room(size), dtype) for _, dtype in wish.item[1]]
        for rows, *column in zip(vector.rows, *(values for _, values in items), strict=True):
            for k, value in enumerate(column):
                rows[k] = value  # a deque of a length has room for its items
    elif items:
        columns = zip(*(values for _, values in items), strict=True)
        array = FUNCTIONS[np.array]
        vector.rows = [array(recorder, [as_given(v) for v in column]) for column in columns]
    else:
        raise refuse("an empty list that stays empty")
    vector.set(vector.filled, size)
    return vector


def as_mixed(skeleton: Any, values: list[Value]) -> tuple[Any, list[Value]]:
    """Return the leaves of an item of a list in which ints and floats meet."""
    item = (skeleton, kinds_of(values))
    return (
        (mixed.MIXED[0], mixed.parts_of(item, values))
        if mixed.is_number(item)
        else (skeleton, values)
    )


def plain_numbers(made: list) -> np.ndarray | None:
    """Return the array of numbers that are all of one type of Python; None of others."""
    kind = type(made[0]) if made else None
    if kind not in (int, float, bool) or any(type(item) is not kind for item in made):
        return None
    if kind is int and not all(-(2**63) <= item < 2**63 for item in made):
        return None
    return np.array(made)


def as_given(value: Value) -> Any:
    return value if value.constant is None else value.constant


def of_grown(frame: Any, made: Grown, wish: Wish, site: tuple) -> "Vector":
    """Return a vector with the items of a list that a loop has made."""
    made.check_closed()
    if "array" in made.kinds or made.before:
        raise refuse("a list of arrays that a loop has made and that changes")
    recorder, size = frame.recorder, made.number
    if size is None:
        size = Value.of_size(recorder, made.rows[0].dims[0])
    item, columns = (made.skeleton, kinds_of_rows(made.kinds, made.rows)), made.rows
    if wish.item == mixed.MIXED and mixed.is_number(item) and item != wish.item:
        item, columns = wish.item, mixed.columns_of(recorder, columns[0])
    vector = Vector(recorder, site, Wish(wish.grows, item), None)
    if wish.grows:
        vector.rows = [zeros(recorder, vector.room(size), rows.dtype_name) for rows in columns]
        for room, rows in zip(vector.rows, columns, strict=True):
            room[:size] = rows
    else:
        vector.rows = [FUNCTIONS[np.copy](recorder, rows) for rows in columns]
    vector.set(vector.filled, size)
    return vector


def kinds_of_rows(kinds: list[str], rows: list[Value]) -> tuple:
    return tuple((kind, r.dtype_name) for kind, r in zip(kinds, rows, strict=True))


def repeated(frame: Any, node: Any, held: list, times: Value) -> Grown | None:
    """Return the list of ``[0] * n`` for a run-time number; None where that is to be fixed."""
    fixed = times.can_be_static and place_of(frame, node) not in frame.recorder.vectors
    return None if fixed else times_repeated(frame, held, times)


def times_repeated(frame: Any, held: list, times: Value) -> Grown | None:
    """The same for any number; None where the list is not one that can be repeated so."""
    recorder = frame.recorder
    if len(held) != 1 or times.kind != "python" or times.dtype_name != "i64":
        return None
    skeleton, values = leaves_of(frame.session, held[0])
    if any(value.is_array for value in values):
        return None
    times = recorder.operand(at_least_zero(recorder, times))
    rows = [makers.full(recorder, (times,), as_given(v), TO_NUMPY[v.dtype_name]) for v in values]
    return Grown(None, [], skeleton, [value.kind for value in values], rows, [], 1, None)


def at_least_zero(recorder: Any, times: Value) -> Any:
    if times.size_of is not None:
        return times
    below = recorder.add("less", [times, recorder.operand(0)])
    return recorder.add("where", [below, recorder.operand(0), times])


def joined(frame: Any, *lists: Any) -> Grown:
    """Return the list of the items of two, of which a vector or a list of a loop is one."""
    parts = [part_of(frame, made) for made in lists]
    dtypes = [[row.dtype_name for row in part.rows] for part in parts]
    alike = parts[0].skeleton == parts[1].skeleton and parts[0].kinds == parts[1].kinds
    if not alike or dtypes[0] != dtypes[1]:
        raise refuse("a list of items of different types")
    columns = zip(*(part.rows for part in parts), strict=True)
    rows = [np.concatenate(column) for column in columns]
    return Grown(None, [], parts[0].skeleton, parts[0].kinds, rows, [], 1, None)


def part_of(frame: Any, made: Any) -> Grown:
    if isinstance(made, Vector) and not made.is_deque:
        return made.as_grown(made.present())
    if isinstance(made, Grown):
        made.check_closed()
        if "array" in made.kinds or made.before:
            raise refuse("a list of arrays, and other items")
        return made
    if type(made) is not list or not made:
        raise refuse("an operator on lists that only the run knows")
    made = of_list(frame, made, Wish(False), ())
    return made.as_grown(made.rows)


def zeros(recorder: Any, size: Any, dtype: str) -> Value:
    return makers.zeros(recorder, (size,), TO_NUMPY[dtype])


def make_deque(frame: Any, items: Any = (), maxlen: Any = None) -> Deque:
    """Return what a call of `collections.deque` gives."""
    from braze.interpreter.flow import static_items

    given = static_items(frame, items)
    if given and type(maxlen) is int:
        given = given[len(given) - min(maxlen, len(given)) :]
    elif given and maxlen is not None:
        raise refuse("a deque with items and a run-time length")
    made = Deque(given)
    made.maxlen = maxlen
    return frame.session.own(made)
