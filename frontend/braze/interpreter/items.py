"""What gives items one by one while compiling: `zip`, `dict.items`, generators and the like."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from braze.errors import refuse
from braze.record.recorder import Recorder
from braze.record.slots import MISSING
from braze.record.value import OfValues


def size_of(container: Any) -> Any:
    """Return the size of what its iterators ask to stay as large as it is; None of others."""
    if isinstance(container, (dict, set)):
        return len(container)
    return container.ends() if isinstance(container, OfValues) else None


class Items:
    """What zip, dict.items, generators and the like give: to be iterated over, nothing else.

    `values` is called when the items are taken, and gives each when it is asked for: what they are
    made of may change until then. `rows` gives what a run-time loop takes instead, if it can
    (loops/rows.py). `parts` are what they are made of, used up with them.
    """

    def __init__(
        self,
        values: Callable[[], Iterable[Any]],
        once: bool = True,
        rows: Callable[[], Any] | None = None,
        parts: Iterable[Any] = (),
    ) -> None:
        self.values = values
        self.once = once
        self.rows = rows
        self.parts = [part for part in parts if isinstance(part, Items)]
        self.of: Any = None  # the dict that it is a view of
        # An iterator of a dict ends with an error once its size has changed.
        given = [part.of if isinstance(part, Items) and not part.once else part for part in parts]
        self.sizes = [(part, size_of(part)) for part in given if size_of(part) is not None]
        self.used = False
        self.home: tuple[Recorder, int] | None = None  # the branch or loop that made them

    def take(self) -> Iterator[Any]:
        """Return the items; those of an iterator only once."""
        self.check()
        self.used = True
        return iter(self.values())

    def check(self) -> None:
        """Refuse an iterator that is used twice, or may be in the rounds of a loop."""
        if self.used and self.once:
            raise refuse("an iterator that is used twice")
        if self.is_begun():
            raise refuse("the rest of an iterator of which items were taken")
        if self.once and self.home is not None and self.home[0].body != self.home[1]:
            raise refuse("an iterator from outside of a branch or loop")
        if any(size_of(part) != size for part, size in self.sizes):
            raise refuse("a dict, set or deque that changes its size while an iterator is at it")
        for part in self.parts:
            part.check()
        if len({id(part) for part in self.used_up()}) < len(self.used_up()):
            raise refuse("an iterator that is used twice")

    def is_begun(self) -> bool:
        """Tell whether `next` has taken items (loops/steps.py)."""
        slots = {} if self.home is None else self.home[0].storage.slots
        held = slots.get((id(self), "taken"))
        return held is not None and held.value is not MISSING

    def used_up(self) -> list["Items"]:
        """Return the iterators that give items to this one."""
        inner = [part for part in self.parts if part.once]
        return inner + [one for part in inner for one in part.used_up()]

    def spend(self, used: bool = True) -> None:
        """Note that the items have been taken, with those that they are made of."""
        self.used = used
        for part in self.parts:
            part.spend(used)
