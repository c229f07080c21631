"""Long lists of numbers among the arguments: arrays, which each call makes of them.

An input for each item would take a guard for each, and loops would be written out. What an array
cannot do (a change of the length, an item of another type) is refused, and the function is recorded
again with the items one by one.
"""

from typing import Any

import numpy as np

from braze.arrays.registry import FUNCTIONS
from braze.errors import Unsupported, refuse
from braze.interpreter.lists.nested import Row, Table
from braze.interpreter.lists.tables import maker_of
from braze.interpreter.lists.wishes import Wish
from braze.record.recorder import Recorder
from braze.record.sources import Source

LONG = 32  # numbers in a list that becomes an array
DTYPES = {int: np.dtype("i8"), float: np.dtype("f8"), bool: np.dtype("?")}
CHANGING = ("sort", "reverse", "insert", "remove", "pop", "append", "extend", "clear")


def form_of(made: Any) -> tuple | None:
    """Return the type of the numbers in a list, its shape, and the type of its items.

    None if they are not all of one type, or lists or tuples of them of one length.
    """
    if type(made) is not list or not made:
        return None
    kinds = set(map(type, made))
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind in DTYPES:
        return (kind, (len(made),), None)
    if kind not in (list, tuple):
        return None
    lengths = set(map(len, made))
    inside = set().union(*(map(type, row) for row in made))
    if len(lengths) != 1 or len(inside) != 1 or not inside <= DTYPES.keys():
        return None
    return (inside.pop(), (len(made), lengths.pop()), kind)


def lift(recorder: Recorder, source: Source, value: list) -> Any:
    """Return what stands for a long list of numbers; None for others."""
    if source.steps or source.root[0] != "arg" or not recorder.listed.wanted:
        return None
    recorder.listed.found(value)
    form = form_of(value) if len(value) * 4 >= LONG else None
    if form is None or np.prod(form[1]) < LONG:
        return None
    kind, _, rows = form
    if any(is_read(recorder, one) for one in ([value, *value] if rows is list else [value])):
        return None
    key = source.key()
    changes = key in recorder.listed.changing
    if changes and rows is list and not are_apart(value):
        return None
    try:
        array = np.array(value, DTYPES[kind])
    except OverflowError:
        return None
    recorder.listed.used = True
    recorder.guard(source.through(form_of), "value", form)
    given = recorder.input(source.through(maker_of(array.dtype)), array, known=True)
    if rows is None:
        made: Any = GivenList(given, source, changes)
    elif rows is tuple:
        made = GivenTuples(given)
    else:
        made = GivenLists(given, source, changes)
        if changes:
            recorder.guard(source.through(are_apart), "value", True)
        for i, row in enumerate(value):
            recorder.listed.rows.add(id(row))
            note(recorder, source.item(i), row)
    note(recorder, source, value)
    recorder.given[id(made)] = (made, source, value)
    recorder.listed.made[id(value)] = (value, made, source)
    return made


def are_apart(made: list) -> bool:
    """Tell whether no item of a list is in it twice."""
    return len(set(map(id, made))) == len(made)


def is_read(recorder: Recorder, real: list) -> bool:
    """Tell whether something stands for a list already."""
    return id(real) in recorder.copied or id(real) in recorder.listed


def note(recorder: Recorder, source: Source, real: list) -> None:
    """Have lists that change told apart from this one."""
    recorder.origins[id(real)] = (real, source)
    recorder.owners.append(real)


def changed(source: Source | None = None) -> Unsupported:
    """Return the refusal of a change; of a list at `source`, which may be recorded with it."""
    error = refuse("a change of a list from outside that is read as an array")
    if source is not None:
        error.changed_list = source.key()
    return error


class GivenRow(Row):
    """A list of numbers in a list from outside."""

    def put(self, session: Any, key: Any, item: Any) -> None:
        of = self.taken[0] if self.taken is not None else None
        if not isinstance(of, GivenLists) or not of.changes:
            raise changed(of.source if isinstance(of, GivenLists) else None)
        Row.put(self, session, key, item)

    def check_method(self, name: str) -> None:
        if name in CHANGING:
            raise changed()

    def made(self) -> tuple[Any, list]:
        raise refuse("a list in a list from outside as a result")


class GivenList(GivenRow):
    """A list of numbers from outside, whose items may change."""

    def __init__(self, array: Any, source: Source, changes: bool) -> None:
        super().__init__(FUNCTIONS[np.copy](array.recorder, array) if changes else array)
        self.source = source
        self.changes = changes

    def put(self, session: Any, key: Any, item: Any) -> None:
        if not self.changes:
            raise changed(self.source)
        Row.put(self, session, key, item)

    def ask(self, grows: bool, item: tuple | None = None) -> Unsupported:
        return changed()


class GivenLists(Table):
    """A list of lists of numbers from outside, whose numbers may change."""

    def __init__(self, array: Any, source: Source, changes: bool) -> None:
        super().__init__(FUNCTIONS[np.copy](array.recorder, array) if changes else array)
        self.source = source
        self.changes = changes

    def read(self, at: Any) -> Row:
        row = GivenRow(self.rows[0][at])
        row.taken = (self, at)
        return row


class GivenTuples(GivenRow):
    """A list of tuples of numbers from outside."""

    def __init__(self, array: Any) -> None:
        count = array.dims[1]
        super().__init__(array[:, 0])
        self.rows = [array[:, k] for k in range(count)]
        kinds = (("python", array.dtype_name),) * count
        self.wish = Wish(False, (tuple(range(count)), kinds))


def written(recorder: Recorder) -> list[tuple[Any, Source, Any, Any]]:
    """Return the lists that change: the object, the way to it, how it is filled, and with what."""
    changing = [
        entry
        for entry in recorder.listed.made.values()
        if isinstance(entry[1], (GivenList, GivenLists)) and entry[1].changes
    ]
    tables = [entry for entry in changing if isinstance(entry[1], GivenLists)]
    if tables and len(recorder.owners) > 1 + len(tables[0][0]):
        raise refuse("a list of lists from outside that changes, beside other objects")
    return [
        (real, source, replace_rows, Table(*made.rows))
        if isinstance(made, GivenLists)
        else (real, source, replace_items, items_of(recorder, made))
        for real, made, source in changing
    ]


def items_of(recorder: Recorder, made: GivenList) -> Any:
    """Return the items of a list at the end, as a list of its own."""
    return made.as_grown(made.rows)


def replace_items(owner: list, items: list) -> None:
    owner[:] = items


def replace_rows(owner: list, rows: list) -> None:
    for row, items in zip(owner, rows, strict=True):
        row[:] = items
