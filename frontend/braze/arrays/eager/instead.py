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
from braze.arrays.eager.rows import rows
from braze.arrays.reductions import as_axis, into
from braze.arrays.registry import FUNCTIONS, INSTEAD, INSTEAD_OF_METHOD
from braze.arrays.shapes import broadcast_shape
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
        return into(out, eager.call(recorder, f"{name}.any", *args, **options))

    return record


def as_method(function: Callable) -> Callable:
    return lambda value, *args, **kwargs: function(value.recorder, value, *args, **kwargs)


for _name, _parameters, _operands, _sizes in TABLE:
    rows((f"{_name}.any", _parameters, _operands, _sizes), of=_name, trial=TRIALS.get(_name, {}))
    _function = getattr(np, _name)
    ORIGINALS[f"{_name}.any"] = _function
    INSTEAD[_function] = as_step(_name)
    if hasattr(np.ndarray, _name) and _name != "resize":
        INSTEAD_OF_METHOD[_name] = as_method(INSTEAD[_function])
FUNCTIONS[np.resize] = INSTEAD[np.resize]
INSTEAD[np.around], INSTEAD[np.amax], INSTEAD[np.amin] = (
    INSTEAD[f] for f in (np.round, np.max, np.min)
)
