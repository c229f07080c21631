"""A value that a loop carries and that changes its type from one iteration to the next."""

from typing import Any

from braze.interpreter.ways.oneof import OneOf, Sometimes
from braze.record.slots import Slot
from braze.record.value import is_value


class Mismatch(Exception):
    """Raised while a loop is recorded; where nothing settles it, the reason for a refusal."""

    def __init__(self, name: str | Slot, before: Any, after: Any) -> None:
        told = f"{worded(before)} before the loop and {worded(after)} after one iteration"
        super().__init__(f"{name} is {told}")
        self.sometimes = isinstance(after, OneOf)  # to interpret an iteration does not settle it


def worded(value: Any) -> str:
    """Return what a value is, as a user would call it."""
    if is_value(value):
        return repr(value)
    if isinstance(value, list):
        return ", ".join(map(worded, value))
    if isinstance(value, OneOf):
        return " or ".join(dict.fromkeys(map(worded, value.items)))
    if isinstance(value, Sometimes):
        return f"perhaps {worded(value.value)}"
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    return f"a {type(value).__name__}"
