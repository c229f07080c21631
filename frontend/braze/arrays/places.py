"""Where elements stand, counted through an array or along its axes; spectra from their middle."""

import math
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.arrays.arithmetic import cast, elementwise
from braze.arrays.reductions import axes_of
from braze.arrays.registry import array_like, call_function, implements
from braze.errors import refuse
from braze.record.dtypes import KIND
from braze.record.value import Value, is_value


def numbers_of(recorder: Any, given: Any) -> Value:
    """Return indices as 64-bit integers."""
    indices = array_like(recorder, given)
    if KIND[indices.dtype_name] not in "iu" or indices.dtype_name == "u64":
        raise refuse("indices that are no integers")
    return cast(indices, "i64")


def check_within(recorder: Any, indices: Value, size: Any) -> None:
    """Have a check say that indices are inside of an axis."""
    end = Value.of_size(recorder, size)
    below = elementwise(recorder, "less", [indices, 0])
    beyond = elementwise(recorder, "greater_equal", [indices, end])
    outside = elementwise(recorder, "logical_or", [below, beyond])
    recorder.assume_false(outside.any() if outside.is_array and outside.dims else outside)


def sizes_of(recorder: Any, shape: Any) -> list:
    """Return the sizes of a space in which places are counted with 64 bits."""
    sizes = shapes.known_sizes(recorder, shape)
    if not sizes or math.prod(size for size in sizes if isinstance(size, int)) >= 2**63:
        raise refuse("places in a space of no axes, or of more elements than 64 bits count")
    return sizes


@implements(np.unravel_index)
def unravel_index(recorder: Any, indices: Any, shape: Any, order: str = "C") -> tuple:
    if order != "C":
        raise refuse("numpy.unravel_index in another order")
    sizes = sizes_of(recorder, shape)
    rest = numbers_of(recorder, indices)
    check_within(recorder, rest, shapes.product(sizes))
    parts: list[Value] = []
    for size in reversed(sizes[1:]):
        by = Value.of_size(recorder, size)
        parts.insert(0, elementwise(recorder, "remainder", [rest, by]))
        rest = elementwise(recorder, "floor_divide", [rest, by])
    parts.insert(0, elementwise(recorder, "positive", [rest]))
    if not rest.dims:
        return tuple(parts)
    whole = call_function(recorder, np.stack, (parts,), {"axis": -1})  # as NumPy lays them
    return tuple(whole[..., k] for k in range(len(sizes)))


@implements(np.ravel_multi_index)
def ravel_multi_index(
    recorder: Any, multi_index: Any, dims: Any, mode: str = "raise", order: str = "C"
) -> Value:
    if order != "C" or mode != "raise" or not isinstance(multi_index, tuple):
        raise refuse("numpy.ravel_multi_index with these arguments")
    sizes = sizes_of(recorder, dims)
    if len(sizes) != len(multi_index):
        raise refuse("numpy.ravel_multi_index with other numbers of indices than sizes")
    result = None
    for given, size in zip(multi_index, sizes, strict=True):
        index = numbers_of(recorder, given)
        check_within(recorder, index, size)
        if result is None:
            result = elementwise(recorder, "positive", [index])
            continue
        so_far = elementwise(recorder, "multiply", [result, Value.of_size(recorder, size)])
        result = elementwise(recorder, "add", [so_far, index])
    if result.dims and len(result.dims) > 1:
        raise refuse("numpy.ravel_multi_index of arrays of several axes")
    return result


def _shift(sign: int) -> Any:
    def shift(recorder: Any, x: Any, axes: Any = None) -> Value:
        x = shapes.as_array(array_like(recorder, x))
        listed = tuple(axes) if isinstance(axes, list) else axes
        for axis in axes_of(x, listed):
            half = Value.of_size(recorder, x.dims[axis] // 2)
            x = call_function(recorder, np.roll, (x, half if sign > 0 else -half, axis), {})
        return x

    return shift


implements(np.fft.fftshift)(_shift(1))
implements(np.fft.ifftshift)(_shift(-1))


@implements(np.histogram)
def histogram(
    recorder: Any,
    a: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
) -> tuple:
    from braze.arrays.eager import steps as eager

    given = is_value(bins) and bins.is_array or isinstance(bins, (list, tuple, np.ndarray))
    if not given:
        return eager.call(recorder, "histogram", a, bins, range, density, weights)
    edges = array_like(recorder, bins)
    options = {"density": density, "weights": weights}
    kept = {name: option for name, option in options.items() if option is not None}
    return eager.call(recorder, "histogram.counts", a, edges, range, **kept), edges
