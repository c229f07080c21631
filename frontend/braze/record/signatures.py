"""The parameters of a Python function as its code takes them, whatever `__signature__` says."""

import inspect
import types
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

from braze.record.sources import Source

if TYPE_CHECKING:
    from braze.record.recorder import Recorder

# By code, with the defaults that were found then, which are no objects that anybody may miss.
_known: dict[types.CodeType, tuple[tuple, Signature]] = {}
PLAIN = (type(None), bool, int, float, complex, str, bytes)


def own_signature(function: types.FunctionType) -> Signature:
    """Return the signature by which Python binds the arguments of a call."""
    code = function.__code__
    given, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    defaults = (*given, *named.keys(), *named.values())
    known = _known.get(code)
    if known is not None and same_objects(known[0], defaults):
        return known[1]
    made = Signature(parameters(code, given, named))
    if all(type(default) in PLAIN for default in defaults):
        _known[code] = (defaults, made)
    return made


def same_objects(one: tuple, two: tuple) -> bool:
    return len(one) == len(two) and all(a is b for a, b in zip(one, two, strict=True))


def parameters(code: types.CodeType, given: tuple, named: dict) -> list[Parameter]:
    names = code.co_varnames
    count, keywords = code.co_argcount, code.co_kwonlyargcount
    made = []
    for i, name in enumerate(names[:count]):
        positional = i < code.co_posonlyargcount
        kind = Parameter.POSITIONAL_ONLY if positional else Parameter.POSITIONAL_OR_KEYWORD
        at = i - (count - len(given))
        made.append(Parameter(name, kind, default=given[at] if at >= 0 else Parameter.empty))
    starred = names[count + keywords :]
    if code.co_flags & inspect.CO_VARARGS:
        made.append(Parameter(starred[0], Parameter.VAR_POSITIONAL))
        starred = starred[1:]
    for name in names[count : count + keywords]:
        default = named.get(name, Parameter.empty)
        made.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default))
    if code.co_flags & inspect.CO_VARKEYWORDS:
        made.append(Parameter(starred[0], Parameter.VAR_KEYWORD))
    return made


def guard_function(recorder: "Recorder", function: types.FunctionType) -> None:
    """Have later calls find the same code and defaults."""
    recorder.guard(Source(("attr", function, "__code__")), "is", function.__code__)
    guard_defaults(recorder, function)


def guard_defaults(recorder: "Recorder", function: types.FunctionType) -> None:
    """Have later calls find the same defaults; those of keywords may be set one by one."""
    for attribute in ("__defaults__", "__kwdefaults__"):
        now, way = getattr(function, attribute), Source(("attr", function, attribute))
        if now is not None:
            recorder.guard(way, "is", now)
        for name, default in now.items() if isinstance(now, dict) else ():
            recorder.guard(way.item(name), "is", default)
