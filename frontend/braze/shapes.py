"""Functions and methods that change an array's shape, and its copies and conversions."""

import builtins
from typing import Any

import numpy as np

from braze import _core
from braze.arithmetic import as_result, cast
from braze.dtypes import TO_NUMPY, name_of
from braze.errors import refuse
from braze.reductions import as_axis, axes_of
from braze.value import Value, is_value


def as_shape(recorder: Any, shape: Any) -> list[Any]:
    """Return a shape, or a single size, as ints and sizes of the graph."""
    entries = shape if isinstance(shape, (tuple, list)) else (shape,)
    sizes = []
    for entry in entries:
        if is_value(entry):
            if entry.kind != "python" or entry.dtype_name != "i64":
                raise refuse("a shape that is known only when the function runs")
            sizes.append(entry.size_of if entry.size_of is not None else entry.static())
        elif isinstance(entry, (int, np.integer)) and not isinstance(entry, bool):
            sizes.append(int(entry))
        else:
            raise refuse(f"a size of type {type(entry).__name__}")
    return sizes


def known_sizes(recorder: Any, shape: Any) -> list[Any]:
    """Return a shape whose sizes are all at least 0."""
    sizes = as_shape(recorder, shape)
    if not all(recorder.decide("nonnegative", size) for size in sizes):
        raise refuse("a negative size")
    return sizes


def product(sizes: Any) -> Any:
    """Return the product of sizes."""
    total: Any = 1
    for size in sizes:
        total = total * size
    return total


def view(value: Value, op: str, **attrs: Any) -> Value:
    """Record a view of an array."""
    return value.derive(value.recorder.add(op, [value], **attrs))


def as_array(value: Value) -> Value:
    """Return a scalar as a 0-d array."""
    if value.is_array:
        return value
    return value.recorder.add("array", [cast(value, value.dtype_name)])


def reshape(value: Value, *shape: Any, order: str = "C", copy: bool | None = None) -> Value:
    """Record ``value.reshape(shape)``; one size may be -1."""
    if order != "C" or copy is not None:
        raise refuse("reshape with order= or copy=")
    recorder, value = value.recorder, as_array(value)
    sizes = as_shape(recorder, shape[0] if len(shape) == 1 else shape)
    open_axes = [i for i, size in enumerate(sizes) if isinstance(size, int) and size == -1]
    if len(open_axes) > 1:
        raise refuse("a reshape with two unknown sizes")
    if open_axes:
        rest = product(size for i, size in enumerate(sizes) if i != open_axes[0])
        if recorder.decide("zero", rest):
            raise refuse("a reshape of nothing to an unknown size")
        sizes[open_axes[0]] = quotient(recorder, value.dims, rest)
    if not all(recorder.decide("nonnegative", size) for size in sizes):
        raise refuse("a negative size")
    return view(value, "reshape", shape=sizes)


def quotient(recorder: Any, dims: Any, rest: Any) -> Any:
    """Return the product of `dims` over `rest`, which must divide it."""
    left = list(dims)
    for d in dims:  # (n, m) to (n, -1): m, without a division
        if isinstance(rest, int):
            break
        if d == rest:
            left.remove(d)
            return product(left)
    total = product(left)
    if isinstance(rest, int) and rest == 1:
        return total
    if not recorder.decide("zero", total % rest):
        raise refuse("a reshape to another number of elements")
    return total // rest


def ravel(value: Value, order: str = "C") -> Value:
    """Record ``value.ravel()``, which copies what is not in C order even where a view could do."""
    size = (-1,) if len(value.dims) != 1 else value.size
    flat = reshape(value, size, order=order)
    flat.perhaps_copied |= flat.root.source is not None
    return flat


def flatten(value: Value, order: str = "C") -> Value:
    """Record ``value.flatten()``: always a copy."""
    return copy(ravel(value, order))


