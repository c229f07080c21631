"""NumPy's functions on values: one registry for `__array_function__` and the script frontend.

Elementwise functions are ufuncs and come from the op table (`ufuncs.py`); what stands here are the
functions with a signature of their own. A function that is missing is Unsupported, by name.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze import reductions, shapes
from braze.arithmetic import cast, elementwise
from braze.dtypes import TO_NUMPY, name_of
from braze.errors import refuse
from braze.ufuncs import call as call_by_name
from braze.ufuncs import matmul
from braze.value import Value

# A NumPy function -> f(recorder, *args, **kwargs).
FUNCTIONS: dict[Any, Callable] = {}


def implements(*functions: Any) -> Callable:
    """Register the decorated function as what braze does for NumPy functions."""

    def register(implementation: Callable) -> Callable:
        for function in functions:
            FUNCTIONS[function] = implementation
        return implementation

    return register


def call_function(recorder: Any, function: Any, args: tuple, kwargs: dict) -> Any:
    """Record a call of a NumPy function."""
    implementation = FUNCTIONS.get(function)
    if implementation is None:
        module = getattr(function, "__module__", None) or "numpy"
        raise refuse(f"{module}.{getattr(function, '__name__', function)}")
    return implementation(recorder, *args, **kwargs)


def on_array(method: Callable) -> Callable:
    """Make a function of the recorder and an operand of one that takes a value."""

    def call(recorder: Any, a: Any, *args: Any, **kwargs: Any) -> Any:
        return method(recorder.operand(a), *args, **kwargs)

    return call


def _register_reductions() -> None:
    def reducer(op: str) -> Callable:
        return lambda value, *args, **kwargs: METHODS[op](value, *args, **kwargs)

    names = {"amax": "max", "amin": "min"}
    for op in ("sum", "prod", "mean", "any", "all", "max", "min", "var", "std", "argmax", "argmin"):
        METHODS[op] = _reduction(op)
        FUNCTIONS[getattr(np, op)] = on_array(reducer(op))
    for name, op in names.items():
        FUNCTIONS[getattr(np, name)] = on_array(reducer(op))


def _reduction(op: str) -> Callable:
    """Return the method of ndarray with NumPy's order of parameters."""
    if op in ("var", "std"):
        return lambda value, *args, **kwargs: reductions.deviation(op, value, *args, **kwargs)
    if op in ("argmax", "argmin"):
        return lambda value, *args, **kwargs: reductions.arg_reduce(op, value, *args, **kwargs)
    if op in ("max", "min", "any", "all"):

        def without_dtype(
            value: Value,
            axis: Any = None,
            out: Any = None,
            keepdims: Any = False,
            *args: Any,
            **kwargs: Any,
        ) -> Value:
            if args:
                raise refuse(f"more than three positional arguments of numpy.{op}")
            return reductions.reduce(op, value, axis, None, out, keepdims, **kwargs)

        return without_dtype
    return lambda value, *args, **kwargs: reductions.reduce(op, value, *args, **kwargs)


# Methods of ndarray -> f(value, *args, **kwargs).
METHODS: dict[str, Callable] = {
    "reshape": shapes.reshape,
    "ravel": shapes.ravel,
    "flatten": shapes.flatten,
    "transpose": shapes.transpose,
    "swapaxes": shapes.swapaxes,
    "squeeze": shapes.squeeze,
    "copy": shapes.copy_method,
    "astype": shapes.astype,
    "round": shapes.round_,
}
_register_reductions()

for _function, _method in {
    np.reshape: shapes.reshape, np.ravel: shapes.ravel, np.transpose: shapes.transpose,
    np.swapaxes: shapes.swapaxes, np.moveaxis: shapes.moveaxis, np.squeeze: shapes.squeeze,
    np.expand_dims: shapes.expand_dims, np.broadcast_to: shapes.broadcast_to, np.flip: shapes.flip,
    np.copy: shapes.copied, np.round: shapes.round_, np.around: shapes.round_,
    np.linalg.norm: reductions.norm,
}.items():  # fmt: skip
    FUNCTIONS[_function] = on_array(_method)


@implements(np.where)
def where(recorder: Any, condition: Any, *choices: Any) -> Value:
    if len(choices) != 2:
        raise refuse("numpy.where with a condition alone")
    result = recorder.apply("where", [recorder.operand(x) for x in (condition, *choices)])
    return shapes.as_array(result)


@implements(np.clip)
def clip(
    recorder: Any,
    a: Any,
    a_min: Any = np._NoValue,
    a_max: Any = np._NoValue,
    out: Any = None,
    *,
    min: Any = np._NoValue,
    max: Any = np._NoValue,
    **kwargs: Any,
) -> Value:
    if out is not None or kwargs:
        raise refuse("numpy.clip with options")
    low = a_min if a_min is not np._NoValue else min
    high = a_max if a_max is not np._NoValue else max
    low = None if low is np._NoValue else low
    high = None if high is np._NoValue else high
    if low is None and high is None:
        return shapes.copy(recorder.operand(a))
    if high is None:
        return elementwise(recorder, "maximum", [a, low])
    if low is None:
        return elementwise(recorder, "minimum", [a, high])
    return elementwise(recorder, "clip", [a, low, high])


