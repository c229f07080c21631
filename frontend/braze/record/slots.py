"""What outlives the names of a function: attributes of objects, items of its own lists and dicts.

A change of a slot is noted in the journal of the recording (storage.py), so that branches and loops
carry slots as they carry names.
"""

from dataclasses import dataclass
from typing import Any

MISSING = object()


class Slot:
    """Something that can be assigned to; `value` is what it holds, MISSING if nothing."""

    value: Any
    body: int = 0  # in which its owner was made
    given: Any = MISSING  # what an object from outside had, if that was read as a start

    def __init__(self, owner: Any, key: Any) -> None:
        self.owner = owner
        self.key = key


class Kept(Slot):
    """A slot that is no part of an object: what it holds stands in the slot itself."""

    def __init__(self, owner: Any, key: str) -> None:
        super().__init__(owner, key)
        self.value = MISSING

    def __str__(self) -> str:
        return f".{self.key}"


class Attribute(Kept):
    """An attribute of an object from outside, which does not change while compiling."""


class Variable(Kept):
    """A global variable, or one around the function; the owner is a dict or a cell."""

    def __str__(self) -> str:
        return self.key


class DictItem(Kept):
    """An item of a dict from outside, which does not change while compiling."""

    def __str__(self) -> str:
        return f"[{self.key!r}]"


class OwnAttribute(Slot):
    """An attribute of an instance that the function has made."""

    @property
    def value(self) -> Any:
        return getattr(self.owner, self.key, MISSING)

    @value.setter
    def value(self, held: Any) -> None:
        if held is MISSING:
            object.__delattr__(self.owner, self.key)
        else:
            object.__setattr__(self.owner, self.key, held)

    def __str__(self) -> str:
        return f".{self.key}"


class Item(Slot):
    """An item of a list or dict that the function has made."""

    @property
    def value(self) -> Any:
        if isinstance(self.owner, dict):
            return self.owner.get(self.key, MISSING)
        return self.owner[self.key] if self.key < len(self.owner) else MISSING  # it was shortened

    @value.setter
    def value(self, held: Any) -> None:
        self.owner[self.key] = held

    def __str__(self) -> str:
        return f"[{self.key!r}]"


@dataclass(eq=False, repr=False)
class Copied:
    """A list or dict from outside, what stands for it, the way to it, and what it held."""

    real: Any
    made: Any
    source: Any
    before: Any = None
