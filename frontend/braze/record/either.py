"""Numbers that are Python's on some ways through a function and NumPy's on others.

``s = 0.0`` and, under a condition, ``s += a[i]``: both hold the same bits, but what they divide,
return or promote to may differ. Such a value is carried as a Python number of the graph with a bool
that says which type it has; what would give other elements for the two types is refused.
"""

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from braze.errors import Unsupported, refuse
from braze.record.dtypes import KIND, TO_NUMPY
from braze.record.value import Value, is_value

# The pairs of types that a number may be of, and the dtype that holds both.
HELD = {
    (float, np.float64): "f64",
    (float, np.float32): "f64",
    (int, np.int64): "i64",
    (int, np.float64): "f64",
    (int, float): "f64",
    (bool, np.bool_): "b1",
}
ORDER = (bool, int, float, np.bool_, np.int64, np.float32, np.float64)


@dataclass(eq=False, repr=False)
class Either:
    """What is known of the type of a number: the second if the flag holds, else the first."""

    flag: Value
    types: tuple[type, type]


def is_either(value: Any) -> bool:
    return is_value(value) and value.either is not None


def types_of(value: Any) -> tuple[type, ...]:
    """Return the types that a number may be of."""
    if not is_value(value):
        return (type(value),)
    return value.either.types if value.either is not None else (value.python_type,)


def common_types(*values: Value, also: tuple = ()) -> tuple[type, type] | None:
    """Return the two types that numbers which meet may be of; None if there are not just two."""
    if any(v.is_array for v in values):
        return None
    found = {*also, *(t for v in values for t in types_of(v))}
    types = tuple(t for t in ORDER if t in found)
    return types if types in HELD and len(types) == len(found) else None


def bare(value: Any) -> Any:
    """Return the number alone, as a Python number of the dtype that holds both types."""
    return Value(value.recorder, value.ref) if is_either(value) else value


def held(value: Value, types: tuple[type, type]) -> tuple[Value, Value]:
    """Record a number as one of either type: the Python number that holds it, and the flag."""
    recorder, dtype = value.recorder, HELD[types]
    if value.either is not None:
        if value.either.types != types:
            raise refuse("a number of one of three types")
        return bare(value), value.either.flag
    flag = recorder.operand(value.python_type is types[1])
    if value.kind == "python" and value.dtype_name == dtype:
        return value, flag
    if dtype == "b1":
        raise refuse("a bool that may be Python's or NumPy's")
    return recorder.add("number", [value], dtype=dtype, finite=False, fits="i64"), flag


def of_either(number: Value, flag: Value, types: tuple[type, type]) -> Value:
    """Return a number of the graph as one of either type."""
    made = Value(number.recorder, number.ref)
    made.either = Either(flag, types)
    return made


def mix(values: list[Value], mixed: list) -> tuple[list[Value], list[Value]]:
    """Return values that leave a body, and flags for those that `mixed` gives two types."""
    numbers, flags = [], []
    for value, types in zip(values, mixed, strict=True):
        number, flag = held(value, types) if types else (value, None)
        numbers.append(number)
        flags += [flag] if types else []
    return numbers, flags


def unmix(results: list[Value], mixed: list) -> list[Value]:
    """Return what arrives outside, of as many results with their flags behind them."""
    flags = iter(results[len(mixed) :])
    pairs = zip(results, mixed, strict=False)
    return [of_either(r, next(flags), types) if types else r for r, types in pairs]


def choice(condition: Value, a: Value, b: Value) -> Value | None:
    """Record one of two numbers of different types; None if they cannot be mixed."""
    types = common_types(a, b)
    if types is None or (a.either is None and b.either is None and a.kind == b.kind == "scalar"):
        return None
    recorder, condition = a.recorder, pythons(bare(condition))
    (first, flag), (second, other) = held(a, types), held(b, types)
    number = recorder.add("where", [condition, first, second])
    return of_either(number, recorder.add("where", [condition, flag, other]), types)


def pythons(truth: Value) -> Value:
    """Return a bool of the graph as Python's, so that what it chooses stays Python's."""
    if truth.kind == "python":
        return truth
    recorder = truth.recorder
    one = recorder.add("number", [truth], dtype="i64", finite=False, fits="i64")
    return recorder.add("not_equal", [one, recorder.operand(0)])


