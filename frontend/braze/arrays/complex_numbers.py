"""Complex scalars: their products and absolute values, which differ from those of arrays.

NumPy's loops over arrays fuse products; the operators of its scalars, and Python, round every
product and every difference. So these are written here with operations on the parts.
"""

import sys
from typing import Any

import numpy as np

from braze.arrays.arithmetic import binary, cast, elementwise, python_number, to_float
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value

# Operators of NumPy's scalars that give what the loops give.
AS_ARRAYS = ("add", "sub", "truediv", "eq", "ne")
# From here on Python computes with real operands as such.
MIXED = sys.version_info >= (3, 14)
LARGEST_POWER = 100  # that Python multiplies out


def is_complex(a: Any) -> bool:
    """Tell whether this is a complex number, or an array of them."""
    if is_value(a):
        return KIND[a.dtype_name] == "c"
    return isinstance(a, (complex, np.complexfloating))


def parts(recorder: Any, a: Any) -> tuple[Any, Any]:
    """Return the real and imaginary part of a number."""
    if not is_value(a):
        z = complex(a)
        return z.real, z.imag
    if KIND[a.dtype_name] != "c":
        return to_float(a), 0.0
    return recorder.add("real_part", [a]), recorder.add("imag_part", [a])


def joined(recorder: Any, re: Any, im: Any) -> Value:
    return recorder.add("from_parts", [recorder.operand(re), recorder.operand(im)])


def product(recorder: Any, a: Any, b: Any) -> Value:
    """Return a product, each operation rounded."""
    (ar, ai), (br, bi) = parts(recorder, a), parts(recorder, b)

    def times(x: Any, y: Any) -> Any:
        return binary(recorder, "mul", x, y)

    re = binary(recorder, "sub", times(ar, br), times(ai, bi))
    im = binary(recorder, "add", times(ar, bi), times(ai, br))
    return joined(recorder, re, im)


def numpy_scalars(recorder: Any, name: str, a: Any, b: Any) -> Value:
    """Record an operator of NumPy scalars, of which one is complex."""
    values = [recorder.operand(x) for x in (a, b)]
    if name in AS_ARRAYS:
        from braze.arrays.arithmetic import OPS

        return elementwise(recorder, OPS[name], values)
    if name != "mul":
        raise refuse("this operator of complex scalars")
    kinds = [v.python_type if v.kind == "python" else TO_NUMPY[v.dtype_name] for v in values]
    result = name_of(np.result_type(*(k(0) if isinstance(k, type) else k for k in kinds)))
    if all(v.kind == "python" or v.dtype_name != result for v in values):
        raise refuse("a product of scalars of several types")
    return product(recorder, *(cast(v, result) for v in values))


def python_numbers(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Record an operator of Python numbers, of which one is complex."""
    if MIXED and not (is_complex(a) and is_complex(b)):
        raise refuse("arithmetic of complex and real Python numbers")
    if name == "mul":
        return product(recorder, a, b)
    if name in ("add", "sub"):
        pairs = zip(parts(recorder, a), parts(recorder, b), strict=True)
        return joined(recorder, *(binary(recorder, name, x, y) for x, y in pairs))
    if name == "pow":
        return power(recorder, a, b)
    raise refuse("this operator of complex numbers")


def power(recorder: Any, z: Any, exponent: Any) -> Value:
    """Record a small whole power as Python multiplies it out; where it overflows Python raises."""
    if is_value(exponent) and exponent.can_be_static:
        exponent = exponent.static()
    if type(exponent) is not int or not 0 < exponent <= LARGEST_POWER:
        raise refuse("this power of a complex number")
    result: Any = complex(1, 0)
    while True:
        if exponent & 1:
            result = product(recorder, result, z)
        exponent >>= 1
        if not exponent:
            break
        z = product(recorder, z, z)
    return joined(recorder, *(finite(part) for part in parts(recorder, result)))


def power_of_arrays(recorder: Any, base: Any, exponent: Any, by_operator: bool) -> Value:
    """Record powers of arrays, of which one is complex: NumPy's own loop, as an eager step."""
    from braze.arrays.eager import steps as eager

    if by_operator and type(exponent) is float and exponent == 0.5 and is_complex(base):
        return recorder.apply("sqrt", [recorder.operand(base)])
    values = [recorder.operand(x) for x in (base, exponent)]
    if not any(v.is_array and v.dims for v in values):
        raise refuse("this power of complex scalars")
    weak = is_value(exponent) and exponent.kind == "python"
    if by_operator and weak:
        raise refuse("a complex array to a power that is known only when the function runs")
    given = [
        x if type(x) in (int, float) else v for x, v in zip((base, exponent), values, strict=True)
    ]
    return eager.call(recorder, "power.complex", *given)


def finite(a: Value) -> Value:
    """Return a float that must be finite."""
    return python_number(a, "f64", finite=True)


def absolute(recorder: Any, z: Value) -> Value:
    """Record ``abs(z)``."""
    length = recorder.add("modulus", [z])
    return finite(length) if z.kind == "python" else length


def complex_of(recorder: Any, re: Any, im: Any = 0.0) -> Value:
    """Record ``complex(re, im)`` of real numbers, or of one complex number."""
    values = [recorder.operand(x) for x in (re, im)]
    values = [recorder.add("scalar", [v]) if v.is_array else v for v in values]
    if is_complex(values[0]):
        values = list(parts(recorder, values[0]))
    return joined(recorder, *(python_number(v, "f64") for v in values))


def part(value: Value, name: str) -> Value:
    """Return ``value.real`` or ``value.imag`` of a complex value: of an array a view."""
    if not value.is_array:
        return value.recorder.add(f"{name}_part", [value])
    return value.derive(value.recorder.add(name, [value]))
