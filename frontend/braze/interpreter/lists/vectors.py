"""Lists that are read, assigned, filled and emptied where only the run knows: arrays of the graph.

A list of the function's own is at first a list while compiling. Where that is not enough, what is
refused says which expression made the list, and the function is recorded again
(dispatch/recording.py) with a `Vector` in its place: an array for each number of an item, and how
many items there are. Names stay bound to one vector, so that two names of it see the same changes.
"""

import math
from collections import deque
from typing import Any

import numpy as np

from braze.arrays.arithmetic import python_number
from braze.arrays.registry import FUNCTIONS
from braze.errors import Unsupported, refuse
from braze.interpreter.lists import mixed
from braze.interpreter.lists.grown import ITEMS, ROOM, Grown, as_python, leaves_of
from braze.interpreter.lists.wishes import INTS, Wish
from braze.interpreter.loops.rows import Rows
from braze.interpreter.merge import rebuild, rebuilt, same_skeleton
from braze.record.either import pythons
from braze.record.slots import Kept
from braze.record.value import OfValues, Value, is_value

MORE = 1 << 18  # items beyond one for each element of an argument for which there may be room


def kinds_of(values: list[Value]) -> tuple:
    return tuple((value.kind, value.dtype_name) for value in values)


class Vector(OfValues):
    """What stands for a list of numbers, or of tuples of numbers."""

    def __init__(self, recorder: Any, site: tuple, wish: Wish, maxlen: Any) -> None:
        self.recorder = recorder
        self.site = site
        self.wish = wish
        self.maxlen = maxlen
        self.is_deque = False
        self.held = []  # no list that a loop at hand makes
        self.rows: list[Value] = []
        storage = recorder.storage
        self.filled = storage.slot(Kept, self, "filled")  # behind the last item
        self.head = storage.slot(Kept, self, "head")  # where the first item is
        self.filled.body = self.head.body = recorder.body
        self.set(self.filled, 0)
        self.set(self.head, 0)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.wish.item[1]]

    def set(self, slot: Kept, value: Any) -> None:
        slot.value = self.recorder.operand(value)

    def room(self, size: int) -> Any:
        """Return for how many items there is room.

        A search of a grid puts each of its elements on the list up to four times; where there are
        very many, that much room would cost more than a search that goes so far is worth.
        """
        if self.maxlen is not None:
            return self.maxlen
        elements: Any = 0
        for value in self.recorder.seen.values():
            if isinstance(value, Value) and value.is_array and value.dims:
                elements = elements + math.prod(value.dims)
        more = elements * 3
        more = min(more, MORE) if isinstance(more, int) else more.minimum(MORE)
        return Value.of_size(self.recorder, elements + more + ROOM) + size

    def ask(self, grows: bool, item: tuple | None = None) -> Unsupported:
        """Return the refusal that asks for a vector that can do more."""
        error = refuse("a list of items of different types")
        error.vector = (self.site, Wish(grows, item))
        return error

    def check_typed(self) -> None:
        if self.wish.item is None:
            error = refuse("an item of a list that is empty here")
            error.vector = (self.site, Wish(True, INTS, True))
            raise error

    # Length and items

    def count(self) -> Any:
        """Return how many items there are."""
        filled, head = self.filled.value, self.head.value
        with self.recorder.risks.sure():
            return filled if is_zero(head) else filled - head

    def ends(self) -> Any:
        """Return where the items of a deque begin and end."""
        return (id(self.filled.value), id(self.head.value)) if self.is_deque else None

    def at(self, key: Any) -> Any:
        """Return where an item stands in the arrays; out of range the call is left to Python."""
        return self.inside(key) if self.wish.grows else key

    def inside(self, key: Any) -> Any:
        """The same where the arrays are longer than the list."""
        recorder, count = self.recorder, self.count()
        if is_value(key):
            below = recorder.add("less", [key, recorder.operand(0)])
            key = recorder.add("where", [below, recorder.operand(key + count), key])
        elif key < 0:
            key = count + key
        key = recorder.operand(key)
        wrong = [recorder.add("less", [key, recorder.operand(0)]),
                 recorder.add("less_equal", [recorder.operand(count), key])]  # fmt: skip
        return self.place(recorder.checked(key, recorder.add("logical_or", wrong)))

    def place(self, k: Any) -> Any:
        """Return where the item `k` behind the first stands, which is there for certain."""
        head = self.head.value
        with self.recorder.risks.sure():
            at = k if is_zero(head) else head + k
            return at if self.maxlen is None else at % self.maxlen

    def item(self, key: Any) -> Any:
        self.check_typed()
        if isinstance(key, slice):
            return self.part(key)
        return self.read(self.at(key))

    def read(self, at: Any) -> Any:
        skeleton, kinds = self.wish.item
        leaves = [
            as_python(r[at]) if kind == "python" else r[at]
            for (kind, _), r in zip(kinds, self.rows, strict=True)
        ]
        return rebuild(skeleton, leaves)

    def sure(self, at: Any) -> Any:
        """Return an item that is there for certain."""
        with self.recorder.risks.sure():
            return self.read(at)

    def part(self, key: slice) -> Grown:
        """Return a slice, as a list that does not change."""
        if not is_zero(self.head.value) or self.is_deque:
            raise refuse("a slice of a list from which items were taken")
        return self.as_grown([rows[key] for rows in self.present()])

    def present(self) -> list[Value]:
        """Return the arrays of the items that there are."""
        self.check_typed()
        if not self.wish.grows:
            return self.rows
        if self.maxlen is not None:
            raise refuse("a deque with a length as a whole")
        return [rows[self.head.value : self.filled.value] for rows in self.rows]

    def as_grown(self, rows: list[Value]) -> Grown:
        copies = [FUNCTIONS[np.copy](self.recorder, r) for r in rows]
        skeleton, kinds = self.wish.item
        return Grown(None, [], skeleton, [kind for kind, _ in kinds], copies, [], 1, None)

    def put(self, session: Any, key: Any, item: Any) -> None:
        """Assign to an item."""
        values = self.fitting(session, item)
        at = self.at(key)
        for rows, value in zip(self.rows, values, strict=True):
            rows[at] = value

    def fitting(self, session: Any, item: Any) -> list[Value]:
        """Return the leaves of an item, which must be like the others."""
        skeleton, values = leaves_of(session, item)
        kinds = kinds_of(values)
        if any(value.is_array for value in values):
            raise refuse("a list of arrays that changes where only the run knows how")
        item = (skeleton, kinds)
        if self.wish.item is None or (self.wish.guessed and self.wish.item != item):
            raise self.ask(True, item)
        if self.wish.item == mixed.MIXED and mixed.is_number(item):
            return mixed.parts_of(item, values)
        if not same_skeleton(self.wish.item[0], skeleton) or self.wish.item[1] != kinds:
            if mixed.is_number(item) and mixed.is_number(self.wish.item):
                raise self.ask(self.wish.grows, mixed.MIXED)
            raise refuse("a list of items of different types")
        return values

    def as_rows(self) -> Rows:
        """Return the items for a loop over them, which must not change the list's length."""
        self.check_typed()
        if not self.wish.grows:
            return Rows(self.rows[0].dims[0], self.sure)
        return Rows(None, lambda k: self.sure(self.place(k)), self.count(), (self,))

    def as_array(self) -> Value:
        return self.as_grown(self.present()).as_array()

    def made(self) -> tuple[Any, list[Value]]:
        """Return the function that makes the list, and the arrays that it makes it of."""
        self.check_typed()
        skeleton, kinds = self.wish.item
        whole, longest = (deque if self.is_deque else list), self.maxlen
        if longest is not None or is_value(longest):
            raise refuse("a deque with a length as a result")

        def items(*arrays: Any) -> Any:
            columns = [ITEMS[kind](a) for (kind, _), a in zip(kinds, arrays, strict=True)]
            return whole(rebuilt(skeleton, columns))

        return items, [FUNCTIONS[np.copy](self.recorder, rows) for rows in self.present()]

    def check_steady(self) -> None:
        """Refuse a change of the items while a loop goes over them."""
        if any(self is one for one in self.recorder.iterated) or self.maxlen is not None:
            raise refuse("a list that changes while a loop goes over it")

    def check_method(self, name: str) -> None:
        """Refuse methods that such a list does not have while compiling."""

    # Changes of the length

    def grow(self) -> None:
        if not self.wish.grows:
            raise self.ask(True)
        if any(self is one for one in self.recorder.iterated):
            raise refuse("a list that changes its length while a loop goes over it")

    def append(self, session: Any, item: Any) -> None:
        self.grow()
        values = self.fitting(session, item)
        recorder, filled = self.recorder, self.filled.value
        at: Any = filled
        if self.maxlen is not None:
            with recorder.risks.sure():
                full = recorder.add("less_equal", [recorder.operand(self.maxlen), self.count()])
                session.assign(self.head, self.head.value + python_number(full, "i64"))
                at = filled % self.maxlen
        for rows, value in zip(self.rows, values, strict=True):
            rows[at] = value
        with recorder.risks.sure():
            session.assign(self.filled, filled + 1)

    def pop(self, session: Any, key: Any = -1) -> Any:
        """Take the last item, or the first."""
        self.grow()
        self.check_typed()
        recorder, count = self.recorder, self.count()
        if type(key) is not int or key not in (0, -1):
            raise refuse("an item that is taken out of the middle of a list")
        empty = recorder.add("less", [count, recorder.operand(1)])
        if key == 0:
            at = recorder.checked(self.head.value, empty)
            session.assign(self.head, at + 1)
        else:
            at = recorder.checked(self.filled.value - 1, empty)
            session.assign(self.filled, at)
        with recorder.risks.sure():
            return self.read(at if self.maxlen is None else at % self.maxlen)

    def clear(self, session: Any) -> None:
        self.grow()
        session.assign(self.head, self.filled.value)


