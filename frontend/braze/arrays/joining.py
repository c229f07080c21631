"""NumPy functions that put several arrays into one, or one several times."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from braze.arrays import flattening, shapes
from braze.arrays.arithmetic import cast
from braze.arrays.makers import deciding, static_int
from braze.arrays.reductions import as_axis, given, into
from braze.arrays.registry import implements, method
from braze.errors import refuse
from braze.record.dtypes import TO_NUMPY, name_of
from braze.record.storage import Region, assign
from braze.record.value import Value, is_value


def items_of(recorder: Any, arrays: Any) -> list[Value]:
    """Return the arrays of a sequence, or the rows of an array."""
    if is_value(arrays):
        arrays = list(arrays)
    if not isinstance(arrays, (list, tuple)) or not arrays:
        raise refuse("arrays to join that are no list or tuple")
    return [recorder.operand(a) for a in arrays]


def common_dtype(values: Sequence[Value], dtype: Any, casting: str) -> str:
    """Return the dtype of joined arrays; Python numbers count as arrays of their dtype here."""
    types = [TO_NUMPY[v.dtype_name] for v in values]
    target = np.result_type(*types) if dtype is None else np.dtype(dtype)
    if not all(np.can_cast(t, target, casting) for t in types):
        raise refuse(f"joining arrays of {types} as {target}")
    return name_of(target)


@implements(np.concatenate)
def concatenate(
    recorder: Any,
    arrays: Any,
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
    in_c_order: bool = False,
) -> Value:
    if given(out) and dtype is not None:
        raise refuse("numpy.concatenate with out= and dtype=")
    values = items_of(recorder, arrays)
    if axis is None:
        if any(v.kind == "python" for v in values):
            raise refuse("joining Python numbers, which are weak here")
        values = [flattening.ravel(shapes.as_array(v)) for v in values]
        axis = 0
    rank = len(values[0].dims)
    if not rank or any(len(v.dims) != rank for v in values):
        raise refuse("joining arrays of different dimensions, or of none")
    axis = as_axis(axis, rank)
    target = common_dtype(values, dtype, casting)
    orders = () if in_c_order else values
    return into(out, joined([cast(v, target) for v in values], axis, orders))


def joined(values: list[Value], axis: int, orders: Sequence[Value]) -> Value:
    """Return arrays of one dtype and rank one behind the other."""
    recorder, first = values[0].recorder, values[0]
    total: Any = 0
    for value in values:
        total = total + value.dims[axis]
        for i, (size, own) in enumerate(zip(first.dims, value.dims, strict=True)):
            if i != axis and size != own and not recorder.decide("zero", size - own):
                raise refuse("joining arrays whose sizes differ")
    shape = list(first.dims)
    shape[axis] = total
    zero = recorder.operand(TO_NUMPY[first.dtype_name].type(0))
    asked = deciding(orders, len(shape))
    if len(asked) == 1:
        shapes.note_copy(asked[0])
    result = recorder.add("full", [zero, *asked], shape=shape)
    if len(values) == 1:  # an array of its own all the same
        made = Region.all_of(tuple(shape)).update(recorder, result, first)
        recorder.storage.change(result, made.ref)
        return result
    start: Any = 0
    for value in values:
        region = Region.all_of(tuple(shape))
        region.start[axis], region.size[axis] = start, value.dims[axis]
        assign(result, value, region)
        start = start + value.dims[axis]
    return result


@implements(np.stack)
def stack(
    recorder: Any,
    arrays: Any,
    axis: int = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
    in_c_order: bool = False,
) -> Value:
    values = [shapes.as_array(v) for v in items_of(recorder, arrays)]
    axis = as_axis(axis, len(values[0].dims) + 1)
    expanded = [recorder.add("expand_dims", [v], axes=[axis]) for v in values]
    return concatenate(
        recorder, expanded, axis, out, dtype=dtype, casting=casting, in_c_order=in_c_order
    )


@method("repeat", functions=(np.repeat,))
def repeat(value: Value, repeats: Any, axis: Any = None) -> Value:
    """Record ``numpy.repeat`` with one count for all elements."""
    value = shapes.as_array(value)
    if axis is None:
        value = flattening.ravel(value)
        axis = 0
    axis = as_axis(axis, len(value.dims))
    if isinstance(repeats, (list, tuple, np.ndarray)) and not is_value(repeats):
        if np.size(repeats) != 1:
            raise refuse("numpy.repeat with a count for each element")
        repeats = np.asarray(repeats).reshape(-1)[0]
    times = static_int(repeats)
    if times < 0:
        raise refuse("a negative count of repeats")
    recorder, sizes = value.recorder, list(value.dims)
    wide = recorder.add("expand_dims", [value], axes=[axis + 1])
    spread = sizes[: axis + 1] + [times] + sizes[axis + 1 :]
    wide = recorder.add("c_copy", [recorder.add("broadcast_to", [wide], shape=spread)])
    shape = sizes[:axis] + [sizes[axis] * times] + sizes[axis + 1 :]
    return recorder.add("reshape", [wide], shape=shape)
