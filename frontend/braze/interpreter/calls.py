"""Calls in the script frontend: inlined functions, NumPy functions, and pure builtins."""

import ast
import functools
import inspect
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

from braze import _core
from braze.arrays.eager import draws
from braze.arrays.listing import ListOf
from braze.errors import refuse, said
from braze.interpreter import vectorized
from braze.interpreter.builtins import calls as builtin_calls
from braze.interpreter.builtins import getters
from braze.interpreter.frame import MAX_DEPTH, Frame
from braze.interpreter.hierarchies import Nothing
from braze.interpreter.known_calls import call_known, from_numpy
from braze.interpreter.lists.grown import Append
from braze.interpreter.lists.methods import KnownMethod
from braze.interpreter.lists.vectors import VectorMethod
from braze.interpreter.loops import yields
from braze.interpreter.objects import AsType
from braze.interpreter.outside import DictMethod
from braze.interpreter.source_code import FunctionSource, source_of
from braze.interpreter.texts import TextMethod
from braze.interpreter.ways.oneof import taken
from braze.record import records
from braze.record.scope import assigned, declared_nonlocal
from braze.record.signatures import guard_function, own_signature
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.value import is_value


class ScriptFunction:
    """A function defined inside the interpreted one, with the frame around it."""

    def __init__(self, source: FunctionSource, frame: Frame, signature: inspect.Signature) -> None:
        self.source = source
        self.frame = frame
        self.signature = signature


def make_function(frame: Frame, node: ast.FunctionDef | ast.Lambda) -> ScriptFunction:
    """Return a function defined by a `def` or lambda inside the interpreted function."""
    from braze.interpreter.expressions import evaluate

    if frame.in_comprehension:
        raise frame.refuse(node, "a function defined in a comprehension")
    frame.session.kept.append(frame)
    frame.share_all(node)
    a = node.args
    kinds = inspect.Parameter
    positional = [*a.posonlyargs, *a.args]
    defaults = [inspect.Parameter.empty] * (len(positional) - len(a.defaults))
    defaults += [evaluate(frame, d) for d in a.defaults]
    parameters = [
        kinds(
            p.arg,
            kinds.POSITIONAL_ONLY if p in a.posonlyargs else kinds.POSITIONAL_OR_KEYWORD,
            default=d,
        )
        for p, d in zip(positional, defaults, strict=True)
    ]
    if a.vararg:
        parameters.append(kinds(a.vararg.arg, kinds.VAR_POSITIONAL))
    for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        default = kinds.empty if d is None else evaluate(frame, d)
        parameters.append(kinds(p.arg, kinds.KEYWORD_ONLY, default=default))
    if a.kwarg:
        parameters.append(kinds(a.kwarg.arg, kinds.VAR_KEYWORD))
    name = getattr(node, "name", "<lambda>")
    source = FunctionSource(node, frame.source.file, name, frame.source.code)
    return ScriptFunction(source, frame, inspect.Signature(parameters))


def call(frame: Frame, node: ast.AST, function: Any, args: list, kwargs: dict) -> Any:
    """Return what a call returns."""
    function = looked_through(function)
    if (random := draws.function_of(frame.recorder, function)) is not None:
        function = random
    if isinstance(function, types.MethodType) and not is_value(function.__self__):
        args, function = [function.__self__, *args], looked_through(function.__func__)
    if isinstance(function, CACHE):
        return call_cached(frame, node, function, args, kwargs)
    if yields.is_generator_function(function):
        return yields.called(frame, node, function, args, kwargs)
    if isinstance(function, ScriptFunction):
        return inline_script(frame, node, function, args, kwargs)
    if isinstance(function, (functools.partial, Partial)):
        return call_partial(frame, node, function, args, kwargs)
    if isinstance(function, np.vectorize):
        function = frame.perform(node, vectorized.opened, frame, function)
    if isinstance(function, np.ufunc) and (found := vectorized.function_in(function)) is not None:
        function = found
    if isinstance(function, vectorized.FromPython):
        return vectorized.call_from_python(frame, node, function, args, kwargs)
    if isinstance(function, vectorized.Vectorized):
        return vectorized.call_vectorized(frame, node, function, args, kwargs)
    if isinstance(function, STANDS_FOR_CALL):
        return frame.perform(node, function, frame, *args, **kwargs)
    if isinstance(function, getters.GETTERS) and not kwargs:
        return frame.perform(node, getters.call_getter, frame, node, function, args)
    if isinstance(function, type) and function.__module__ != "numpy":
        if records.makes_records(function):
            return frame.perform(node, records.make, frame, node, function, args, kwargs)
    elif not isinstance(function, IDENTITIES) and not from_numpy(type(function)):
        method = inspect.getattr_static(type(function), "__call__", None)
        if isinstance(method, (types.FunctionType, _core.Function)):
            frame.recorder.guard(Source(("attr", type(function), "__call__")), "is", method)
            return call(frame, node, method, [function, *args], kwargs)
    own = isinstance(function, types.FunctionType) and function not in builtin_calls.BUILTINS
    if own and not from_numpy(function):
        return inline(frame, node, function, args, kwargs)
    args = frame.perform(node, lambda: [taken(arg) for arg in args])
    return frame.perform(node, call_known, frame, function, args, kwargs)


