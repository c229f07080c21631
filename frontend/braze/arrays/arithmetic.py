"""Python's operators on values: by NumPy's rules where an array takes part, else by Python's.

Python numbers stay Python numbers (weak in promotion). Sizes compute symbolically, floats add,
subtract and multiply in the graph, and what could raise or grow without bound is fixed by a guard.
"""

import operator
from typing import Any

import numpy as np

from braze.errors import Unsupported, refuse, said
from braze.record.dtypes import KIND, TO_NUMPY, can_cast_same_kind, name_of
from braze.record.either import bare, binary_of_either, check_scalar, is_either, unary_of_either
from braze.record.size_arithmetic import size_binary
from braze.record.storage import assign
from braze.record.value import Value, is_value, repeats
from braze.record.windows import note_offset

# The operator of Python that an op of the table stands behind, by the name of its special method.
PYTHON = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "lt": operator.lt,
    "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "and": operator.and_, "or": operator.or_, "xor": operator.xor, "lshift": operator.lshift,
    "rshift": operator.rshift, "matmul": operator.matmul,
}  # fmt: skip
OPS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide",
    "floordiv": "floor_divide", "mod": "remainder", "pow": "power", "lt": "less",
    "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
    "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "left_shift",
    "rshift": "right_shift", "matmul": "matmul",
}  # fmt: skip
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
# What the graph computes on Python numbers; the runtime leaves it to Python where an int may grow
# out of 64 bits or a divisor is zero.
FLOAT_OPS = ("add", "sub", "mul", "truediv", *COMPARISONS)
INT_OPS = ("add", "sub", "mul", "floordiv", "mod", *COMPARISONS)
NUMBER = (bool, int, float, complex)


def is_weak(value: Any) -> bool:
    """Tell whether this is a Python number: one of the graph, or a plain one."""
    return value.kind == "python" if is_value(value) else type(value) in NUMBER


def as_result(value: Value) -> Value:
    """Return what a ufunc returns: a NumPy scalar where the result is 0-d."""
    if value.kind == "array" and not value.dims:
        return value.recorder.add("scalar", [value])
    return value


def dtype_like(operand: Any) -> Any:
    """Return what stands for an operand in a question about dtypes."""
    if not is_value(operand):
        return operand
    return operand.python_type(0) if operand.kind == "python" else TO_NUMPY[operand.dtype_name]


