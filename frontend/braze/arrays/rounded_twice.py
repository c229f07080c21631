"""Products of complex arrays that NumPy rounds twice, as those of scalars, and not as it does most.

Its vector loops fuse products. Where an iterator calls them for a single element, or where memory
interleaves, a loop over elements serves, which rounds every product and every difference. Squares
are fused only where one side lies without gaps.
"""

from collections.abc import Sequence
from typing import Any

from braze.arrays.complex_numbers import is_complex, product
from braze.arrays.flattening import root_in_order
from braze.errors import refuse
from braze.record.runs import lies_in_order
from braze.record.storage import origin
from braze.record.value import Value, is_value

PRODUCTS = ("multiply", "square")


def is_product(made: Any) -> bool:
    """Tell whether this is what one of these ops has given."""
    return is_value(made) and is_complex(made) and made.recorder.graph.op(node_of(made)) in PRODUCTS


def node_of(made: Value) -> int:
    """Return the node that computes a value, of a NumPy scalar that of the 0-d array."""
    graph = made.recorder.graph
    return graph.operands(made.ref)[0] if graph.op(made.ref) == "scalar" else made.ref


def result(made: Value, operands: Sequence[Value]) -> Value:
    """Return a product as a new array: NumPy iterates where it spreads or casts operands."""
    arrays = [v for v in operands if v.is_array and v.dims]
    several = len({len(v.dims) for v in arrays}) > 1
    cast = any(len(v.dims) > 1 and v.dtype_name != made.dtype_name for v in arrays)
    return if_single(made) if several or cast else made


def in_place(target: Value, made: Value, operands: Sequence[Any]) -> Value:
    """Return a product for an array to hold that is one of its operands."""
    check(made.recorder.graph.op(node_of(made)), target, operands)
    return if_single(made)


def into(target: Value, made: Value, operands: Sequence[Any], masked: bool) -> Value:
    """Return a product for an array to hold that `out=` names."""
    arrays = [v for v in operands if is_value(v) and v.is_array]
    own = any(origin(v) is origin(target) for v in arrays)
    spread = any(len(v.dims) not in (0, len(target.dims)) for v in arrays)
    cast = made.dtype_name != target.dtype_name
    return if_single(made) if own or masked or spread or cast else made


def check(op: str, target: Any, operands: Sequence[Any]) -> None:
    """Refuse products for an array to hold of which it is not known how NumPy rounds them."""
    if op not in PRODUCTS or not (is_value(target) and target.is_array and is_complex(target)):
        return
    for value in operands:
        own = is_value(value) and value.is_array and origin(value) is origin(target)
        if own and value.ref != target.ref:
            raise refuse(
                "a product of complex numbers put over another part of the same array",
                "put it into an array of its own",
            )
    if op == "square" and not without_gaps(target):
        raise refuse("squares of complex numbers in place that may lie apart in memory")


def without_gaps(value: Value) -> bool:
    """Tell whether an array is one run of memory, under a guard if that is an argument's."""
    if value.made_by is None and value.source is None:
        return value.fresh
    return root_in_order(value) and lies_in_order(value)


def if_single(made: Value) -> Value:
    """Return a product, rounded twice where it is of one element."""
    recorder, graph = made.recorder, made.recorder.graph
    single = is_single(recorder, made.dims)
    if single is False:
        return made
    a, *rest = (Value(recorder, ref) for ref in graph.operands(node_of(made)))
    twice = product(recorder, a, rest[0] if rest else a)
    return twice if single is True else recorder.apply("where", [single, twice, made])


def is_single(recorder: Any, dims: Sequence[Any]) -> bool | Value:
    """Tell whether an array is of one element; a condition where only the run knows."""
    total: Any = 1
    for size in dims:
        if isinstance(size, int) and size != 1:
            return False
        if is_argument_size(recorder, size):
            return False  # for which another version is compiled where it is 1
        total = total * size
    if isinstance(total, int):
        return True
    if recorder.known(total) is None or recorder.spanned.intersection(total.symbols):
        return recorder.add("equal", [recorder.number_of(total), recorder.operand(1)])
    return recorder.decide("zero", total - 1)


def is_argument_size(recorder: Any, size: Any) -> bool:
    """Tell whether a size is that of an axis of an argument."""
    symbol = None if isinstance(size, int) else size.symbol
    return symbol in recorder.sizes and symbol not in recorder.spanned
