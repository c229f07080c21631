"""NumPy's ufuncs on values: `__array_ufunc__`. Which ufuncs there are is read from the op table."""

from itertools import combinations
from typing import Any

import numpy as np

from braze import _core
from braze.arrays import rounded_twice
from braze.arrays.arithmetic import (
    cast,
    dtype_like,
    elementwise,
    is_weak,
)
from braze.arrays.indexing import stored
from braze.arrays.powers import power
from braze.arrays.registry import UFUNCS
from braze.errors import Unsupported, refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.either import check_scalar
from braze.record.storage import assign, origin
from braze.record.value import Value, is_value

ELEMENTWISE = {name for name, row in _core.ops.items() if row["kind"] == "elementwise"}
# Other names of NumPy for what the table has.
ALIASES = {"degrees": "rad2deg", "radians": "deg2rad"}
# The reduction and the running reduction that a ufunc's `reduce` and `accumulate` are.
REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min",
              "logical_or": "any", "logical_and": "all",
              "fmax": "fmax", "fmin": "fmin"}  # fmt: skip
ACCUMULATIONS = {"add": "cumsum", "multiply": "cumprod", "maximum": "cummax", "minimum": "cummin"}


def call_ufunc(recorder: Any, ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """Record a call of a ufunc or one of its methods; what has no kernel is an eager step."""
    from braze.arrays.eager import ufuncs as eager_ufuncs

    if kwargs.get("out"):
        rounded_twice.check(ufunc.__name__, kwargs["out"][0], inputs)
    try:
        return recorded(recorder, ufunc, method, inputs, dict(kwargs))
    except Unsupported as error:
        try:
            return eager_ufuncs.instead(recorder, ufunc, method, inputs, kwargs)
        except Unsupported:
            raise error from None


def recorded(recorder: Any, ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """Record a call of a ufunc, or of one of its methods, as ops."""
    from braze.arrays.reductions import accumulate, into, reduce_ufunc, sum_into

    name = ufunc.__name__
    out = kwargs.pop("out", None)
    casting = kwargs.get("casting", "same_kind")
    if method == "reduce" and name in REDUCTIONS:
        result = reduce_ufunc(recorder, REDUCTIONS[name], *inputs, **kwargs)
    elif method == "accumulate" and name in ACCUMULATIONS:
        value = recorder.operand(inputs[0])
        result = accumulate(ACCUMULATIONS[name], value, *inputs[1:], **{"axis": 0, **kwargs})
    elif method == "at":
        from braze.arrays.picking import change_at

        return change_at(recorder, name, *inputs)
    elif method == "outer" and len(inputs) == 2:
        result = outer(recorder, ufunc, *inputs, **kwargs)
    elif method == "__call__" and ufunc.nin == len(inputs):
        return call_with_options(recorder, ufunc, inputs, kwargs, out)
    else:
        raise refuse(f"numpy.{name}.{method}")
    if out is None or method == "outer":
        return result if out is None else store(recorder, out[0], result, casting)
    return (sum_into if method == "reduce" else into)(out[0], result)


def call_with_options(
    recorder: Any, ufunc: np.ufunc, inputs: tuple, kwargs: dict, out: tuple | None
) -> Any:
    """Record a call with `dtype=`, `out=` and `where=`."""
    name = ufunc.__name__
    where = kwargs.pop("where", True)
    where = True if where is np._NoValue else where
    casting = kwargs.pop("casting", "same_kind")
    dtype = plain_options(name, kwargs)
    result = call(recorder, name, list(inputs), dtype, casting)
    if casting not in ("same_kind", "unsafe"):
        check_casting(recorder, ufunc, inputs, dtype, casting)
    if out is None or all(target is None for target in out):
        if where is not True:
            raise refuse(f"numpy.{name} with where= and no out=")
        return result
    if rounded_twice.is_product(result):
        result = rounded_twice.into(out[0], result, inputs, masked=where is not True)
    if where is True and not isinstance(result, tuple):
        return store(recorder, out[0], result, casting)
    if isinstance(result, tuple):
        if where is not True:
            raise refuse(f"numpy.{name} with where=")
        targets = [target for target in out if target is not None]
        if any(origin(a) is origin(b) for a, b in combinations(targets, 2)):
            raise refuse(f"numpy.{name} with outputs that share memory")
        return tuple(
            store(recorder, target, part, casting) if target is not None else part
            for target, part in zip(out, result, strict=True)
        )
    mask = recorder.operand(where)
    if mask.dtype_name != "b1":
        raise refuse("a where= that is not of bools")
    given = cast_for(out[0], result, casting)
    return store(recorder, out[0], recorder.apply("where", [mask, given, out[0]]))


def check_casting(recorder: Any, ufunc: np.ufunc, inputs: tuple, dtype: Any, casting: str) -> None:
    """Refuse operands that the loop of a ufunc would have to convert in a way not allowed."""
    types = [dtype_like(recorder.operand(x)) for x in inputs]
    if not all(isinstance(t, np.dtype) for t in types):
        raise refuse(f"a Python number with casting={casting!r}")
    signature = None if dtype is None else (*(None,) * ufunc.nin, *(np.dtype(dtype),) * ufunc.nout)
    try:
        ufunc.resolve_dtypes((*types, *(None,) * ufunc.nout), signature=signature, casting=casting)
    except TypeError as error:
        raise refuse(f"numpy.{ufunc.__name__} with casting={casting!r}: {error}") from error


def cast_for(target: Any, result: Value, casting: str) -> Value:
    """Return a result in the dtype of the array that `out=` names."""
    if not is_value(target) or not target.is_array:
        raise refuse("an output that is no array of the function")
    if not np.can_cast(TO_NUMPY[result.dtype_name], TO_NUMPY[target.dtype_name], casting):
        raise refuse(f"storing {result.dtype_name} in an array of {target.dtype_name}")
    return cast(result, target.dtype_name)


def store(recorder: Any, target: Any, result: Value, casting: str = "same_kind") -> Value:
    """Make the array `target` hold a result, as `out=` does."""
    put(target, cast_for(target, result, casting))
    return target


def put(target: Value, given: Value) -> None:
    """Put a value into an array of at least its rank, broadcast to its shape."""
    recorder, given = target.recorder, cast(given, target.dtype_name)
    missing = len(target.dims) - len(given.dims)
    if missing < 0:
        raise refuse("an output of fewer dimensions than the result")
    if given.is_array and not given.dims:
        given = recorder.add("scalar", [given])
    elif given.is_array and missing:
        given = recorder.add("expand_dims", [given], axes=list(range(missing)))
    for old, new in zip(target.dims, given.dims, strict=False):
        same = old == new or (isinstance(new, int) and new == 1)
        if not same and not recorder.decide("zero", old - new):
            raise refuse("an output of another shape")
    assign(target, given)


def plain_options(name: str, kwargs: dict) -> Any:
    """Return the dtype asked for; refuse what changes the meaning in another way."""
    for option, value in kwargs.items():
        usual = {"order": "K", "subok": True, "dtype": None}.get(option, NotImplemented)
        same = value is usual or (isinstance(value, str) and value == usual)
        if option not in ("dtype", "subok") and not same:
            raise refuse(f"the option {option}= of numpy.{name}")
    return kwargs.get("dtype")


def call(
    recorder: Any, name: str, inputs: list, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """Record an elementwise op by its NumPy name."""
    op = ALIASES.get(name, name)
    if op not in ELEMENTWISE and op not in UFUNCS:
        raise refuse(f"numpy.{name}")
    wanted, given = None, inputs
    if dtype is not None:
        inputs, wanted = in_dtype(recorder, name, inputs, dtype, casting)
    if op in UFUNCS:
        return checked(name, UFUNCS[op](recorder, *inputs), wanted)
    if op == "square" and is_complex_scalar(recorder.operand(inputs[0])):
        raise refuse("numpy.square of a complex scalar, which NumPy rounds in another way")
    if all(map(is_weak, inputs)):
        inputs = [strong(recorder, x) for x in inputs]
    if op == "power":
        exponent = given[1] if is_weak(given[1]) else inputs[1]
        return checked(name, power(recorder, inputs[0], exponent, by_operator=False), wanted)
    return checked(name, elementwise(recorder, op, inputs), wanted)


def is_complex_scalar(x: Value) -> bool:
    return KIND[x.dtype_name] == "c" and not x.is_array


def checked(name: str, result: Any, dtype: str | None) -> Any:
    """Return a result if it has the dtype that dtype= asks for."""
    first = result[0] if isinstance(result, tuple) else result
    if dtype is not None and first.dtype_name != dtype:
        raise refuse(f"numpy.{name} with dtype={dtype}")
    return result


def in_dtype(recorder: Any, name: str, inputs: list, dtype: Any, casting: str) -> tuple[list, str]:
    """Convert the operands to the types of the loop that NumPy takes for dtype=."""
    ufunc = getattr(np, name)
    values = [recorder.operand(x) for x in inputs]
    types = tuple(v.python_type if v.kind == "python" else TO_NUMPY[v.dtype_name] for v in values)
    asked = np.dtype(dtype)
    name_of(asked)
    try:
        # NumPy crashes where it has to say that a Python number is not cast, so all casts are asked
        # for, and those that are not allowed are refused here.
        chosen = ufunc.resolve_dtypes(
            (*types, *(None,) * ufunc.nout),
            signature=(*(None,) * ufunc.nin, *(asked,) * ufunc.nout),
            casting="unsafe",
        )
    except TypeError as error:
        raise refuse(f"numpy.{name} with dtype={dtype}: {error}") from error
    loops = [name_of(t) for t in chosen]
    for given, loop in zip(values, chosen, strict=False):
        weak = given.kind == "python"
        if weak and casting not in ("same_kind", "unsafe"):
            raise refuse(f"a Python number with casting={casting!r}")
        if not np.can_cast(TO_NUMPY[given.dtype_name], loop, casting):
            raise refuse(f"numpy.{name} with dtype={dtype} of {given.dtype_name}")
    numbers = [v.kind == "python" and KIND[t] in "iu" for v, t in zip(values, loops, strict=False)]
    return [
        stored(recorder, v, t) if number else cast(v, t)
        for v, t, number in zip(values, loops, numbers, strict=False)
    ], loops[ufunc.nin]


def strong(recorder: Any, number: Any) -> Value:
    """Return a Python number as the NumPy scalar that a ufunc makes of it."""
    value = recorder.operand(number)
    check_scalar(value)
    return cast(value, value.dtype_name)


def outer(recorder: Any, ufunc: np.ufunc, a: Any, b: Any, **kwargs: Any) -> Value:
    """Record ``ufunc.outer``: every element of `a` with every element of `b`."""
    a, b = (strong(recorder, x) if is_weak(x) else recorder.operand(x) for x in (a, b))
    if b.dims and a.is_array:
        rank = len(a.dims)
        a = recorder.add("expand_dims", [a], axes=list(range(rank, rank + len(b.dims))))
    return call(recorder, ufunc.__name__, [a, b], plain_options(ufunc.__name__, kwargs))
