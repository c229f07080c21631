"""Bit operations of Python ints that are known only when the function runs.

They are those of 64-bit scalars; what 64 bits do not hold is left to Python.
"""

from typing import Any

from braze.errors import refuse
from braze.record.value import Value, is_value

OPS = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}
MOST = 61  # bits that an int is shifted by


def binary(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Record ``a & b``, ``a >> b`` and the like."""
    if name in OPS:
        return of_scalars(recorder, OPS[name], a, b)
    if not is_value(b):
        return shifted(recorder, name, a, b)
    low = recorder.add("less", [b, recorder.operand(0)])
    high = recorder.add("less", [recorder.operand(MOST), b])
    b = recorder.checked(b, recorder.add("logical_or", [low, high]))
    if name == "rshift":
        return of_scalars(recorder, "right_shift", a, b)
    power = of_scalars(recorder, "left_shift", 1, b)
    return recorder.add("multiply", [recorder.operand(a), power])


def shifted(recorder: Any, name: str, a: Value, by: int) -> Any:
    """Record a shift by a number that is known."""
    if by < 0:
        raise refuse("a shift by a negative number")
    if name == "rshift":
        return of_scalars(recorder, "right_shift", a, min(by, 63))
    if by > MOST:
        raise refuse(f"a shift by more than {MOST} bits")
    return recorder.add("multiply", [a, recorder.operand(2**by)])


def of_scalars(recorder: Any, op: str, *ints: Any) -> Value:
    """Record an operation of 64-bit scalars on Python's ints."""
    scalars = [recorder.add("cast", [recorder.operand(i)], dtype="i64") for i in ints]
    made = recorder.add(op, scalars)
    return recorder.add("number", [made], dtype="i64", finite=False, fits="i64")
