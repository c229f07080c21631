"""NumPy's objects that are indexed to make arrays: mgrid, ogrid, r_, c_, s_ and index_exp.

The steps are those of `numpy.lib._index_tricks_impl`.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays import shapes
from braze.arrays.arithmetic import cast, dtype_like
from braze.arrays.registry import call_function
from braze.errors import refuse
from braze.record.dtypes import name_of
from braze.record.recorder import any_value
from braze.record.value import is_value


class Axis:
    """One slice of a grid: how many numbers, and how they come from 0, 1, 2, ..."""

    def __init__(self, recorder: Any, part: Any) -> None:
        if not isinstance(part, slice):
            raise refuse("a grid of something else than slices")
        start = 0 if part.start is None else part.start
        step = 1 if part.step is None else part.step
        if part.stop is None or any_value((step,)):
            raise refuse("a grid without an end, or with a step that only the run makes known")
        self.numbers = [dtype_like(n) for n in (start, part.stop, step)]
        if isinstance(step, (complex, np.complexfloating)):
            self.numbers[2] = abs(step)
            self.size: Any = int(abs(step))
            step = self.size
            if step != 1:
                step = (part.stop - start) / float(self.size - 1)
        elif any_value((start, part.stop)):
            if step != 1:
                raise refuse("a grid of a step, between ends that only the run makes known")
            first, last = shapes.as_shape(recorder, (start, part.stop))
            self.size = last - first
        else:
            self.size = math.ceil((part.stop - start) / step)
        if not recorder.decide("nonnegative", self.size):
            raise refuse("a negative size")
        self.start, self.step = start, step

    def along(self, counts: Any) -> Any:
        """Return the numbers of the axis for counts from 0."""
        spread = counts if self.is_one(self.step, 1) else counts * self.step
        return spread if self.is_one(self.start, 0) else spread + self.start

    @staticmethod
    def is_one(number: Any, wanted: int) -> bool:
        return type(number) is int and number == wanted


def grid(recorder: Any, key: Any, sparse: bool) -> Any:
    """Return ``np.ogrid[key]`` if `sparse`, else ``np.mgrid[key]``."""
    if isinstance(key, slice) and not isinstance(key.step, (complex, np.complexfloating)):
        bounds = [0 if key.start is None else key.start, key.stop]
        bounds += [] if key.step is None else [key.step]
        return steps(recorder, tuple(bounds))
    axes = [Axis(recorder, part) for part in (key if isinstance(key, tuple) else (key,))]
    numbers = [n for axis in axes for n in axis.numbers]
    dtype = np.result_type(*numbers) if isinstance(key, slice) else np.result_type(0, *numbers)
    rank = len(axes)

    def counts(axis: Axis) -> Any:
        return recorder.add("iota", [], size=axis.size, dtype=name_of(dtype))

    if isinstance(key, slice):
        return axes[0].along(counts(axes[0]))
    lines = []
    for k, axis in enumerate(axes):
        others = [j for j in range(rank) if j != k]
        line = axis.along(counts(axis))
        lines.append(recorder.add("expand_dims", [line], axes=others) if others else line)
    if sparse:
        return tuple(lines)
    shape = [axis.size for axis in axes]
    full = [recorder.add("broadcast_to", [line], shape=shape) for line in lines]
    return call_function(recorder, np.stack, (full,), {})


def joined(recorder: Any, key: Any, axis: int, rank: int) -> Any:
    """Return ``np.r_[key]`` (axis 0, rank 1) or ``np.c_[key]`` (axis -1, rank 2)."""
    items = [item_of(recorder, item) for item in (key if isinstance(key, tuple) else (key,))]
    dtype = name_of(np.result_type(*map(dtype_like, items)))
    raised = []
    for item in items:
        array = shapes.as_array(cast(item, dtype))
        missing = rank - len(array.dims)
        if missing > 0:
            at = [0, 1][:missing] if not array.dims else [1]
            array = recorder.add("expand_dims", [array], axes=at)
        raised.append(array)
    return call_function(recorder, np.concatenate, (tuple(raised),), {"axis": axis})


def item_of(recorder: Any, item: Any) -> Any:
    """Return an item of r_ or c_ as a value; numbers of Python stay weak."""
    if isinstance(item, str):
        raise refuse("numpy.r_ with directions in a str")
    if isinstance(item, slice):
        return line(recorder, item)
    if isinstance(item, (list, tuple)) and not is_value(item):
        return call_function(recorder, np.array, (item,), {})
    return recorder.operand(item)


def line(recorder: Any, part: slice) -> Any:
    """Return the numbers of a slice in r_ and c_."""
    start = 0 if part.start is None else part.start
    step = 1 if part.step is None else part.step
    if isinstance(step, (complex, np.complexfloating)):
        return call_function(recorder, np.linspace, (start, part.stop), {"num": int(abs(step))})
    bounds = (start, part.stop) if Axis.is_one(step, 1) else (start, part.stop, step)
    return steps(recorder, bounds)


def steps(recorder: Any, bounds: tuple) -> Any:
    """Return ``np.arange(*bounds)``."""
    if any_value(bounds):
        return call_function(recorder, np.arange, bounds, {})
    return recorder.constant_array(np.arange(*bounds))


GRIDS: dict[int, Callable[[Any, Any], Any]] = {
    id(np.mgrid): lambda recorder, key: grid(recorder, key, False),
    id(np.ogrid): lambda recorder, key: grid(recorder, key, True),
    id(np.r_): lambda recorder, key: joined(recorder, key, 0, 1),
    id(np.c_): lambda recorder, key: joined(recorder, key, -1, 2),
    id(np.s_): lambda recorder, key: key,
    id(np.index_exp): lambda recorder, key: key if isinstance(key, tuple) else (key,),
}
