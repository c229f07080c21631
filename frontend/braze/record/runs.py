"""Whether what views show of an array in C order is one run of its memory.

Only then is a reshape of it a view, and `ravel` no copy. Sizes of which that depends are decided,
so that a call with others has a version of its own.
"""

from typing import Any


def lies_in_order(value: Any) -> bool:
    """Tell whether a view of an array in C order has that order itself, without gaps."""
    strides = strides_of(value)
    return strides is not None and is_one_run(value.recorder, value.dims, strides)


def lies_in_columns(value: Any) -> bool:
    """Tell whether a view of an array in C order lies in Fortran order, without gaps."""
    strides = strides_of(value)
    return strides is not None and is_one_run(value.recorder, value.dims[::-1], strides[::-1])


def is_one_run(recorder: Any, sizes: Any, strides: list[Any]) -> bool:
    expected: Any = 1
    for size, stride in zip(reversed(sizes), reversed(strides), strict=True):
        if stride != expected:
            if is_one(recorder, size):
                continue
            if not recorder.decide("zero", stride - expected):
                return False
        expected = expected * size
    return True


def strides_of(value: Any) -> list[Any] | None:
    """Return by how many elements the axes step in memory, where the root lies in C order."""
    if value.made_by is None:
        return in_order(value.dims)
    op, (shown, *_), attrs = value.made_by
    strides = strides_of(shown)
    if strides is None:
        return None
    if op == "slice":
        return [stride * step for stride, step in zip(strides, attrs["step"], strict=True)]
    if op == "transpose":
        return [strides[axis] for axis in attrs["axes"]]
    if op == "expand_dims":
        for axis in attrs["axes"]:
            strides.insert(axis, 0)
        return strides
    if op == "reshape" and is_one_run(shown.recorder, shown.dims, strides):
        return in_order(value.dims)
    gone = attrs["axes"] if op == "squeeze" else [attrs["axis"]] if op == "index" else None
    return gone and [stride for axis, stride in enumerate(strides) if axis not in gone]


def in_order(dims: Any) -> list[Any]:
    """Return the strides of an array in C order."""
    strides: list[Any] = [1] * len(dims)
    for axis in reversed(range(len(dims) - 1)):
        strides[axis] = strides[axis + 1] * dims[axis + 1]
    return strides


def is_one(recorder: Any, size: Any) -> bool:
    return recorder.decide("zero", size - 1)


def shown_in_order(root: Any) -> bool:
    """Tell whether all that is reshaped of an array is a view of it for sure."""
    views = [view for view in (reference() for reference in root.views or ()) if view is not None]
    reshaped = [v.made_by[1][0] for v in views if v.made_by and v.made_by[0] == "reshape"]
    known = root.in_c_order and root.reshaped == "view"
    return known and all(map(lies_in_order, reshaped))
