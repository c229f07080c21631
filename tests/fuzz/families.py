"""The kinds of random programs, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fuzz import (
    changes,
    control,
    elements,
    expressions,
    given,
    islands,
    objects,
    seams,
    segments,
    selection,
    sequences,
)
from fuzz.arrays import Arrays
from fuzz.changes import Changes
from fuzz.control import Control
from fuzz.elements import Elements
from fuzz.expressions import Expressions
from fuzz.islands import Islands
from fuzz.objects import Objects
from fuzz.rows import Rows
from fuzz.seams import Seams
from fuzz.segments import Segments
from fuzz.selection import Selection
from fuzz.sequences import Sequences


@dataclass(frozen=True)
class Family:
    """How programs are made of a seed, what they are called with, and how results compare."""

    program: Callable[[int], Any]
    kinds_of: Callable[[int], Any]
    prepare: Callable[[Any], list]
    modes: tuple[str, ...] = ("hybrid",)
    ulps: int = 0  # of the largest element, where functions are used that are not exact
    layout: bool = True  # whether the order of results in memory is compared
    errors: str = "ignore"  # what NumPy does about floating-point errors
    times: int = 1  # how often in a row a function is called with the same arguments
    contents: Callable[[Any], Any] = lambda value: value  # what of a value is compared

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
    "control": Family(Control, control.kinds, control.arguments, ("hybrid", "trace")),
    "objects": Family(
        Objects, objects.kinds, objects.arguments, layout=False, times=2, contents=objects.contents
    ),
    "sequences": Family(Sequences, sequences.kinds, sequences.arguments, times=2, layout=False),
    "selection": Family(Selection, selection.kinds, selection.arguments),
    "errors": Family(Arrays, given.calls, given.arguments, errors="warn"),
    "raising": Family(Arrays, given.calls, given.arguments, errors="raise"),
    "seams": Family(Seams, seams.kinds, seams.arguments),
    "elements": Family(Elements, elements.kinds, elements.arguments),
    "rows": Family(Rows, elements.kinds, elements.arguments),
    "segments": Family(Segments, segments.kinds, segments.arguments),
}
