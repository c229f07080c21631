"""Lists to which run-time loops append: arrays of the graph, with a row for each item.

Such a list must be a name of the function alone. If the loop appends in every round, the round says
which row is next; else a number is carried that counts, and the rows behind it are cut off at the
end. What else is asked of the list while the loop runs is refused, and so are changes of arrays
that are its items, since an array's row is a copy.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from braze.arrays import joining, makers, shapes
from braze.arrays.arithmetic import python_number
from braze.errors import refuse
from braze.interpreter.frame import Frame, Session
from braze.interpreter.lists.wishes import candidate, wanting
from braze.interpreter.loops.rows import Rows
from braze.interpreter.loops.trips import check_room
from braze.interpreter.merge import Leaves, MixedAt, rebuild, rebuilt, same_skeleton
from braze.record.either import bare, is_either, pythons
from braze.record.records import attributes_of
from braze.record.slots import MISSING, Kept
from braze.record.storage import origin
from braze.record.value import TO_NUMPY, OfValues, Value, is_value

REFUSED = "a change of a list from outside or in a branch"


@dataclass(eq=False, repr=False)
class Growth:
    """What one loop appends, in the round that is interpreted."""

    body: int = -1
    index: Callable[[], Any] | None = None  # gives how many rounds came before; None: some
    found: dict[int, tuple[list, list[Any]]] = field(default_factory=dict)
    sometimes: bool = False  # whether not every round appends

    def begin(self, frame: Frame, node: ast.AST, body: int, index: Callable | None) -> None:
        """Start to interpret the body (again)."""
        self.body, self.index = body, index
        self.found, self.sometimes = {}, index is None
        for grown in grown_by(frame, node):
            grown.growth, grown.done, grown.latest = self, 0, None


@dataclass
class Grown(OfValues):
    """What stands for a list that a loop appends to."""

    node: ast.AST | None  # the loop, until it is over
    held: list  # for which it stands
    skeleton: Any  # of an item
    kinds: list[str]  # of the leaves of an item
    rows: list[Value]  # their arrays
    given: list[list[Value]]  # the leaves of the items before the loop
    each: int  # items that a round appends
    filled: Kept | None  # how many items there are, where no round says it
    exact: bool = True  # whether arrays in it are nobody else's
    # The kinds of the leaves of the items before the loop, if they are others: Python's or NumPy's.
    before: list[list[str]] = field(default_factory=list)
    growth: Growth | None = None
    done: int = 0
    number: Any = None  # how many items there are, if rounds did not append alike
    latest: Any = None  # the item appended last, and the body in which that was

    @property
    def recorder(self) -> Any:
        return self.rows[0].recorder

    def append(self, session: Session, item: Any) -> None:
        """Append an item, in the loop."""
        growth, body = self.growth, session.recorder.body
        if growth is None or session.growth is not growth:
            raise wanting(refuse(REFUSED), session.recorder, self.held, True)
        if self.filled is None and body != growth.body:
            raise wanting(refuse(REFUSED), session.recorder, self.held, True)
        skeleton, values = leaves_of(session, item)
        if self.done == self.each or not self.fits(skeleton, values):
            raise refuse("a list of items of different types")
        self.exact &= take(session, values)
        self.store(self.next(session), values)
        self.done += 1
        self.latest = item, body

    def next(self, session: Session) -> Any:
        """Return the row of an item to come."""
        if self.filled is not None:
            now = self.filled.value
            session.assign(self.filled, now + 1)
            return now
        rounds = self.growth.index()
        index = rounds if self.each == 1 else rounds * self.each
        place = len(self.given) + self.done
        return index + place if place else index

    def fits(self, skeleton: Any, values: list[Value], kinds: list[str] | None = None) -> bool:
        if not same_skeleton(self.skeleton, skeleton):
            return False
        found = [(value.kind, value.dtype_name, tuple(value.dims)) for value in values]
        rows = zip(kinds or self.kinds, self.rows, strict=True)
        own = [(kind, r.dtype_name, tuple(r.dims[1:])) for kind, r in rows]
        return found == own

    def take_first(self, skeleton: Any, values: list[Value]) -> None:
        """Take an item that is there before the loop; it may be of the other kind of numbers."""
        kinds = [value.kind for value in values]
        numbers = "array" not in kinds and "array" not in self.kinds
        if not self.fits(skeleton, values, kinds if numbers else None):
            raise refuse("a list of items of different types")
        self.before.append(kinds)
        self.given.append(values)

    def store(self, index: Any, values: list[Value]) -> None:
        from braze.arrays.indexing import setitem

        for rows, value in zip(self.rows, values, strict=True):
            setitem(rows, index, value)

    def begin(self) -> None:
        """Put the items in their places that are there before the loop."""
        if self.filled is not None:
            number = self.recorder.operand(len(self.given))
            self.recorder.storage.assign(self.filled, number)
        for i, parts in enumerate(self.given):
            self.store(i, parts)

    def check_closed(self) -> None:
        if self.growth is not None:
            raise refuse("a list that a loop appends to and reads")

    # Reading, when the loop is over

    def __len__(self) -> int:
        raise refuse("the length of a list that a loop has made, where Python needs it")

    def count(self) -> Any:
        """Return the number of items."""
        self.check_closed()
        return Value.of_size(self.recorder, self.rows[0].dims[0])

    def as_array(self) -> Value:
        """Return what numpy.array makes of the list."""
        self.check_closed()
        if self.skeleton != 0 or self.kinds == ["array"] or self.rows[0].dtype_name != "f64":
            self.check_filled()
        if self.skeleton == 0:
            return shapes.copy(self.rows[0], "C")
        flat = tuple(range(len(self.rows)))
        if self.skeleton != flat or any(len(rows.dims) > 1 for rows in self.rows):
            raise refuse("an array of nested items that a loop has made")
        return joining.stack(self.recorder, self.rows, 1)

    def check_filled(self) -> None:
        """Have a check say that there are items: NumPy takes none for floats, in one axis."""
        size = self.rows[0].dims[0]
        if not (size > 0 if isinstance(size, int) else self.recorder.decide("nonzero", size)):
            raise refuse("an array of an empty list")

    def item(self, index: Any) -> Any:
        """Return an item, if it is made of numbers; while the list grows, the latest one."""
        if self.latest is not None and index == -1 and self.recorder.in_scope(self.latest[1]):
            return self.latest[0]
        self.check_closed()
        if isinstance(index, slice):
            return self.part(index)
        if any(kinds != self.kinds for kinds in self.before):
            raise refuse("an item of a list of Python's and NumPy's numbers")
        if "array" in self.kinds:
            raise refuse("an array out of a list that a loop has made", "use numpy.array of it")
        made = [self.leaf(k, rows, index) for k, rows in zip(self.kinds, self.rows, strict=True)]
        return rebuild(self.skeleton, made)

    def leaf(self, kind: str, rows: Value, index: Any) -> Value:
        item = rows[index]
        return as_python(item) if kind == "python" else item

    def part(self, key: slice) -> "Grown":
        """Return a slice, a list of its own."""
        if self.before or "array" in self.kinds:
            raise refuse("a slice of a list of arrays, or of Python's and NumPy's numbers")
        rows = [shapes.copy(r[key], "C") for r in self.rows]
        return Grown(None, [], self.skeleton, self.kinds, rows, [], 1, None)

    def picked(self, order: Value) -> "Grown":
        """Return the list of the items at these places."""
        self.check_closed()
        if self.before:
            raise refuse("a list of Python's and NumPy's numbers in another order")
        rows = [r[order] for r in self.rows]
        exact = self.exact and "array" not in self.kinds
        return Grown(None, [], self.skeleton, self.kinds, rows, [], 1, None, exact)

    def as_rows(self) -> Rows:
        """Return the items for a loop over them."""
        self.check_closed()
        return Rows(self.rows[0].dims[0], self.item)

    def made(self) -> Callable:
        """Return the function that makes the list of its arrays."""
        self.check_closed()
        if not self.exact:
            raise refuse("returning a list of arrays that are others, too")
        kinds, skeleton = tuple(self.kinds), self.skeleton
        before = list(self.before)

        def items(*arrays: Any) -> list:
            columns = [ITEMS[kind](array) for kind, array in zip(kinds, arrays, strict=True)]
            for i, first in enumerate(before):
                for column, array, kind in zip(columns, arrays, first, strict=True):
                    column[i] = ITEMS[kind](array[i : i + 1])[0]
            return rebuilt(skeleton, columns)

        return items


def as_python(number: Value) -> Value:
    """Return the Python number that a scalar of its dtype is."""
    return (
        pythons(number) if number.dtype_name == "b1" else python_number(number, number.dtype_name)
    )


ITEMS = {
    "python": lambda array: array.tolist(),
    "scalar": list,
    "array": lambda array: [row.copy() for row in array],
}


class Append:
    """The method `append` of a list."""

    def __init__(self, session: Session, of: Any) -> None:
        self.session = session
        self.of = of
        candidate(session.recorder, of)

    def __call__(self, frame: Frame, item: Any) -> None:
        session, growth = self.session, self.session.growth
        if isinstance(self.of, Grown):
            self.of.append(session, item)
        elif growth is None:
            raise wanting(refuse(REFUSED), session.recorder, self.of, True)
        else:
            growth.sometimes |= growth.body != session.recorder.body
            found = growth.found.setdefault(id(self.of), (self.of, []))
            found[1].append((*leaves_of(session, item), item))


class ItemLeaves(Leaves):
    """The values in an item of a list."""

    def take(self, frame: Frame, item: Any) -> Any:
        if is_either(item) and item.either.types == (int, float):
            self.values += [bare(item), item.either.flag]
            return MixedAt(len(self.values) - 2, len(self.values) - 1)
        return super().take(frame, item)


def leaves_of(session: Session, item: Any) -> tuple[Any, list[Value]]:
    leaves = ItemLeaves()
    skeleton = leaves.take(session.stack[-1], item)
    if not leaves.values or any(map(is_either, leaves.values)):
        raise refuse("a list of such items")
    return skeleton, leaves.values


def take(session: Session, values: list[Value]) -> bool:
    """Have arrays that become items not change from now on; tell whether nothing else is them."""
    own = True
    for value in values:
        if value.is_array:
            root = origin(value)
            mine = value.fresh and root is value and not root.shared
            if not mine and not root.shared:
                raise refuse("a list of arrays that may change, or show others")
            own &= mine and value.in_c_order or (mine and len(value.dims) < 2)
            root.shared = True
            session.listed.append(root)
    return own


def grown_by(frame: Frame, node: ast.AST) -> list[Grown]:
    return [v for v in frame.names.values() if isinstance(v, Grown) and v.node is node]


def item_of(session: Session, held: list, key: Any) -> Any:
    """Return an item of a list to which the loop at hand has appended, or may yet."""
    found = session.growth.found.get(id(held)) if session.growth is not None else None
    if found is None:
        return held[key]
    if key != -1:
        error = refuse("a list that a loop appends to and reads")
        raise wanting(error, session.recorder, held, True)
    return found[1][-1][-1]


def close(frame: Frame, node: ast.AST) -> None:
    """Let the lists be read that a loop has appended to."""
    for grown in grown_by(frame, node):
        if grown.growth is not None and grown.done != grown.each:
            raise refuse("a list to which a loop does not append in each round")
        if grown.growth is not None and grown.filled is not None:
            grown.number = grown.filled.value
            grown.rows = [rows[: grown.number] for rows in grown.rows]
            frame.recorder.storage.assign(grown.filled, MISSING)
        grown.growth = grown.latest = grown.node = None  # the loop may be run again, written out


def hidden_name(held: list) -> str:
    """Return the name of a list that has none: of what is appended to one from outside."""
    return f"$appended{id(held)}"


def convert(frame: Frame, node: ast.AST, growth: Growth, trips: Any) -> dict[str, Grown]:
    """Return what is to stand for the lists that a loop appends to, by name."""
    made = {}
    for held, items in growth.found.values():
        names = [n for n, value in frame.names.items() if value is held]
        if any(held is entry.made for entry in frame.recorder.appended.values()):
            names = [hidden_name(held)] if frame is frame.session.stack[0] else []
        candidate(frame.recorder, held)
        if not names or held_elsewhere(frame, held):
            raise wanting(refuse(REFUSED), frame.recorder, held, True)
        grown = grown_of(frame, node, held, items, trips, growth.sometimes)
        made |= dict.fromkeys(names, grown)
    return made


def grown_of(
    frame: Frame, node: ast.AST, held: list, items: list, trips: Any, counted: bool
) -> Grown:
    skeleton, values, _ = items[0]
    if trips is ROOM and any(value.is_array for value in values):
        raise refuse("a list of arrays to which a `while` loop appends")
    if counted:
        check_room(frame, trips)
    size = trips if len(items) == 1 else trips * len(items)
    size = size + len(held) if held else size
    rows = []
    for value in values:
        shape = (size, *(Value.of_size(frame.recorder, d) for d in value.dims))
        made = makers.zeros(frame.recorder, shape, TO_NUMPY[value.dtype_name])
        if tuple(made.dims[1:]) != tuple(value.dims):
            raise refuse("a list of arrays whose sizes only the loop knows")
        rows.append(made)
    kinds = [value.kind for value in values]
    filled = frame.recorder.storage.slot(Kept, held, "filled") if counted else None
    grown = Grown(node, held, skeleton, kinds, rows, [], len(items), filled)
    for item in held:
        before, parts = leaves_of(frame.session, item)
        grown.take_first(before, parts)
        for part in parts:
            if part.is_array:
                origin(part).shared, grown.exact = True, False
    return grown


ROOM = 1 << 13  # numbers that a `while` loop may append; the plain function appends more


def held_elsewhere(frame: Frame, held: list) -> bool:
    """Tell whether anything but this function's names holds a list."""
    session = frame.session
    frames = {id(f): f for f in (*session.stack, *session.kept)}.values()
    spaces: list[Any] = [list(f.names.values()) for f in frames if f is not frame]
    spaces += [made for made, _ in session.owned.values() if isinstance(made, (list, dict))]
    spaces += [copy.made for copy in session.recorder.copied.values()]
    spaces += [[slot.value for slot in session.recorder.storage.slots.values()]]
    spaces += [v for v in frame.names.values() if isinstance(v, (tuple, list, dict))]
    spaces += map(attributes_of, session.recorder.records.values())

    def holds(space: Any) -> bool:
        items = space.values() if isinstance(space, dict) else space
        return any(
            part is held or (isinstance(part, tuple) and not is_value(part) and holds(part))
            for part in items
        )

    return any(map(holds, spaces))


def check_items(lists: list[Grown], results: list[Value]) -> None:
    """Refuse results of which one may be an item of another, a list that a loop has made."""
    own = {id(rows) for grown in lists for rows in grown.rows}
    arrays = any("array" in grown.kinds for grown in lists)
    if arrays and any(v.is_array and origin(v).shared for v in results if id(v) not in own):
        raise refuse("returning an array that may be an item of a list, too")
    if len(lists) != len({id(grown) for grown in lists}):
        raise refuse("returning the same list twice")
    roots = [origin(rows) for grown in lists for rows in grown.rows]
    if len(roots) != len({id(root) for root in roots}):
        raise refuse("returning a list and one in it")