def looked_through(function: Any) -> Any:
    """Return the function that a compiled function calls."""
    while isinstance(function, _core.Function):
        function = function.__wrapped__
    return function


# What stands for functions while compiling, and is called with the frame.
STANDS_FOR_CALL = (
    records.RecordMethod, Append, DictMethod, Nothing, draws.Method, draws.Maker, TextMethod,
    VectorMethod, ListOf, KnownMethod,
    AsType,
)  # fmt: skip


@dataclass(eq=False, repr=False)
class Partial:
    """What `functools.partial` gives while compiling."""

    func: Any
    args: tuple
    keywords: dict[str, Any]


def call_partial(frame: Frame, node: ast.AST, partial: Any, args: list, kwargs: dict) -> Any:
    held, named = partial.args, partial.keywords
    if isinstance(partial, functools.partial):
        from braze.dispatch.arguments import lift_argument

        ways = {n: Source(("attr", partial, n)) for n in ("args", "keywords")}
        frame.recorder.guard(ways["keywords"], "keys", tuple(named))
        lift = functools.partial(lift_argument, frame.recorder)
        held = [lift(ways["args"].item(i), value) for i, value in enumerate(held)]
        named = {n: lift(ways["keywords"].item(n), value) for n, value in named.items()}
    return call(frame, node, partial.func, [*held, *args], {**named, **kwargs})


CACHE = type(functools.lru_cache(len))


def call_cached(frame: Frame, node: ast.AST, cache: Any, args: list, kwargs: dict) -> Any:
    """Inline a function behind `lru_cache`: of numbers, to numbers, reading nothing else.

    Then nobody can tell a result that was kept from one that is computed.
    """
    function = cache.__wrapped__
    names = getattr(function, "__code__", None) and function.__code__.co_names
    if names is None or function.__closure__:
        raise frame.refuse(node, f"a call of a {said(function)} that keeps its results")
    read = [function.__globals__[n] for n in names if n in function.__globals__]
    if not all(isinstance(value, IDENTITIES) or value is cache for value in read):
        what = "a function that keeps its results, as lru_cache does, and reads variables"
        raise frame.refuse(node, what)
    given = [*args, *kwargs.values()]
    key = None
    if any(value is cache for value in read) and not kwargs:
        given = args = [frame.perform(node, fixed_int, a) for a in args]
        key = (id(cache), *((type(a), a) for a in args)) if all(map(is_plain, args)) else None
    if key in frame.session.kept_results:
        return frame.session.kept_results[key]
    result = call(frame, node, function, args, kwargs)
    if key is not None and is_plain(result):
        frame.session.kept_results[key] = result
    for value in (*given, result):
        if not (is_plain(value) or (is_value(value) and not value.is_array)):
            what = "a function that keeps its results, as lru_cache does, and takes or gives arrays"
            raise frame.refuse(node, what)
    return result


def fixed_int(value: Any) -> Any:
    """Return an int on which a recursion depends, fixed at what it is."""
    can = is_value(value) and value.kind == "python" and value.dtype_name == "i64"
    return value.static() if can and value.can_be_static else value


# Inlining


def inline(
    frame: Frame, node: ast.AST, function: types.FunctionType, args: list, kwargs: dict
) -> Any:
    """Interpret a Python function in place of a call of it."""
    source = frame.perform(node, source_of, function)
    bound = frame.perform(node, bind, frame, own_signature(function), args, kwargs)
    code = function.__code__
    guard_function(frame.recorder, function)
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    inner = Frame(
        frame.session,
        source,
        bound,
        function.__globals__,
        cells,
        None,
        frozenset(code.co_varnames + code.co_cellvars),
    )
    return run(frame, node, inner)


def inline_script(
    frame: Frame, node: ast.AST, function: ScriptFunction, args: list, kwargs: dict
) -> Any:
    if function.source.yields:
        raise frame.refuse(node, "a call of a generator")
    bound = frame.perform(node, bind, frame, function.signature, args, kwargs)
    declared = frozenset(declared_nonlocal(function.source.body))
    inner = Frame(
        frame.session,
        function.source,
        bound,
        function.frame.globals,
        {},
        function.frame,
        frozenset([*bound, *assigned(function.source.body)]) - declared,
        nonlocals=declared,
    )
    return run(frame, node, inner)


def bind(frame: Frame, signature: inspect.Signature, args: list, kwargs: dict) -> dict[str, Any]:
    bound = signature.bind(*args, **kwargs)
    for name, parameter in signature.parameters.items():
        default = parameter.default
        missing = name not in bound.arguments and default is not inspect.Parameter.empty
        if missing and not (is_plain(default) or is_value(default) or callable(default)):
            raise refuse(f"the default of {name}, an object of type {said(default)}")
    bound.apply_defaults()
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            frame.session.own(bound.arguments[name])
    return dict(bound.arguments)


def run(frame: Frame, node: ast.AST, inner: Frame) -> Any:
    from braze.interpreter.statements import run_function

    stack = frame.session.stack
    if len(stack) >= MAX_DEPTH:
        raise frame.refuse(node, f"calls nested more than {MAX_DEPTH} deep")
    if any(one.source is inner.source for one in stack):
        frame.session.recurse(frame, node)
    stack.append(inner)
    try:
        return run_function(inner)
    finally:
        stack.pop()
