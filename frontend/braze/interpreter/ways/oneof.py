"""Values of which only the run knows which of several they are, or whether they are there at all.

``return None`` on one way and ``return i, j`` on the other give a `OneOf`: an int of the graph that
says which, and what it is in each case. `is None`, `==` and truth ask the int; where a value itself
is needed, the one that is no plain object is taken, under a check.
"""

from collections.abc import Callable
from typing import Any

from braze.errors import refuse
from braze.interpreter.frame import Unbound
from braze.record.value import OfValues, Value, any_value, is_value


class OneOf(OfValues):
    """One of several values, of different types or known while compiling."""

    def __init__(self, which: Value, items: tuple) -> None:
        self.which = which
        self.items = items
        self.held = []  # no list that a loop at hand makes

    @property
    def recorder(self) -> Any:
        return self.which.recorder

    @property
    def holds(self) -> tuple:
        return self.items

    def is_at(self, places: list[int]) -> Any:
        """Return whether it is one of the values in these places: plain, or of the graph."""
        if len(places) in (0, len(self.items)):
            return bool(places)
        recorder, result = self.recorder, None
        for k in places:
            one = recorder.add("equal", [self.which, recorder.operand(k)])
            result = one if result is None else recorder.add("logical_or", [result, one])
        return result

    def asked(self, question: Callable[[Any], Any]) -> Any:
        """Return the answer to a question about the value: plain, or a bool of the graph."""
        recorder, answers = self.recorder, [question(item) for item in self.items]
        sure = [k for k, answer in enumerate(answers) if answer is True]
        result = self.is_at(sure)
        for k, answer in enumerate(answers):
            if is_value(answer):
                here = recorder.add("logical_and", [self.is_at([k]), answer])
                result = here if result is False else recorder.add("logical_or", [result, here])
        return result

    def taken(self) -> Any:
        """Return the only value that operators know; if it is another, the call is Python's."""
        places = [k for k, item in enumerate(self.items) if any_value(item) or is_number(item)]
        if len(places) != 1:
            kinds = " or ".join(map(repr, self.items))
            raise refuse(
                f"a value that is {kinds}, as a condition decides",
                "give both ways of the `if` the same type and shape",
            )
        recorder = self.recorder
        here = self.is_at(places)
        recorder.assume_false(recorder.add("logical_not", [here]))
        return self.items[places[0]]

    def as_operand(self, recorder: Any) -> Any:
        return recorder.operand(self.taken())


def is_number(item: Any) -> bool:
    return type(item) in (bool, int, float)


def taken(value: Any) -> Any:
    """Return what an operator, an index or an unpacking takes of a value."""
    return value.taken() if isinstance(value, OneOf) else value


class Sometimes(Unbound):
    """What a name holds that only some ways to here have bound, and whether they have."""

    def __init__(self, flag: Value, value: Any) -> None:
        super().__init__("which only one way of an `if` assigns")
        self.flag = flag
        self.value = value

    @property
    def holds(self) -> tuple:
        return (self.value,)

    def taken(self) -> Any:
        """Return the value; if the name is not bound, Python raises."""
        recorder = self.flag.recorder
        recorder.assume_false(recorder.add("logical_not", [self.flag]))
        return self.value


def picked(which: int, *items: Any) -> Any:
    """Return the result of a call that gives one of several."""
    return items[which]
