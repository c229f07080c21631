"""Tracing: the function itself runs on values, in an environment that hides nothing from the graph.

The traced function is a copy whose globals and closure hold what the script frontend would see:
arrays as inputs, numbers under guards, NumPy through a module that knows values, and only
builtins that depend on nothing but their arguments. So nothing is frozen that may change, and a
function with side effects is refused before it has any.
"""

import builtins
import dis
import functools
import inspect
import math
import types
from typing import Any

import numpy as np

from braze.errors import Unsupported, raised, refuse, said
from braze.interpreter.builtins.calls import BUILTINS
from braze.interpreter.calls import looked_through
from braze.interpreter.frame import Frame, Session
from braze.interpreter.identity import stands_in
from braze.interpreter.items import Items
from braze.interpreter.known_calls import call_known
from braze.interpreter.lifting import lift
from braze.interpreter.source_code import lazy
from braze.record.code_names import global_names
from braze.record.recorder import Recorder
from braze.record.signatures import guard_function, own_signature
from braze.record.sources import Source, is_plain
from braze.record.value import is_value
from braze.tracing.paths import Paths

# Builtins that work on values by themselves, or never see one.
NATIVE = ("isinstance", "abs", "tuple", "list", "dict", "zip", "enumerate", "reversed", "float",
          "int", "bool", "all", "any", "divmod", "pow", "slice", "callable", "True", "False",
          "None", "ValueError", "TypeError", "AssertionError", "RuntimeError", "IndexError",
          "str")  # fmt: skip
REPLACED = ("len", "range", "min", "max", "sum", "type", "round", "hasattr")
PYTHONS = {name: getattr(builtins, name) for name in (*NATIVE, *REPLACED)}
FIXED = (type, types.FunctionType, types.BuiltinFunctionType, np.ufunc)  # as defaults
# A call of such code runs nothing yet.
LAZY = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
TRACED = "traced by braze"  # the name of the module of a traced function
# What changes something outside of the function, or reads it unseen; and handlers, which would
# take a refusal for an exception of the program.
REFUSED = {
    "STORE_GLOBAL": "a change of a global",
    "DELETE_GLOBAL": "`del` of a global",
    "STORE_ATTR": "a change of an attribute",
    "DELETE_ATTR": "`del` of an attribute",
    "IMPORT_NAME": "an import",
    "SETUP_WITH": "the statement `with`",
    "BEFORE_WITH": "the statement `with`",
    "LOAD_BUILD_CLASS": "the statement `class`",
    "PUSH_EXC_INFO": "a handler of exceptions",
}


def plain(bound: dict[str, Any]) -> list[Any]:
    return [value for value in bound.values() if not is_value(value)]


def run_trace(
    recorder: Recorder, function: types.FunctionType, bound: dict[str, Any], decide: bool
) -> Any:
    """Run the function on values; if it may `decide` on them, once for every way it goes."""
    code = function.__code__
    if code.co_flags & LAZY:
        raise lazy(code)
    # NumPy keeps out=... to itself, so a trace could not tell that a 0-d array is wanted.
    names = [c for c in code.co_consts if isinstance(c, tuple)]
    if any("out" in n for n in names) and Ellipsis in (*code.co_consts, *plain(bound)):
        raise refuse("out=... in a trace")
    for value in bound.values():
        if not (is_value(value) or is_plain(value) or isinstance(value, (tuple, dict))):
            raise refuse(f"an argument of type {said(value)} in a trace")
    if any(not isinstance(made, tuple) for made, _ in recorder.containers.values()):
        raise refuse("a list or dict as an argument of a trace")
    recorder.tracing = True
    environment = Environment(recorder)
    twin = environment.twin(function)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in own_signature(function).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(bound.get(name, ()))
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs.update(bound.get(name, {}))
        elif parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[name] = bound[name]
        else:
            args.append(bound[name])

    def run() -> Any:
        return run_twin(twin, args, kwargs)

    if not decide:
        return run()
    return Paths(recorder, Frame(environment.session, None, {}, {}), run).result()


