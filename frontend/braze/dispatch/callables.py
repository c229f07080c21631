"""Callables that are no functions: bound methods, partial objects, instances with `__call__`.

Each is a function and arguments that it holds. These are read again at each call, on the way by
which they are held.
"""

import functools
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from braze import _core
from braze.errors import refuse
from braze.record.sources import Guard, Source


@dataclass(eq=False, repr=False)
class Held:
    """An argument that a callable holds, and the way to it."""

    source: Source
    value: Any


@dataclass(eq=False, repr=False)
class Opened:
    """The function behind a callable, what it is given besides, and what must still hold."""

    function: types.FunctionType
    args: list[Held] = field(default_factory=list)
    kwargs: dict[str, Held] = field(default_factory=dict)
    guards: list[Guard] = field(default_factory=list)


def opened(callable_: Callable) -> Opened:
    """Return the function behind a callable; Unsupported if there is none."""
    if isinstance(callable_, _core.Function):
        return opened(callable_.__wrapped__)
    if isinstance(callable_, types.FunctionType):
        return Opened(callable_)
    if isinstance(callable_, types.MethodType):
        inner = opened(callable_.__func__)
        inner.args.append(Held(Source(("const", callable_.__self__)), callable_.__self__))
        return inner
    if type(callable_) is functools.partial:
        return opened_partial(callable_)
    if isinstance(callable_, staticmethod):
        return opened(callable_.__func__)
    return opened_instance(callable_)


def opened_partial(partial: functools.partial) -> Opened:
    inner = opened(partial.func)
    arguments, keywords = (Source(("attr", partial, name)) for name in ("args", "keywords"))
    inner.args += [Held(arguments.item(i), value) for i, value in enumerate(partial.args)]
    inner.kwargs |= {n: Held(keywords.item(n), value) for n, value in partial.keywords.items()}
    inner.guards.append(Guard(keywords, "keys", tuple(partial.keywords)))
    return inner


def opened_instance(value: Any) -> Opened:
    cls = type(value)
    call = next((vars(base)["__call__"] for base in cls.__mro__ if "__call__" in vars(base)), None)
    if not isinstance(call, (types.FunctionType, _core.Function)):
        raise refuse(f"a {cls.__name__} that is no Python function")
    inner = opened(call)
    inner.args.append(Held(Source(("const", value)), value))
    inner.guards.append(Guard(Source(("attr", cls, "__call__")), "is", call))
    return inner