@implements(np.dot)
def dot(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    a, b = recorder.operand(a), recorder.operand(b)
    if out is not None:
        raise refuse("numpy.dot with out=")
    if not a.dims or not b.dims:
        return call_by_name(recorder, "multiply", [a, b])
    if len(b.dims) > 2 or len(a.dims) > 2:
        raise refuse("numpy.dot of arrays of more than 2 dimensions")
    return matmul(recorder, a, b)


@implements(np.outer)
def outer(recorder: Any, a: Any, b: Any, out: Any = None) -> Value:
    if out is not None:
        raise refuse("numpy.outer with out=")
    a, b = (shapes.ravel(recorder.operand(x)) for x in (a, b))
    return call_by_name(recorder, "multiply", [a[:, None], b[None, :]])


@implements(np.diff)
def diff(recorder: Any, a: Value, n: int = 1, axis: int = -1) -> Value:
    if n != 1:
        raise refuse("numpy.diff of an order other than 1")
    axis = reductions.as_axis(axis, len(a.dims))
    lead = (slice(None),) * axis
    op = "not_equal" if a.dtype_name == "b1" else "subtract"
    return call_by_name(recorder, op, [a[(*lead, slice(1, None))], a[(*lead, slice(None, -1))]])


@implements(np.shape)
def shape(recorder: Any, a: Value) -> tuple:
    return shapes.as_array(a).shape


@implements(np.ndim)
def ndim(recorder: Any, a: Value) -> int:
    return len(a.dims)


@implements(np.size)
def size(recorder: Any, a: Value, axis: Any = None) -> Any:
    a = shapes.as_array(a)
    return a.size if axis is None else a.shape[reductions.as_axis(axis, a.ndim)]


@implements(np.atleast_1d)
def atleast_1d(recorder: Any, a: Any) -> Value:
    return shapes.atleast(1, recorder.operand(a))


@implements(np.atleast_2d)
def atleast_2d(recorder: Any, a: Any) -> Value:
    return shapes.atleast(2, recorder.operand(a))


# Makers. NumPy cannot dispatch these on a shape, so only the script frontend gets to them, except
# for the _like forms.


@implements(np.full)
def full(
    recorder: Any,
    shape: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> Value:
    if order != "C" or device is not None or like is not None:
        raise refuse("an array made with order=, device= or like=")
    scalar = recorder.operand(fill_value)
    scalar = cast(scalar, name_of(dtype) if dtype is not None else scalar.dtype_name)
    if scalar.is_array:
        raise refuse("an array as the value of numpy.full")
    return recorder.add("full", [scalar], shape=shapes.known_sizes(recorder, shape))


@implements(np.full_like)
def full_like(
    recorder: Any,
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Value:
    a = recorder.operand(a)
    if order not in ("K", "C"):
        raise refuse("an array made with order=")
    if order == "K" and shape is None and a.source is not None and not recorder.holds_order(a):
        raise refuse("an array like one that is not in C order")
    size = a.shape if shape is None else shape
    return full(recorder, size, fill_value, TO_NUMPY[a.dtype_name] if dtype is None else dtype)


def _always(make: Callable, value: float) -> Callable:
    """Return `full` or `full_like` with its second argument given. The default dtype is float."""

    def made(recorder: Any, first: Any, *args: Any, **kwargs: Any) -> Value:
        return make(recorder, first, value, *args, **kwargs)

    return made


implements(np.zeros, np.empty)(_always(full, 0.0))
implements(np.ones)(_always(full, 1.0))
implements(np.zeros_like, np.empty_like)(_always(full_like, 0.0))
implements(np.ones_like)(_always(full_like, 1.0))


@implements(np.arange)
def arange(recorder: Any, *bounds: Any, dtype: Any = None) -> Value:
    if not 1 <= len(bounds) <= 2:
        raise refuse("numpy.arange with a step that is known only when the function runs")
    start, stop = (0, bounds[0]) if len(bounds) == 1 else bounds
    first, last = shapes.as_shape(recorder, (start, stop))
    count = last - first
    if not recorder.decide("nonnegative", count):
        count = 0
    name = "i64" if dtype is None else name_of(dtype)
    steps = recorder.add("iota", [], size=count, dtype=name)
    return (
        steps
        if isinstance(first, int) and first == 0
        else call_by_name(recorder, "add", [steps, start])
    )


@implements(np.asarray, np.asanyarray)
def asarray(recorder: Any, a: Any, dtype: Any = None) -> Value:
    value = shapes.as_array(recorder.operand(a))
    return (
        value
        if dtype is None or name_of(dtype) == value.dtype_name
        else shapes.astype(value, dtype)
    )


@implements(np.array)
def array(recorder: Any, a: Any, dtype: Any = None) -> Value:
    value = shapes.as_array(recorder.operand(a))
    return shapes.copy(value) if dtype is None else shapes.astype(value, dtype)


def _install() -> None:
    """Give `Value` the methods of ndarray."""

    def method(name: str, implementation: Callable) -> Callable:
        def call(self: Value, *args: Any, **kwargs: Any) -> Any:
            self.check_numpy(name)
            return implementation(self, *args, **kwargs)

        return call

    for name, implementation in METHODS.items():
        setattr(Value, name, method(name, implementation))
    for name in ("clip", "dot"):
        function = FUNCTIONS[getattr(np, name)]
        setattr(
            Value, name, method(name, lambda v, *a, _f=function, **k: _f(v.recorder, v, *a, **k))
        )


_install()
