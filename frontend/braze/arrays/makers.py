"""NumPy functions that make arrays of sizes and numbers.

NumPy cannot dispatch these on a shape, so only the script frontend gets to them, except for the
`_like` forms.
"""

import operator
from typing import Any

import numpy as np

from braze.arrays import flattening, shapes
from braze.arrays.arithmetic import cast, dtype_like, elementwise
from braze.arrays.indexing import stored
from braze.arrays.ranges import arange
from braze.arrays.registry import implements
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.either import check_scalar
from braze.record.value import Value, is_value


def filled(
    recorder: Any,
    size: Any,
    value: Any,
    dtype: Any,
    order: str = "C",
    *,
    device: Any = None,
    like: Any = None,
    orders: Any = (),
) -> Value:
    """Record an array with one value everywhere; `orders` decide its order in memory."""
    if device is not None or like is not None:
        raise refuse("an array made with device= or like=")
    scalar = recorder.operand(value)
    if dtype is not None and KIND[name_of(dtype)] != "c":
        scalar = stored(recorder, value, name_of(dtype))
    if dtype is None:
        check_scalar(scalar)
    scalar = cast(scalar, name_of(dtype) if dtype is not None else scalar.dtype_name)
    if scalar.is_array and not scalar.dims:
        scalar = recorder.add("scalar", [scalar])
    sizes = shapes.known_sizes(recorder, size)
    if scalar.is_array:
        spread = recorder.add("broadcast_to", [scalar], shape=sizes)
        return recorder.add("c_copy", [spread])
    if order == "F" and len(sizes) > 1:
        return filled_columns(recorder, sizes, scalar)
    if order not in ("C", "A", "K") and len(sizes) > 1:
        raise refuse(f"an array made with order={order!r}")
    return recorder.add("full", [scalar, *deciding(orders, len(sizes))], shape=sizes)


def filled_columns(recorder: Any, sizes: list, scalar: Value) -> Value:
    """Record an array in Fortran order with one value everywhere: NumPy's, as an eager step."""
    from braze.arrays.eager import steps as eager

    shape = tuple(Value.of_size(recorder, size) for size in sizes)
    return eager.call(recorder, "full.F", shape, scalar, order="F")


def deciding(arrays: Any, rank: int) -> list[Value]:
    """Return the arrays whose order in memory is known only when the function runs.

    What the function computes itself would have to be stored only to be asked. It is left out where
    everything is known to lie in C order; one array that is, and has no axis of size 1, decides.
    """
    asked = [a for a in arrays if a.is_array and len(a.dims) == rank > 1]
    known = [a for a in asked if a.fresh and (a.in_c_order or a.recorder.all_in_order())]
    if any(all(not (isinstance(d, int) and d == 1) for d in a.dims) for a in known):
        return []
    rest = [a for a in asked if not any(a is other for other in known)]
    return rest if known or any(map(has_order, rest)) else []


def has_order(array: Value) -> bool:
    """Tell whether an array has more than one axis whose size is not 1, so an order in memory.

    A part of another may be of one row; for these sizes the code is compiled anew.
    """
    recorder = array.recorder
    several = 0
    for size in array.dims:
        part = (
            not isinstance(size, int) and size.symbol is None and recorder.known(size) is not None
        )
        several += not recorder.decide("zero", size - 1) if part else size != 1
    return several > 1


@implements(np.zeros, np.empty)
def zeros(recorder: Any, shape: Any, dtype: Any = float, *args: Any, **kwargs: Any) -> Value:
    return filled(recorder, shape, 0, dtype or float, *args, **kwargs)


@implements(np.ndarray)
def ndarray(
    recorder: Any,
    shape: Any,
    dtype: Any = float,
    buffer: Any = None,
    offset: int = 0,
    strides: Any = None,
    order: Any = None,
) -> Value:
    if buffer is not None or offset or strides is not None:
        raise refuse("numpy.ndarray of given memory")
    return filled(recorder, shape, 0, dtype or float, order=order or "C")


@implements(np.ones)
def ones(recorder: Any, shape: Any, dtype: Any = float, *args: Any, **kwargs: Any) -> Value:
    return filled(recorder, shape, 1, dtype or float, *args, **kwargs)


@implements(np.full)
def full(
    recorder: Any, shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any
) -> Value:
    return filled(recorder, shape, fill_value, dtype, *args, **kwargs)


