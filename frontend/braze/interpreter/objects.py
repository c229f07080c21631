"""Arrays of Python numbers as objects, which `numpy.frompyfunc` gives: arrays of numbers."""

from typing import Any

import numpy as np

from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.record.value import Value


class Objects:
    """An array of Python numbers as objects, and whether these are all of one type."""

    def __init__(self, numbers: Value, alike: bool) -> None:
        self.numbers = numbers
        self.alike = alike

    def as_operand(self, recorder: Any) -> Any:
        raise refuse("arrays of dtype object")

    def attribute(self, name: str) -> Any:
        if name == "astype":
            return AsType(self)
        if name in ("shape", "ndim", "size"):
            return getattr(self.numbers, name)
        raise refuse(f"the attribute .{name} of an array of objects")

    def result(self) -> Value:
        if not self.alike:
            raise refuse("an array of objects of several types as a result")
        return self.numbers


class AsType:
    """The method `astype` of an array of objects."""

    def __init__(self, of: Objects) -> None:
        self.of = of

    def __call__(self, frame: Frame, dtype: Any) -> Value:
        numbers, wanted = self.of.numbers, np.dtype(dtype)
        same_kind = wanted.kind == numbers.dtype.kind or wanted.kind == "f"
        if not same_kind or wanted.kind not in "bif" or wanted.itemsize not in (1, 4, 8):
            raise refuse(f"an array of objects as {wanted}")
        if wanted.kind == "i" and wanted.itemsize != 8:
            raise refuse(f"an array of objects as {wanted}")  # which raises where it overflows
        return numbers.astype(wanted)


def as_objects(array: np.ndarray) -> np.ndarray:
    return array.astype(object)
