"""ravel and flatten: the elements one after the other, a view where they lie so, else a copy.

`reshape` of what does not lie so may be a view, too: of every second element, for one. `ravel` then
makes a copy. Which of them it is shows in what changes later, and in what the result owns, so it is
found out while recording.
"""

from braze.arrays.shapes import as_array, copy, reshape, transpose
from braze.errors import refuse
from braze.record.runs import lies_in_order
from braze.record.storage import origin
from braze.record.value import Value


def ravel(value: Value, order: str = "C") -> Value:
    """Record ``value.ravel()``, which copies what is not in C order even where a view could do."""
    value = in_c_order(value, order, "ravel")
    known = root_in_order(value)
    if known and lies_in_order(value):
        flat = reshape(value, -1 if len(value.dims) != 1 else value.size)
        flat.perhaps_copied |= flat.root.source is not None
        return flat
    flat = flattened(value)
    if not known:  # so perhaps NumPy gives a view
        root = origin(value)
        root.reshaped, flat.shared, flat.flat_of = "perhaps", True, root
        flat.perhaps_copied = root.source is not None or root.shared
    return flat


def flatten(value: Value, order: str = "C") -> Value:
    """Record ``value.flatten()``: always a copy."""
    return flattened(in_c_order(value, order, "flatten"))


def in_c_order(value: Value, order: str, name: str) -> Value:
    """Return the array whose elements in C order are those of `value` in `order`."""
    value = as_array(value)
    if order == "K":
        return as_it_lies(value)
    if order not in ("C", "F"):
        raise refuse(f"{name} with order={order!r}")
    return value if order == "C" else transpose(value)


def flattened(value: Value) -> Value:
    root = origin(value)
    held = root.reshaped
    flat = copy(reshape(value, -1 if len(value.dims) != 1 else value.size))
    root.reshaped = held  # nothing shows the view any more
    return flat


def as_it_lies(value: Value) -> Value:
    """Return the array whose C order is the order in which `value` lies in memory."""
    while value.made_by is not None and value.made_by[0] == "transpose":
        value = value.made_by[1][0]
    shown = value
    while shown.made_by is not None and shown.made_by[0] in ("slice", "reshape", "expand_dims"):
        shown = shown.made_by[1][0]
    if len(value.dims) > 1 and (shown.made_by is not None or not root_in_order(shown)):
        raise refuse("ravel with order='K' of what may not lie in C order")
    return value


def root_in_order(value: Value) -> bool:
    """Tell whether the array that this one shows lies in C order, perhaps under a guard."""
    root = origin(value)
    if root.in_c_order:
        return True
    if root.source is not None and root.recorder.holds_order(root):
        root.recorder.guard(root.source, "order", None)
        root.in_c_order = True
    elif root.fresh and root.recorder.all_in_order():
        root.in_c_order = True
    return root.in_c_order
