"""NumPy functions that are not worth a kernel, as eager steps of a graph.

A call of one becomes a node that names the function, with what is constant, and has the rest as
operands. The plan calls NumPy there; the code around it fuses as elsewhere. What the graph says of
the results is compared with what NumPy gives, and the plain function runs where they differ.
"""

import inspect
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from braze.arrays.eager.calls import ORIGINALS, PREFIX
from braze.arrays.eager.rows import ROWS, Row
from braze.arrays.registry import FUNCTIONS, METHODS, array_like
from braze.arrays.ufuncs import put
from braze.errors import refuse, said
from braze.record.dtypes import KIND, OF_PYTHON, PYTHON_OF, TO_NUMPY, name_of
from braze.record.recorder import any_value
from braze.record.records import is_named_tuple, made_like
from braze.record.value import Value, is_value

# Longer lists of numbers are arrays that are made while compiling.
MOST_ITEMS = 32
USUAL, MOST_TRIED = 3, 32  # elements of an axis in the trial of a function's types
PLAIN = (type(None), bool, int, float, str)


class Call:
    """A call of a function of the table while it is recorded."""

    def __init__(self, recorder: Any, row: Row, args: tuple, kwargs: dict) -> None:
        self.recorder = recorder
        self.row = row
        self.operands: list[Value] = []
        self.told: Any = None  # the size that only the result tells
        signature = inspect.signature(eval(f"lambda {row.parameters}: None"))
        try:
            self.bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise refuse(f"numpy.{row.name} with these arguments: {error}") from None
        names = row.operands.split()
        self.trial = row.trial
        for name, given in self.bound.arguments.items():
            self.bound.arguments[name] = self.prepared(name, given, names)
        self.given = dict(self.bound.arguments)
        self.bound.apply_defaults()

    def prepared(self, name: str, given: Any, operands: list[str]) -> Any:
        """Return an argument as the graph has it."""
        if name == "overwrite_input" and given:
            raise refuse(f"numpy.{self.row.name} with overwrite_input=")
        return self.operand(given) if name in operands else constant(given)

    def operand(self, given: Any) -> Any:
        """Return an argument with its arrays as values; numbers that are constant stay numbers."""
        if type(given) in (list, tuple) and any_value(given):
            return tuple(self.operand(item) for item in given)
        if is_value(given):
            return self.noted(self.recorder.operand(given))
        if type(given) is float and not math.isfinite(given):
            return self.noted(self.recorder.operand(given))
        if type(given) in PLAIN and type(given) is not str:
            return constant(given)
        if isinstance(given, (list, tuple)) and is_short(given):
            return constant(given)
        return self.noted(array_like(self.recorder, given))

    def noted(self, value: Value) -> Value:
        if value.either is not None:
            raise refuse(f"numpy.{self.row.name} of a number that may be Python's or NumPy's")
        if KIND[value.dtype_name] not in self.row.kinds:
            raise refuse(f"numpy.{self.row.name} of {value.dtype_name}")
        if not any(value is other for other in self.operands):
            self.operands.append(value)
        return value

    # What rules ask

    def argument(self, name: str) -> Any:
        """Return an argument: a value, a constant, or a tuple of these."""
        return self.bound.arguments[name]

    option = argument

    def has(self, name: str) -> bool:
        """Tell whether there is such a parameter."""
        return name in self.bound.arguments

    def dims(self, name: str) -> list:
        """Return the sizes of an operand."""
        return self.sizes_of(self.argument(name))

    def sizes_of(self, given: Any) -> list:
        """Return the sizes of an argument."""
        if isinstance(given, tuple) and any_value(given):
            return [len(given), *self.sizes_of(given[0])]
        return list(given.dims if is_value(given) else np.shape(given))

    def same(self, one: Any, other: Any) -> Any:
        """Return a size that NumPy demands to be another one."""
        known = [self.recorder.known(size) for size in (one, other)]
        if known[0] != known[1] or not self.recorder.graph.unify(one, other):
            raise refuse(f"numpy.{self.row.name} of these shapes")
        return one

    def size(self) -> Any:
        """Return a size that the result alone tells."""
        if self.told is None:
            self.told = self.recorder.told_size()
        return self.told

    # What the graph wants

    def text(self) -> str:
        """Return the call as the graph spells it."""
        arguments = []
        parameters = inspect.signature(eval(f"lambda {self.row.parameters}: None")).parameters
        for name, given in self.given.items():
            kind = parameters[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                arguments += map(self.spelled, given)
            elif kind is inspect.Parameter.KEYWORD_ONLY or self.skips(name):
                arguments.append(f"{name}={self.spelled(given)}")
            else:
                arguments.append(self.spelled(given))
        return f"{PREFIX}{self.row.name}({', '.join(arguments)})"

    def skips(self, name: str) -> bool:
        """Tell whether a parameter before this one is not given."""
        names = list(self.bound.arguments)
        return names.index(name) != list(self.given).index(name)

    def spelled(self, given: Any) -> str:
        """Return an argument as text."""
        if is_value(given):
            return f"_{next(k for k, value in enumerate(self.operands) if value is given)}"
        if isinstance(given, tuple) and any_value(given):
            return f"({', '.join(map(self.spelled, given))},)"
        return repr(given)

    def types(self) -> Any:
        """Return the types of the results, of one or of a list, and an example of the result."""
        sizes = self.row.sizes(self)
        example = self.tried()
        several = isinstance(example, tuple)
        shapes = sizes if several else (sizes,)
        parts = example if several else (example,)
        if len(shapes) != len(parts):
            raise refuse(f"numpy.{self.row.name} with these arguments")
        types = [type_of(part, list(dims)) for part, dims in zip(parts, shapes, strict=True)]
        return (types if several else types[0]), example

    def tried(self) -> Any:
        """Call the function with small operands of these types."""
        fixed = [d for v in self.operands for d in v.dims if isinstance(d, int) and d > 1]
        usual = min(fixed[0], MOST_TRIED) if fixed else USUAL
        arguments = {name: self.stand_in(given, usual) for name, given in self.given.items()}
        bound = self.bound.signature.bind_partial()
        for name in arguments.keys() & self.trial.keys():
            wanted = self.trial[name]
            arguments[name] = wanted(arguments[name]) if callable(wanted) else wanted
        bound.arguments.update(arguments)
        try:
            with np.errstate(all="ignore"):
                run = self.row.instead or ORIGINALS[self.row.name]
                return run(*bound.args, **bound.kwargs)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise refuse(f"numpy.{self.row.name}, which raises {what}") from None

    def stand_in(self, given: Any, usual: int) -> Any:
        """Return something of the type of an argument."""
        if isinstance(given, tuple) and any_value(given):
            return tuple(self.stand_in(item, usual) for item in given)
        if not is_value(given):
            return given
        if given.kind == "python":
            return PYTHON_OF[given.dtype_name](1)
        dtype = TO_NUMPY[given.dtype_name]
        if given.kind == "scalar":
            return dtype.type(1)
        shape = [min(d, MOST_TRIED) if isinstance(d, int) else usual for d in given.dims]
        return small_array(shape, dtype)


def small_array(shape: list[int], dtype: np.dtype) -> np.ndarray:
    """Return an array that functions accept: rising in one dimension, regular matrices in more."""
    if len(shape) < 2:
        return np.arange(1, 1 + math.prod(shape)).reshape(shape).astype(dtype)
    return (np.ones(shape) + 2 * np.eye(*shape[-2:])).astype(dtype)


def type_of(part: Any, dims: list) -> tuple:
    """Return the type of a result as the graph takes it, with these sizes."""
    if type(part) is np.ndarray and len(dims) == part.ndim:
        return ("array", name_of(part.dtype), dims)
    if isinstance(part, np.generic) and not dims:
        return ("scalar", name_of(part.dtype), [])
    if type(part) in OF_PYTHON and not dims:
        return ("python", OF_PYTHON[type(part)], [])
    raise refuse(f"a function of NumPy that gives a {said(part)}")


def is_short(given: Any) -> bool:
    """Tell whether this is a list of a few numbers, or of lists of them."""
    return sum(1 for _ in items(given)) <= MOST_ITEMS


def items(given: Any) -> Iterator[Any]:
    if isinstance(given, (list, tuple)):
        for item in given:
            yield from items(item)
    else:
        yield given


def constant(given: Any) -> Any:
    """Return an argument that is constant; Unsupported if the text of a graph cannot say it."""
    if is_value(given):
        return given.static()
    if isinstance(given, (list, tuple)):
        return type(given)(map(constant, given))
    if isinstance(given, np.integer):
        return int(given)
    infinite = type(given) is float and not math.isfinite(given)
    quoted = type(given) is str and not (given.isascii() and given.isprintable())
    if (
        type(given) not in PLAIN
        or infinite
        or quoted
        or (type(given) is str and '"' in repr(given))
    ):
        raise refuse(f"an option of type {said(given)} of a function of NumPy's")
    return given


def record(recorder: Any, row: Row, args: tuple, kwargs: dict) -> Any:
    """Record a call of a function of the table."""
    call = Call(recorder, row, args, kwargs)
    types, example = call.types()
    size = 0 if call.told is None else call.told
    node = recorder.add("eager", call.operands, call=call.text(), size=size, type=types)
    if not row.keeps_order:
        recorder.turned = True
    if not isinstance(example, tuple):
        return fresh(node)
    parts = [fresh(recorder.add("item", [node], index=i)) for i in range(len(example))]
    return made_like(example, parts) if is_named_tuple(example) else tuple(parts)


def call(recorder: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Record a call of a function of the table by its name."""
    return record(recorder, ROWS[name], args, kwargs)


def fresh(made: Value) -> Value:
    """Mark a result as an array in memory of its own, of which the order is not known."""
    if made.is_array:
        made.in_c_order = False
        if not made.fresh:
            made.fresh = True
            made.recorder.note_twins(made)
    return made


def _function(name: str) -> Any:
    return lambda recorder, *args, **kwargs: call(recorder, name, *args, **kwargs)


for _name, _row in ROWS.items():
    if not _row.of:
        FUNCTIONS[ORIGINALS[_name]] = _function(_name)  # other modules know better what some are


def _method(name: str) -> Any:
    return lambda value, *args, **kwargs: call(value.recorder, name, value, *args, **kwargs)


def _in_place(name: str) -> Any:
    def change(value: Value, *args: Any, **kwargs: Any) -> None:
        if not value.is_array:
            raise refuse(f"the method {name} of a number")
        put(value, call(value.recorder, name, value, *args, **kwargs))

    return change


for _name in ("argsort", "argpartition", "searchsorted", "trace"):
    if _name in ROWS:
        METHODS[_name] = _method(_name)
for _name in ("sort", "partition"):
    if _name in ROWS:
        METHODS[_name] = _in_place(_name)
