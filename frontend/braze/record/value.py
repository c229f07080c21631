"""The abstract array or number that stands for a value of the graph while a function is recorded.

Both frontends use it: the tracer hands it to the user's function, the script interpreter computes
with it. Everything done to it goes through NumPy's own protocols and ends in the recorder.
"""

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from braze.errors import refuse
from braze.record.dtypes import KIND, PYTHON_OF, TO_NUMPY


def numpy_property(function: Callable) -> property:
    """Make a property that arrays and NumPy scalars have, but no Python number."""

    def get(self: "Value") -> Any:
        self.check_numpy(function.__name__)
        return function(self)

    return property(get, doc=function.__doc__)


class Value:
    """An array, NumPy scalar or Python number of the graph being recorded."""

    __slots__ = (
        "recorder",
        "_ref",
        "kind",
        "dtype_name",
        "dims",
        "size_of",
        "source",
        "hint",
        "constant",
        "fresh",
        "views",
        "root",
        "read_only",
        "perhaps_copied",
        "stands_for_view",
        "made_by",
        "version",
        "seen",
        "shared",
        "twin",
        "reshaped",
        "flat_of",
        "in_c_order",
        "repeats",
        "object",
        "another",
        "body",
        "either",
        "__weakref__",
    )
    __hash__ = None

    def __init__(self, recorder: Any, ref: int | None, size_of: Any = None) -> None:
        self.recorder = recorder
        self._ref = ref
        self.size_of = size_of  # the size that a Python int stands for
        self.source = None  # the Source of an argument or global
        self.hint = None  # the Python number of this very call
        self.constant = None  # of a constant: the Python number
        self.fresh = False  # an array in memory of its own that nothing else shows
        self.views = None  # arrays that show this one's memory
        self.root = None  # the array whose memory this one shows
        self.read_only = False  # a view by broadcast_to, or a view of one
        self.stands_for_view = False  # a copy, where NumPy gives a view
        self.perhaps_copied = False  # a view of an argument only if that is in C order
        self.made_by = None  # of a view: the op, its operands and its attributes
        self.version = 0  # of a root: counts changes
        self.seen = 0  # of a view: the root's version that it shows
        self.shared = False  # a root whose memory a value of a branch or loop may show
        self.twin = False  # a fresh array of the same node as another
        self.reshaped = ""  # of a root: "view" if one is reshaped, "perhaps" if that may be a copy
        self.flat_of = None  # the root of which NumPy's ravel may give a view
        self.in_c_order = False
        self.repeats = False  # of an argument: an axis has the stride 0
        self.object = 0  # of an argument: its id in this call
        # Of a branch or loop: "view", so another object than what it shows; "part" if no passes
        # make that the whole of an argument.
        self.another = ""
        self.body = recorder.body
        self.either = None  # of a number that may be Python's or NumPy's: which it is
        if ref is None:
            self.kind, self.dtype_name, self.dims = "python", "i64", ()
        else:
            type_ = recorder.graph.type(ref)
            self.kind, self.dtype_name, self.dims = type_.kind, type_.dtype, type_.dims

    @classmethod
    def of_size(cls, recorder: Any, size: Any) -> "Value | int":
        """Return a size as a Python int: a plain one if it is the same at each call."""
        if isinstance(size, int):
            return size
        if recorder.known_in_run(size):
            return recorder.number_of(size)
        return size.value if size.value is not None else cls(recorder, None, size)

    @property
    def ref(self) -> int:
        """The node. That of a size is made when first needed."""
        if self._ref is None:
            graph, body = self.recorder.graph, self.recorder.body
            return graph.add(body, "extent", [], {"size": self.size_of}, self.recorder.location())
        if self.made_by is not None:
            self.refresh()
        return self._ref

    def refresh(self) -> None:
        """Make a view again if what it shows has changed, or if it was made in a closed body."""
        recorder, root = self.recorder, self
        while root.made_by is not None:
            root = root.made_by[1][0]
        if self.seen == root.version and recorder.in_scope(self.body):
            return
        op, operands, attrs = self.made_by
        refs = [operand.ref for operand in operands]
        self._ref = recorder.graph.add(recorder.body, op, refs, attrs, recorder.location())
        self.seen, self.body = root.version, recorder.body

    # What it is

    @property
    def is_array(self) -> bool:
        return self.kind == "array"

    @property
    def python_type(self) -> type:
        """The type that the value has when the function runs."""
        if self.kind == "array":
            return np.ndarray
        if self.kind == "scalar":
            return TO_NUMPY[self.dtype_name].type
        if self.either is not None:
            raise refuse("the type of a number that is Python's or NumPy's")
        return PYTHON_OF[self.dtype_name]

    @property
    def __class__(self) -> type:
        # So that isinstance(x, numpy.ndarray) in a traced function gives the true answer.
        if self.either is not None and self.recorder.tracing:
            raise refuse("the type of a number that is Python's or NumPy's")
        return self.either.types[0] if self.either is not None else self.python_type

    def check_numpy(self, name: str) -> None:
        """Raise what Python raises where a number is used as an array."""
        if self.kind == "python":
            if self.either is not None:
                raise refuse("an attribute of a number that is Python's or NumPy's")
            raise AttributeError(f"'{self.python_type.__name__}' object has no attribute '{name}'")

    def derive(self, value: "Value") -> "Value":
        """Mark `value` as a view of this array."""
        root = self.root if self.root is not None else self
        if value.made_by is not None and value.made_by[0] == "reshape":
            root.reshaped = root.reshaped or "view"
        value.root = root
        value.read_only |= self.read_only
        value.perhaps_copied |= self.perhaps_copied
        value.stands_for_view |= self.stands_for_view
        root.views = [*(root.views or ()), weakref.ref(value)]
        return value

    def shown_elsewhere(self) -> bool:
        """Tell whether another array shows the same memory."""
        return self.root is not None or any(view() is not None for view in self.views or ())

    def __repr__(self) -> str:
        if self.recorder.tracing and not self.recorder.closed:  # the function itself may ask
            raise refuse("text of a value that is known only when the function runs")
        sizes = "" if self.kind != "array" else str([str(d) for d in self.dims]).replace("'", "")
        name = self.dtype_name if self.kind != "python" else PYTHON_OF[self.dtype_name].__name__
        if self.either is not None:
            name = " or ".join(t.__name__ for t in self.either.types)
        return f"<{name}{sizes}>"

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from braze.arrays.ufuncs import call_ufunc

        return call_ufunc(self.recorder, ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        from braze.arrays.numpy_api import call_function

        return call_function(self.recorder, function, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise refuse(
            "the contents of an array while compiling", "use NumPy functions that braze knows"
        )

    def __array_namespace__(self, **kwargs: Any) -> Any:
        return np

    # Attributes

    @numpy_property
    def shape(self) -> tuple:
        return tuple(Value.of_size(self.recorder, d) for d in self.dims)

    @shape.setter
    def shape(self, shape: Any) -> None:
        from braze.arrays.reshaping import set_shape

        set_shape(self, shape)

    @numpy_property
    def ndim(self) -> int:
        return len(self.dims)

    @numpy_property
    def dtype(self) -> np.dtype:
        return TO_NUMPY[self.dtype_name]

    @numpy_property
    def size(self) -> Any:
        total: Any = 1
        for d in self.dims:
            total = total * d
        return Value.of_size(self.recorder, total)

    @numpy_property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @numpy_property
    def nbytes(self) -> Any:
        return self.size * self.itemsize

    @numpy_property
    def T(self) -> "Value":
        return self.transpose()

    @numpy_property
    def mT(self) -> "Value":
        return self.swapaxes(-1, -2)

    @numpy_property
    def tolist(self) -> Any:
        from braze.arrays.listing import ListOf

        return ListOf(self)

    @property
    def real(self) -> "Value":
        from braze.arrays import complex_numbers

        if KIND[self.dtype_name] == "c":
            return complex_numbers.part(self, "real")
        if self.kind == "python" and self.dtype_name == "b1":
            raise refuse("the real part of a bool, which is an int")
        return self

    @property
    def imag(self) -> "Value":
        from braze.arrays import complex_numbers

        if KIND[self.dtype_name] != "c":
            raise refuse("the imaginary part of real numbers")
        return complex_numbers.part(self, "imag")

    # Python asks for a value

    def static(self) -> Any:
        """Return the number itself; a guard then holds it at later calls.

        Unsupported if it is no argument, global or size.
        """
        if self.size_of is not None:
            return self.recorder.fixed_size(self.size_of)
        if self.kind == "python" and self.source is not None:
            note = f"{self.source} is fixed at {self.hint!r}"
            if note not in self.recorder.notes:
                self.recorder.notes.append(note)
            self.recorder.guard(self.source, "value", self.hint)
            return self.hint
        raise refuse(
            "a number that is known only when the function runs, where Python needs it",
            "compute it outside, or pass it as a Python number",
        )

    @property
    def can_be_static(self) -> bool:
        return self.size_of is not None or (self.kind == "python" and self.source is not None)

    def __bool__(self) -> bool:
        if self.size_of is not None:
            return self.recorder.decide("nonzero", self.size_of)
        if self.can_be_static and self.dtype_name in ("b1", "i64"):
            return bool(self.static())
        if self.recorder.numpy_depth:  # see numpy_source.py
            return self.recorder.assume_false(self)
        if self.recorder.paths is not None:
            return self.recorder.paths.decide(self)
        raise refuse(
            "a decision on the value of an array or number", "numpy.where selects between values"
        )

    def __index__(self) -> int:
        if self.dtype_name != "i64" or not self.can_be_static:
            raise refuse("an integer that is known only when the function runs")
        return self.static()

    def __int__(self) -> int:
        return int(self.static())

    def __float__(self) -> float:
        return float(self.static())

    def __complex__(self) -> complex:
        return complex(self.static())

    def __len__(self) -> int:
        if not self.dims:
            raise TypeError("len() of unsized object")
        return self.recorder.fixed_size(self.dims[0])

    def __iter__(self) -> Iterator["Value"]:
        if not self.dims:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        raise refuse("the operator `in` on an array")

    def __format__(self, spec: str) -> str:
        raise refuse("formatting a value")

    def __str__(self) -> str:
        raise refuse("printing a value")

    # Items

    def __getitem__(self, key: Any) -> "Value":
        from braze.arrays.indexing import getitem

        return getitem(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        from braze.arrays.indexing import setitem

        setitem(self, key, value)


def is_value(candidate: Any) -> bool:
    """Tell whether this is a value of a graph, whatever it says its class is."""
    return type(candidate) is Value


class OfValues:
    """What is made of values and may be an operand (lists/grown.py)."""

    held: list  # for which it stands
    __hash__ = None

    def __eq__(self, other: Any) -> bool:
        """Refuse what Python's containers ask of their items and keys."""
        raise refuse(f"a {type(self).__name__.lower()} that is compared with others")

    def __format__(self, spec: str) -> str:
        raise refuse(f"text of a {type(self).__name__.lower()}")

    def __str__(self) -> str:
        raise refuse(f"text of a {type(self).__name__.lower()}")

    def as_array(self) -> "Value":
        """Return what numpy.array makes of it."""
        raise NotImplementedError

    def ends(self) -> Any:
        """Return what stays the same as long as iterators of it last, if they ask for that."""
        return None


def any_value(value: Any) -> bool:
    """Tell whether a value of a graph stands anywhere in nested lists, tuples and dicts."""
    if isinstance(value, (Value, OfValues)):
        return True
    if isinstance(value, (list, tuple)):
        return any(any_value(v) for v in value)
    if isinstance(value, dict):
        return any(any_value(v) for v in value.values())
    if isinstance(value, slice):
        return any_value((value.start, value.stop, value.step))
    return False


def repeats(a: Any, b: Any) -> bool:
    """Tell whether a product with a NumPy scalar repeats a sequence, or is refused by it."""
    pairs = ((a, b), (b, a))
    return any(is_value(x) and x.kind != "array" and isinstance(y, (list, tuple)) for x, y in pairs)
