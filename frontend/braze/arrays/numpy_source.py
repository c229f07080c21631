"""NumPy functions that NumPy itself writes in Python: its source runs on values.

The function that runs is a copy whose globals know values: NumPy's modules and functions lead back
to the registry, and where they are not registered, to a copy of their own source. So every
step is the one that NumPy takes, in its order. A decision on the contents of an array is taken as
if it were false, which is NumPy's answer unless it warns or raises; a check in the graph gives the
call to the plain function where it is true.
"""

import builtins
import functools
import types
import warnings
from typing import Any

import numpy as np
from numpy._core import _multiarray_umath

from braze.arrays.errstates import Errstate
from braze.arrays.registry import FUNCTIONS, INSTEAD, array_like, either_way, implements
from braze.arrays.shapes import as_array, broadcast_shape
from braze.errors import Unsupported, refuse
from braze.record.computed import computed
from braze.record.value import Value, any_value, is_value

MAX_DEPTH = 16
MISSING = object()


def run(recorder: Any, function: Any, args: tuple, kwargs: dict) -> Any:
    """Record a call of a NumPy function by running its Python source."""
    if recorder.numpy_depth >= MAX_DEPTH:
        raise refuse(f"numpy.{function.__name__}, nested too deep")
    recorder.numpy_depth += 1
    try:
        result = Twins(recorder).of(source_of(function))(*args, **kwargs)
    except (Unsupported, RecursionError):
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise refuse(f"numpy.{function.__name__}, which raises {what}") from error
    finally:
        recorder.numpy_depth -= 1
    return absorbed(recorder, result)


def absorbed(recorder: Any, result: Any) -> Any:
    """Return a result with the arrays that were made of constants as values."""
    if isinstance(result, (tuple, list)) and not is_value(result):
        parts = [absorbed(recorder, part) for part in result]
        return parts if isinstance(result, list) else tuple(parts)
    if not is_value(result) and isinstance(result, np.ndarray):
        return computed(recorder, result)
    return result


def source_of(function: Any) -> types.FunctionType:
    """Return the Python function behind a NumPy function; Unsupported if there is none."""
    inner = getattr(function, "__wrapped__", function)
    if not isinstance(inner, types.FunctionType) or not from_numpy(inner):
        raise refuse(f"{getattr(function, '__module__', 'numpy')}.{function.__name__}")
    return inner


def from_numpy(value: Any) -> bool:
    return (getattr(value, "__module__", None) or "").split(".")[0] == "numpy"


class Twins:
    """Copies of NumPy's Python functions that see values."""

    def __init__(self, recorder: Any) -> None:
        self.recorder = recorder

    def of(self, function: types.FunctionType) -> types.FunctionType:
        """Return the copy of a function."""
        code = function.__code__
        names: dict[str, Any] = {
            "__builtins__": {**vars(builtins), **REPLACED},
            "__name__": function.__globals__["__name__"],
        }
        for name in names_in(code):
            if name in function.__globals__:
                names[name] = self.seen(function.__globals__[name])
        twin = types.FunctionType(
            code, names, function.__name__, function.__defaults__, function.__closure__
        )
        twin.__kwdefaults__ = function.__kwdefaults__
        return twin

    def seen(self, found: Any) -> Any:
        """Return what the copy sees in place of an object."""
        if found is warnings:
            return Warnings
        if found is np.broadcast:
            return self.broadcast
        if found is getattr(_multiarray_umath, "_array_converter", MISSING):
            return functools.partial(Converted, self.recorder)
        if found is np.errstate:
            return functools.partial(Errstate, self.recorder)
        if isinstance(found, types.ModuleType):
            return Module(self, found) if found.__name__.startswith("numpy") else found
        if isinstance(found, (type, np.ufunc)) or not callable(found):
            return found
        return self.function(found) if from_numpy(found) or found in FUNCTIONS else found

    def broadcast(self, *operands: Any) -> Any:
        """Return what `numpy.broadcast` says about shapes."""
        numbers = [is_value(x) and x.kind == "python" and x.can_be_static for x in operands]
        operands = [x.static() if n else x for x, n in zip(operands, numbers, strict=True)]
        if not any_value(operands):
            return np.broadcast(*operands)
        shapes = [self.recorder.operand(x).dims for x in operands]
        sizes = broadcast_shape(self.recorder, shapes)
        shape = tuple(Value.of_size(self.recorder, size) for size in sizes)
        return types.SimpleNamespace(shape=shape, ndim=len(shape))

    def function(self, found: Any) -> Any:
        """Return a NumPy function as one that also takes values."""

        def call(*args: Any, **kwargs: Any) -> Any:
            if found not in MAKERS and not any_value(args) and not any_value(kwargs):
                result = found(*args, **kwargs)
                return whole_pairs(result) if kwargs.get("as_index") else result
            if found in FUNCTIONS:
                other = INSTEAD.get(found)
                return either_way(FUNCTIONS[found], other, self.recorder, args, kwargs)
            return self.of(source_of(found))(*args, **kwargs)

        return call


