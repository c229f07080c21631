"""Arrays that change: every change makes a new version of the memory that several arrays show.

An array is either a *root*, in memory of its own, or a view: an op on another array. The graph has
no changes, so a root is a name for one node after another; a view whose root has changed since it
was last read is made again from the new version.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from braze.errors import refuse
from braze.record.runs import shown_in_order
from braze.record.slots import Slot
from braze.record.value import Value

# Ops whose results may be what was given to them.
CONTROL = ("if", "for", "while", "item")
# A root with the node and the version that it has at some point; a slot with what it holds.
State = list[tuple[Any, Any, int]]


def state_of(thing: Any) -> tuple[Any, int]:
    return (thing.value, 0) if isinstance(thing, Slot) else (thing._ref, thing.version)


def put_back(thing: Any, held: Any, version: int) -> None:
    if isinstance(thing, Slot):
        thing.value = held
    else:
        thing._ref, thing.version = held, version


@dataclass(eq=False, repr=False)
class Storage:
    """The changes of one recording, in order, so that a branch's can be taken back."""

    journal: State = field(default_factory=list)
    slots: dict[tuple[int, str], Slot] = field(default_factory=dict)
    versions: Iterator[int] = field(default_factory=lambda: count(1))
    # Views that branches and loops give, by identity, and the views that each may be.
    perhaps: dict[int, tuple[Value, list[Value]]] = field(default_factory=dict)

    def change(self, root: Value, ref: int) -> None:
        """Make `ref` what the root holds from now on."""
        self.journal.append((root, root._ref, root.version))
        root._ref, root.version = ref, next(self.versions)

    def slot(self, kind: type[Slot], owner: Any, key: Any) -> Slot:
        """Return the slot of an attribute or item, always the same one."""
        return self.slots.setdefault((id(owner), key), kind(owner, key))

    def assign(self, slot: Slot, value: Any) -> None:
        """Make `value` what a slot holds from now on."""
        self.journal.append((slot, slot.value, 0))
        slot.value = value

    def undo(self, mark: int) -> State:
        """Take back all changes since the journal had this length; return where they led."""
        changed = {id(thing): thing for thing, _, _ in self.journal[mark:]}
        reached = [(thing, *state_of(thing)) for thing in changed.values()]
        while len(self.journal) > mark:
            put_back(*self.journal.pop())
        return reached

    @contextmanager
    def restored(self, state: State) -> Iterator[None]:
        """Put roots and slots into a state for a while."""
        now = [(thing, *state_of(thing)) for thing, _, _ in state]
        for entry in state:
            put_back(*entry)
        try:
            yield
        finally:
            for entry in now:
                put_back(*entry)

    def changed_arguments(self) -> list[tuple[Value, int]]:
        """Return the roots that are arguments, or found in globals, and were changed.

        With the parameter that each was before.
        """
        found: dict[int, tuple[Value, int]] = {}
        for root, ref, _ in self.journal:
            if not isinstance(root, Slot) and root.source is not None:
                found.setdefault(id(root), (root, ref))
        return list(found.values())


def origin(value: Value) -> Value:
    """Return the root whose memory an array shows."""
    while value.made_by is not None:
        value = value.made_by[1][0]
    return value


def share(value: Value, changed: list[Value]) -> None:
    """Note that a value of a branch or loop that changes some arrays may show this one's memory."""
    root = origin(value)
    if root.version or any(root is one for one in changed):
        raise refuse("an array that changes and may be one of several, as a branch or loop decides")
    root.shared = True


def check_changeable(value: Value) -> Value:
    """Return the root; Unsupported where it is not sure whose memory would change."""
    root = origin(value)
    if value.read_only:
        raise refuse("a change of a read-only array")
    if root.shared:
        raise refuse(
            "a change of an array that may be one of several, as a branch or loop decides",
            "change a copy",
        )
    if root.reshaped and not shown_in_order(root):
        raise refuse(
            "a change of an array that was reshaped, which makes a view or a copy",
            "index instead of reshape",
        )
    return root


def is_reshaped(value: Value) -> bool:
    """Tell whether an array is what a reshape has made of another, or a view of that."""
    while value.made_by is not None:
        op, operands, _ = value.made_by
        if op == "reshape":
            return True
        value = operands[0]
    return False


