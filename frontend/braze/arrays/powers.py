"""Powers with NumPy's exact shortcuts: squares, inverses, roots, products of integers."""

from typing import Any

import numpy as np

from braze.arrays.arithmetic import NUMBER, as_result, cast, elementwise
from braze.arrays.complex_numbers import power_of_arrays
from braze.arrays.integer_powers import constant_power, powers, result_dtype
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value


def power(recorder: Any, base: Any, exponent: Any, by_operator: bool) -> Value:
    """Record ``base ** exponent``, with NumPy's exact shortcuts for constant exponents.

    NumPy evaluates exponents 2, -1 and 0.5 of float arrays as square, reciprocal and sqrt, and
    powers of integers by multiplication; operators of NumPy scalars go through pow.
    """
    if is_value(exponent) and exponent.kind == "python" and exponent.can_be_static:
        exponent = exponent.static()
    if not is_value(exponent) and isinstance(exponent, (*NUMBER, np.generic)):
        base = recorder.operand(base)
        result = name_of(np.result_type(TO_NUMPY[base.dtype_name], exponent))
        if KIND[result] in "iu" and KIND[base.dtype_name] != "b":
            return constant_power(recorder, cast(base, result), int(exponent))
        by_int = by_operator and type(exponent) is int
        if by_int and exponent == 2 and base.is_array and base.dtype_name == "b1":
            return as_result(recorder.apply("square", [base]))  # int8; other powers are int64
        whole = KIND[result] == "c" and by_int
        looped = base.is_array or (not by_operator and base.kind == "scalar")
        if looped and (KIND[result] == "f" or whole):
            op = shortcut(exponent, result, by_operator)
            if op is not None:
                return as_result(recorder.apply(op, [cast(base, result)]))
        if by_operator and base.kind == "scalar" and exponent == 0.5 and result in ("f32", "f64"):
            return root(recorder, cast(base, result))
    if (dtype := result_dtype(base, exponent)) is not None:
        return powers(recorder, base, exponent, dtype)
    if any(KIND[recorder.operand(x).dtype_name] == "c" for x in (base, exponent)):
        return power_of_arrays(recorder, base, exponent, by_operator)
    return elementwise(recorder, "power", [base, exponent])


def root(recorder: Any, base: Value) -> Value:
    """Record ``pow(base, 0.5)``: the root, but of -0.0 and of minus infinity."""
    most = TO_NUMPY[base.dtype_name].type(np.inf)
    least = recorder.apply("equal", [base, recorder.operand(-most)])
    rooted = recorder.apply("sqrt", [elementwise(recorder, "add", [base, 0.0])])
    return as_result(recorder.apply("where", [least, recorder.operand(most), rooted]))


def shortcut(exponent: Any, dtype: str, by_operator: bool) -> str | None:
    """Return the op that NumPy uses for this exponent of an array, if any."""
    op = {2: "square", -1: "reciprocal", 0.5: "sqrt", 1: "positive"}.get(exponent)
    if op == "positive" and KIND[dtype] == "c":  # NumPy takes both signs from zeros
        return None
    if op == "sqrt" and dtype == "f16" and not (by_operator and type(exponent) is float):
        return None
    return op
