"""How many rounds a loop has: for the room that lists need to which it appends."""

from typing import Any

from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.record.value import is_value

MOST = 1 << 17  # rounds of a loop for which there is room although it may append in few of them


def check_room(frame: Frame, trips: Any) -> None:
    """Have a check leave very long loops to Python."""
    if not is_value(trips):
        if trips > MOST:
            raise refuse(f"a list to which some of {trips} rounds append")
    elif trips.hint is not None and trips.hint > MOST:
        raise refuse("a list to which some rounds of a long loop append")
    else:
        frame.recorder.assume_less(trips, MOST + 1)


def count_of(bounds: Any) -> Any:
    """Return how many rounds a loop has that has some."""
    if bounds.step in (1, -1):
        return rounds(bounds, bounds.stop)
    return rounds(bounds, bounds.stop - (1 if bounds.step > 0 else -1)) + 1


def rounds(bounds: Any, counter: Any) -> Any:
    """Return how many rounds of a loop come before that of a counter."""
    if not isinstance(bounds.step, int):
        raise refuse("a list to which a loop with a run-time step appends")
    done = counter if type(bounds.start) is int and bounds.start == 0 else counter - bounds.start
    if bounds.step in (1, -1):
        return done if bounds.step == 1 else -done
    return done // bounds.step
