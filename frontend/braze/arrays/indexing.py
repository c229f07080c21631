"""Basic indexing: ints, slices, None and Ellipsis become slice, index, squeeze and expand_dims.

Sizes stay symbolic. Where NumPy clamps a bound, the question is decided for this call's sizes and
kept as a check, so that the common case stays a plain linear expression.
"""

import math
import operator
from typing import Any

import numpy as np

from braze.arrays.advanced import has_arrays, is_mask, read, write
from braze.arrays.arithmetic import PYTHON, cast, elementwise, python_number
from braze.errors import refuse, said
from braze.record.dtypes import KIND, TO_NUMPY, can_cast_same_kind
from braze.record.storage import Region, assign
from braze.record.value import Value, is_value
from braze.record.windows import at_run_time, is_known, is_window, step_in_run, window_of


def getitem(array: Value, key: Any) -> Value:
    """Record ``array[key]``."""
    if not array.is_array:
        if array.kind == "scalar" and type(key) is tuple and not key:
            return array
        raise refuse(f"an index into a {array.python_type.__name__}")
    if has_arrays(key):
        return read(array, key)
    items = [normal(k) for k in (key if isinstance(key, tuple) else (key,))]
    with_ellipsis = any(k is Ellipsis for k in items)
    items = expand_ellipsis(items, len(array.dims))
    window = Window(array)
    for k in items:
        window.take(k)
    result = window.record()
    if with_ellipsis and not result.is_array:
        raise refuse("a 0-d view at an index that is known only when the function runs")
    if result.is_array and not result.dims and not with_ellipsis:
        result = array.recorder.add("scalar", [result])
    return array.derive(result) if result.is_array else result


def setitem(array: Value, key: Any, value: Any) -> None:
    """Record ``array[key] = value``."""
    if not array.is_array:
        raise refuse(f"an item of a {array.python_type.__name__}")
    listed = isinstance(value, (list, tuple)) and not is_value(value)
    if listed:
        from braze.arrays.numpy_api import of_items

        if is_row_of_numbers(array, key, value):
            place = key if isinstance(key, tuple) else (key,)
            for i, item in enumerate(value):
                setitem(array, (*place, i), item)
            return
        value = of_items(array.recorder, value, array.dtype_name)
    if has_arrays(key):
        return write(array, key, converted(array, value))
    given = converted(array, as_python(array.dtype_name, value))
    items = [normal(k) for k in (key if isinstance(key, tuple) else (key,))]
    window = Window(array)
    expanded = expand_ellipsis(items, len(array.dims))
    for k in expanded:
        window.take(k)
    parts = len(list(filter(is_part, expanded)))
    element = parts == 0 and not any(k is Ellipsis for k in items)
    if given.dims and (element or (listed and len(given.dims) > parts)):
        raise refuse("an assignment of more axes than there are")
    if is_value(value) and value.kind == "scalar":
        given = of_scalar(value, given)
    assign(array, window.spread(given), window.region())


def is_part(key: Any) -> bool:
    return key is None or isinstance(key, slice)


def is_row_of_numbers(array: Value, key: Any, items: Any) -> bool:
    """Tell whether a few numbers are assigned to the elements of one row, picked by ints."""
    few = 8
    picks = key if isinstance(key, tuple) else (key,)
    ints = all(is_value(k) and not k.is_array or type(k) is int for k in picks)
    numbers = all(
        not v.is_array if is_value(v) else isinstance(v, (int, float, np.generic)) for v in items
    )
    if not (ints and numbers and len(picks) == len(array.dims) - 1 and 0 < len(items) <= few):
        return False
    size = array.dims[-1]
    return size == len(items) or array.recorder.decide("zero", size - len(items))


def of_scalar(scalar: Value, converted: Value) -> Value:
    """Return what an item becomes that is set to a NumPy scalar.

    NumPy takes the scalar for a Python int, which must fit, if the array is of signed integers; the
    unsigned ones wrap around.
    """
    dtype = converted.dtype_name
    signed = TO_NUMPY[dtype].kind == "i"
    if not signed or np.can_cast(TO_NUMPY[scalar.dtype_name], TO_NUMPY[dtype]):
        return converted
    return cast(python_number(scalar, "i64", fits=dtype), dtype)


