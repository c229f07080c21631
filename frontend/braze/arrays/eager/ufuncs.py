"""Ufuncs and their methods as eager steps: for dtypes and forms that have no kernel.

Their rows (braze/eager_rows.py) are made when they are first asked for: `numpy.log2.call`,
`numpy.subtract.reduce`, `numpy.add.reduceat`, `numpy.divide.at` and so on.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays.eager import sizes as of
from braze.arrays.eager import steps as eager
from braze.arrays.eager.calls import ORIGINALS
from braze.arrays.eager.rows import ROWS, Row
from braze.arrays.reductions import as_axis, into, sum_into
from braze.arrays.shapes import broadcast_shape
from braze.arrays.ufuncs import put, store
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import is_value

OPTIONS = "dtype=None, order='K', casting='same_kind', signature=None"


def broadcast(call: Any) -> Any:
    """The sizes to which the operands broadcast, for each result."""
    names = [name for name in ("x1", "x2", "x3") if call.has(name)]
    sizes = broadcast_shape(call.recorder, [call.dims(name) for name in names])
    return sizes if call.row.function().nout == 1 else (sizes,) * call.row.function().nout


def pieces(call: Any) -> list:
    """The sizes of an array, with an axis of as many as there are indices."""
    dims = list(call.dims("array"))
    (count,) = call.dims("indices")
    dims[as_axis(call.option("axis"), len(dims))] = count
    return dims


FORMS: dict[str, tuple[str, str, Callable]] = {
    "reduce": (
        "array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True",
        "array where",
        of.reduced("array"),
    ),
    "accumulate": ("array, axis=0, dtype=None", "array", of.along("array")),
    "reduceat": ("array, indices, axis=0, dtype=None", "array indices", pieces),
    "outer": (
        f"A, B, *, {OPTIONS}",
        "A B",
        lambda call: [*call.dims("A"), *call.dims("B")],
    ),
    "at": ("a, indices, b=None", "a indices b", of.like("a")),
}


def row_of(name: str) -> Row | None:
    """Return the row of a ufunc's method; None if there is no such thing."""
    if name in ROWS:
        return ROWS[name]
    function, _, form = name.rpartition(".")
    ufunc = getattr(np, function, None)
    if not isinstance(ufunc, np.ufunc) or ufunc.signature:
        return None
    if form == "call" and ufunc.nin < 3:
        names = ", ".join(f"x{k + 1}" for k in range(ufunc.nin))
        parameters, operands, sizes = f"{names}, *, {OPTIONS}", names.replace(",", ""), broadcast
        run = ufunc
    elif form in FORMS and ufunc.nout == 1 and (ufunc.nin == 2 or form == "at"):
        parameters, operands, sizes = FORMS[form]
        run = changed(ufunc) if form == "at" else getattr(ufunc, form)
    else:
        return None
    facts: dict[str, Any] = {"keeps_order": True, "of": function, "instead": run}
    if form == "reduceat":
        facts["trial"] = {"indices": np.zeros_like}
    ROWS[name] = Row(name, parameters, operands, sizes, **facts)
    ORIGINALS[name] = ufunc
    return ROWS[name]


def changed(ufunc: np.ufunc) -> Callable:
    """Return what gives a copy of an array as `ufunc.at` changes it."""

    def run(a: np.ndarray, indices: Any, *operand: Any) -> np.ndarray:
        made = np.array(a)
        ufunc.at(made, indices, *operand)
        return made

    return run


def call(recorder: Any, name: str, form: str, args: tuple, kwargs: dict) -> Any:
    """Record a call of a ufunc, or of one of its methods."""
    row = row_of(f"{name}.{form}")
    if row is None:
        raise refuse(f"numpy.{name}")
    given = {k: v for k, v in kwargs.items() if not usual(k, v)}
    if "dtype" in given:
        given["dtype"] = TO_NUMPY[name_of(given["dtype"])].str
        values = (recorder.operand(x) for x in args if is_value(x))
        if given["dtype"][1] != "c" and any(KIND[x.dtype_name] == "c" for x in values):
            raise refuse(f"numpy.{name} of complex numbers as real ones, of which NumPy warns")
    if form == "at":
        return change(recorder, row, args, given)
    return eager.record(recorder, row, args, given)


def usual(option: str, value: Any) -> bool:
    """Tell whether an option is what it is if it is not given."""
    if is_value(value) or isinstance(value, np.ndarray):
        return False
    default = {"where": True, "keepdims": False, "subok": True}.get(option)
    return value is np._NoValue or (option not in ("axis", "initial") and value is default)


def change(recorder: Any, row: Row, args: tuple, kwargs: dict) -> None:
    """Record ``ufunc.at``: the array becomes what a copy of it was changed to."""
    array = args[0] if args else None
    if not is_value(array) or not array.is_array:
        raise refuse(f"numpy.{row.name} of what is no array of the function")
    made = eager.Call(recorder, row, args, kwargs)
    complex_ones = [KIND[value.dtype_name] == "c" for value in made.operands]
    if any(complex_ones) and KIND[array.dtype_name] != "c":
        raise refuse(f"numpy.{row.name} of complex numbers in a real array, of which NumPy warns")
    dtype = ("array", array.dtype_name, list(array.dims))
    node = recorder.add("eager", made.operands, call=made.text(), size=0, type=dtype)
    put(array, eager.fresh(node))


def instead(recorder: Any, ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """Record what has no kernel as an eager step, and its result in the arrays of ``out=``."""
    form = "call" if method == "__call__" else method
    options = {k: v for k, v in kwargs.items() if k not in ("out", "where") or form == "reduce"}
    out, where = kwargs.get("out"), kwargs.get("where", True)
    if form != "reduce" and where is not True and where is not np._NoValue:
        raise refuse(f"numpy.{ufunc.__name__} with where=")
    options.pop("out", None)
    made = call(recorder, ufunc.__name__, form, inputs, options)
    if out is None or all(target is None for target in out):
        return made
    if isinstance(made, tuple):
        raise refuse(f"numpy.{ufunc.__name__} with several outputs")
    if form == "reduce":
        return sum_into(out[0], made)
    if form in ("accumulate", "reduceat"):
        return into(out[0], made)
    return store(recorder, out[0], made, kwargs.get("casting", "same_kind"))
