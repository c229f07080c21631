"""What loops over arrays take at each step: rows, with a count or beside those of other arrays."""

from collections.abc import Callable
from typing import Any

from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.record.value import Value, is_value


class Rows:
    """As many items as an array has rows, or as a `number` of the graph says.

    They are `of` lists whose length must not change while a loop takes their items.
    """

    def __init__(
        self, size: Any, item: Callable[[Any], Any], number: Any = None, of: tuple = ()
    ) -> None:
        self.size = size
        self.item = item
        self.number = number
        self.of = of
        self.made_of: Value | None = None  # an array of which they were all made at once

    def __getitem__(self, k: Any) -> Any:
        return self.item(k)

    def count(self, frame: Frame) -> Any:
        """Return the number of items as a Python int."""
        return Value.of_size(frame.recorder, self.size) if self.number is None else self.number


def rows_of(items: Any) -> Rows | None:
    """Return the items that a run-time loop can take; None for others."""
    if isinstance(items, Items):
        if items.rows is None:
            return None
        items.check()
        return items.rows()
    if is_value(items) and items.dims:
        return Rows(items.dims[0], lambda k: row_of(items, k))
    if hasattr(items, "as_rows"):  # a list that a loop has made (lists/grown.py)
        return items.as_rows()
    return None


def row_of(array: Value, k: Any) -> Value:
    """Return a row that is there for certain, so that nobody need look."""
    with array.recorder.risks.sure():
        return array[k]


def enumerated(items: Any, start: Any) -> Rows | None:
    """Return the rows of ``enumerate(items, start)``."""
    rows = rows_of(items)
    if rows is None:
        return None
    return Rows(rows.size, lambda k: (start + k, rows[k]), rows.number, rows.of)


def zipped(frame: Frame, sequences: tuple) -> Rows | None:
    """Return the rows of ``zip(*sequences)`` for sequences of one length."""
    parts = [rows_of(s) for s in sequences]
    if not parts or any(part is None or part.number is not None for part in parts):
        return None
    size = parts[0].size
    for part in parts[1:]:
        known = isinstance(size, int) and isinstance(part.size, int)
        if part.size != size and (known or not frame.recorder.decide("zero", part.size - size)):
            return None
    of = tuple(one for part in parts for one in part.of)
    return Rows(size, lambda k: tuple(part[k] for part in parts), None, of)


def backwards(items: Any) -> Rows | None:
    """Return the rows of ``reversed(items)``."""
    return rows_of(items[::-1]) if is_value(items) and items.dims else None
