"""Element types: the graph's spelling, NumPy's, and Python's numbers."""

from typing import Any

import numpy as np

from braze import _core
from braze.errors import refuse

# NumPy's dtypes that the graph has, by the graph's name. bfloat16 is none of NumPy's own.
TO_NUMPY: dict[str, np.dtype] = {
    name: np.dtype(numpy) for name, (numpy, _, _) in _core.dtypes.items() if hasattr(np, numpy)
}
FROM_NUMPY: dict[np.dtype, str] = {dtype: name for name, dtype in TO_NUMPY.items()}
KIND: dict[str, str] = {name: kind for name, (_, kind, _) in _core.dtypes.items()}

# The dtype that a Python number has in the graph.
OF_PYTHON: dict[type, str] = {bool: "b1", int: "i64", float: "f64", complex: "c128"}
PYTHON_OF: dict[str, type] = {name: python for python, name in OF_PYTHON.items()}


def name_of(dtype: Any) -> str:
    """Return the graph's name of anything NumPy takes as a dtype; Unsupported if it has none."""
    dtype = np.dtype(dtype)
    name = FROM_NUMPY.get(dtype)
    if name is None or type(dtype) is not type(TO_NUMPY[name]):  # longlong equals int64
        raise refuse(f"arrays of dtype {dtype}")
    return name


def can_cast_same_kind(source: str, target: str) -> bool:
    """Tell whether NumPy's in-place operators convert a result of `source` into `target`."""
    return np.can_cast(TO_NUMPY[source], TO_NUMPY[target], "same_kind")
