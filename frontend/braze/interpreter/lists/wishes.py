"""Which lists are to be vectors (lists/vectors.py) when a function is recorded again."""

from dataclasses import dataclass
from typing import Any

from braze.errors import Unsupported

MOST = 8  # lists of one function that become arrays


@dataclass(frozen=True)
class Wish:
    """What a list is to be: whether its length changes, and what an item is, if it is known."""

    grows: bool
    item: tuple | None = None  # the skeleton, and kind and dtype of each leaf
    guessed: bool = False  # whether the item is a guess, of a list that is read before it is filled


INTS = (0, (("python", "i64"),))  # most lists that are stacks or queues hold indices


def wanting(error: Unsupported, recorder: Any, held: Any, grows: bool) -> Unsupported:
    """Return a refusal that asks for a vector in place of a list, if that can be."""
    site = site_of(recorder, held)
    if site is not None and not hasattr(error, "vector"):
        error.vector = (site, Wish(grows))
    return error


def site_of(recorder: Any, held: Any) -> tuple | None:
    """Return which expression made a list; None if none of the function did."""
    found = recorder.sites.get(id(held))
    return found[1] if found is not None and found[0] is held else None


def candidate(recorder: Any, held: Any) -> None:
    """Note a list that a loop or branch changes: if all else fails, it is to be a vector."""
    site = site_of(recorder, held)
    if site is not None and site not in recorder.candidates:
        recorder.candidates.append(site)


def more(wished: dict, error: Unsupported, recorder: Any) -> dict | None:
    """Return the wishes with those of a refused recording; None if there are no new ones."""
    site, wish = getattr(error, "vector", (None, None))
    new = joined(wished.get(site), wish)
    if site is not None and new != wished.get(site) and len(wished) < MOST:
        return {**wished, site: new}
    others = {s: Wish(True) for s in recorder.candidates if s not in wished}
    if others and len(wished) + len(others) <= MOST:
        return wished | others
    return None


def joined(old: Wish | None, new: Wish | None) -> Wish | None:
    if old is None or new is None:
        return new
    newer = new.item is not None and (old.item is None or old.guessed or is_wider(new, old))
    item, guessed = (new.item, new.guessed) if newer else (old.item, old.guessed)
    return Wish(old.grows or new.grows, item, guessed)


def is_wider(new: Wish, old: Wish) -> bool:
    """Tell whether items are to hold what they held, and a flag that says of which type."""
    return len(new.item[1]) > len(old.item[1])