def binary(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Record ``a <operator> b`` for the operator with this special method's name."""
    if recorder.numpy_depth and name == "mul":
        for size, items in ((a, b), (b, a)):
            if type(items) in (list, tuple) and is_value(size) and size.can_be_static:
                return items * size.__index__()
    if is_weak(a) and is_weak(b):
        return python_binary(recorder, name, a, b)
    if name == "mul" and repeats(a, b):
        raise refuse("a list or tuple times a NumPy number that is known only when it runs")
    if not (has_axes(a) or has_axes(b)):
        from braze.arrays import complex_numbers

        if complex_numbers.is_complex(a) or complex_numbers.is_complex(b):
            return complex_numbers.numpy_scalars(recorder, name, a, b)
    if name == "pow":
        from braze.arrays.powers import power

        return power(recorder, a, b, by_operator=True)
    if name == "matmul":
        from braze.arrays.matmul import matmul

        return matmul(recorder, a, b)
    return elementwise(recorder, OPS[name], [a, b])


def has_axes(operand: Any) -> bool:
    return operand.kind == "array" if is_value(operand) else isinstance(operand, (list, tuple))


def elementwise(recorder: Any, op: str, operands: list[Any]) -> Value:
    """Record an op as its ufunc evaluates it."""
    values = [recorder.operand(operand) for operand in operands]
    if all(value.kind == "python" for value in values):  # ufuncs give NumPy scalars
        for value in values:
            check_scalar(value)
        values = [cast(value, value.dtype_name) for value in values]
    if op in SWAPPED and [v.dtype_name for v in values if v.kind != "python"] in UNLIKE:
        return compare_signs(recorder, op, *values)
    try:
        made = recorder.apply(op, settle_integers(recorder, values))
    except Unsupported as error:
        return without_kernel(recorder, op, operands, error)
    if op == "multiply" and all(KIND[value.dtype_name] == "c" for value in values):
        from braze.arrays import rounded_twice

        made = rounded_twice.result(made, values)
    return as_result(made)


def without_kernel(recorder: Any, op: str, operands: list, error: Unsupported) -> Value:
    """Record a ufunc of dtypes for which there is no kernel as an eager step."""
    from braze.arrays.eager import ufuncs as eager_ufuncs

    try:
        return eager_ufuncs.call(recorder, op, "call", tuple(operands), {})
    except Unsupported:
        raise error from None


# Comparisons with their operands swapped, and dtypes that have no common integer dtype.
SWAPPED = {"equal": "equal", "not_equal": "not_equal", "less": "greater", "greater": "less",
           "less_equal": "greater_equal", "greater_equal": "less_equal"}  # fmt: skip
UNLIKE = (["i64", "u64"], ["u64", "i64"])


def compare_signs(recorder: Any, op: str, a: Value, b: Value) -> Value:
    """Compare int64 with uint64 exactly, as NumPy does: below zero the sign decides."""
    if a.dtype_name == "u64":
        return compare_signs(recorder, SWAPPED[op], b, a)
    negative = elementwise(recorder, "less", [a, 0])
    above = elementwise(recorder, op, [cast(a, "u64"), b])
    if op in ("less", "less_equal", "not_equal"):
        return elementwise(recorder, "logical_or", [negative, above])
    return elementwise(recorder, "greater", [above, negative])


def settle_integers(recorder: Any, values: list[Value]) -> list[Value]:
    """Give a Python int that meets small integers their dtype: it has to be one of it.

    An argument that is none of it now is fixed: NumPy compares it all the same.
    """
    strong = [v.dtype_name for v in values if v.kind != "python"]
    if not strong or any(KIND[name] not in "iu" for name in strong) or set(strong) == {"i64"}:
        return values
    common = np.result_type(*(TO_NUMPY[name] for name in strong))
    if common.kind not in "iu":
        return values
    limits = np.iinfo(common)

    def settled(v: Value) -> Value:
        if v.kind != "python" or v.dtype_name != "i64" or v.constant is not None:
            return v
        if v.source is not None and not limits.min <= v.hint <= limits.max:
            return recorder.operand(v.static())
        return cast(v, name_of(common))

    return [settled(v) for v in values]


# Python numbers


def python_binary(recorder: Any, name: str, a: Any, b: Any) -> Any:
    """Evaluate an operator on two Python numbers as Python does."""
    if is_either(a) or is_either(b):
        plain = lambda x, y: python_binary(recorder, name, x, y)  # noqa: E731
        return binary_of_either(recorder, PYTHON[name], plain, a, b)
    if not (is_dynamic(a) or is_dynamic(b)):
        a, b = settled(a), settled(b)
    if not is_value(a) and not is_value(b):
        return PYTHON[name](a, b)
    if is_size(a) and is_size(b):
        result = size_binary(recorder, name, size_of(a), size_of(b))
        if result is not NotImplemented:
            return result
    return number_binary(recorder, name, a, b)


def is_dynamic(a: Any) -> bool:
    """Tell whether this is a number of which no value can be had while compiling."""
    return is_value(a) and not a.can_be_static


def settled(a: Any) -> Any:
    """Return ints and bools that are arguments as plain ones, under a guard."""
    if is_value(a) and a.size_of is None and a.can_be_static and a.dtype_name != "f64":
        return a.static()
    return a


def is_size(a: Any) -> bool:
    return a.size_of is not None if is_value(a) else type(a) in (int, bool)


def size_of(a: Any) -> Any:
    return a.size_of if is_value(a) else int(a)


def number_binary(recorder: Any, name: str, a: Any, b: Any) -> Any:
    kinds = {x.dtype_name if is_value(x) else type(x).__name__ for x in (a, b)}
    floats = bool(kinds & {"f64", "float"}) or name == "truediv"
    if "complex" in kinds or "c128" in kinds:
        from braze.arrays import complex_numbers

        return complex_numbers.python_numbers(recorder, name, a, b)
    if floats and name == "pow" and not kinds & {"bool", "b1"}:
        return float_power(recorder, to_float(a), to_float(b))
    if kinds & {"bool", "b1"}:
        if name in BITS and kinds <= {"bool", "b1"}:
            return recorder.add(OF_BOOLS[name], [recorder.operand(a), recorder.operand(b)])
        return number_binary(recorder, name, as_int(a), as_int(b))
    if name in BITS and not floats:
        from braze.arrays import bits

        return bits.binary(recorder, name, a, b)
    if name not in (FLOAT_OPS if floats else INT_OPS):
        fixed = [x.static() if is_value(x) else x for x in (a, b)]
        return PYTHON[name](*fixed)
    if floats:
        a, b = to_float(a), to_float(b)
        if name == "truediv" and not is_value(b) and b == 0:
            raise refuse("a division by zero")
    made = recorder.add(OPS[name], [recorder.operand(a), recorder.operand(b)])
    if not floats and name in ("add", "sub"):
        note_offset(recorder, name, made, a, b)
    return made


BITS = ("and", "or", "xor", "lshift", "rshift")
OF_BOOLS = {"and": "logical_and", "or": "logical_or", "xor": "not_equal"}


def as_int(a: Any) -> Any:
    """Return a bool that is an operand as an int."""
    if is_value(a):
        return python_number(a, "i64") if a.dtype_name == "b1" else a
    return int(a) if type(a) is bool else a


def float_power(recorder: Any, base: Any, exponent: Any) -> Value:
    """Record a power of floats; where it is not finite, Python raises or gives another type."""
    values = [cast(recorder.operand(x), "f64") for x in (base, exponent)]
    return python_number(recorder.apply("power", values), "f64", finite=True)


def to_float(a: Any) -> Any:
    """Return an operand of a float operator as a float."""
    if not is_value(a):
        return float(a)
    return a if a.dtype_name == "f64" else python_number(a, "f64")


def python_number(a: Value, dtype: str, finite: bool = False, fits: str = "i64") -> Value:
    """Record ``float(a)`` or ``int(a)`` of a number; an int must be one of the dtype `fits`."""
    a = bare(a)
    if a.kind == "python" and a.dtype_name == dtype and not finite and fits == "i64":
        return a
    return a.recorder.add("number", [a], dtype=dtype, finite=finite, fits=fits)


def unary(recorder: Any, name: str, a: Value) -> Any:
    """Record ``-a``, ``+a``, ``abs(a)`` or ``~a``."""
    op = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}[name]
    if name == "abs" and KIND[a.dtype_name] == "c" and not a.is_array:
        from braze.arrays import complex_numbers

        return complex_numbers.absolute(recorder, a)
    if a.kind != "python":
        return as_result(recorder.apply(op, [a]))
    if a.either is not None:
        return unary_of_either(a, name, lambda number: unary(recorder, name, number))
    if a.size_of is not None and name in ("neg", "pos"):
        return Value.of_size(recorder, -a.size_of) if name == "neg" else a
    if a.size_of is not None and name == "abs":
        small = recorder.decide("nonnegative", a.size_of)
        return a if small else Value.of_size(recorder, -a.size_of)
    if a.dtype_name in ("f64", "c128") and name != "invert":
        return recorder.add(op, [a])
    if a.dtype_name == "i64" and is_dynamic(a) and name != "invert":
        minus = number_binary(recorder, "sub", 0, a)
        if name == "abs":
            negative = number_binary(recorder, "lt", a, 0)
            return recorder.add("where", [negative, minus, a])
        return minus if name == "neg" else a
    return getattr(operator, name)(a.static())


