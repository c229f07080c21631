"""Items one by one, as Python takes them: what comes between two of them may change the next.

Iterators of the function (`zip`, `map`, generators, ...) are `Items`. Each is used in the branch or
loop in which it was made, and by one that uses it up, since a body may be interpreted more than
once while an iterator goes on.
"""

from collections.abc import Iterator
from typing import Any

from braze.errors import refuse, said
from braze.interpreter import outside, special
from braze.interpreter.frame import UNROLL, Frame
from braze.interpreter.identity import stands_in
from braze.interpreter.items import Items
from braze.interpreter.texts import Text
from braze.record.value import is_value

MAX_ITEMS = 1024
ITERABLES = (list, tuple, dict, set, frozenset, str, bytes, bytearray, range)


def each(frame: Frame, items: Any) -> Iterator[Any]:
    """Return an iterator of an iterable whose length is known; the next item is made when asked."""
    from braze.interpreter.flow import Range

    if is_value(items):
        return rows_of_array(frame, items)
    if isinstance(items, Range):
        fixed = [b.static() if is_value(b) else b for b in (items.start, items.stop, items.step)]
        items = range(*fixed)
    if isinstance(items, Items):
        return limited(items.take())
    if isinstance(items, Text):
        return (items.character(code) for code in rows_of_array(frame, items.codes))
    if special.is_object(items):
        return each(frame, special.items_of(frame, items))
    if isinstance(items, (list, tuple, range, str)):
        unknown = isinstance(items, list) and not frame.session.readable(items)
        if not unknown and len(items) <= MAX_ITEMS:
            return limited(items)
    if isinstance(items, (dict, set, frozenset)) and frame.session.readable(items):
        return iter(items)
    if outside.is_outside(frame.session, items):
        return of_dict(frame, items)
    raise refuse(f"the items of a {said(items)}")


def check_iterable(*items: Any) -> None:
    """Refuse what Python does not iterate over: an iterator of it says so when it is made."""
    from braze.arrays.eager.draws import is_generator

    for one in items:
        known = is_value(one) and one.dims
        stands = stands_in(one) and not is_generator(one)
        if not (known or isinstance(one, ITERABLES) or stands or has_items(one)):
            raise refuse(f"an iterator of a {said(one)}")


def has_items(one: Any) -> bool:
    return not is_value(one) and hasattr(type(one), "__iter__")


def rows_of_array(frame: Frame, array: Any) -> Iterator[Any]:
    if not array.dims:
        raise TypeError("iteration over a 0-d array")
    count = array.dims[0]
    if not isinstance(count, int):
        count = frame.recorder.fixed_size(count)
    if count > UNROLL:
        raise refuse(f"more than {UNROLL} rows of an array one by one")
    return (array[i] for i in range(count))


def of_dict(frame: Frame, items: dict) -> Iterator[Any]:
    """Return the keys of a dict from outside, which must stay the same meanwhile."""
    keys = outside.keys_of(frame.session, items)
    for key in keys:
        yield key
        if outside.keys_of(frame.session, items) != keys:
            raise refuse("a dict that changes while a loop goes over it")


def limited(items: Any) -> Iterator[Any]:
    """Return what gives the items of an iterable, if there are not too many."""
    for k, item in enumerate(items):
        if k == MAX_ITEMS:
            raise refuse(f"more than {MAX_ITEMS} items one by one")
        yield item


def backwards(items: list, count: int) -> Iterator[Any]:
    """Return what `reversed` gives of a list that had so many items then."""
    for k in range(count - 1, -1, -1):
        if k >= len(items):
            return
        yield items[k]


def unchanged(frame: Frame, items: Iterator[Any]) -> Iterator[Any]:
    """Return the items where a run-time condition says if Python asks for them.

    Refused are those that change something when they are made.
    """
    while True:
        mark = frame.session.mark()
        item = next(items, frame)  # no item is a frame
        if frame.session.changed_since(mark):
            raise refuse("a change where a run-time condition says if it happens")
        if item is frame:
            return
        yield item
