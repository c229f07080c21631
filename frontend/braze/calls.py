"""Calls in the script frontend: inlined functions, NumPy functions, and pure builtins."""

import ast
import functools
import inspect
import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from braze import _core, builtin_calls, draws, getters, records, shapes, vectorized
from braze.errors import refuse
from braze.frame import MAX_DEPTH, Frame, Items
from braze.grown import Append
from braze.hierarchies import Nothing
from braze.identity import stands_in
from braze.listing import ListOf
from braze.numpy_api import FUNCTIONS, call_function
from braze.outside import DictMethod
from braze.reading import CHANGES
from braze.scope import assigned, declared_nonlocal
from braze.source_code import FunctionSource, source_of
from braze.sources import IDENTITIES, Source, is_plain
from braze.texts import TextMethod, joined
from braze.value import Value, any_value, is_value
from braze.vectors import VectorMethod

# NumPy functions that depend on nothing but their arguments, evaluated while compiling.
PURE = {np.array, np.asarray, np.linspace, np.logspace, np.geomspace, np.eye, np.identity,
        np.arange, np.dtype, np.finfo, np.iinfo, np.result_type, np.promote_types, np.can_cast,
        np.issubdtype, np.isscalar, np.broadcast_shapes, np.tri, np.diag, np.hanning, np.hamming,
        np.meshgrid, np.indices}  # fmt: skip
MAKERS = {np.zeros, np.ones, np.empty, np.full}


class ScriptFunction:
    """A function defined inside the interpreted one, with the frame around it."""

    def __init__(self, source: FunctionSource, frame: Frame, signature: inspect.Signature) -> None:
        self.source = source
        self.frame = frame
        self.signature = signature


def make_function(frame: Frame, node: ast.FunctionDef | ast.Lambda) -> ScriptFunction:
    """Return a function defined by a `def` or lambda inside the interpreted function."""
    from braze.expressions import evaluate

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
    source = FunctionSource(node, frame.source.file, name)
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
    if isinstance(function, ScriptFunction):
        return inline_script(frame, node, function, args, kwargs)
    if isinstance(function, (functools.partial, Partial)):
        return call_partial(frame, node, function, args, kwargs)
    if isinstance(function, np.vectorize):
        function = frame.perform(node, vectorized.opened, frame, function)
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
    return frame.perform(node, call_known, frame, function, args, kwargs)


def looked_through(function: Any) -> Any:
    """Return the function that a compiled function calls."""
    while isinstance(function, _core.Function):
        function = function.__wrapped__
    return function


