"""Methods of lists of numbers that look at each item: of vectors, and of lists that are known."""

from collections.abc import Callable
from typing import Any

from braze.errors import refuse
from braze.interpreter.builtins import prelude
from braze.interpreter.frame import Frame
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.loops.rows import Rows
from braze.record.either import pythons
from braze.record.value import any_value, is_value


def through(frame: Frame, function: Callable, of: Vector, *args: Any) -> Any:
    """Interpret a function of the prelude that is given the list and its length."""
    from braze.interpreter.calls import inline

    return inline(frame, frame.source.node, function, [of, of.count(), *args], {})


def sort(frame: Frame, of: Vector, *, key: Any = None, reverse: Any = False) -> None:
    from braze.interpreter.builtins.iterators import sorted_grown

    of.check_steady()
    made = of.as_grown(of.present())
    rows = Rows(None, lambda k: of.sure(of.place(k)), of.count(), (of,))
    ordered = sorted_grown(frame, made, rows, key, reverse)
    for rows, given in zip(of.present(), ordered.rows, strict=True):
        rows[:] = given


def reverse(frame: Frame, of: Vector) -> None:
    through(frame, prelude.turned, of)


def insert(frame: Frame, of: Vector, at: Any, item: Any) -> None:
    through(frame, prelude.inserted, of, at, item)


def remove(frame: Frame, of: Vector, item: Any) -> None:
    through(frame, prelude.removed, of, equal_to_itself(frame, item))


def index(frame: Frame, of: Vector, item: Any) -> Any:
    return through(frame, prelude.place_of, of, equal_to_itself(frame, item))


def count(frame: Frame, of: Vector, item: Any) -> Any:
    return through(frame, prelude.times_in, of, equal_to_itself(frame, item))


def equal_to_itself(frame: Frame, item: Any) -> Any:
    """Return what is looked for: no NaN, which a list may hold as this very object."""
    if isinstance(item, tuple):
        return tuple(equal_to_itself(frame, one) for one in item)
    if is_value(item) and item.dtype_name.startswith("f"):
        frame.recorder.assume_false(frame.recorder.add("not_equal", [item, item]))
    elif isinstance(item, float) and item != item:
        raise refuse("a search for NaN")
    return item


def pop(frame: Frame, of: Vector, at: Any) -> Any:
    return through(frame, prelude.taken_out, of, at)


METHODS: dict[str, Callable] = {
    "sort": sort,
    "reverse": reverse,
    "index": index,
    "count": count,
    "insert": insert,
    "remove": remove,
    "pop": pop,
}


# Lists whose length is known, with numbers that are not


class KnownMethod:
    """A method of a list of the function's own, of which some items only the run knows."""

    def __init__(self, of: list, name: str) -> None:
        self.of = of
        self.name = name

    def __call__(self, frame: Frame, *args: Any, **kwargs: Any) -> Any:
        return KNOWN[self.name](frame, self.of, *args, **kwargs)


def found_at(frame: Frame, of: list, item: Any) -> list:
    from braze.interpreter.comparisons import equals

    found = [equals(frame, one, item) for one in of]
    if any(one is None for one in found):
        raise refuse("a search in a list of objects or arrays")
    return [pythons(one) if is_value(one) else one for one in found]


def index_known(frame: Frame, of: list, item: Any) -> Any:
    """Return the first place of an item; if there is none, the call is Python's."""
    found, recorder = found_at(frame, of, item), frame.recorder
    place, some = recorder.operand(0), recorder.operand(False)
    for k in reversed(range(len(of))):
        here = recorder.operand(found[k])
        place = recorder.add("where", [here, recorder.operand(k), place])
        some = recorder.add("logical_or", [some, here])
    recorder.assume_false(recorder.add("logical_not", [some]))
    return place


def count_known(frame: Frame, of: list, item: Any) -> Any:
    recorder, total = frame.recorder, frame.recorder.operand(0)
    for one in found_at(frame, of, item):
        here = recorder.operand(one)
        with recorder.risks.sure():
            total = total + recorder.add("where", [here, recorder.operand(1), recorder.operand(0)])
    return total


def sort_known(frame: Frame, of: list, *, key: Any = None, reverse: Any = False) -> None:
    from braze.interpreter.builtins.iterators import sorted_

    made = sorted_(frame, frame.session.own(list(of)), key=key, reverse=reverse)
    of[:] = made if type(made) is list else [made.item(k) for k in range(len(of))]


def remove_known(frame: Frame, of: list, item: Any) -> None:
    place, recorder = index_known(frame, of, item), frame.recorder
    for k in range(len(of) - 1):
        behind = recorder.add("less_equal", [place, recorder.operand(k)])
        pair = [recorder.operand(of[k + 1]), recorder.operand(of[k])]
        if len({(x.kind, x.dtype_name) for x in pair}) > 1:
            raise refuse("a list of items of different types")
        of[k] = recorder.add("where", [behind, *pair])
    of.pop()


KNOWN = {"index": index_known, "count": count_known, "sort": sort_known, "remove": remove_known}


def known_method(of: Any, name: str) -> KnownMethod | None:
    """Return a method of a list that asks about its items, if only the run knows these."""
    if type(of) is list and name in KNOWN and any_value(of):
        return KnownMethod(of, name)
    return None