def items_to_change(array: Value, key: Any) -> Any:
    """Return what an augmented assignment to ``array[key]`` starts from."""
    return None if is_mask(key) else getitem(array, key)


def masked_number(array: Value, key: Any, operand: Any) -> bool:
    """Tell whether a change of masked elements can be computed for all elements."""
    # Products of complex numbers depend on how many there are (rounded_twice.py).
    several = is_value(operand) and operand.is_array and operand.dims
    return is_mask(key) and not several and KIND[array.dtype_name] != "c"


def change_items(array: Value, key: Any, old: Any, function: Any, operand: Any) -> None:
    """Record ``array[key] op= operand``; `old` are the items."""
    if masked_number(array, key, operand):
        # With a single number every element can be computed, and the chosen ones taken.
        changed = array.recorder.operand(PLAIN[function](array, operand))
        if not can_cast_same_kind(changed.dtype_name, array.dtype_name):
            raise refuse(f"storing {changed.dtype_name} in an array of {array.dtype_name}")
        return set_where(array, key, cast(changed, array.dtype_name))
    if is_mask(key):
        old = getitem(array, key)
    new = function(old, operand)
    if new is not old or has_arrays(key):
        setitem(array, key, new)
    return None


# The operator of which an operator in place is the other form.
PLAIN = {
    getattr(operator, f"i{name}"): function
    for name, function in PYTHON.items()
    if hasattr(operator, f"i{name}")
}


def set_where(array: Value, mask: Value, given: Value) -> None:
    """Make the elements at which a mask holds those of `given`."""
    recorder = array.recorder
    if given.is_array and given.dims and list(given.dims) != list(array.dims):
        raise refuse(
            "an assignment of another array to masked elements", "use numpy.where with the mask"
        )
    rank = len(mask.dims)
    if rank == 0 or rank > len(array.dims):
        raise refuse("a mask of another rank")
    for a, b in zip(array.dims, mask.dims, strict=False):
        if a != b and not recorder.decide("zero", a - b):
            raise refuse("a mask of another shape")
    if rank < len(array.dims):
        mask = recorder.add("expand_dims", [mask], axes=list(range(rank, len(array.dims))))
    if given.is_array and not given.dims:
        given = recorder.add("scalar", [given])
    assign(array, elementwise(recorder, "where", [mask, given, array]))


def converted(array: Value, value: Any) -> Value:
    """Return what is assigned in the array's dtype, as NumPy converts it without asking."""
    return stored(array.recorder, value, array.dtype_name)


def as_python(dtype: str, value: Any) -> Any:
    """Return a NumPy scalar as the Python int that NumPy makes of it for a signed integer.

    For an unsigned one, and through masks and index arrays, NumPy casts the scalar.
    """
    if not is_value(value) or value.kind != "scalar" or KIND[dtype] != "i":
        return value
    if np.can_cast(TO_NUMPY[value.dtype_name], TO_NUMPY[dtype], "safe"):
        return value
    if value.dtype_name == "u64":
        raise refuse(f"an assignment of an unsigned number to an array of {dtype}")
    return python_number(value, "i64", fits=dtype)


def stored(recorder: Any, value: Any, dtype: str) -> Value:
    """Return what an array of this dtype holds of a value; a Python int must be one of it."""
    if is_value(value) and value.kind == "python" and value.size_of is None:
        fits = value.dtype_name in (dtype, "b1") or KIND[dtype] in "bfc"
        if not fits and value.dtype_name != "i64":
            value = value.static()
    if isinstance(value, (int, float)) and not is_value(value) and KIND[dtype] in "iu":
        return cast(recorder.operand(fitting(value, dtype)), dtype)
    given = recorder.operand(value)
    if KIND[given.dtype_name] == "c" and KIND[dtype] != "c":
        raise refuse("an assignment of complex numbers to real ones")
    if given.kind == "python" and KIND[dtype] in "fc":
        given = cast(given, "f64" if KIND[dtype] == "f" else "c128")
    if given.size_of is not None and dtype != "i64" and KIND[dtype] in "iu":
        raise refuse(f"an assignment of a size to an array of {dtype}")
    return cast(given, dtype)


