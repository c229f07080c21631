"""The kinds of random programs, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fuzz import changes, expressions, given, islands
from fuzz.arrays import Arrays
from fuzz.changes import Changes
from fuzz.expressions import Expressions
from fuzz.islands import Islands


@dataclass(frozen=True)
class Family:
    """How programs are made of a seed, what they are called with, and how results compare."""

    program: Callable[[int], Any]
    kinds_of: Callable[[int], Any]
    prepare: Callable[[Any], list]
    modes: tuple[str, ...] = ("hybrid",)
    ulps: int = 0  # of the largest element, where functions are used that are not exact
    layout: bool = True  # whether the order of results in memory is compared

    def source(self, seed: int) -> str:
        return self.program(seed).source

    def kinds(self, seed: int) -> list:
        return list(self.kinds_of(seed))


FAMILIES = {
    "arrays": Family(Arrays, given.calls, given.arguments),
    "expressions": Family(
        Expressions, expressions.kinds, expressions.arguments, ("hybrid", "trace")
    ),
    "changes": Family(Changes, changes.kinds, changes.arguments),
    "islands": Family(Islands, islands.kinds, islands.arguments, ulps=64),
}
