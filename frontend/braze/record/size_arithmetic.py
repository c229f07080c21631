"""Python's operators on sizes, which stay expressions of the graph's sizes."""

import operator
from typing import Any

from braze.errors import refuse
from braze.record.value import Value

SMALL = 31  # bits of the numbers that sizes meet
LARGE = 24  # bits of the sizes of which an int is sure to fit
FIT = 62
AXES = 4  # different sizes whose product fits, as it is how many elements an array has


def may_outgrow(name: str, a: Any, b: Any) -> bool:
    """Tell whether sizes of arrays in memory may give an int that 64 bits do not hold.

    Such is left to the arithmetic of run-time numbers, which sees that.
    """
    if any(isinstance(x, int) and x.bit_length() > SMALL for x in (a, b)):
        return True
    if name != "mul":
        return False
    (degree, factor), (other, another) = growth(a), growth(b)
    if (degree + other) * LARGE + factor + another <= FIT:
        return False
    known = isinstance(a, int) or isinstance(b, int)
    axes = degree + other <= AXES and factor + another < 4
    return known or not axes or bool(set(a.symbols) & set(b.symbols))


def growth(size: Any) -> tuple[int, int]:
    """Return how many sizes an expression multiplies, and the bits of the number before them."""
    if isinstance(size, int):
        return 0, max(0, size.bit_length() - 1)
    bits = []
    for large in (10, 11):
        value = size.evaluate(dict.fromkeys(size.symbols, 1 << large))
        bits.append(FIT if value is None else abs(value).bit_length() - 1)
    degree = max(0, bits[1] - bits[0])
    return degree, max(0, bits[0] - 10 * degree)


def size_binary(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Compute with sizes: arithmetic stays symbolic, a comparison becomes a check."""
    if may_outgrow(name, a, b):
        return NotImplemented
    if name in ("lt", "le", "gt", "ge", "eq", "ne"):
        if name in ("eq", "ne"):
            return recorder.decide("zero", a - b) == (name == "eq")
        if name in ("gt", "le"):
            a, b = b, a
        less = not recorder.decide("nonnegative", a - b)
        return less == (name in ("lt", "gt"))
    if name in ("floordiv", "mod") and recorder.decide("zero", b):
        raise refuse("a division of a size by zero")
    if name == "mod" and isinstance(a, int):
        # Within one turn it is linear: `np.roll` by a few elements cuts at sizes that compare.
        if a >= 0 and recorder.decide("nonnegative", b - a - 1):
            return a
        if a < 0 and recorder.decide("nonnegative", b + a):
            return Value.of_size(recorder, b + a)
    if name in ("add", "sub", "mul", "floordiv", "mod"):
        return Value.of_size(recorder, getattr(operator, name)(a, b))
    return NotImplemented
