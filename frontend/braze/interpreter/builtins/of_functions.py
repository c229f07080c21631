"""NumPy functions that call functions of the user: for each row, for each case, for indices."""

import functools
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.arrays.arithmetic import cast, elementwise
from braze.arrays.indexing import getitem, setitem
from braze.arrays.reductions import as_axis
from braze.arrays.registry import array_like, call_function
from braze.errors import refuse
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.builtins.folds import through
from braze.interpreter.frame import Frame
from braze.interpreter.loops.rows import rows_of
from braze.record.sources import is_plain
from braze.record.value import is_value


def for_rows(rows, count, function, args, kwargs):
    """Call a function for each row, as numpy.apply_along_axis does; interpreted, never run."""
    first = np.asarray(function(rows[0], *args, **kwargs))
    out = np.zeros((count, *first.shape), first.dtype)
    out[0] = first
    for k in range(1, count):
        out[k] = np.asarray(function(rows[k], *args, **kwargs))
    return out


@builtin(np.apply_along_axis)
def apply_along_axis(
    frame: Frame, func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    recorder = frame.recorder
    arr = array_like(recorder, arr)
    rank = len(arr.dims)
    if rank < 2:
        raise refuse("numpy.apply_along_axis along the only axis")
    axis = as_axis(axis.static() if is_value(axis) else axis, rank)
    others = [k for k in range(rank) if k != axis]
    turned = shapes.transpose(arr, [*others, axis])
    outer = tuple(turned.shape[:-1])
    flat = turned if rank == 2 else shapes.reshape(turned, (-1, turned.shape[-1]))
    rows = rows_of(flat)
    if not recorder.decide("nonnegative", flat.dims[0] - 1):
        raise refuse("numpy.apply_along_axis of no rows")
    made = through(frame, for_rows, rows, func1d, tuple(args), dict(kwargs))
    inner = tuple(made.shape[1:])
    if rank > 2:
        made = shapes.reshape(made, (*outer, *inner))
    axes = list(range(len(outer) + len(inner)))
    order = axes[:axis] + axes[len(outer) :] + axes[axis : len(outer)]
    return shapes.transpose(made, order)


@builtin(np.piecewise)
def piecewise(frame: Frame, x: Any, condlist: Any, funclist: Any, *args: Any, **kwargs: Any) -> Any:
    """Record what numpy.piecewise does: each function gets the elements of its condition."""
    from braze.interpreter.calls import call

    recorder = frame.recorder
    x = array_like(recorder, x)
    listed = [*condlist] if isinstance(condlist, (list, tuple)) else [condlist]
    conditions = [array_like(recorder, c) for c in listed]
    if not x.is_array or not all(c.is_array and len(c.dims) == len(x.dims) for c in conditions):
        raise refuse("numpy.piecewise of these conditions")
    if not x.dims:
        raise refuse("numpy.piecewise of a 0-d array")
    conditions = [cast(c, "b1") for c in conditions]
    if len(funclist) == len(conditions) + 1:
        some = functools.reduce(
            lambda a, b: elementwise(recorder, "logical_or", [a, b]), conditions
        )
        conditions.append(elementwise(recorder, "logical_not", [some]))
    if len(funclist) != len(conditions):
        raise refuse("numpy.piecewise of other numbers of conditions than functions")
    made = call_function(recorder, np.zeros_like, (x,), {})
    for condition, function in zip(conditions, funclist, strict=True):
        given = function
        if not is_value(function) and not is_plain(function):
            part = getitem(x, condition)
            given = call(frame, frame.source.node, function, [part, *args], kwargs)
        setitem(made, condition, given)
    return made


@builtin(np.fromfunction)
def fromfunction(
    frame: Frame, function: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any
) -> Any:
    from braze.interpreter.calls import call

    if like is not None:
        raise refuse("numpy.fromfunction with like=")
    args = call_function(frame.recorder, np.indices, (shape,), {"dtype": dtype})
    parts = [args[k] for k in range(len(shape))]
    return call(frame, frame.source.node, function, parts, kwargs)
