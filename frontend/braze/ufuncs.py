"""NumPy's ufuncs on values: `__array_ufunc__`. Which ufuncs there are is read from the op table."""

from typing import Any

import numpy as np

from braze import _core
from braze.arithmetic import as_result, cast, elementwise, is_weak, power, settle_integers
from braze.dtypes import KIND, can_cast_same_kind, name_of
from braze.errors import refuse
from braze.value import Value

ELEMENTWISE = {name for name, row in _core.ops.items() if row["kind"] == "elementwise"}
# Other names of NumPy for what the table has.
ALIASES = {"degrees": "rad2deg", "radians": "deg2rad", "fabs": "absolute"}
# The reduction that a ufunc's `reduce` is.
REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min",
              "logical_or": "any", "logical_and": "all"}  # fmt: skip
# dtype= changes only the type that these rules compute in, so it is a cast of the operands.
CASTABLE = ("arith", "number", "wide8", "divide", "real", "floats")


def call_ufunc(recorder: Any, ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """Record a call of a ufunc, or of its `reduce` or `outer`."""
    name = ufunc.__name__
    if method == "reduce" and name in REDUCTIONS:
        from braze.reductions import reduce_ufunc

        return reduce_ufunc(recorder, REDUCTIONS[name], *inputs, **kwargs)
    if method == "outer" and not kwargs and len(inputs) == 2:
        return outer(recorder, ufunc, *inputs)
    if method != "__call__":
        raise refuse(f"numpy.{name}.{method}")
    dtype = plain_options(name, kwargs)
    if ufunc.nin != len(inputs):
        raise refuse(f"the output argument of numpy.{name}", "use the result instead")
    return call(recorder, name, list(inputs), dtype)


def plain_options(name: str, kwargs: dict) -> str | None:
    """Return the dtype asked for; refuse what changes the meaning in another way."""
    for option, value in kwargs.items():
        default = {
            "out": None,
            "where": True,
            "casting": "same_kind",
            "order": "K",
            "subok": True,
            "dtype": None,
        }.get(option, NotImplemented)
        usual = value is default or (isinstance(value, str) and value == default)
        if option != "dtype" and not usual:
            raise refuse(f"the option {option}= of numpy.{name}")
    dtype = kwargs.get("dtype")
    return None if dtype is None else name_of(dtype)


def call(recorder: Any, name: str, inputs: list, dtype: str | None = None) -> Any:
    """Record an elementwise op by its NumPy name."""
    op = ALIASES.get(name, name)
    if op == "matmul":
        if dtype is not None:
            raise refuse("the option dtype= of numpy.matmul")
        return matmul(recorder, *inputs)
    if op == "divmod":
        return (call(recorder, "floor_divide", inputs), call(recorder, "remainder", inputs))
    if op not in ELEMENTWISE:
        raise refuse(f"numpy.{name}")
    if dtype is not None:
        if _core.ops[op]["rule"] not in CASTABLE:
            raise refuse(f"the option dtype= of numpy.{name}")
        if KIND[dtype] != "f":
            raise refuse(f"numpy.{name} with dtype={dtype}")
        inputs = [in_dtype(recorder.operand(x), dtype, name) for x in inputs]
    if name == "fabs" and KIND[recorder.operand(inputs[0]).dtype_name] != "f":
        raise refuse("numpy.fabs of integers")
    if all(map(is_weak, inputs)):
        inputs = [strong(recorder, x) for x in inputs]
    if op == "power":
        return power(recorder, *inputs, by_operator=False)
    return elementwise(recorder, op, inputs)


def in_dtype(value: Value, dtype: str, name: str) -> Value:
    """Convert an operand as dtype= of a ufunc does, which refuses to lose the kind."""
    if not can_cast_same_kind(value.dtype_name, dtype):
        raise refuse(f"numpy.{name} of {value.dtype_name} with dtype={dtype}")
    return cast(value, dtype)


def strong(recorder: Any, number: Any) -> Value:
    """Return a Python number as the NumPy scalar that a ufunc makes of it."""
    value = recorder.operand(number)
    return cast(value, value.dtype_name)


def matmul(recorder: Any, a: Any, b: Any) -> Value:
    """Record the matrix product."""
    values = settle_integers(recorder, [recorder.operand(a), recorder.operand(b)])
    if not all(v.is_array and v.dims for v in values):
        raise refuse("a matrix product with a scalar")
    return as_result(recorder.apply("matmul", values))


def outer(recorder: Any, ufunc: np.ufunc, a: Any, b: Any) -> Value:
    """Record ``ufunc.outer``: every element of `a` with every element of `b`."""
    a, b = recorder.operand(a), recorder.operand(b)
    if b.dims and a.is_array:
        rank = len(a.dims)
        a = recorder.add("expand_dims", [a], axes=list(range(rank, rank + len(b.dims))))
    return call(recorder, ufunc.__name__, [a, b])
