"""Powers of integers, multiplied out: the results wrap around as NumPy's do."""

from typing import Any

import numpy as np

from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value

BITS = 6  # of the exponents that are compiled


def result_dtype(base: Any, exponent: Any) -> str | None:
    """Return the integer dtype of a power of arrays; None if it is no such power."""
    if not any(is_value(x) and x.is_array for x in (base, exponent)):
        return None
    operands = []
    for x in (base, exponent):
        if is_value(x) and x.kind == "python" and x.dtype_name != "b1":
            return None
        operands.append(TO_NUMPY[x.dtype_name] if is_value(x) else x)
    if not all(isinstance(x, (int, np.integer, np.bool_, np.dtype, type)) for x in operands):
        return None
    result = name_of(np.result_type(*operands))
    return {"b": "i8", "i": result, "u": result}.get(KIND[result])


def powers(recorder: Any, base: Any, exponent: Any, dtype: str) -> Value:
    """Record powers whose exponents are an array; from negative or large ones on NumPy decides."""
    from braze.arrays.arithmetic import cast, elementwise

    factor, exponent = (cast(recorder.operand(x), dtype) for x in (base, exponent))
    outside = elementwise(recorder, "greater", [exponent, (1 << BITS) - 1])
    if KIND[dtype] == "i":
        below = elementwise(recorder, "less", [exponent, 0])
        outside = elementwise(recorder, "logical_or", [outside, below])
    recorder.assume_false(outside.any() if outside.is_array else outside)
    result = None
    for bit in range(BITS):
        wanted = elementwise(recorder, "bitwise_and", [exponent, 1 << bit])
        one = elementwise(
            recorder, "where", [elementwise(recorder, "equal", [wanted, 0]), 1, factor]
        )
        result = one if result is None else elementwise(recorder, "multiply", [result, one])
        if bit + 1 < BITS:
            factor = elementwise(recorder, "multiply", [factor, factor])
    return result


def constant_power(recorder: Any, base: Value, exponent: int) -> Value:
    """Multiply by squaring."""
    from braze.arrays.arithmetic import elementwise

    if exponent < 0:
        raise refuse("integers to negative integer powers")
    if exponent == 0:
        zero = elementwise(recorder, "multiply", [base, 0])
        return elementwise(recorder, "add", [zero, 1])
    result = None
    while True:
        if exponent & 1:
            result = base if result is None else elementwise(recorder, "multiply", [result, base])
        exponent >>= 1
        if not exponent:
            return elementwise(recorder, "positive", [result]) if result is base else result
        base = elementwise(recorder, "multiply", [base, base])