def own_node(root: Value) -> int:
    """Return the node of an array that becomes a result, which no equal array may have as well.

    Equal arrays are one node. The first of them keeps it, the next updates the one before by the
    whole; the plan does that in place if nothing else shows the memory.
    """
    recorder, ref = root.recorder, root.ref
    if not root.fresh:
        return ref
    taken = recorder.given_out.setdefault(ref, [])
    if not root.twin or not (taken or recorder.graph.op(ref) in CONTROL):
        taken.append((ref, recorder.body))
        return ref
    latest = [node for node, body in taken if recorder.in_scope(body)] or [ref]
    base = Value(recorder, latest[-1])
    made = Region.all_of(root.dims).update(recorder, base, Value(recorder, ref))
    taken.append((made.ref, recorder.body))
    return made.ref


def shown_node(value: Value) -> int:
    """Return the node of a value that other names show: an array keeps its node from then on."""
    root = origin(value)
    if root.twin:
        if root.recorder.given_out.get(root.ref):
            raise refuse("one of two equal arrays that may be another, as a branch or loop decides")
        own_node(root)
        root.twin = False
    return value.ref


def new_contents(root: Value, given: Value, window: "Region") -> int:
    """Return the node of a root after a change."""
    recorder = root.recorder
    if window.whole() and root.source is None and given.is_array and given.dims == root.dims:
        ordered = len(root.dims) < 2 or (given.in_c_order and root.in_c_order)
        if not ordered:
            return recorder.add("laid_as", [given, Value(recorder, root.ref)]).ref
        if not given.fresh:
            return recorder.add("copy", [given]).ref
        root.twin = given.twin = True  # one node, which a name may hold as another array
        return given.ref
    return window.update(recorder, root, given).ref


@dataclass(eq=False, repr=False)
class Region:
    """A part of an array: per axis a slice, or an index known only when the function runs."""

    dims: tuple
    start: list[Any]
    step: list[Any]
    size: list[Any]
    indices: dict[int, Value]  # by axis, which then has size 1
    # The first position along axes that begin where the function says; never negative.
    windows: dict[int, Value] = field(default_factory=dict)

    @classmethod
    def all_of(cls, dims: tuple) -> "Region":
        return cls(tuple(dims), [0] * len(dims), [1] * len(dims), list(dims), {})

    def axis_whole(self, axis: int) -> bool:
        return (
            axis not in self.indices
            and axis not in self.windows
            and self.step[axis] == 1
            and same(self.start[axis], 0)
            and same(self.size[axis], self.dims[axis])
        )

    def whole(self) -> bool:
        return all(self.axis_whole(axis) for axis in range(len(self.dims)))

    def update(self, recorder: Any, array: Value, given: Value) -> Value:
        """Record the array with this part replaced."""
        at = self.indices | self.windows
        axes = sorted(at)
        return recorder.add(
            "update",
            [array, given, *(at[a] for a in axes)],
            start=self.start,
            step=self.step,
            size=self.size,
            axes=axes,
        )

    def insert(self, axis: int, extent: Any, index: Value | None) -> None:
        """Add an axis of which one element is taken."""
        self.indices = {a + (a >= axis): i for a, i in self.indices.items()}
        self.windows = {a + (a >= axis): i for a, i in self.windows.items()}
        if index is not None:
            self.indices[axis] = index
        self.dims = (*self.dims[:axis], extent, *self.dims[axis:])
        self.start.insert(axis, 0)
        self.step.insert(axis, 1)
        self.size.insert(axis, 1)

    def remove(self, axis: int) -> None:
        """Drop an axis of size 1."""
        self.indices = {a - (a > axis): i for a, i in self.indices.items() if a != axis}
        self.windows = {a - (a > axis): i for a, i in self.windows.items()}
        self.dims = (*self.dims[:axis], *self.dims[axis + 1 :])
        for entries in (self.start, self.step, self.size):
            del entries[axis]


def same(a: Any, b: Any) -> bool:
    return a is b or bool(a == b)


def assign(value: Value, given: Value, region: Region | None = None) -> None:
    """Put `given` into a region of an array; its root, and all views of that, then show it.

    `given` has the array's dtype and is a scalar, or has the array's rank and along each axis the
    region's size or 1.
    """
    root = check_changeable(value)
    region = region or Region.all_of(value.dims)
    while value.made_by is not None:
        value, given, region = climb(value, given, region)
    value.recorder.storage.change(root, new_contents(root, given, region))


def climb(view: Value, given: Value, region: Region) -> tuple[Value, Value, Region]:
    """Return a change of a view as one of the array that it is a view of."""
    op, (array, *rest), attrs = view.made_by
    lifted = LIFT[op](array, given, region, rest, attrs) if op in LIFT else None
    if lifted is None:
        if op not in LIFT_WHOLE:
            raise refuse("a change of a diagonal or of windows")
        lifted = replace_view(view, given, region)
        given, region = LIFT_WHOLE[op](array, lifted, rest, attrs)
        return array, given, region
    return array, *lifted