# What stands for functions while compiling, and is called with the frame.
STANDS_FOR_CALL = (
    records.RecordMethod, Append, DictMethod, Nothing, draws.Method, draws.Maker, TextMethod,
    VectorMethod, ListOf,
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
        from braze.arguments import lift_argument

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
        raise frame.refuse(node, f"a call of a {type(function).__name__} that keeps its results")
    read = [function.__globals__[n] for n in names if n in function.__globals__]
    if not all(isinstance(value, IDENTITIES) for value in read):
        raise frame.refuse(node, "a function that keeps its results and reads variables")
    given = [*args, *kwargs.values()]
    result = call(frame, node, function, args, kwargs)
    for value in (*given, result):
        if not (is_plain(value) or (is_value(value) and not value.is_array)):
            raise frame.refuse(node, "a function of or to arrays that keeps its results")
    return result


def from_numpy(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "numpy"


# Inlining


def inline(
    frame: Frame, node: ast.AST, function: types.FunctionType, args: list, kwargs: dict
) -> Any:
    """Interpret a Python function in place of a call of it."""
    source = frame.perform(node, source_of, function)
    bound = frame.perform(
        node, bind, frame, inspect.signature(function, follow_wrapped=False), args, kwargs
    )
    code = function.__code__
    for attribute in ("__code__", "__defaults__", "__kwdefaults__"):
        if (now := getattr(function, attribute)) is not None:
            frame.recorder.guard(Source(("attr", function, attribute)), "is", now)
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
            raise refuse(f"the default of {name}, an object of type {type(default).__name__}")
    bound.apply_defaults()
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            frame.session.own(bound.arguments[name])
    return dict(bound.arguments)


def run(frame: Frame, node: ast.AST, inner: Frame) -> Any:
    from braze.statements import run_function

    stack = frame.session.stack
    if len(stack) >= MAX_DEPTH:
        raise frame.refuse(node, f"calls nested more than {MAX_DEPTH} deep")
    stack.append(inner)
    try:
        return run_function(inner)
    finally:
        stack.pop()


# Functions that are known


def call_known(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a NumPy function, a builtin, or a method."""
    dynamic = any_value(args) or any_value(kwargs)
    of_value = is_value(getattr(function, "__self__", None))
    builtin = builtin_calls.BUILTINS.get(function) if hashable(function) else None
    if builtin is not None:
        return builtin(frame, *args, **kwargs)
    if of_value or from_numpy(function) or isinstance(function, (np.ufunc, type)):
        check_contents([*args, *kwargs.values()])
    if isinstance(function, type) and issubclass(function, np.generic):
        if dynamic:
            return shapes.convert(*[frame.recorder.operand(a) for a in args], function, **kwargs)
        return function(*args, **kwargs)
    if isinstance(function, np.ufunc) or isinstance(getattr(function, "__self__", None), np.ufunc):
        return call_numpy(frame, function, args, kwargs)
    if hashable(function) and (function in FUNCTIONS or function in PURE):
        return call_numpy_function(frame, function, args, kwargs, dynamic)
    if isinstance(getattr(function, "__self__", None), (list, dict, set)):
        return call_container(frame, function, args, kwargs)
    if of_value:
        return function(*args, **kwargs)
    of_floats = any(is_value(a) and not (a.can_be_static and a.dtype_name == "i64") for a in args)
    if of_floats and hashable(function) and function in builtin_calls.MATH_CALLS and not kwargs:
        return builtin_calls.MATH_CALLS[function](frame, *args)
    return call_pure(frame, function, args, kwargs)


def hashable(function: Any) -> bool:
    try:
        hash(function)
    except TypeError:
        return False
    return True


def call_numpy_function(
    frame: Frame, function: Any, args: list, kwargs: dict, dynamic: bool
) -> Any:
    maker = function in MAKERS or (function is np.arange and whole_range(args, kwargs))
    if (dynamic or maker) and function in FUNCTIONS:
        result = call_function(frame.recorder, function, tuple(args), kwargs)
        return frame.session.own(result) if isinstance(result, list) else result
    if dynamic:
        raise refuse(f"numpy.{function.__name__} of values that are known only at run time")
    return call_numpy(frame, function, args, kwargs)


def whole_range(args: list, kwargs: dict) -> bool:
    return len(args) < 3 and "step" not in kwargs and all(type(a) in (int, Value) for a in args)


def call_numpy(frame: Frame, function: Callable, args: list, kwargs: dict) -> Any:
    """Call NumPy itself: on values it comes back to the recorder, on constants it computes."""
    if kwargs.get("out") is Ellipsis:
        raise refuse("out=..., which NumPy does not pass on")
    if any(map(stands_in, args)) and not any(map(is_value, args)):
        raise refuse(f"{function.__name__} of what only the run knows")
    for operand in (*args, *kwargs.values()):
        known = is_value(operand) or isinstance(operand, (np.ndarray, np.generic))
        if not known and hasattr(type(operand), "__array_ufunc__"):
            raise refuse(f"a ufunc that a {type(operand).__name__} overrides")
    return absorb(frame, function(*args, **kwargs))


def check_contents(operands: list) -> None:
    """Refuse operands of which NumPy may read what no guard watches: buffers, objects that act as
    sequences or numbers."""
    for operand in operands:
        if type(operand) in (list, tuple, dict):
            check_contents([*operand.values()] if type(operand) is dict else operand)
        elif type(operand) is slice:
            check_contents([operand.start, operand.stop, operand.step])
        elif not is_value(operand) and not is_plain(operand) and acts(operand):
            raise refuse("an object with contents of its own as an operand")


def acts(operand: Any) -> bool:
    cls = type(operand)
    ours = cls.__module__.split(".")[0] == "braze"  # what stands for something while compiling
    if ours or isinstance(operand, (np.ndarray, range, *IDENTITIES)):
        return False
    return any(hasattr(cls, name) for name in PROTOCOLS)


# By these NumPy takes an object for an array or a number.
PROTOCOLS = ("__array__", "__array_interface__", "__array_struct__", "__array_function__",
             "__buffer__", "__getitem__", "__iter__", "__len__", "__index__", "__int__",
             "__float__", "__complex__")  # fmt: skip


def absorb(frame: Frame, result: Any) -> Any:
    """Return a result of NumPy: an array made while compiling becomes an input of the graph."""
    if is_value(result) or is_plain(result) or isinstance(result, (np.finfo, np.iinfo, type)):
        return result
    if isinstance(result, np.ndarray):
        return frame.recorder.constant_array(result)
    if isinstance(result, (tuple, list)):
        parts = [absorb(frame, part) for part in result]
        return tuple(parts) if isinstance(result, tuple) else frame.session.own(parts)
    raise refuse(f"a result of type {type(result).__name__}")


def call_container(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a method of a list, dict or set that is known and may be changed."""
    held = function.__self__
    changes = function.__name__ in CHANGES or function.__name__.startswith("__")
    if not frame.session.readable(held) or (changes and not frame.session.may_change(held)):
        raise refuse(f"a method of a {type(held).__name__} from outside or in a branch")
    if not frame.session.finds(held, function.__name__, args):
        raise refuse(f"{function.__name__} of a {type(held).__name__} of objects or arrays")
    result = function(*args, **kwargs)
    if function.__name__ in ("keys", "values", "items"):
        view = Items(lambda: result, once=False)
        view.of = held
        return view
    if isinstance(result, (list, dict, set)) and id(result) not in frame.session.owned:
        return frame.session.own(result)
    return result


def call_pure(frame: Frame, function: Any, args: list, kwargs: dict) -> Any:
    """Call a function of constants: of `math`, or a method of a number, string or tuple."""
    pure = getattr(function, "__module__", None) == "math"
    if function is math.fsum or any_value(kwargs):
        pure = False
    owner = getattr(function, "__self__", None)
    if type(owner) is str and function.__name__ == "join" and not all(map(is_plain, args)):
        return joined(frame, owner, *args)
    on_plain = owner is not None and is_plain(owner) and not isinstance(owner, np.generic)
    if pure or on_plain:
        fixed = [a.static() if is_value(a) else a for a in args]
        if all(map(is_plain, (*fixed, *kwargs.values()))):
            result = function(*fixed, **kwargs)
            if is_plain(result):
                return result
            if type(result) is list and all(map(is_plain, result)):
                return frame.session.own(result)
    name = getattr(function, "__qualname__", None)
    if name is None:
        raise refuse(f"a call of a {type(function).__name__}")
    module = getattr(function, "__module__", None) or ""
    raise refuse(f"a call of {module + '.' if module not in ('builtins', '') else ''}{name}")
