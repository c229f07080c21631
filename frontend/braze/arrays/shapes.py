"""Functions and methods that change an array's shape, and its copies and conversions."""

import builtins
from typing import Any

import numpy as np

from braze.arrays.arithmetic import as_result, cast, python_number
from braze.arrays.reductions import as_axis, axes_of
from braze.errors import refuse, said
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.either import check_scalar
from braze.record.storage import origin
from braze.record.value import Value, is_value


def as_shape(recorder: Any, shape: Any) -> list[Any]:
    """Return a shape, or a single size, as ints and sizes of the graph."""
    entries = shape if isinstance(shape, (tuple, list)) else (shape,)
    sizes = []
    for entry in entries:
        if is_value(entry):
            if entry.kind == "scalar" and KIND[entry.dtype_name] in "iu":
                entry = python_number(entry, "i64")
            if entry.kind != "python" or entry.dtype_name != "i64":
                raise refuse("a shape that is known only when the function runs")
            if (known := recorder.sizes_of.get(entry._ref)) is not None:
                sizes.append(known)
                continue
            if not entry.can_be_static:
                sizes.append(recorder.bind(entry)[0])
                continue
            sizes.append(entry.size_of if entry.size_of is not None else entry.static())
        elif isinstance(entry, (int, np.integer)) and not isinstance(entry, bool):
            sizes.append(int(entry))
        else:
            raise refuse(f"a size of type {said(entry)}")
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


def smaller(one: Any, other: Any) -> Any:
    """Return the smaller one of two sizes."""
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    if one == other:
        return one
    return other.minimum(one) if isinstance(one, int) else one.minimum(other)


def view(value: Value, op: str, **attrs: Any) -> Value:
    """Record a view of an array."""
    if op == "transpose" and origin(value).fresh:  # passes may take it of the operands instead
        value.recorder.copies = True
    return value.derive(value.recorder.add(op, [value], **attrs))


def as_array(value: Value) -> Value:
    """Return a scalar as a 0-d array."""
    if value.is_array:
        return value
    check_scalar(value)
    return value.recorder.add("array", [cast(value, value.dtype_name)])


def reshape(value: Value, *shape: Any, order: str = "C", copy: bool | None = None) -> Value:
    """Record ``value.reshape(shape)``; one size may be -1."""
    if order == "F":
        return reshape_columns(value, shape[0] if len(shape) == 1 else shape, copy)
    if order != "C" or copy is False:
        raise refuse(f"reshape with order={order!r} or copy=False")
    if value.kind == "scalar" and shape in ((), ((),), ([],)):
        raise refuse("reshape of a NumPy scalar to a scalar")
    recorder, value = value.recorder, as_array(value)
    if copy:
        value = recorder.add("c_copy", [value])
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


def reshape_columns(value: Value, shape: Any, copy: bool | None) -> Value:
    """Record a reshape in Fortran order: that of the transposed array, transposed."""
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    turned = reshape(transpose(as_array(value)), tuple(reversed(sizes)), copy=copy)
    return transpose(turned)


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


