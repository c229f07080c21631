"""`numpy.searchsorted` of one number: NumPy's own search, interpreted, so that loops have its code.

The places that are looked at are NumPy's (numpy/_core/src/npysort/binsearch.cpp), so that what is
not sorted gives the same place, too.
"""

from typing import Any

from braze.interpreter.frame import Frame
from braze.record.either import is_either
from braze.record.value import Value, is_value

DTYPES = ("f64", "f32", "i64", "i32")


def first_place(items: Any, count: Any, key: Any) -> int:
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if is_less(items[middle], key):
            low = middle + 1
        else:
            high = middle
    return low


def last_place(items: Any, count: Any, key: Any) -> int:
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if is_less(key, items[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def is_less(a: Any, b: Any) -> bool:
    """NumPy's order, in which NaN stands behind all numbers."""
    return (a < b) | ((b != b) & (a == a))


def search(frame: Frame, a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Return the place of a number in an array of its dtype; NotImplemented of other calls."""
    from braze.interpreter.calls import inline

    known = type(side) is str and side in ("left", "right") and sorter is None
    if not (known and is_value(a) and a.is_array and len(a.dims) == 1 and is_one(v, a.dtype_name)):
        return NotImplemented
    recorder = frame.recorder
    function = first_place if side == "left" else last_place
    count = Value.of_size(recorder, a.dims[0])
    place = inline(frame, frame.source.node, function, [a, count, v], {})
    return recorder.add("cast", [recorder.operand(place)], dtype="i64")


def is_one(value: Any, dtype: str) -> bool:
    """Tell whether this is a number of the run that NumPy compares in this dtype as it is."""
    if not is_value(value) or value.is_array or is_either(value) or dtype not in DTYPES:
        return False
    return value.dtype_name == dtype
