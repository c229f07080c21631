"""`tolist` of an array: the list of its elements as Python numbers."""

from typing import Any

from braze.errors import refuse
from braze.record.dtypes import KIND

NUMBERS = {"f": float, "i": int, "u": int, "b": bool}


class ListOf:
    """The method `tolist` of an array while compiling."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, frame: Any = None) -> Any:
        from braze.interpreter.builtins import prelude
        from braze.interpreter.builtins.calls import BUILTINS
        from braze.interpreter.builtins.folds import through
        from braze.interpreter.loops.rows import rows_of

        value = self.value
        if frame is None:
            raise refuse("the list of an array in a trace")
        number = NUMBERS.get(KIND[value.dtype_name])
        if number is None or len(value.dims) > 1:
            raise refuse(f"tolist of {len(value.dims)} axes of {value.dtype_name}")
        if not value.dims:
            return BUILTINS[number](frame, value)
        rows = rows_of(value)
        if isinstance(value.dims[0], int):
            return frame.session.own(
                [BUILTINS[number](frame, rows[k]) for k in range(value.dims[0])]
            )
        return through(frame, prelude.keys_of, rows, number)