def binary_of_either(recorder: Any, function: Any, plain: Any, a: Any, b: Any) -> Any:
    """Record an operator on Python numbers of which one may be NumPy's.

    `plain` records it on Python numbers: both types give the same bits, as long as no divisor is
    zero and no int outgrows 64 bits, for which the runtime leaves the call to Python.
    """
    if function is operator.truediv:
        check_exact(recorder, a, b)
    elif function in WHOLE and ints_or_floats(a, b):
        return whole(recorder, plain, a, b)
    elif function in COMPARING and ints_or_floats(a, b):
        return plain(*(held(recorder.operand(x), (int, float))[0] for x in (a, b)))
    else:
        check_bits(types_of(a), types_of(b))
    outcomes = {}
    for first in types_of(a):
        for second in types_of(b):
            outcomes[first, second] = type(function(first(1), second(1)))
    results = tuple(t for t in ORDER if t in outcomes.values())
    made = plain(bare(a), bare(b))
    if results in ((float,), (bool,)):  # an int that meets a float becomes one
        return made
    if len(results) != 2 or results not in HELD or set(results) != set(outcomes.values()):
        raise refuse("arithmetic of numbers that may be Python's or NumPy's")
    flags = [x.either.flag for x in (a, b) if is_either(x)]
    if len(flags) == 2:
        mixed = outcomes[types_of(a)[0], types_of(b)[1]], outcomes[types_of(a)[1], types_of(b)[0]]
        if mixed[0] is not mixed[1]:
            raise refuse("arithmetic of numbers that may be Python's or NumPy's")
        op = "logical_or" if mixed[0] is results[1] else "logical_and"
        flags = [recorder.add(op, flags)]
    if not is_value(made):
        made = recorder.operand(made)
    return of_either(made, flags[0], results)


EXACT = 2**53  # up to here every int is a float
WHOLE = (operator.add, operator.sub, operator.mul)  # of ints, ints
COMPARING = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


def ints_or_floats(*operands: Any) -> bool:
    """Tell whether all are ints, or of both types: what they give may be either, too."""
    return all(types_of(x) in ((int,), (int, float)) for x in operands)


def whole(recorder: Any, plain: Any, a: Any, b: Any) -> Value:
    """Record an operator on ints that are held as floats: a check says that an int is exact."""
    types = (int, float)
    (x, first), (y, second) = (held(recorder.operand(v), types) for v in (a, b))
    made = plain(x, y)
    is_float = recorder.add("logical_or", [first, second])
    above = recorder.add("less", [recorder.operand(-float(EXACT)), made])
    below = recorder.add("less", [made, recorder.operand(float(EXACT))])
    small = recorder.add("logical_and", [above, below])
    exact = recorder.add("logical_or", [small, is_float])
    recorder.assume_false(recorder.add("logical_not", [exact]))
    return of_either(no_negative_zero(recorder, made, is_float), is_float, types)


def no_negative_zero(recorder: Any, made: Value, is_float: Value) -> Value:
    """Return a number in which an int that is 0 is held as 0.0, never as -0.0."""
    zero = recorder.add("add", [made, recorder.operand(0.0)])
    return recorder.add("where", [is_float, made, zero])


def check_exact(recorder: Any, *operands: Any) -> None:
    """Have a check say that ints which divide are floats, too, where one is held as a float."""
    try:
        check_bits(*map(types_of, operands))
        return
    except Unsupported:
        if {t for o in operands for t in types_of(o)} - {int, np.float64, float}:
            raise
    for operand in operands:
        if is_value(operand):
            number = bare(operand)
            limit = float(EXACT) if number.dtype_name == "f64" else EXACT
            large = [recorder.add("less", [recorder.operand(limit), number]),
                     recorder.add("less", [number, recorder.operand(-limit)])]  # fmt: skip
            recorder.assume_false(recorder.add("logical_or", large))


def check_bits(*operands: tuple[type, ...]) -> None:
    """Refuse operands whose bits depend on their type."""
    types = {t for operand in operands for t in operand}
    if types & {np.float32, bool, np.bool_}:
        raise refuse("arithmetic of numbers that may be Python's or NumPy's")
    # An int that is held as a float: exact as long as it meets floats.
    held_ints = any(int in t and len(t) == 2 and np.int64 not in t for t in operands)
    floats = any(not {int, np.int64} & set(t) for t in operands)
    if held_ints and not floats:
        raise refuse("arithmetic of numbers that may be ints or floats")


def check_promotion(operands: list[Value]) -> None:
    """Refuse operands whose common dtype depends on the type of one of them."""
    for value in operands:
        if value.either is None:
            continue
        strong = [TO_NUMPY[v.dtype_name] for v in operands if v.kind != "python"]
        weak = [v.python_type(0) for v in operands if v.kind == "python" and v.either is None]
        others = [*strong, *weak]
        first, second = (
            np.result_type(*others, t(0) if t in (bool, int, float) else np.dtype(t))
            for t in value.either.types
        )
        if first != second:
            raise refuse("arithmetic with a number that may be Python's or NumPy's")


def check_scalar(value: Value) -> None:
    """Refuse a number of which NumPy makes scalars of different dtypes."""
    if value.either is not None and len({np.dtype(t) for t in value.either.types}) > 1:
        raise refuse("a NumPy function of a number that may be Python's or NumPy's")


def unary_of_either(a: Value, name: str, plain: Any) -> Value:
    """Record ``-a``, ``+a`` or ``abs(a)``."""
    if KIND[a.dtype_name] == "b" or name == "invert":
        raise refuse("arithmetic of bools that may be Python's or NumPy's")
    made, either = plain(bare(a)), a.either
    if name == "neg" and int in either.types and made.dtype_name == "f64":
        made = no_negative_zero(a.recorder, made, either.flag)
    return of_either(made, either.flag, either.types)
