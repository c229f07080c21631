"""Functions of NumPy with options that their kernels have not: then they are eager steps.

A row here (braze/arrays/eager/rows.py) is named after the function, with ``.any``. It is tried
where the function cannot be recorded in another way.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from braze.arrays.eager import sizes as of
from braze.arrays.eager import steps as eager
from braze.arrays.eager.calls import ORIGINALS
from braze.arrays.eager.rows import ROWS, rows
from braze.arrays.reductions import as_axis, given
from braze.arrays.registry import FUNCTIONS, INSTEAD, INSTEAD_OF_METHOD
from braze.arrays.shapes import broadcast_shape
from braze.arrays.ufuncs import put
from braze.errors import refuse
from braze.record.dtypes import KIND, TO_NUMPY, name_of
from braze.record.value import Value, is_value


def repeated(call: Any) -> list:
    """As many along the axis as the counts add up to."""
    dims = call.dims("a")
    if call.option("axis") is None:
        return of.told(call)
    axis = as_axis(call.option("axis"), len(dims))
    return [*dims[:axis], *of.told(call), *dims[axis + 1 :]]


def padded(call: Any) -> list:
    """With what stands before and behind along each axis."""
    dims, widths = call.dims("array"), call.option("pad_width")
    if isinstance(widths, dict):
        raise refuse("numpy.pad of some axes")
    pairs = np.broadcast_to(widths, (len(dims), 2)).tolist()
    if not all(type(n) is int and n >= 0 for pair in pairs for n in pair):
        raise refuse("numpy.pad with these widths")
    return [d + sum(pair) for d, pair in zip(dims, pairs, strict=True)]


def taken(call: Any) -> list:
    """Those of the indices in the place of an axis."""
    dims, picked = call.dims("a"), call.dims("indices")
    if call.option("axis") is None:
        return picked
    axis = as_axis(call.option("axis"), len(dims))
    return [*dims[:axis], *picked, *dims[axis + 1 :]]


def chosen(call: Any) -> list:
    choices = call.argument("choices")
    if not isinstance(choices, (list, tuple)):
        raise refuse("numpy.choose of an array")
    return broadcast_shape(call.recorder, [call.dims("a"), *map(call.sizes_of, choices)])


def limited(call: Any) -> list:
    names = [n for n in ("a", "a_min", "a_max") if call.argument(n) is not None]
    return broadcast_shape(call.recorder, [call.dims(name) for name in names])


def steps(call: Any) -> list:
    """The sizes of the ends, and the number of steps along an axis."""
    dims = broadcast_shape(call.recorder, [call.dims("start"), call.dims("stop")])
    axis = as_axis(call.option("axis"), len(dims) + 1)
    if type(call.option("num")) is not int or call.option("num") < 0:
        raise refuse("numpy.linspace with this number of steps")
    return [*dims[:axis], call.option("num"), *dims[axis:]]


def filled(call: Any) -> list:
    shape = call.option("new_shape")
    sizes = list(shape) if isinstance(shape, tuple) else [shape]
    if not all(type(n) is int and n >= 0 for n in sizes):
        raise refuse("numpy.resize to this shape")
    return sizes


def kept(run: Callable) -> Callable:
    """Return a mean or variance under a mask, refused where NumPy warns of too few elements."""

    def checked(a: Any, *args: Any, **kwargs: Any) -> Any:
        axis = kwargs.get("axis", args[0] if args else None)
        where = np.broadcast_to(kwargs.get("where", True), np.shape(a))
        if (np.count_nonzero(where, axis=axis) <= kwargs.get("ddof", 0)).any():
            raise ValueError("too few elements")
        return run(a, *args, **kwargs)

    return checked


def into_copy(run: Callable) -> Callable:
    """Return what gives a copy of an output, with the result in it."""
    return lambda a, out, *args, **kwargs: run(a, *args, out=np.array(out), **kwargs)


REDUCED = "a, axis=None, dtype=None, *, keepdims=False, initial=None, where=True"
EXTREME = "a, axis=None, *, keepdims=False, initial=None, where=True"
TABLE = (
    ("repeat", "a, repeats, axis=None", "a repeats", repeated),
    ("pad", "array, pad_width, mode='constant', *, stat_length=None, constant_values=None, "
     "end_values=None, reflect_type=None", "array", padded),
    ("take", "a, indices, axis=None, *, mode='raise'", "a indices", taken),
    ("choose", "a, choices, *, mode='raise'", "a choices", chosen),
    ("round", "a, decimals=0", "a", of.like("a")),
    ("clip", "a, a_min=None, a_max=None", "a a_min a_max", limited),
    ("linspace", "start, stop, num=50, endpoint=True, *, dtype=None, axis=0", "start stop", steps),
    ("trace", "a, offset=0, axis1=0, axis2=1, dtype=None", "a",
     of.reduced("a", ("axis1", "axis2"))),
    ("resize", "a, new_shape", "a", filled),
    ("sum", REDUCED, "a where", of.reduced("a")),
    ("prod", REDUCED, "a where", of.reduced("a")),
    ("max", EXTREME, "a where", of.reduced("a")),
    ("min", EXTREME, "a where", of.reduced("a")),
    ("argmax", "a, axis=None, *, keepdims=False", "a", of.reduced("a")),
    ("argmin", "a, axis=None, *, keepdims=False", "a", of.reduced("a")),
    ("ptp", "a, axis=None, *, keepdims=False", "a", of.reduced("a")),
)  # fmt: skip
MOMENT = "a, axis=None, dtype=None, *, keepdims=False, where=True"
KEPT = (
    ("mean", MOMENT, "a where", of.reduced("a")),
    ("var", f"{MOMENT}, ddof=0", "a where", of.reduced("a")),
    ("std", f"{MOMENT}, ddof=0", "a where", of.reduced("a")),
)
RUNNING = "a, axis=None, dtype=None"
INTO = (
    *(
        row
        for row in (*TABLE, *KEPT)
        if row[3].__qualname__.startswith("reduced") or row[0] in ("round", "clip")
    ),
    ("cumsum", RUNNING, "a", of.along("a")),
    ("cumprod", RUNNING, "a", of.along("a")),
    ("any", EXTREME.replace("initial=None, ", ""), "a where", of.reduced("a")),
    ("all", EXTREME.replace("initial=None, ", ""), "a where", of.reduced("a")),
)
TRIALS = {"repeat": {"repeats": 2}, "take": {"indices": np.zeros_like},
          "choose": {"a": np.zeros_like}}  # fmt: skip
# Of parameters of NumPy's, the names that they have in a row.
NAMES = {"min": "a_min", "max": "a_max"}


def as_step(name: str) -> Callable:
    """Return what records a function as an eager step."""

    def record(recorder: Any, *args: Any, out: Any = None, **kwargs: Any) -> Value:
        options = {NAMES.get(k, k): v for k, v in kwargs.items() if v is not np._NoValue}
        if options.get("dtype") is not None:
            options["dtype"] = TO_NUMPY[name_of(options["dtype"])].str
            values = [recorder.operand(x) for x in args if is_value(x)]
            if options["dtype"][1] != "c" and any(KIND[x.dtype_name] == "c" for x in values):
                raise refuse(f"numpy.{name} of complex numbers as real ones, of which NumPy warns")
        if not given(out):
            return eager.call(recorder, f"{name}.any", *args, **options)
        return changed(recorder, f"{name}.into", out, args, options)

    return record


def changed(recorder: Any, name: str, out: Any, args: tuple, options: dict) -> Value:
    """Record a function that has an output: a copy of it is changed, and put into it."""
    if name not in ROWS or not args or not is_value(out) or not out.is_array:
        raise refuse(f"numpy.{name.removesuffix('.into')} with out=")
    if KIND[out.dtype_name] != "c" and KIND[recorder.operand(args[0]).dtype_name] == "c":
        raise refuse("complex numbers into an array of real ones, of which NumPy warns")
    made = eager.Call(recorder, ROWS[name], (args[0], out, *args[1:]), options)
    made.types()  # where NumPy raises, it does so here too
    dtype = ("array", out.dtype_name, list(out.dims))
    node = recorder.add("eager", made.operands, call=made.text(), size=0, type=dtype)
    put(out, eager.fresh(node))
    return out


def as_method(function: Callable) -> Callable:
    return lambda value, *args, **kwargs: function(value.recorder, value, *args, **kwargs)


def add(name: str, row: tuple, **facts: Any) -> None:
    rows((name, *row[1:]), of=row[0], trial=TRIALS.get(row[0], {}), **facts)
    ORIGINALS[name] = getattr(np, row[0])


for _row in (*TABLE, *KEPT, *INTO):
    _function = getattr(np, _row[0])
    INSTEAD[_function] = as_step(_row[0])
    if hasattr(np.ndarray, _row[0]) and _row[0] != "resize":
        INSTEAD_OF_METHOD[_row[0]] = as_method(INSTEAD[_function])
for _row in TABLE:
    add(f"{_row[0]}.any", _row)
for _row in KEPT:
    add(f"{_row[0]}.any", _row, instead=kept(getattr(np, _row[0])))
for _name, _parameters, _operands, _sizes in INTO:
    _run = getattr(np, _name)
    _run = kept(_run) if _name in ("mean", "var", "std") else _run
    _after = _parameters.replace("a, ", "a, out, ", 1)
    add(f"{_name}.into", (_name, _after, f"{_operands} out", _sizes), instead=into_copy(_run))
FUNCTIONS[np.resize] = INSTEAD[np.resize]
INSTEAD[np.around], INSTEAD[np.amax], INSTEAD[np.amin] = (
    INSTEAD[f] for f in (np.round, np.max, np.min)
)