def run_twin(twin: types.FunctionType, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run the copy of a function; what it raises, the plain function will raise."""
    try:
        return twin(*args, **kwargs)
    except (Unsupported, RecursionError):
        raise
    except NameError as error:
        what = f"the name {error.name} in a trace, which records what is done to arrays"
        raise refuse(what) from error
    except Exception as error:
        raise refuse(raised(error)) from error


class Environment:
    """Copies of functions that see values where they read arrays from outside."""

    def __init__(self, recorder: Recorder) -> None:
        self.session = Session(recorder)
        self.twins: dict[types.FunctionType, types.FunctionType] = {}
        self.numpy = NumpyModule(self, np)

    def twin(self, function: types.FunctionType) -> types.FunctionType:
        """Return the copy of a function that is run instead of it."""
        if function not in self.twins:
            code = function.__code__
            check(code)
            defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
            if not all(is_plain(d) or isinstance(d, FIXED) for d in defaults):
                raise refuse("defaults that may change in a trace")
            names: dict[str, Any] = {"__builtins__": self.builtins(), "__name__": TRACED}
            twin = types.FunctionType(
                code, names, function.__name__, function.__defaults__, self.cells(function)
            )
            twin.__kwdefaults__ = function.__kwdefaults__
            self.twins[function] = twin
            guard_function(self.session.recorder, function)
            for name in global_names(code):
                if name in function.__globals__:
                    source = Source(("global", function.__globals__, name))
                    names[name] = self.found(source, function.__globals__[name])
                elif name in PYTHONS:
                    self.guard_builtin(function.__globals__, name)
        return self.twins[function]

    def guard_builtin(self, names: dict[str, Any], name: str) -> None:
        """Have later calls find Python's own object by this name."""
        if names.get("__builtins__", builtins) not in (builtins, vars(builtins)):
            raise refuse("code with builtins of its own")
        if getattr(builtins, name, None) is not PYTHONS[name]:
            raise refuse(f"a {name} that is not Python's, in a trace")
        self.session.recorder.guard(Source(("const", names)), "lacks", name)
        self.session.recorder.guard(Source(("attr", builtins, name)), "is", PYTHONS[name])

    def cells(self, function: types.FunctionType) -> tuple[types.CellType, ...] | None:
        if not function.__closure__:
            return None
        return tuple(
            types.CellType(self.found(Source(("cell", cell, name)), cell.cell_contents))
            for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True)
        )

    def found(self, source: Source, value: Any) -> Any:
        """Return what a traced function sees in place of an object from outside."""
        function = looked_through(value)
        if isinstance(function, types.FunctionType):
            lift(self.session, source, value)
            return self.twin(function)
        if value is np or value is np.linalg:
            lift(self.session, source, value)
            return self.numpy if value is np else NumpyModule(self, value)
        if value is math:
            lift(self.session, source, value)
            return MathModule(self.session.recorder)
        allowed = isinstance(value, np.ufunc) or is_plain(value)
        if not (allowed or type(value) is np.ndarray or is_scalar_type(value)):
            name = getattr(value, "__name__", "an object")
            raise refuse(f"{name} from outside, a {said(value)}, in a trace")
        return lift(self.session, source, value)

    def call(self, function: Any, args: tuple, kwargs: dict) -> Any:
        """Call a NumPy function or builtin as the script frontend would."""
        frame = Frame(self.session, None, {}, {})
        made = call_known(frame, function, list(args), kwargs)
        if isinstance(made, Items):
            return made.take()
        internal = type(made).__module__.startswith("braze.") and not callable(made)
        if stands_in(made) or (internal and not is_value(made)):
            raise refuse(f"a call of what {function.__name__} gives in a trace")
        return made

    def builtins(self) -> dict[str, Any]:
        """Return the builtins that a traced function may use."""
        known = {name: PYTHONS[name] for name in NATIVE}
        for name in REPLACED:
            known[name] = self.wrapped(PYTHONS[name])
        known["range"] = traced_range
        return known

    def wrapped(self, function: Any) -> Any:
        if function in BUILTINS and function not in (len, type, min, max, hasattr):
            return function
        return lambda *args, **kwargs: self.call(function, args, kwargs)


def traced_range(*bounds: Any) -> range:
    """Return a range; a bound that differs between calls is fixed under a check or guard."""
    return range(*(b.__index__() for b in bounds))


class MathModule:
    """The module `math` as traced functions see it."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        found = getattr(math, name)
        if not (isinstance(found, types.BuiltinFunctionType) or is_plain(found)):
            raise refuse(f"math.{name} in a trace")
        self._recorder.guard(Source(("attr", math, name)), "is", found)
        return found


class NumpyModule:
    """NumPy, or a module of it, as traced functions see it."""

    def __init__(self, environment: Environment, module: types.ModuleType) -> None:
        self._environment = environment
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        guard = self._environment.session.recorder.guard
        guard(Source(("attr", self._module, name)), "is", found)
        if isinstance(found, types.ModuleType):
            return NumpyModule(self._environment, found)
        if isinstance(found, np.ufunc) or is_plain(found) or found is np.ndarray:
            return found
        if is_scalar_type(found):
            return ScalarType(self._environment, found)
        if callable(found):
            return lambda *args, **kwargs: self._environment.call(
                found, unwrap(args), unwrap(kwargs)
            )
        raise refuse(f"numpy.{name} in a trace")


class ScalarType:
    """A type such as numpy.float32: a dtype, and a function that converts."""

    def __init__(self, environment: Environment, scalar_type: type) -> None:
        self._environment = environment
        self.dtype = np.dtype(scalar_type)
        self.scalar_type = scalar_type

    def __call__(self, *args: Any) -> Any:
        return self._environment.call(self.scalar_type, args, {})


def unwrap(options: Any) -> Any:
    """Return arguments of a NumPy function with NumPy's own types in them."""
    if isinstance(options, dict):
        return {key: unwrap_one(value) for key, value in options.items()}
    return tuple(unwrap_one(value) for value in options)


def unwrap_one(value: Any) -> Any:
    return value.scalar_type if type(value) is ScalarType else value


def is_scalar_type(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, np.generic)


def check(code: types.CodeType) -> None:
    """Refuse code that changes what lies outside of the function."""
    if (why := fault_of(code)) is not None:
        raise refuse(why)


@functools.lru_cache(maxsize=1024)
def fault_of(code: types.CodeType, own: frozenset[str] = frozenset()) -> str | None:
    """Return why code is not traced, or None; `own` are variables around it."""
    before = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IS_OP" and before not in (None, ...):
            return "`is` in a trace, which two names of one array would not be"
        constant = instruction.opname == "LOAD_CONST"
        before = instruction.argval if constant else instruction
        outside = instruction.argval in code.co_freevars and instruction.argval not in own
        if instruction.opname in ("STORE_DEREF", "DELETE_DEREF") and outside:
            return f"a change of {instruction.argval}, a variable around the function, in a trace"
        if instruction.opname in REFUSED:
            return f"{REFUSED[instruction.opname]} in a trace"
    keywords = [c for c in code.co_consts if isinstance(c, tuple)]
    if Ellipsis in code.co_consts and any("out" in names for names in keywords):
        return "out=... in a trace, which NumPy does not pass on"
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    faults = (fault_of(c, own.union(code.co_cellvars)) for c in inner)
    return next((fault for fault in faults if fault is not None), None)
