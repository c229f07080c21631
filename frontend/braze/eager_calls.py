"""The calls of NumPy that graphs name: the text of one, and back to what runs.

A graph says ``numpy.sort(_0, axis=0)``. Whatever the text came from, only functions of the table
are called, of operands and constants.
"""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from braze.eager_rows import ROWS, Row

PREFIX = "numpy."
# NumPy's own functions, as they were when braze was imported.
ORIGINALS = {name: row.function() for name, row in ROWS.items()}


def callee(text: str) -> tuple[Callable, dict, str, Any]:
    """Return what runs a call, and where the function stands: names, its own name, itself.

    Raises
    ------
    ValueError
        If the text is no call of a function of the table.
    """
    try:
        call = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"no call: {text}") from error
    row, count = checked(text, call)
    module, name = row.place()
    function = ORIGINALS[row.name]
    names = ", ".join(f"_{k}" for k in range(count))
    arguments = text[text.index("(") :]
    run = eval(f"lambda {names}: _call{arguments}", {"__builtins__": {}, "_call": function})
    return (whole(run) if row.nonempty else run), vars(module), name, function


def checked(text: str, call: ast.expr) -> tuple[Row, int]:
    """Return the row of a call and how many operands it has; ValueError if it may not be made."""
    name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
    row = ROWS.get(name.removeprefix(PREFIX))
    if row is None or not name.startswith(PREFIX):
        raise ValueError(f"no function of NumPy that graphs may call: {text}")
    operands = set()
    for argument in (*call.args, *(k.value for k in call.keywords)):
        for node in ast.walk(argument):
            if isinstance(node, ast.Name) and node.id.startswith("_") and node.id[1:].isdecimal():
                operands.add(node.id)
            elif not isinstance(node, PLAIN):
                raise ValueError(f"more than operands and constants: {text}")
    if operands != {f"_{k}" for k in range(len(operands))}:
        raise ValueError(f"operands that are not numbered: {text}")
    return row, len(operands)


PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.USub, ast.Load)


def whole(run: Callable) -> Callable:
    """Return a call that is refused where an operand is empty, since NumPy may warn then."""

    def call(*operands: Any) -> Any:
        if not all(map(np.size, operands)):
            raise ValueError("an empty operand")
        return run(*operands)

    return call