def fitting(number: float, dtype: str) -> int:
    """Return a Python number as the integer that NumPy stores; it must be one of the dtype."""
    limits = np.iinfo(TO_NUMPY[dtype])
    if not math.isfinite(number) or not limits.min <= int(number) <= limits.max:
        raise refuse(f"an assignment of {number} to an array of {dtype}")
    return int(number)


def normal(key: Any) -> Any:
    """Return an index as None, Ellipsis, a slice, an int, a size or a run-time integer."""
    if key is None or key is Ellipsis or isinstance(key, slice):
        return key
    if is_value(key):
        if key.is_array:
            raise refuse("an index array", "numpy.where selects by a mask")
        if key.dtype_name in ("b1", "u64") or key.dtype_name.startswith("f"):
            raise refuse(f"an index of type {key.python_type.__name__}")
        return key
    if isinstance(key, (bool, np.bool_)):
        raise refuse("a bool as an index")
    if isinstance(key, (int, np.integer)):
        return int(key)
    raise refuse(f"an index of type {said(key)}")


def expand_ellipsis(items: list, rank: int) -> list:
    """Return the index with one entry per axis, None apart."""
    used = sum(k is not None and k is not Ellipsis for k in items)
    if used > rank or sum(k is Ellipsis for k in items) > 1:
        raise refuse("too many indices")
    rest = [slice(None)] * (rank - used)
    if not any(k is Ellipsis for k in items):
        return items + rest
    at = next(i for i, k in enumerate(items) if k is Ellipsis)
    return items[:at] + rest + items[at + 1 :]


class Window:
    """The part of an array that an index takes, collected axis by axis."""

    def __init__(self, array: Value) -> None:
        self.array = array
        self.start: list[Any] = []
        self.step: list[Any] = []
        self.size: list[Any] = []
        self.gone: list[int] = []  # axes of size 1 that an int index drops
        self.runtime: list[tuple[int, Value]] = []
        self.windows: list[tuple[int, Value, int, Any]] = []  # axis, first, size, step
        self.shape: list[str] = []  # of the result: "kept" or "new"
        self.sliced = False

    def take(self, key: Any) -> None:
        """Apply one entry of the index to the next axis."""
        if key is None:
            self.shape.append("new")
            return
        axis = len(self.start)
        extent = self.array.dims[axis]
        recorder = self.array.recorder
        if isinstance(key, slice) and is_window(recorder, key, extent):
            step = step_of(recorder, key)
            self.windows.append((axis, *window_of(recorder, key, step, extent), step))
            self.shape.append("kept")
            start, step, size = 0, 1, extent
        elif isinstance(key, slice):
            start, step, size = slice_of(recorder, key, extent)
            self.sliced |= key != slice(None)
            self.shape.append("kept")
        elif (is_value(key) and key.size_of is None) or not is_known(recorder, extent):
            self.runtime.append((axis, recorder.operand(key)))
            start, step, size = 0, 1, extent
        else:
            start, step, size = element(recorder, key, extent), 1, 1
            self.gone.append(axis)
            self.sliced = True
        self.start.append(start)
        self.step.append(step)
        self.size.append(size)

    def is_whole(self) -> bool:
        """Tell whether it is all of the array."""
        return not (self.sliced or self.runtime or self.windows or "new" in self.shape)

    def record(self) -> Value:
        """Add the nodes."""
        recorder, result = self.array.recorder, self.array
        if self.sliced or self.is_whole():
            result = recorder.add(
                "slice", [result], start=self.start, step=self.step, size=self.size
            )
        for axis, first, size, step in self.windows:
            result = recorder.add("window", [result, first], axis=axis, step=step, size=size)
        for axis, key in reversed(self.runtime):
            result = recorder.add("index", [result, key], axis=axis)
        taken = [axis for axis, _ in self.runtime]
        gone = [a - sum(t < a for t in taken) for a in self.gone]
        if gone:
            result = recorder.add("squeeze", [result], axes=gone)
        new = [i for i, entry in enumerate(self.shape) if entry == "new"]
        if new:
            if not result.is_array:
                raise refuse("a view of one element at a run-time index")
            result = recorder.add("expand_dims", [result], axes=new)
        return result

    def region(self) -> Region:
        """Return the part as what an assignment replaces."""
        indices = dict(self.runtime)
        size = [1 if axis in indices else n for axis, n in enumerate(self.size)]
        region = Region(tuple(self.array.dims), self.start, self.step, size, indices)
        for axis, first, size, step in self.windows:
            region.windows[axis] = first
            region.step[axis], region.size[axis] = step, size
        return region

    def spread(self, given: Value) -> Value:
        """Return what is assigned, given in the shape of the result, with the array's axes."""
        if not given.is_array:
            return given
        recorder = self.array.recorder
        taken = {*self.gone, *(axis for axis, _ in self.runtime)}
        # Of the result's axes, those of the array that remain, and new ones.
        kept = iter(axis for axis in range(len(self.start)) if axis not in taken)
        axes = [next(kept) if entry == "kept" else None for entry in self.shape]
        extra = len(given.dims) - len(axes)
        if extra > 0:
            if not all(isinstance(d, int) and d == 1 for d in given.dims[:extra]):
                raise refuse("an assignment of an array of more dimensions")
            given = recorder.add("squeeze", [given], axes=list(range(extra)))
        axes = axes[max(0, -extra) :]
        new = [i for i, axis in enumerate(axes) if axis is None]
        if new:
            given = recorder.add("squeeze", [given], axes=new)
        present = {axis for axis in axes if axis is not None}
        missing = [axis for axis in range(len(self.start)) if axis not in present]
        return recorder.add("expand_dims", [given], axes=missing) if missing else given


