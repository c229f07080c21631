"""Advanced indexing: index arrays and masks, read and assigned to.

What is no array in an index is taken first, as a view; the arrays then index axes of the view.
Their own axes come first in the result, as in memory; where NumPy wants them elsewhere, a transpose
follows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from braze.arrays.arithmetic import cast, elementwise
from braze.arrays.reductions import reduce
from braze.errors import refuse
from braze.record.dtypes import KIND
from braze.record.storage import assign, check_changeable
from braze.record.value import Value, is_value


def is_index_array(key: Any) -> bool:
    """Tell whether an entry of an index makes it an advanced one."""
    if is_value(key):
        return key.is_array
    return isinstance(key, (list, np.ndarray))


def has_arrays(key: Any) -> bool:
    return any(map(is_index_array, key if type(key) is tuple else (key,)))


def is_mask(key: Any) -> bool:
    """Tell whether an index is one array of bools."""
    return is_value(key) and key.is_array and key.dtype_name == "b1"


# Sizes


def count_of(recorder: Any, mask: Value) -> tuple[Any, Value]:
    """Return how often a mask holds: as a size, and as a number of the graph."""
    key = mask.ref
    known = recorder.counts.get(key)
    if known is None or not recorder.in_scope(known[1].body):
        known = recorder.bind(reduce("sum", mask))
        recorder.counts[key] = known
    return known


def compress(array: Value, mask: Value) -> Value:
    """Record the elements, or sub-arrays, at which a mask over the leading axes holds."""
    size, count = count_of(array.recorder, mask)
    return array.recorder.add("compress", [array, mask, count], size=size)


def coordinates(mask: Value) -> list[Value]:
    """Record the indices at which a mask holds, axis by axis."""
    recorder = mask.recorder
    size, count = count_of(recorder, mask)
    return [
        recorder.add("nonzero", [mask, count], axis=axis, size=size)
        for axis in range(len(mask.dims))
    ]


# An index


@dataclass(eq=False, repr=False)
class Advanced:
    """An index taken apart: a view of the array, and arrays that index axes of the view."""

    view: Value
    arrays: list[Value]
    axes: list[int]
    before: int  # so many axes of the result stand before those of the index arrays

    @property
    def recorder(self) -> Any:
        return self.view.recorder

    def rank(self) -> int:
        """Return how many axes the index arrays have together."""
        return max(len(a.dims) for a in self.arrays)

    def order(self) -> list[int]:
        """Return the axes of what gather gives in the order of NumPy's result."""
        first, rest = list(range(self.rank())), len(self.view.dims) - len(self.axes)
        others = list(range(len(first), len(first) + rest))
        return others[: self.before] + first + others[self.before :]


def mask_fits(recorder: Any, mask: Value, dims: Any) -> None:
    """Make the sizes of a mask those of the axes that it covers."""
    if len(mask.dims) > len(dims):
        raise refuse("a mask of more dimensions than the array")
    for a, b in zip(mask.dims, dims, strict=False):
        make_equal(recorder, a, b, "a mask of another shape")


def make_equal(recorder: Any, a: Any, b: Any, what: str) -> None:
    """Make two sizes one, if they are equal in this call."""
    if isinstance(a, int) and isinstance(b, int):
        known = a == b
    else:
        values = [
            size if isinstance(size, int) else size.evaluate(recorder.sizes) for size in (a, b)
        ]
        known = None in values or values[0] == values[1] or recorder.known_in_run(a - b)
        known = known and recorder.graph.unify(a, b)
    if not known:
        raise refuse(what)


def entry(recorder: Any, key: Any) -> Any:
    """Return an entry of an index, arrays as values."""
    from braze.arrays.indexing import normal

    if not is_index_array(key):
        return normal(key)
    value = recorder.operand(key)
    if not value.dims:
        raise refuse("an index that is a 0-d array")
    if KIND[value.dtype_name] not in "iub":
        raise refuse(f"an index array of {value.dtype_name}")
    return value


def parse(array: Value, key: Any) -> Advanced:
    """Take an index apart."""
    from braze.arrays.indexing import Window

    recorder = array.recorder
    items = [entry(recorder, k) for k in (key if type(key) is tuple else (key,))]
    items = fill(items, len(array.dims))
    window, arrays, axes = Window(array), [], []
    # For each entry of the index whether it is an array, or an int beside one; None for `...` that
    # stands for no axis, but between others.
    fancy: list[bool | None] = []
    axis = 0
    for item in items:
        if item is not None and not isinstance(item, slice) and is_index_array(item):
            covered = 1
            if item.dtype_name == "b1":
                covered = len(item.dims)
                mask_fits(recorder, item, array.dims[axis : axis + covered])
                arrays += coordinates(item)
            else:
                arrays.append(checked(item, array.dims[axis]))
            for _ in range(covered):
                axes.append(len(window.shape))
                window.take(slice(None))
            fancy += [True] * covered
            axis += covered
            continue
        if item is Ellipsis:
            fancy.append(None)
            continue
        window.take(item)
        fancy.append(item is not None and not isinstance(item, slice))
        axis += item is not None
    view = array if window.is_whole() else array.derive(window.record())
    return Advanced(view, arrays, axes, axes_before(fancy))