class Module:
    """A module of NumPy as copies see it."""

    def __init__(self, twins: Twins, module: types.ModuleType) -> None:
        self._twins = twins
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return self._twins.seen(getattr(self._module, name))


class Converted:
    """What NumPy's array converter makes of operands, in copies: arrays, and wraps of results."""

    def __init__(self, recorder: Any, *operands: Any) -> None:
        self.arrays = tuple(as_array(array_like(recorder, a)) for a in operands)

    def as_arrays(self, subok: bool = True) -> tuple:
        return self.arrays

    def __iter__(self) -> Any:
        return iter(self.arrays)

    def __getitem__(self, key: int) -> Value:
        return self.arrays[key]

    def wrap(self, result: Any, to_scalar: bool | None = None) -> Any:
        if to_scalar is not False and not result.shape:
            raise refuse("a result that is an array or a scalar as the operands are")
        return result


class Warnings:
    """The module `warnings` as copies see it: the plain function is to warn."""

    catch_warnings = warnings.catch_warnings
    filterwarnings = warnings.filterwarnings
    simplefilter = warnings.simplefilter

    @staticmethod
    def warn(message: Any, *args: Any, **kwargs: Any) -> None:
        raise refuse(f"a call that warns: {message}")


# Arrays of these are written to later, so they are values even where the arguments are constants.
MAKERS = {np.empty, np.zeros, np.ones, np.full}


def names_in(code: types.CodeType) -> set[str]:
    """Return the global names that code and the functions inside it use."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_in(constant)
    return names


def whole_pairs(pairs: Any) -> Any:
    """Return widths to pad as Python ints, which compute with sizes."""
    return [[int(width) for width in pair] for pair in pairs]


def length(container: Any) -> Any:
    """Return a length, of values as a size."""
    if is_value(container) and container.dims:
        return Value.of_size(container.recorder, container.dims[0])
    return len(container)


def type_of(*args: Any) -> Any:
    return args[0].python_type if len(args) == 1 and is_value(args[0]) else type(*args)


def is_instance(found: Any, classes: Any) -> bool:
    if not is_value(found):
        return isinstance(found, classes)
    wanted = classes if isinstance(classes, tuple) else (classes,)
    return any(isinstance(c, type) and issubclass(found.python_type, c) for c in wanted)


# `except Exception` of NumPy's must not catch what says that something is not compiled.
CAUGHT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
REPLACED = {"len": length, "type": type_of, "isinstance": is_instance, "Exception": CAUGHT}

# What is recorded by running NumPy's source: public functions, each held to NumPy by a test.
COMPOSED = [
    "allclose", "angle", "append", "argwhere", "array_equiv", "array_split", "average", "block",
    "apply_over_axes", "bartlett", "blackman", "column_stack", "corrcoef", "cov", "cross",
    "cumulative_prod", "cumulative_sum", "delete", "diag_indices", "diag_indices_from",
    "diff", "dsplit", "dstack", "ediff1d", "extract", "fft.fftfreq",
    "fft.rfftfreq", "fix", "flatnonzero",
    "fliplr", "flipud", "hamming", "hanning", "insert", "mask_indices", "poly", "polyadd",
    "polyder", "polyint", "polysub", "trim_zeros", "tril_indices",
    "tril_indices_from", "triu_indices", "triu_indices_from", "linalg.tensorinv",
    "geomspace", "gradient", "hsplit", "hstack", "indices", "iscomplex", "isclose", "isneginf",
    "isposinf", "ix_", "logspace", "matrix_transpose", "nan_to_num", "nanargmax", "nanargmin",
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod", "nansum", "nanvar",
    "pad", "polyval", "put_along_axis", "roll", "rollaxis", "rot90", "select", "sinc", "split",
    "take_along_axis", "tensordot", "tile", "trapezoid", "tri", "tril", "triu", "unstack",
    "unwrap", "vander", "vsplit", "vstack", "linalg.cross", "linalg.matmul",
    "linalg.matrix_norm", "linalg.matrix_power", "linalg.matrix_transpose", "linalg.norm",
    "linalg.outer", "linalg.tensordot", "linalg.vecdot", "linalg.vector_norm",
]  # fmt: skip


def _register() -> None:
    def composed(function: Any) -> Any:
        return lambda recorder, *args, **kwargs: run(recorder, function, args, kwargs)

    for name in COMPOSED:
        module, _, last = name.rpartition(".")
        function = getattr(getattr(np, module) if module else np, last, None)
        if function is not None and function not in FUNCTIONS:
            implements(function)(composed(function))


_register()


class Flags:
    """What NumPy's own functions ask of memory: values are taken to lie in C order."""

    contiguous = c_contiguous = True
    fnc = False


def _flags(value: Value) -> Flags:
    if not value.recorder.numpy_depth:
        raise refuse("the flags of an array")
    if len(value.dims) > 1 and not value.recorder.all_in_order():
        raise refuse("the order in memory of an array that may not lie in C order")
    return Flags()


Value.flags = property(_flags)
