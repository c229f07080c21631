"""NumPy functions that pick elements at indices or under masks, and `ufunc.at`."""

from typing import Any

import numpy as np

from braze.arrays import advanced, flattening, shapes
from braze.arrays.arithmetic import cast, dtype_like, elementwise
from braze.arrays.indexing import setitem
from braze.arrays.reductions import as_axis, given, into, reduce
from braze.arrays.registry import FUNCTIONS, METHODS, implements, method, on_array
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY
from braze.record.value import Value, is_value

# The op behind `ufunc.at`.
AT = {"add": "add_at", "subtract": "subtract_at", "multiply": "multiply_at",
      "maximum": "maximum_at", "minimum": "minimum_at"}  # fmt: skip


def in_c_order(made: Value) -> Value:
    """Return a fresh result in C order, as NumPy's C functions give it."""
    whole = made.made_by is None and (made.in_c_order or len(made.dims) < 2)
    return made if whole else made.recorder.add("c_copy", [made])


@method("take")
def take(
    value: Value, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise"
) -> Value:
    """Record ``x.take(indices, axis)``."""
    if mode != "raise":
        raise refuse(f"numpy.take with mode={mode!r}")
    value, recorder = shapes.as_array(value), value.recorder
    if axis is None:
        value, axis = flattening.ravel(value), 0
    axis = as_axis(axis, len(value.dims))
    whole = (slice(None),) * axis
    if advanced.is_index_array(indices):
        picked = advanced.read(value, (*whole, as_indices(recorder, indices)))
        return into(out, in_c_order(picked))
    picked = value[(*whole, indices)]
    return into(out, recorder.add("c_copy", [picked]) if picked.is_array else picked)


def as_indices(recorder: Any, indices: Any) -> Value:
    value = recorder.operand(indices)
    if not value.dims or KIND[value.dtype_name] not in "iu" or value.dtype_name == "u64":
        raise refuse("indices that are no array of integers")
    return value


FUNCTIONS[np.take] = on_array(take)


def as_mask(value: Value) -> Value:
    """Return where an array is not zero."""
    value = shapes.as_array(value)
    if not value.dims:
        raise refuse("a 0-d array as a mask")
    return cast(value, "b1")


@method("nonzero", functions=(np.nonzero,))
def nonzero(value: Value) -> tuple:
    """Record ``x.nonzero()``: NumPy gives the columns of one array."""
    found = advanced.coordinates(as_mask(value))
    if len(found) == 1:
        return (found[0],)
    table = FUNCTIONS[np.stack](value.recorder, found, axis=1)
    return tuple(table[:, k] for k in range(len(found)))


@method("compress")
def compress(value: Value, condition: Any, axis: Any = None, out: Any = None) -> Value:
    """Record ``x.compress(condition, axis)``."""
    mask = as_mask(value.recorder.operand(condition))
    if len(mask.dims) != 1:
        raise refuse("numpy.compress with a condition of more dimensions")
    return take(value, advanced.coordinates(mask)[0], axis, out)


@implements(np.compress)
def compress_function(
    recorder: Any, condition: Any, a: Any, axis: Any = None, out: Any = None
) -> Value:
    return compress(recorder.operand(a), condition, axis, out)


