"""Builtins as Python functions, which the interpreter runs where items come from a run-time loop.

`items` has an item for each number below `count`; `first` is 0, if there are items at all.
"""

from typing import Any

from braze.errors import refuse


def plus(total: Any, item: Any) -> Any:
    """What `sum` does with an item (builtins/folds.py)."""
    raise refuse("a sum outside of a compiled function")


def total(items: Any, count: Any, start: Any) -> Any:
    result = start
    for k in range(count):
        result = plus(result, items[k])
    return result


def total_of_some(items: Any, count: Any, first: Any, start: Any) -> Any:
    result = plus(start, items[first])
    for k in range(1, count):
        result = plus(result, items[k])
    return result


def holds_for_any(items: Any, count: Any) -> bool:
    for k in range(count):  # noqa: SIM110
        if items[k]:
            return True
    return False


def holds_for_all(items: Any, count: Any) -> bool:
    for k in range(count):  # noqa: SIM110
        if not items[k]:
            return False
    return True


def largest(items: Any, count: Any, first: Any) -> Any:
    best = items[first]
    for k in range(1, count):
        item = items[k]
        if item > best:
            best = item
    return best


def smallest(items: Any, count: Any, first: Any) -> Any:
    best = items[first]
    for k in range(1, count):
        item = items[k]
        if item < best:
            best = item
    return best


def largest_by(items: Any, count: Any, first: Any, key: Any) -> Any:
    best = items[first]
    most = key(best)
    for k in range(1, count):
        item = items[k]
        now = key(item)
        if now > most:
            most = now
            best = item
    return best


def smallest_by(items: Any, count: Any, first: Any, key: Any) -> Any:
    best = items[first]
    least = key(best)
    for k in range(1, count):
        item = items[k]
        now = key(item)
        if now < least:
            least = now
            best = item
    return best


def keys_of(items: Any, count: Any, key: Any) -> list:
    return [key(items[k]) for k in range(count)]


def every(items: Any, count: Any) -> list:
    return [items[k] for k in range(count)]


def folded(items: Any, count: Any, first: Any, function: Any) -> Any:
    result = items[first]
    for k in range(1, count):
        result = function(result, items[k])
    return result


def folded_from(items: Any, count: Any, function: Any, start: Any) -> Any:
    result = start
    for k in range(count):
        result = function(result, items[k])
    return result


def running(items: Any, count: Any, function: Any) -> list:
    if count < 1:
        return []
    result = items[0]
    out = [result]
    for k in range(1, count):
        result = function(result, items[k])
        out.append(result)
    return out


def running_from(items: Any, count: Any, function: Any, start: Any) -> list:
    result = start
    out = [result]
    for k in range(count):
        result = function(result, items[k])
        out.append(result)
    return out


# Methods of lists, which are given the list and its length.


def place_of(items: Any, count: Any, item: Any) -> int:
    for k in range(count):
        if items[k] == item:
            return k
    raise ValueError("not in list")


def times_in(items: Any, count: Any, item: Any) -> int:
    found = 0
    for k in range(count):
        if items[k] == item:
            found += 1
    return found


def turned(items: Any, count: Any) -> None:
    for k in range(count // 2):
        first = items[k]
        items[k] = items[count - 1 - k]
        items[count - 1 - k] = first


def inserted(items: Any, count: Any, at: Any, item: Any) -> None:
    if at < 0:
        at = max(at + count, 0)
    at = min(at, count)
    items.append(item)
    k = count
    while k > at:
        items[k] = items[k - 1]
        k -= 1
    items[at] = item


def taken_out(items: Any, count: Any, at: Any) -> Any:
    item = items[at]
    if at < 0:
        at = at + count
    for k in range(at, count - 1):
        items[k] = items[k + 1]
    items.pop()
    return item


def removed(items: Any, count: Any, item: Any) -> None:
    at = place_of(items, count, item)
    for k in range(at, count - 1):
        items[k] = items[k + 1]
    items.pop()


def same_items(items: Any, count: Any, others: Any, number: Any) -> bool:
    if count != number:
        return False
    for k in range(count):  # noqa: SIM110
        if items[k] != others[k]:
            return False
    return True


OF_SOME = (largest, smallest, largest_by, smallest_by, folded)
