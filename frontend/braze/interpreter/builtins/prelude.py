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


OF_SOME = (largest, smallest, largest_by, smallest_by, folded)
