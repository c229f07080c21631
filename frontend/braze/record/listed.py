"""Lists among the arguments that stand as arrays (interpreter/lists/given.py)."""

from dataclasses import dataclass, field
from typing import Any

from braze.errors import refuse


@dataclass(eq=False, repr=False)
class Listed:
    """What a recording knows of them."""

    wanted: bool = False  # whether there may be any
    used: bool = False  # whether there are
    # By identity: the list, what stands for it, and the way to it; and the lists in these.
    made: dict[int, tuple[Any, Any, Any]] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    changing: frozenset[tuple] = frozenset()  # the ways to those whose items change

    def found(self, real: Any) -> tuple[Any, Any, Any] | None:
        """Return what is known of a list; one that is an item of another is refused."""
        if id(real) in self.rows:
            raise refuse("a list from outside that another one holds")
        return self.made.get(id(real))

    def __contains__(self, key: int) -> bool:
        return key in self.made or key in self.rows

    def clear(self) -> None:
        """Forget the caller's lists."""
        self.made.clear()
        self.rows.clear()