def like(
    recorder: Any,
    a: Any,
    value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Value:
    """Record an array of another's shape with one value everywhere."""
    a = recorder.operand(a)
    if dtype is None:
        check_scalar(a)
    size = tuple(Value.of_size(recorder, d) for d in a.dims) if shape is None else shape
    dtype = dtype if dtype is not None else TO_NUMPY[a.dtype_name]
    if order == "A" and len(a.dims) > 1:
        raise refuse("an array made with order='A'")
    orders = [a] if order == "K" else []
    if orders:
        shapes.note_copy(a)
    return filled(recorder, size, value, dtype, order, device=device, orders=orders)


@implements(np.zeros_like, np.empty_like)
def zeros_like(recorder: Any, a: Any, *args: Any, **kwargs: Any) -> Value:
    return like(recorder, a, 0, *args, **kwargs)


@implements(np.ones_like)
def ones_like(recorder: Any, a: Any, *args: Any, **kwargs: Any) -> Value:
    return like(recorder, a, 1, *args, **kwargs)


@implements(np.full_like)
def full_like(recorder: Any, a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Value:
    return like(recorder, a, fill_value, *args, **kwargs)


@implements(np.linspace)
def linspace(
    recorder: Any,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Value | tuple:
    """Record the steps of NumPy's own linspace, for bounds that are numbers."""
    bounds = [recorder.operand(b) for b in (start, stop)]
    if any(b.dims for b in bounds) or axis not in (0, -1) or device is not None:
        raise refuse("numpy.linspace between arrays")
    dt = np.result_type(*map(dtype_like, bounds), 1.0)
    first, last = (cast(b, name_of(dt)) for b in bounds)
    first, last = (recorder.add("scalar", [b]) if b.is_array else b for b in (first, last))
    (size,) = shapes.known_sizes(recorder, num)
    div = Value.of_size(recorder, size - 1 if endpoint else size)
    delta = elementwise(recorder, "subtract", [last, first])
    y = arange(recorder, Value.of_size(recorder, size), dtype=dt)
    step: Any = np.nan
    in_run = recorder.known_in_run(size)
    if in_run and retstep:
        raise refuse("numpy.linspace of a number of steps that only the run knows, and the step")
    some = in_run or bool(div > 0)
    if some:
        # One number, or none, is its distance from the start, zero, times anything.
        by = cast(elementwise(recorder, "maximum", [div, 1]), name_of(dt)) if in_run else div
        step = elementwise(recorder, "divide", [delta, by])
        recorder.assume_false(elementwise(recorder, "equal", [step, 0]))
        y = elementwise(recorder, "multiply", [y, step])
    else:
        y = elementwise(recorder, "multiply", [y, delta])
    y = elementwise(recorder, "add", [y, first])
    if endpoint and some:
        y = with_last(recorder, y, last, in_run)
    kept = np.dtype(dt if dtype is None else dtype)
    if kept.kind in "iu":
        y = elementwise(recorder, "floor", [y])
    y = cast(y, name_of(kept))
    return (y, step) if retstep else y


def with_last(recorder: Any, y: Value, last: Value, several: bool) -> Value:
    """Return an array with another last element; if so, only one of several."""
    size = y.dims[0]
    places = recorder.add("iota", [], size=size, dtype="i64")
    end = recorder.operand(Value.of_size(recorder, size - 1))
    if several:
        more = elementwise(recorder, "greater", [end, 0])
        end = elementwise(recorder, "where", [more, end, -1])
    at_end = recorder.apply("equal", [places, end])
    return recorder.apply("where", [at_end, last, y])


@implements(np.meshgrid)
def meshgrid(
    recorder: Any, *xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple:
    if indexing not in ("xy", "ij"):
        raise refuse("numpy.meshgrid in another order of axes")
    flat = [flattening.ravel(shapes.as_array(recorder.operand(x))) for x in xi]
    axes = list(range(len(flat)))
    if indexing == "xy" and len(flat) > 1:
        axes[:2] = [1, 0]
    shape = [flat[axes.index(k)].dims[0] for k in range(len(flat))]
    grids = []
    for x, axis in zip(flat, axes, strict=True):
        others = [k for k in range(len(flat)) if k != axis]
        grid = recorder.add("expand_dims", [x], axes=others) if others else x
        if not sparse:
            grid = recorder.add("broadcast_to", [grid], shape=shape)
        if not copy:
            raise refuse("numpy.meshgrid of views")
        grids.append(shapes.copy(grid, "C" if not sparse else "K"))
    return tuple(grids)


@implements(np.eye)
def eye(
    recorder: Any,
    N: Any,
    M: Any = None,
    k: Any = 0,
    dtype: Any = float,
    order: str = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> Value:
    if order != "C" or device is not None or like is not None:
        raise refuse("numpy.eye with order=, device= or like=")
    n, m = shapes.known_sizes(recorder, (N, N if M is None else M))
    scalar = TO_NUMPY[name_of(dtype)].type
    chosen = [recorder.operand(scalar(1)), recorder.operand(scalar(0))]
    return recorder.apply("where", [on_diagonal(recorder, n, m, static_int(k)), *chosen])


@implements(np.identity)
def identity(recorder: Any, n: Any, dtype: Any = None, *, like: Any = None) -> Value:
    return eye(recorder, n, dtype=dtype or float, like=like)


def on_diagonal(recorder: Any, rows: Any, columns: Any, k: int) -> Value:
    """Return where the column is the row plus k."""
    down = recorder.add("iota", [], size=rows, dtype="i64")
    across = recorder.add("iota", [], size=columns, dtype="i64")
    across = elementwise(recorder, "subtract", [across, k]) if k else across
    return recorder.apply("equal", [recorder.add("expand_dims", [down], axes=[1]), across])


def static_int(number: Any) -> int:
    """Return an integer that must be known while compiling."""
    return operator.index(number.static() if is_value(number) else number)
