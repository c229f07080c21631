"""Sizes that meet in an elementwise operation and are equal in this call.

The graph makes linear sizes equal by solving for a symbol. Where divisions stand in the way, as in
`a[1:-1:2] - b[1:-1:2]`, a symbol of one array is taken for one of the other if that makes the sizes
equal: else nobody would know, for kernels, that the two are one.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from braze.record.value import Value


def meet(recorder: Any, operands: Sequence[Value]) -> None:
    """Make sizes of operands one that can only be equal for a reason."""
    shapes = [operand.dims for operand in operands if operand.dims]
    for shape in shapes[1:]:
        for a, b in zip_longest(reversed(shapes[0]), reversed(shape), fillvalue=1):
            if isinstance(a, int) or isinstance(b, int) or a == b or a.symbol or b.symbol:
                continue
            known = recorder.known(a - b)
            if known == 0:
                identify(recorder, a, b)


def identify(recorder: Any, a: Any, b: Any) -> None:
    """Take a symbol of one size for one of another, if the two are then equal."""
    sizes = recorder.sizes
    for one in a.symbols:
        for other in b.symbols:
            alike = one in sizes and one != other and sizes[one] == sizes.get(other)
            if alike and equal_if(a - b, sizes, one, other):
                recorder.graph.unify(recorder.graph.symbol(one), recorder.graph.symbol(other))
                return


def equal_if(difference: Any, sizes: dict[str, int], one: str, other: str) -> bool:
    """Tell whether two sizes are equal wherever two symbols are."""
    tried = [{**sizes, one: n, other: n} for n in range(1000, 1016)]
    return all(difference.evaluate(values) == 0 for values in tried)