def replace_view(view: Value, given: Value, region: Region) -> Value:
    """Return the view's elements after the change, as an array of their own."""
    return region.update(view.recorder, view, given)


def with_axes(given: Value, axes: list[int]) -> Value:
    return given.recorder.add("expand_dims", [given], axes=axes) if given.is_array else given


def without_axes(given: Value, axes: list[int]) -> Value:
    return given.recorder.add("squeeze", [given], axes=axes) if given.is_array else given


def lift_slice(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    cut = Region(tuple(array.dims), attrs["start"], attrs["step"], attrs["size"], {})
    if not all(cut.axis_whole(axis) for axis in region.indices):
        return None
    axes = range(len(cut.dims))
    start = [cut.start[k] + cut.step[k] * region.start[k] for k in axes]
    step = [cut.step[k] * region.step[k] for k in axes]
    windows = dict(region.windows)
    for k in windows:
        if not cut.axis_whole(k):
            windows[k] = moved(windows[k], cut.step[k], start[k])
            start[k] = 0
    return given, Region(cut.dims, start, step, region.size, region.indices, windows)


def moved(position: Value, step: Any, start: Any) -> Value:
    """Record ``start + step * position``."""
    recorder = position.recorder
    return position * Value.of_size(recorder, step) + Value.of_size(recorder, start)


def lift_window(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    k, first, step = attrs["axis"], rest[0], attrs["step"]
    if k in region.indices:  # an index is counted from the window's end, and has to be inside
        return None
    if k in region.windows:
        first = first + region.windows[k] * Value.of_size(first.recorder, step)
    elif not same(region.start[k], 0):
        first = moved(first, 1, region.start[k] * step)
    dims = [array.dims[k] if i == k else d for i, d in enumerate(region.dims)]
    lifted = Region(
        tuple(dims), *map(list, (region.start, region.step, region.size)), region.indices
    )
    lifted.windows = {**region.windows, k: first}
    lifted.start[k], lifted.step[k] = 0, region.step[k] * step
    return given, lifted


def lift_index(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    axis = attrs["axis"]
    region.insert(axis, array.dims[axis], rest[0])
    return with_axes(given, [axis]), region


def lift_squeeze(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    for axis in sorted(attrs["axes"]):
        region.insert(axis, 1, None)
    return with_axes(given, sorted(attrs["axes"])), region


def lift_expand_dims(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    if not all(region.axis_whole(axis) for axis in attrs["axes"]):
        return None
    for axis in sorted(attrs["axes"], reverse=True):
        region.remove(axis)
    return without_axes(given, list(attrs["axes"])), region


def lift_transpose(array: Value, given: Value, region: Region, rest: list, attrs: dict) -> Any:
    axes = list(attrs["axes"])
    back = [axes.index(k) for k in range(len(axes))]
    if given.is_array:
        given = given.recorder.add("transpose", [given], axes=back)
    turned = [[entries[k] for k in back] for entries in (region.start, region.step, region.size)]
    at = [{axes[a]: i for a, i in found.items()} for found in (region.indices, region.windows)]
    return given, Region(tuple(array.dims), *turned, *at)


def whole_reshape(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    given = given.recorder.add("reshape", [given], shape=list(array.dims))
    return given, Region.all_of(array.dims)


def whole_slice(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    return given, Region(tuple(array.dims), attrs["start"], attrs["step"], attrs["size"], {})


def whole_window(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    region = Region.all_of(array.dims)
    axis = attrs["axis"]
    region.windows[axis] = rest[0]
    region.step[axis], region.size[axis] = attrs["step"], attrs["size"]
    return given, region


def whole_expand_dims(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    return without_axes(given, list(attrs["axes"])), Region.all_of(array.dims)


def whole_real(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    imag = array.recorder.add("imag_part", [array])
    return array.recorder.add("from_parts", [given, imag]), Region.all_of(array.dims)


def whole_imag(array: Value, given: Value, rest: list, attrs: dict) -> Any:
    real = array.recorder.add("real_part", [array])
    return array.recorder.add("from_parts", [real, given]), Region.all_of(array.dims)


# How a change of a part of a view is one of a part of the array; None where it is not.
LIFT = {
    "slice": lift_slice,
    "window": lift_window,
    "index": lift_index,
    "squeeze": lift_squeeze,
    "expand_dims": lift_expand_dims,
    "transpose": lift_transpose,
}
# The same for a view of which all elements are given.
LIFT_WHOLE = {
    "slice": whole_slice,
    "window": whole_window,
    "reshape": whole_reshape,
    "expand_dims": whole_expand_dims,
    "real": whole_real,
    "imag": whole_imag,
}