@implements(np.choose)
def choose(recorder: Any, a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Value:
    """Record numpy.choose: the first choice, but where another one is meant."""
    if mode != "raise" or is_value(choices):
        raise refuse("numpy.choose with a mode, or of an array")
    which = recorder.operand(a)
    if KIND[which.dtype_name] not in "iub" or not which.dims or not choices:
        raise refuse("numpy.choose without an array of integers")
    which = cast(which, "i64")
    operands = list(map(recorder.operand, choices))
    dtype = np.result_type(*map(dtype_like, operands))
    if any(c.kind == "python" and TO_NUMPY[c.dtype_name] != dtype for c in operands):
        raise refuse("numpy.choose among Python numbers and arrays of another dtype")
    parts = list(map(shapes.as_array, operands))
    inside = [elementwise(recorder, "greater_equal", [which, 0]),
              elementwise(recorder, "less", [which, len(parts)])]  # fmt: skip
    recorder.add("require", [reduce("all", elementwise(recorder, "logical_and", inside))])
    result = shapes.astype(parts[0], dtype, copy=False)
    for number, part in enumerate(parts[1:], 1):
        chosen = elementwise(recorder, "equal", [which, number])
        result = recorder.apply("where", [chosen, part, result])
    if len(parts) == 1:
        result = recorder.apply("where", [inside[0], result, result])
    return into(out, recorder.add("c_copy", [shapes.as_array(result)]))


@method("choose")
def choose_method(value: Value, choices: Any, out: Any = None, mode: str = "raise") -> Value:
    return choose(value.recorder, value, choices, out, mode)


@implements(np.bincount)
def bincount(recorder: Any, x: Any, weights: Any = None, minlength: Any = 0) -> Value:
    """Record numpy.bincount: ones, or weights, added at the numbers that are counted."""
    x = recorder.operand(x)
    if len(x.dims) != 1 or KIND[x.dtype_name] not in "iub" or x.dtype_name == "u64":
        raise refuse("numpy.bincount of what is no line of integers")
    x = cast(x, "i64")
    minlength = minlength.static() if is_value(minlength) else minlength
    if type(minlength) is not int or minlength < 0:
        raise refuse(f"numpy.bincount with minlength={minlength!r}")
    low = elementwise(recorder, "greater_equal", [reduce("min", x), 0])
    recorder.add("require", [low])
    needed = elementwise(recorder, "add", [reduce("max", x), 1])
    size, _ = recorder.bind(elementwise(recorder, "maximum", [needed, minlength]))
    one: Any = np.int64(1)
    if given(weights):
        one = recorder.operand(weights)
        if len(one.dims) != 1 or KIND[one.dtype_name] not in "iubf":
            raise refuse("numpy.bincount with weights that are no line of numbers")
        what = "numpy.bincount with weights of another size"
        advanced.make_equal(recorder, one.dims[0], x.dims[0], what)
        one = cast(one, "f64")
    value = recorder.operand(one)
    zero = recorder.operand(TO_NUMPY[value.dtype_name].type(0))
    zeros = recorder.add("full", [zero], shape=[size])
    counted = recorder.add("add_at", [zeros, value, x], axes=[0])
    counted.in_c_order = True
    return counted


def change_at(recorder: Any, name: str, array: Any, indices: Any, *operands: Any) -> None:
    """Record ``ufunc.at(array, indices, operand)``."""
    if name not in AT or len(operands) != 1 or not is_value(array) or not array.is_array:
        raise refuse(f"numpy.{name}.at")
    operand = recorder.operand(operands[0])
    common = np.result_type(*(TO_NUMPY[v.dtype_name] for v in (array, operand)))
    if common != TO_NUMPY[array.dtype_name] or array.dtype_name == "b1":
        raise refuse(f"numpy.{name}.at on {array.dtype_name} with {operand.dtype_name}")
    if name == "multiply" and KIND[array.dtype_name] == "c":
        raise refuse("numpy.multiply.at of complex numbers, which NumPy rounds in another way")
    operand = cast(operand, array.dtype_name)
    if operand.is_array and not operand.dims:
        operand = recorder.add("scalar", [operand])
    if not advanced.has_arrays(indices):
        raise refuse(f"numpy.{name}.at without an index array")
    advanced.change_at(AT[name], advanced.parse(array, indices), operand)


def one_number(recorder: Any, given: Any) -> Any:
    """Return the only number of a list, or a number itself; None where there are more."""
    if isinstance(given, (list, tuple)) and not is_value(given):
        return given[0] if len(given) == 1 and not isinstance(given[0], (list, tuple)) else None
    return given if not recorder.operand(given).dims else None


def array_to_change(a: Any, name: str) -> Value:
    if not is_value(a) or not a.is_array or not a.dims:
        raise refuse(f"numpy.{name} of what is no array")
    return a


@implements(np.place)
def place(recorder: Any, arr: Any, mask: Any, vals: Any) -> None:
    arr, mask = array_to_change(arr, "place"), cast(recorder.operand(mask), "b1")
    number = one_number(recorder, vals)
    if number is None or list(mask.dims) != list(arr.dims):
        raise refuse("numpy.place of several numbers, or under a mask of another shape")
    setitem(arr, mask, number)


@implements(np.putmask)
def putmask(recorder: Any, a: Any, mask: Any, values: Any) -> None:
    a, mask = array_to_change(a, "putmask"), cast(recorder.operand(mask), "b1")
    number = one_number(recorder, values)
    if list(mask.dims) != list(a.dims):
        raise refuse("numpy.putmask under a mask of another shape")
    if number is None:
        number = recorder.operand(values)
        if list(number.dims) != list(a.dims):
            raise refuse("numpy.putmask of values that repeat")
        number = recorder.apply("where", [mask, cast(number, a.dtype_name), a])
        return setitem(a, Ellipsis, number)
    return setitem(a, mask, number)


@implements(np.put)
def put_items(recorder: Any, a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    a, indices = array_to_change(a, "put"), recorder.operand(ind)
    number = one_number(recorder, v)
    if len(a.dims) != 1 or mode != "raise" or KIND[indices.dtype_name] not in "iu":
        raise refuse("numpy.put into several axes, or with mode=")
    if number is None:
        number = recorder.operand(v)
        if list(number.dims) != list(indices.dims):
            raise refuse("numpy.put of numbers that repeat")
    setitem(a, indices, number)


METHODS["put"] = lambda value, *args, **kwargs: put_items(value.recorder, value, *args, **kwargs)