def as_size(recorder: Any, bound: Any) -> Any:
    """Return a bound of a slice as an int or a size."""
    if is_value(bound):
        return bound.size_of if bound.size_of is not None else bound.static()
    if isinstance(bound, (int, np.integer)):
        return int(bound)
    raise refuse(f"a slice with a bound of type {said(bound)}")


def element(recorder: Any, key: Any, extent: Any) -> Any:
    """Return the position that an int index means; it must lie inside."""
    position = as_size(recorder, key)
    if not recorder.decide("nonnegative", position):
        position = extent + position
        if not recorder.decide("nonnegative", position):
            raise refuse("an index out of range")
    if not recorder.decide("nonnegative", extent - 1 - position):
        raise refuse("an index out of range")
    return position


def step_of(recorder: Any, key: slice) -> Any:
    """Return the step of a slice, as a size if it is known only when the function runs."""
    if at_run_time(recorder, key.step):
        return step_in_run(recorder, key.step)
    step = 1 if key.step is None else as_size(recorder, key.step)
    if not isinstance(step, int):
        step = recorder.fixed_size(step)
    if step == 0:
        raise refuse("a slice with step 0")
    return step


def slice_of(recorder: Any, key: slice, extent: Any) -> tuple[Any, int, Any]:
    """Return start, step and number of elements of a slice of an axis, as Python defines them."""
    step = step_of(recorder, key)
    if key.start is None and key.stop is None and step == 1:
        return 0, 1, extent
    first, last = (0, extent) if step > 0 else (extent - 1, -1)
    low, high = (0, extent) if step > 0 else (-1, extent - 1)
    start = first if key.start is None else clamp(recorder, key.start, extent, low, high)
    stop = last if key.stop is None else clamp(recorder, key.stop, extent, low, high)
    distance = stop - start if step > 0 else start - stop
    if not recorder.decide("nonnegative", distance):
        return 0, step, 0
    if abs(step) == 1:
        return start, step, distance
    return start, step, (distance + (abs(step) - 1)) // abs(step)


def clamp(recorder: Any, bound: Any, extent: Any, low: Any, high: Any) -> Any:
    """Return the position that a bound of a slice means, between `low` and `high`."""
    position = as_size(recorder, bound)
    if not recorder.decide("nonnegative", position):
        position = extent + position
    if not recorder.decide("nonnegative", position - low):
        return low
    return position if recorder.decide("nonnegative", high - position) else high