def cast(value: Value, dtype: str) -> Value:
    """Return the value in another dtype; itself if it has it. A Python int has to be one of it."""
    if value.dtype_name == dtype and value.kind != "python":
        return value
    if value.kind == "python" and value.dtype_name == "i64" and KIND[dtype] in "iu":
        value = fitted(value, dtype)
    return value.recorder.add("cast", [value], dtype=dtype)


def fitted(number: Value, dtype: str) -> Value:
    """Return a Python int that must be one of an integer dtype."""
    if dtype == "i64":
        return number
    limits = np.iinfo(TO_NUMPY[dtype])
    if number.constant is not None and limits.min <= number.constant <= limits.max:
        return number
    return python_number(number, "i64", fits=dtype)


# In place


def assign_in_place(target: Value, result: Value) -> Value:
    """Make an array hold `result`, as an augmented assignment does; return the array."""
    recorder = target.recorder
    if not can_cast_same_kind(result.dtype_name, target.dtype_name):
        raise refuse(f"storing {result.dtype_name} in an array of {target.dtype_name}")
    if len(result.dims) != len(target.dims):
        raise refuse("a change in place that does not keep the shape")
    for old, new in zip(target.dims, result.dims, strict=True):
        if old != new and not recorder.decide("zero", old - new):
            raise refuse("a change in place that does not keep the shape")
    assign(target, cast(result, target.dtype_name))
    return target


# The methods


def _forward(name: str) -> Any:
    def method(self: Value, other: Any) -> Any:
        if not takes(self, other):
            # Python would fall back on identity, NumPy compares with each element.
            if name in COMPARISONS and (self.kind != "python" or self.either is not None):
                raise refuse(f"a comparison of an array with a {said(other)}")
            return NotImplemented
        return binary(self.recorder, name, self, other)

    return method


def _reflected(name: str) -> Any:
    def method(self: Value, other: Any) -> Any:
        if not takes(self, other):
            return NotImplemented
        return binary(self.recorder, name, other, self)

    return method


def _in_place(name: str) -> Any:
    def method(self: Value, other: Any) -> Any:
        if self.kind != "array" or not is_operand(other):
            return NotImplemented
        made = binary(self.recorder, name, self, other)
        if KIND[self.dtype_name] == "c" and name in ("mul", "pow"):
            from braze.arrays import rounded_twice

            if rounded_twice.is_product(made):
                made = rounded_twice.in_place(self, made, [other])
        return assign_in_place(self, made)

    return method


def takes(value: Value, other: Any) -> bool:
    """Tell whether an operator is the value's own: `k * [x]` repeats a list if `k` is Python's."""
    return is_operand(other) and not (value.kind == "python" and isinstance(other, (list, tuple)))


def is_operand(other: Any) -> bool:
    """Tell whether an operator of a value may take this; else Python raises its TypeError."""
    return is_value(other) or isinstance(other, (*NUMBER, np.generic, np.ndarray, list, tuple))


def install() -> None:
    """Give `Value` its operators."""
    for name in OPS:
        setattr(Value, f"__{name}__", _forward(name))
        if name not in COMPARISONS:
            setattr(Value, f"__r{name}__", _reflected(name))
            setattr(Value, f"__i{name}__", _in_place(name))
    Value.__divmod__ = lambda self, other: (self // other, self % other)
    Value.__rdivmod__ = lambda self, other: (other // self, other % self)
    for name in ("neg", "pos", "abs", "invert"):
        setattr(Value, f"__{name}__", lambda self, name=name: unary(self.recorder, name, self))


install()