def fill(items: list, rank: int) -> list:
    """Return the index with full slices for the axes that it leaves out; `...` if there is none."""

    def covers(item: Any) -> int:
        if item is None or item is Ellipsis:
            return 0
        return len(item.dims) if is_mask(item) else 1

    used = sum(map(covers, items))
    if used > rank or sum(item is Ellipsis for item in items) > 1:
        raise refuse("too many indices")
    rest = [slice(None)] * (rank - used)
    for i, item in enumerate(items):
        if item is Ellipsis:
            return items[:i] + (rest or [item]) + items[i + 1 :]
    return items + rest


def axes_before(fancy: list[bool | None]) -> int:
    """Return where the axes of the index arrays go: in their place if they stand side by side."""
    first = fancy.index(True)
    last = len(fancy) - fancy[::-1].index(True)
    return fancy[:first].count(False) if all(fancy[first:last]) else 0


def checked(index: Value, extent: Any) -> Value:
    """Return an index array as int64; a call with one out of range is left to Python."""
    recorder, unsigned = index.recorder, index.dtype_name in ("u8", "u16", "u32")
    index = cast(index, "i64")
    size = Value.of_size(recorder, extent)
    inside = elementwise(recorder, "less", [index, size])
    if not unsigned:
        low = elementwise(recorder, "greater_equal", [index, negated(recorder, size)])
        inside = elementwise(recorder, "logical_and", [low, inside])
    recorder.add("require", [reduce("all", inside)])
    return index


def negated(recorder: Any, size: Any) -> Any:
    return -size if not is_value(size) or size.size_of is not None else 0 - size


# Reading


def read(array: Value, key: Any) -> Value:
    """Record ``array[key]`` for an index with arrays."""
    if is_mask(key) and packs(array, key):
        mask_fits(array.recorder, key, array.dims)
        return compress(array, key)
    return taken(parse(array, key))


def packs(array: Value, mask: Value) -> bool:
    """Tell whether the elements under a mask lie in C order, in NumPy's result too."""
    return len(mask.dims) + 1 >= len(array.dims) or array.in_c_order


def taken(index: Advanced) -> Value:
    """Record what an index takes."""
    made = index.recorder.add("gather", [index.view, *index.arrays], axes=index.axes)
    order = index.order()
    if order == list(range(len(order))):
        return made
    return made.derive(index.recorder.add("transpose", [made], axes=order))


# Assigning


def write(array: Value, key: Any, given: Value) -> None:
    """Record ``array[key] = given`` for an index with arrays; `given` has the array's dtype."""
    if given.is_array and not given.dims:
        given = array.recorder.add("scalar", [given])
    if is_mask(key):
        mask_fits(array.recorder, key, array.dims)
        if write_masked(array, key, given):
            return
    index = parse(array, key)
    change_at("scatter", index, given)


def write_masked(array: Value, mask: Value, given: Value) -> bool:
    """Record an assignment to the elements under a mask; False if it is one at indices."""
    from braze.arrays.indexing import set_where

    recorder, rank = array.recorder, len(mask.dims)
    rest = len(array.dims) - rank
    if not rest and given.is_array and len(given.dims) > 1:
        raise refuse("an assignment of more than one axis to masked elements")
    while given.is_array and len(given.dims) > rest + 1 and is_one(given.dims[0]):
        given = recorder.add("squeeze", [given], axes=[0])
    if not given.is_array:
        set_where(array, mask, given)
        return True
    if len(given.dims) == rest + 1 and is_one(given.dims[0]):
        given = recorder.add("squeeze", [given], axes=[0])
    if len(given.dims) <= rest:  # the same for every element
        if not given.dims:
            given = recorder.add("scalar", [given])
            set_where(array, mask, given)
        else:
            put_rows(array, mask, given)
        return True
    if rest or len(given.dims) != 1:
        return False
    size, _ = count_of(recorder, mask)
    make_equal(recorder, given.dims[0], size, "an assignment of another number of elements")
    settle(array, recorder.add("place", [array, mask, given]))
    return True


def put_rows(array: Value, mask: Value, given: Value) -> None:
    """Put the same row, of the axes behind those of the mask, wherever it holds."""
    recorder, rank = array.recorder, len(mask.dims)
    for size, extent in zip(reversed(given.dims), reversed(array.dims), strict=False):
        if not is_one(size):
            make_equal(recorder, size, extent, "an assignment of an array of another shape")
    mask = recorder.add("expand_dims", [mask], axes=list(range(rank, len(array.dims))))
    missing = len(array.dims) - len(given.dims)
    given = recorder.add("expand_dims", [given], axes=list(range(missing)))
    assign(array, elementwise(recorder, "where", [mask, given, array]))


def is_one(size: Any) -> bool:
    return isinstance(size, int) and size == 1


def change_at(op: str, index: Advanced, given: Value) -> None:
    """Record a change of elements at indices."""
    view, recorder = index.view, index.recorder
    order = index.order()
    if given.is_array:
        while len(given.dims) > len(order) and is_one(given.dims[0]):
            given = recorder.add("squeeze", [given], axes=[0])
        if len(given.dims) > len(order):
            raise refuse("an assignment of an array of more dimensions")
        if order != sorted(order):
            missing = len(order) - len(given.dims)
            if missing:
                given = recorder.add("expand_dims", [given], axes=list(range(missing)))
            back = [order.index(k) for k in range(len(order))]
            given = recorder.add("transpose", [given], axes=back)
    settle(view, recorder.add(op, [view, given, *index.arrays], axes=index.axes))


def settle(array: Value, changed: Value) -> None:
    """Make an array hold what it became."""
    if array.made_by is not None:
        assign(array, changed)
        return
    root = check_changeable(array)
    array.recorder.storage.change(root, changed.ref)
