"""What a program can see of a call: result, exception, changed arguments, printed output."""

import contextlib
import dataclasses
import io
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from corpus.cases import Case

ROUNDS = 2  # how often the calls of a case are made: the second time code is there already


@dataclasses.dataclass
class Seen:
    """One call, with everything as plain data that can be compared."""

    result: Any
    error: tuple | None
    arguments: Any
    printed: str
    identities: list  # of each array of the result: the argument that it is or shows


def observe(function: Callable, case: Case) -> list[Seen]:
    """Make all calls of a case, twice."""
    return [seen(function, *call.fresh()) for _ in range(ROUNDS) for call in case.calls]


def seen(function: Callable, args: tuple, kwargs: dict) -> Seen:
    """Make one call."""
    given = list(arrays((args, kwargs)))
    result, error = None, None
    with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*args, **kwargs)
        except Exception as raised:
            error = (type(raised), str(raised))
    shown = [
        [(a is g, np.shares_memory(a, g)) for g in given if a.dtype != object]
        for a in arrays(result)
    ]
    return Seen(opened(result), error, opened((args, kwargs)), out.getvalue(), shown)


def arrays(value: Any) -> Iterator[np.ndarray]:
    """Give the arrays in nested containers and objects."""
    if isinstance(value, np.ndarray):
        yield value
        return
    parts = opened(value)
    if isinstance(parts, (tuple, list)):
        for part in parts:
            yield from arrays(part)
    elif isinstance(parts, dict):
        for part in parts.values():
            yield from arrays(part)


def opened(value: Any) -> Any:
    """Return a value with objects, sets and named tuples as tuples and dicts of their parts."""
    if type(value) in (tuple, list):
        return type(value)(opened(part) for part in value)
    if isinstance(value, dict):
        items = {key: opened(part) for key, part in value.items()}
        return items if type(value) is dict else (type(value).__name__, items)
    if isinstance(value, (set, frozenset)):
        return (type(value).__name__, sorted(map(repr, value)))
    if isinstance(value, tuple):
        return (type(value).__name__, *map(opened, value))
    if isinstance(value, (types.FunctionType, type, types.ModuleType)):
        return value
    if isinstance(value, (np.generic, np.ndarray)):
        return value
    if not (hasattr(value, "__dict__") or hasattr(type(value), "__slots__")):
        return value
    names = [*getattr(type(value), "__slots__", ()), *getattr(value, "__dict__", ())]
    return (type(value).__name__, {name: opened(getattr(value, name)) for name in names})
