"""Lists from outside, and tuples, read at places that only the run knows: arrays."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from braze.errors import refuse
from braze.interpreter.frame import Session
from braze.interpreter.lists.grown import as_python, leaves_of
from braze.interpreter.lists.nested import Row, Table
from braze.interpreter.lists.vectors import kinds_of
from braze.interpreter.lists.wishes import site_of
from braze.interpreter.merge import rebuild
from braze.record.dtypes import KIND
from braze.record.recorder import Recorder
from braze.record.sources import Source
from braze.record.value import TO_NUMPY, Value, is_value


def is_table(session: Session, container: Any) -> bool:
    """Tell whether this is a tuple, or a list that the function has not made and can read."""
    if type(container) is tuple:
        return True
    theirs = type(container) is list and site_of(session.recorder, container) is None
    return theirs and session.readable(container)


def item_at(session: Session, container: list | tuple, key: Value) -> Any:
    """Return an item of a sequence of numbers, or of tuples of numbers, that stays as it is."""
    if key.dims or KIND[key.dtype_name] not in "iub" or not container:
        raise refuse("an item that only the run knows")
    if type(container) is list and type(container[0]) is list:
        return lists_from_outside(session.recorder, container).read(key)
    items = [leaves_of(session, item) for item in container]
    skeleton, kinds = items[0][0], kinds_of(items[0][1])
    if any((other, kinds_of(values)) != (skeleton, kinds) for other, values in items):
        raise refuse("an item that only the run knows, of items of different types")
    columns = zip(*(values for _, values in items), strict=True)
    found = [array_of(session.recorder, container, column)[key] for column in columns]
    leaves = [
        as_python(leaf) if kind == "python" else leaf
        for leaf, (kind, _) in zip(found, kinds, strict=True)
    ]
    return rebuild(skeleton, leaves)


def array_of(recorder: Recorder, container: Any, column: tuple[Value, ...]) -> Value:
    """Return an array of numbers; constants are an input, one for all places that read it."""
    dtype = TO_NUMPY[column[0].dtype_name]
    if any(value.constant is None for value in column):
        return array_from_outside(recorder, container, dtype)
    numbers = np.array([value.constant for value in column], dtype)
    key = ("table", numbers.dtype.str, numbers.tobytes())
    if key not in recorder.seen:
        numbers.flags.writeable = False
        recorder.seen[key] = recorder.input(Source(("const", numbers)), numbers, known=True)
    return recorder.seen[key]


def array_from_outside(recorder: Recorder, container: Any, dtype: np.dtype) -> Value:
    """Return an input that each call makes of a list of numbers, if that is still as it was."""
    for copy in recorder.copied.values():
        if copy.made is container and all(map(operator.is_, container, copy.before)):
            if not all(is_value(item) for item in container):
                break
            source = copy.source.through(maker_of(dtype))
            return recorder.input(source, np.array(copy.real, dtype), known=True)
    raise refuse("an item that only the run knows, of numbers that change")


class RowOutside(Row):
    """An item of a list of lists from outside, read as long as nothing has changed these."""

    def __init__(self, array: Value, still: Callable[[], bool]) -> None:
        self.still = still
        super().__init__(array)

    @property
    def rows(self) -> list[Value]:
        if not self.still():
            raise refuse("a list of lists from outside that was changed, at a run-time place")
        return [self.array]

    @rows.setter
    def rows(self, arrays: list[Value]) -> None:
        (self.array,) = arrays

    def put(self, session: Session, key: Any, item: Any) -> None:
        raise refuse("a change of a list in a list from outside, at a run-time place")


class Outside(Table):
    """A list of lists from outside."""

    def __init__(self, array: Value, still: Callable[[], bool]) -> None:
        super().__init__(array)
        self.still = still

    def read(self, at: Any) -> Row:
        row = RowOutside(self.rows[0][at], self.still)
        row.taken = (self, at)
        return row


def lists_from_outside(recorder: Recorder, container: list) -> Outside:
    """Return what stands for a list of lists of numbers that are still as they were."""
    copies = {id(copy.made): copy for copy in recorder.copied.values()}
    known = [copies.get(id(made)) for made in (container, *container)]

    def still() -> bool:
        return all(
            len(copy.made) == len(copy.before) and all(map(operator.is_, copy.made, copy.before))
            for copy in known
        )

    if any(copy is None for copy in known) or not still() or len(set(map(len, container))) != 1:
        raise refuse("an item that only the run knows, of lists that change or differ in length")
    kinds = {(v.kind, v.dtype_name) if is_value(v) else None for row in container for v in row}
    if len(kinds) != 1 or None in kinds or next(iter(kinds))[0] != "python":
        raise refuse("an item that only the run knows, of items of different types")
    dtype = TO_NUMPY[next(iter(kinds))[1]]
    source = known[0].source.through(maker_of(dtype))
    return Outside(recorder.input(source, np.array(known[0].real, dtype), known=True), still)


@functools.cache
def maker_of(dtype: np.dtype) -> Callable[[list], np.ndarray]:
    return functools.partial(np.array, dtype=dtype)