def transpose(value: Value, *axes: Any) -> Value:
    """Record ``value.transpose(axes)``."""
    if value.kind == "scalar":
        return value
    if len(axes) == 1 and isinstance(axes[0], np.ndarray) and not is_value(axes[0]):
        axes = (axes[0].tolist(),)
    if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
        axes = axes[0] or ()
    rank = len(value.dims)
    order = [as_axis(a, rank) for a in axes] if axes else list(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise refuse("axes that do not match the array")
    return view(as_array(value), "transpose", axes=order)


def transpose_function(value: Value, axes: Any = None) -> Value:
    """Record ``numpy.transpose``."""
    return transpose(value, axes)


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
    for to, start in sorted(zip(tos, froms, strict=True)):
        order.insert(to, start)
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
    if axis is None and not ones:
        return value  # NumPy gives the array itself
    return view(value, "squeeze", axes=ones)


def size_is_one(recorder: Any, size: Any) -> bool:
    if not recorder.decide("zero", size - 1):
        return False
    if not isinstance(size, int):
        raise refuse("an axis that may have one element, or more")
    return True


def broadcast_to(value: Value, shape: Any, subok: bool = False) -> Value:
    """Record ``numpy.broadcast_to``."""
    sizes = known_sizes(value.recorder, shape)
    repeated = view(as_array(value), "broadcast_to", shape=sizes)
    repeated.read_only = True
    return repeated


def broadcast_shape(recorder: Any, shapes: Any) -> list[Any]:
    """Return the shape to which shapes broadcast."""
    rank = max(map(len, shapes))
    joined: list[Any] = [1] * rank
    for shape in shapes:
        for i, size in enumerate(shape, rank - len(shape)):
            if isinstance(size, int) and size == 1:
                continue
            known = not (isinstance(joined[i], int) and joined[i] == 1) and joined[i] != size
            if known and not recorder.decide("zero", joined[i] - size):
                raise refuse("shapes that do not broadcast")
            joined[i] = size
    return joined


def flip(value: Value, axis: Any = None) -> Value:
    """Record ``numpy.flip``."""
    flipped = axes_of(value, axis)
    key = tuple(
        slice(None, None, -1) if i in flipped else slice(None) for i in range(len(value.dims))
    )
    return value[key]


def atleast(rank: int, value: Value) -> Value:
    """Record atleast_1d, atleast_2d and atleast_3d."""
    value = as_array(value)
    missing = rank - len(value.dims)
    axes = list(range(missing))
    if rank == 3 and missing in (1, 2):  # (m, n) becomes (m, n, 1), and (n,) becomes (1, n, 1)
        axes = [2] if missing == 1 else [0, 2]
    return value if missing <= 0 else view(value, "expand_dims", axes=axes)


def copy(value: Value, order: str = "C") -> Value:
    """Record ``value.copy()``: a copy of an array; a NumPy scalar is its own."""
    if not value.is_array:
        return value
    if order not in ("C", "K", "F"):
        raise refuse(f"a copy in order {order}")
    if order == "F" and len(value.dims) > 1:
        return in_columns(value)
    in_order = order == "K" or len(value.dims) < 2
    if order == "K":
        note_copy(value)
    return value.recorder.add("copy" if in_order else "c_copy", [value])


def note_copy(value: Value) -> None:
    """Note that an array is copied in its own order; refuse one whose elements repeat."""
    if value.is_array and len(value.dims) > 1:
        value.recorder.copies = True
        while value.made_by is not None:
            base = value.made_by[1][0]
            if value.made_by[0] == "broadcast_to" and not same_elements(value, base):
                raise refuse("a copy in the order of an array whose elements repeat")
            value = base


def same_elements(value: Value, base: Value) -> bool:
    """Tell whether a broadcast array has no more elements than its operand."""
    added = len(value.dims) - len(base.dims)
    return all(d == 1 for d in value.dims[:added]) and value.dims[added:] == base.dims


def in_columns(value: Value) -> Value:
    """Record a copy in Fortran order: NumPy's, as an eager step."""
    from braze.arrays.eager import steps as eager

    return eager.call(value.recorder, "copy.F", value, order="F")


def copy_function(value: Value, order: str = "K", subok: bool = False) -> Value:
    """Record ``numpy.copy(value)``, which makes an array of a scalar."""
    return copy(as_array(value), order)


_copy = copy  # the name is a parameter of astype


def astype(
    value: Value,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: builtins.bool = True,
) -> Value:
    """Record ``value.astype(dtype)``."""
    name = name_of(dtype)
    if not np.can_cast(TO_NUMPY[value.dtype_name], TO_NUMPY[name], casting):
        raise refuse(f"astype of {value.dtype_name} to {name} with casting={casting!r}")
    if order not in ("K", "C", "F") or (order != "K" and not copy):
        raise refuse(f"astype with order={order!r}")
    if name == value.dtype_name and value.kind != "python":
        return _copy(value, order) if copy and value.is_array else value
    if order == "K":
        note_copy(value)
    converted = cast(value, name)
    return _copy(converted, order) if order != "K" else converted


def convert(value: Value, scalar_type: type) -> Value:
    """Record ``numpy.float32(value)`` and its like."""
    name = name_of(scalar_type)
    if value.is_array and value.dims and value.dtype_name == name:
        return value
    if value.kind == "python" and value.dtype_name != "b1" and KIND[name] in "iu":
        value = python_number(value, "i64", fits=name)
    note_copy(value)
    return as_result(cast(value, name))
