"""What two ways of an `if`, or two rounds of a loop, agree on: the kinds a value may be of."""

from typing import Any

from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.merge import blank, inside, is_number, own_memory, same_shape, same_types
from braze.interpreter.texts import Char
from braze.interpreter.ways.frozen import Frozen
from braze.interpreter.ways.oneof import OneOf, Sometimes
from braze.record.either import common_types
from braze.record.records import is_named_tuple, made_like
from braze.record.sources import is_plain, same_value
from braze.record.value import is_value

MOST = 8  # kinds of one value


def is_leaf(item: Any) -> bool:
    return is_value(item) or is_number(item)


def is_tuple(item: Any) -> bool:
    return type(item) is tuple or is_named_tuple(item) or isinstance(item, Frozen)


def known_as(frame: Frame, item: Any) -> bool:
    """Tell whether branches and loops can carry an item, once it is known what kinds it is of."""
    if is_tuple(item):
        return all(known_as(frame, part) for part in item)
    return is_leaf(item) or is_plain(item) or isinstance(item, (OneOf, Char))


def fits(frame: Frame, a: Any, b: Any) -> bool:
    """Tell whether a branch can give either of two values as one value of the graph."""
    if is_leaf(a) and is_leaf(b):
        first, second = frame.recorder.operand(a), frame.recorder.operand(b)
        if same_types(first, second) or same_shape(first, second):
            return True
        return common_types(first, second) is not None
    if is_tuple(a) and is_tuple(b):
        like = type(a) is type(b) and len(a) == len(b)
        return like and all(fits(frame, x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, OneOf) or isinstance(b, OneOf):
        return known_as(frame, a) and known_as(frame, b)
    if isinstance(a, Char) or isinstance(b, Char):
        return isinstance(a, (Char, str)) and isinstance(b, (Char, str))
    return is_plain(a) and is_plain(b) and not is_leaf(a) and not is_leaf(b) and same_value(a, b)


def kinds(item: Any) -> tuple:
    return item.items if isinstance(item, OneOf) else (item,)


def joined(frame: Frame, a: Any, b: Any) -> tuple | None:
    """Return a value of each kind that two values may be of; None if they are too many."""
    found = list(kinds(a))
    for item in kinds(b):
        if not any(fits(frame, item, one) for one in found):
            found.append(item)
    return tuple(found) if len(found) <= MOST else None


def agreed(frame: Frame, a: Any, b: Any) -> Any:
    """Return what both values are to be like (`like`), or None if they are alike already."""
    if is_tuple(a) and is_tuple(b) and type(a) is type(b) and len(a) == len(b):
        parts = [agreed(frame, x, y) for x, y in zip(a, b, strict=True)]
        return None if all(p is None for p in parts) else Parts(parts)
    if not (isinstance(a, OneOf) or isinstance(b, OneOf)) and fits(frame, a, b):
        return None
    if not (known_as(frame, a) and known_as(frame, b)):
        return None  # what cannot be carried is refused where it is met
    found = joined(frame, a, b)
    if found is None or len(found) == 1:
        return None
    same = isinstance(a, OneOf) and isinstance(b, OneOf)
    if same and all(len(o.items) == len(found) and aligned(frame, o, found) for o in (a, b)):
        return None
    return found


class Parts(list):
    """How the parts of a tuple have to be changed."""


def aligned(frame: Frame, item: OneOf, found: tuple) -> bool:
    return all(fits(frame, a, b) for a, b in zip(item.items, found, strict=True))


def like(frame: Frame, item: Any, found: Any) -> Any:
    """Return a value as one of several kinds."""
    if found is None:
        return item
    if isinstance(found, Parts):
        parts = zip(item, found, strict=True)
        return made_like(item, [like(frame, part, one) for part, one in parts])
    own = kinds(item)
    places = [place_of(frame, one, found) for one in own]
    recorder = frame.recorder
    which = recorder.operand(places[0])
    if isinstance(item, OneOf):
        which = item.which
        if places != list(range(len(own))):
            which = recorder.operand(places[0])
            for k, place in enumerate(places[1:], 1):
                one = [item.is_at([k]), recorder.operand(place), which]
                which = recorder.add("where", one)
    items = [blank(one) for one in found]
    for one, place in zip(own, places, strict=True):
        items[place] = one
    return OneOf(which, tuple(items))


def widens(item: Any, found: Any) -> bool:
    """Tell whether a value does not show yet that it may be of several kinds."""
    if isinstance(found, Parts):
        parts = zip(item, found, strict=True)
        return any(one is not None and widens(part, one) for part, one in parts)
    return not isinstance(item, OneOf) or len(item.items) != len(found)


def place_of(frame: Frame, item: Any, found: tuple) -> int:
    return next(k for k, one in enumerate(found) if fits(frame, item, one))


def agree(frame: Frame, yes: dict, no: dict, first: list, second: list) -> tuple[list, list]:
    """Return what two ways give, as values of the same kinds."""
    wanted = [agreed(frame, a, b) for a, b in zip(first, second, strict=True)]
    if all(one is None for one in wanted):
        return first, second
    sides = []
    for way, items in ((yes, first), (no, second)):
        with inside(frame, way):
            pairs = zip(items, wanted, strict=True)
            sides.append([like(frame, item, one) for item, one in pairs])
    return sides[0], sides[1]


# Names that only some ways bind


def may_be_carried(frame: Frame, value: Any) -> bool:
    """Tell whether something of the type of a value can stand for one that is not there."""
    if is_tuple(value):
        return all(may_be_carried(frame, part) for part in value)
    if is_value(value) and value.is_array:
        inner = {name for d in value.dims if not isinstance(d, int) for name in d.symbols}
        return own_memory(frame, value) and not inner & frame.recorder.spanned
    if isinstance(value, OneOf):
        return all(may_be_carried(frame, item) for item in value.items)
    return is_leaf(value) or isinstance(value, Char) or value is None or type(value) is str


def sometimes(frame: Frame, value: Any, like_: Any = None) -> Any:
    """Return what a name holds as a `Sometimes`: bound, or not with something of a type."""
    if isinstance(value, Sometimes):
        return value
    bound = not isinstance(value, Unbound)
    held = value if bound else blank(like_)
    return Sometimes(frame.recorder.operand(bound), held)


def held_of(value: Any) -> Any:
    """Return what a name holds where it is bound; an `Unbound` if it never is."""
    return value.value if isinstance(value, Sometimes) else value


def partly_bound(frame: Frame, yes: dict, no: dict, lost: list[str]) -> list[str]:
    """Have names that one way binds hold something on the other; return these names."""
    found = []
    for name in lost:
        ways = [way["names"].get(name, Unbound("")) for way in (yes, no)]
        held = [held_of(way) for way in ways]
        known = [h for h in held if not isinstance(h, Unbound)]
        if not known or not all(may_be_carried(frame, k) for k in known):
            continue
        kinds_ = agreed(frame, *known) if len(known) == 2 else None
        if len(known) == 2 and kinds_ is None and not fits(frame, *known):
            continue
        for way, value in zip((yes, no), ways, strict=True):
            with inside(frame, way):
                way["names"][name] = frame.names[name] = as_sometimes(frame, value, known, kinds_)
        found.append(name)
    return found


def as_sometimes(frame: Frame, value: Any, known: list, found: Any) -> Sometimes:
    """Return what a name holds on one way, as of kinds that both ways have."""
    bound = not isinstance(value, Unbound)
    if isinstance(value, Sometimes):
        return Sometimes(value.flag, like(frame, value.value, found))
    held = like(frame, value, found) if bound else blank(like(frame, known[0], found))
    return Sometimes(frame.recorder.operand(bound), held)