def transpose(value: Value, *axes: Any) -> Value:
    """Record ``value.transpose(axes)``."""
    if value.kind == "scalar":
        return value
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = axes[0] or ()
    rank = len(value.dims)
    order = [as_axis(a, rank) for a in axes] if axes else list(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise refuse("axes that do not match the array")
    return view(as_array(value), "transpose", axes=order)


def swapaxes(value: Value, axis1: int, axis2: int) -> Value:
    """Record ``value.swapaxes(axis1, axis2)``."""
    order = list(range(len(value.dims)))
    a, b = as_axis(axis1, len(order)), as_axis(axis2, len(order))
    order[a], order[b] = order[b], order[a]
    return view(value, "transpose", axes=order)


def moveaxis(value: Value, source: Any, destination: Any) -> Value:
    """Record ``numpy.moveaxis``."""
    rank = len(value.dims)
    pairs = [source, destination]
    froms, tos = (
        [as_axis(a, rank) for a in (p if isinstance(p, (tuple, list)) else (p,))] for p in pairs
    )
    order = [a for a in range(rank) if a not in froms]
    for to, origin in sorted(zip(tos, froms, strict=True)):
        order.insert(to, origin)
    return view(value, "transpose", axes=order)


def expand_dims(value: Value, axis: Any) -> Value:
    """Record ``numpy.expand_dims``."""
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    rank = len(value.dims) + len(axes)
    return view(as_array(value), "expand_dims", axes=sorted(as_axis(a, rank) for a in axes))


def squeeze(value: Value, axis: Any = None) -> Value:
    """Record ``value.squeeze(axis)``; which sizes are 1 is part of the specialisation."""
    if value.kind == "scalar" and axis is None:
        return value
    value = as_array(value)
    if axis is None:
        ones = [i for i, size in enumerate(value.dims) if size_is_one(value.recorder, size)]
    else:
        ones = axes_of(value, axis)
        if not all(size_is_one(value.recorder, value.dims[i]) for i in ones):
            raise refuse("squeeze of an axis whose size is not 1")
    return view(value, "squeeze", axes=ones)


def size_is_one(recorder: Any, size: Any) -> bool:
    return recorder.decide("zero", size - 1) and isinstance(size, int)


def broadcast_to(value: Value, shape: Any, subok: bool = False) -> Value:
    """Record ``numpy.broadcast_to``."""
    sizes = known_sizes(value.recorder, shape)
    repeated = view(as_array(value), "broadcast_to", shape=sizes)
    repeated.read_only = True
    return repeated


def flip(value: Value, axis: Any = None) -> Value:
    """Record ``numpy.flip``."""
    flipped = axes_of(value, axis)
    key = tuple(
        slice(None, None, -1) if i in flipped else slice(None) for i in range(len(value.dims))
    )
    return value[key]


def atleast(rank: int, value: Value) -> Value:
    """Record atleast_1d and atleast_2d."""
    value = as_array(value)
    missing = rank - len(value.dims)
    return value if missing <= 0 else view(value, "expand_dims", axes=list(range(missing)))


def copied(value: Value, order: str = "K", subok: bool = False) -> Value:
    """Record ``numpy.copy(value)``, which makes arrays of numbers."""
    return copy(as_array(value), order)


def copy(value: Value, order: str = "K") -> Value:
    """Record a copy of an array; a NumPy scalar is its own."""
    if order not in ("C", "K"):
        raise refuse(f"a copy in order {order}")
    if not value.is_array:
        return value
    root = value if value.root is None else value.root
    ordered = order == "C" and len(value.dims) > 1 and root.source is not None
    if ordered and (transposed(value) or not value.recorder.holds_order(root)):
        raise refuse("a copy in C order of an array in another", "numpy.copy keeps the order")
    return value.recorder.add("copy", [value])


def transposed(value: Value) -> bool:
    """Tell whether a view has its axes in another order than what it is a view of."""
    graph, ref = value.recorder.graph, value.ref
    while _core.ops[graph.op(ref)]["kind"] == "view":
        if graph.op(ref) == "transpose":
            return True
        ref = graph.operands(ref)[0]
    return False


def copy_method(value: Value, order: str = "C") -> Value:
    """Record ``value.copy()``."""
    return copy(value, order)


def astype(
    value: Value,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: builtins.bool = True,
) -> Value:
    """Record ``value.astype(dtype)``."""
    if order != "K" or casting != "unsafe":
        raise refuse("astype with order= or casting=")
    name = name_of(dtype)
    if name == value.dtype_name and value.kind != "python":
        return value.recorder.add("copy", [value]) if copy and value.is_array else value
    return cast(value, name)


def convert(value: Value, scalar_type: type) -> Value:
    """Record ``numpy.float32(value)`` and its like."""
    name = name_of(scalar_type)
    if value.is_array and value.dtype_name == name:
        return as_result(value.recorder.add("copy", [value]))
    return as_result(cast(value, name))


def round_(value: Value, decimals: Any = 0, out: Any = None) -> Value:
    """Record ``numpy.round`` to whole numbers."""
    if is_value(decimals):
        decimals = decimals.static()
    if decimals != 0 or out is not None:
        raise refuse("numpy.round to decimals")
    if TO_NUMPY[value.dtype_name].kind in "iu":
        return copy(value)
    return as_result(value.recorder.apply("rint", [value]))