def is_zero(value: Any) -> bool:
    return is_value(value) and value.constant == 0


def is_end(key: Any) -> bool:
    return type(key) is int and key in (0, -1)


# Methods of lists that are loops over their items.
CHANGED_BY_LOOPS = ("sort", "reverse", "index", "count", "insert", "remove", "pop")


class VectorMethod:
    """A method of a vector."""

    def __init__(self, session: Any, of: Vector, name: str) -> None:
        self.session = session
        self.of = of
        self.name = name

    def __call__(self, frame: Any, *args: Any, **kwargs: Any) -> Any:
        of, session = self.of, self.session
        of.check_method(self.name)
        if kwargs and self.name != "sort":
            raise TypeError(f"{self.name}() takes no keyword arguments")
        inside = self.name == "pop" and args and not is_end(args[0])
        if self.name == "pop" and not (args and of.is_deque) and not inside:
            return of.pop(session, *args)
        if self.name == "popleft" and of.is_deque and not args:
            return of.pop(session, 0)
        if self.name == "clear" and not args:
            return of.clear(session)
        if self.name == "append" and len(args) == 1:
            return of.append(session, args[0])
        if self.name == "extend" and len(args) == 1:
            from braze.interpreter.flow import static_items

            for item in static_items(frame, args[0]):
                of.append(session, item)
            return None
        if self.name == "copy" and not args and not of.is_deque:
            return of.as_grown(of.present())
        if self.name in CHANGED_BY_LOOPS and not of.is_deque:
            from braze.interpreter.lists.methods import METHODS

            return METHODS[self.name](frame, of, *args, **kwargs)
        raise refuse(f"the method {self.name} of a list that is used where only the run knows how")


def contains(made: Any, item: Any) -> Value:
    """Record ``item in list`` for numbers in a vector, or in a list that a loop has made."""
    of_run = isinstance(made, Vector)
    rows = made.present() if of_run else made.rows
    if not of_run:
        made.check_closed()
    skeleton = made.wish.item[0] if of_run else made.skeleton
    value = made.recorder.operand(item)
    if skeleton != 0 or value.is_array or "array" in made.kinds:
        raise refuse("the operator `in` on a list of tuples or arrays")
    if value.dtype_name.startswith("f"):  # a NaN equals itself only if it is the same object
        made.recorder.assume_false(made.recorder.add("not_equal", [value, value]))
    return pythons(np.equal(rows[0], value).any())
