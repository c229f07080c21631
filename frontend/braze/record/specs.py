"""Specs: stand for arguments of which only the type is known, such as ``f32[n, 128]``."""

import re
from dataclasses import dataclass

from braze import _core
from braze.errors import GraphError

PYTHON = {"float": "f64", "int": "i64", "bool": "b1"}
# Sizes that a symbol of a spec has while decisions are taken: large, and all different.
TYPICAL = (1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049)


@dataclass(frozen=True)
class Spec:
    """The type of an argument.

    Attributes
    ----------
    kind : str
        ``"array"``, ``"scalar"`` (a NumPy scalar) or ``"python"`` (a Python number).
    dtype : str
        The element type as the graph spells it.
    sizes : tuple of int or str
        The sizes of an array; a name stands for any size but 1.
    """

    kind: str
    dtype: str
    sizes: tuple[int | str, ...] = ()

    def __str__(self) -> str:
        if self.kind == "array":
            return f"{self.dtype}[{', '.join(map(str, self.sizes))}]"
        if self.kind == "python":
            return next(name for name, dtype in PYTHON.items() if dtype == self.dtype)
        return self.dtype


def spec(text: str) -> Spec:
    """Return what stands for an argument of this type.

    Parameters
    ----------
    text : str
        ``"f32[n, 128]"`` for an array, ``"f64"`` for a NumPy scalar, ``"float"``, ``"int"`` or
        ``"bool"`` for a Python number. A size is a number, or a name that stands for any size
        but 1; a name used twice is the same size.

    Raises
    ------
    GraphError
        If the text is no type.
    """
    match = re.fullmatch(r"\s*(\w+)\s*(\[(.*)\])?\s*", text, re.DOTALL)
    if not match:
        raise GraphError(f"'{text}' is no type; write f32[n, 128], f64, float, int or bool")
    name, brackets, inside = match.groups()
    if brackets is None and name in PYTHON:
        return Spec("python", PYTHON[name])
    dtype = "b1" if name == "bool" else name
    if dtype not in _core.dtypes:
        known = ", ".join(_core.dtypes)
        raise GraphError(f"'{text}': no dtype is called '{name}'; there are {known}")
    if brackets is None:
        return Spec("scalar", dtype)
    sizes = [part.strip() for part in inside.split(",")] if inside.strip() else []
    return Spec("array", dtype, tuple(_size(text, part) for part in sizes))


def _size(text: str, part: str) -> int | str:
    if part.isdecimal():
        return int(part)
    if not part.isidentifier():
        raise GraphError(f"'{text}': '{part}' is no size; write a number or a name")
    return part
