"""Assignment to `.shape`: the array itself, whatever names it, gets other sizes.

NumPy refuses where the elements would have to move, so what is not sure to lie as it has to is
left to it. An argument gets its shape when the compiled code has succeeded.
"""

from typing import Any

from braze.arrays.shapes import reshape
from braze.errors import refuse
from braze.record.slots import Slot
from braze.record.sources import Source
from braze.record.storage import check_changeable
from braze.record.value import Value

STATE = ("kind", "dtype_name", "dims", "made_by", "root", "source", "in_c_order", "_ref", "fresh")


class Shape(Slot):
    """The shape of an array, in the journal of changes."""

    def __init__(self, owner: Value) -> None:
        super().__init__(owner, "shape")
        self.body = owner.body

    @property
    def value(self) -> tuple:
        return tuple(getattr(self.owner, name) for name in STATE)

    @value.setter
    def value(self, held: tuple) -> None:
        for name, part in zip(STATE, held, strict=True):
            setattr(self.owner, name, part)


def set_shape(value: Value, shape: Any) -> None:
    """Record ``value.shape = shape``."""
    recorder = value.recorder
    if not value.is_array or recorder.body != value.body or recorder.paths is not None:
        raise refuse("assignment to the shape of an array in a branch or loop")
    if value.read_only or value.stands_for_view or shows(value):
        raise refuse("assignment to the shape of an array that others show")
    if not lies_in_order(value):
        raise refuse("assignment to the shape of an array that may not lie in C order")
    slots = recorder.storage.slots
    slot = slots.setdefault((id(value), "shape"), Shape(value))
    after = own_shape(value, shape) if is_own(value) else as_view(value, shape)
    state = [after.get(name, now) for name, now in zip(STATE, slot.value, strict=True)]
    recorder.storage.assign(slot, tuple(state))


def is_own(value: Value) -> bool:
    return value.made_by is None and value.source is None


def shows(value: Value) -> bool:
    """Tell whether another array is made of this one, or this one may be another."""
    root = value.root if value.root is not None else value
    for view in (reference() for reference in root.views or ()):
        while view is not None and view.made_by is not None:
            view = view.made_by[1][0]
            if view is value:
                return True
    return check_changeable(value).shared


def own_shape(value: Value, shape: Any) -> dict[str, Any]:
    """Return what changes of an array that the function has made: its node and sizes."""
    made = value.recorder.add("c_copy", [reshape(value, shape)])  # others may have the node
    return {"_ref": made.ref, "dims": made.dims, "in_c_order": True}


def as_view(value: Value, shape: Any) -> dict[str, Any]:
    """Return what changes of an argument or view, which becomes a view of what it was."""
    recorder = value.recorder
    base = as_it_was(value)
    if base is None:
        base = Value(recorder, None)
        for name in Value.__slots__:
            if name != "__weakref__":
                setattr(base, name, getattr(value, name))
        base.views, base.in_c_order = None, value.source is not None
    made = reshape(base, shape)
    if value.source is not None:
        recorder.reshaped.append((value, base))
        keep_apart(recorder, base)
    root = base if base.root is None else base.root
    return {"_ref": made.ref, "dims": made.dims, "made_by": made.made_by, "root": root,
            "source": None, "in_c_order": base.in_c_order, "fresh": False}  # fmt: skip


def lies_in_order(value: Value) -> bool:
    """Tell whether an array may get any shape where it lies, under a guard."""
    recorder = value.recorder
    if value.source is not None:
        if not recorder.holds_order(value):
            return False
        recorder.guard(value.source, "order", None)
        return True
    if len(value.dims) < 2 or as_it_was(value) is not None:
        return True
    return value.made_by is None and (value.in_c_order or (value.fresh and recorder.all_in_order()))


def as_it_was(value: Value) -> Value | None:
    """Return what stands for an argument of another shape now."""
    return next((base for known, base in value.recorder.reshaped if known is value), None)


def keep_apart(recorder: Any, changed: Value) -> None:
    """Have other arguments be other objects than the one that gets another shape."""
    for other in list(recorder.seen.values()):
        if not isinstance(other, Value) or other.source in (None, changed.source):
            continue
        if other.object == changed.object:
            raise refuse("assignment to the shape of an array that is two arguments")
        if other.is_array:
            recorder.guard(changed.source, "apart", other.source)


def written(recorder: Any) -> list[tuple[Source, str, Any]]:
    """Return which arguments get which shapes at the end."""
    return [(base.source, "shape", value.shape) for value, base in recorder.reshaped]
