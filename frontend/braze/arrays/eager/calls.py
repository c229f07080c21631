"""The calls of NumPy that graphs name: the text of one, and back to what runs.

A graph says ``numpy.sort(_0, axis=0)``. Whatever the text came from, only functions of the table
are called, of operands and constants.
"""

import ast
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from braze.arrays.eager.direct import DIRECT, Given, Ways
from braze.arrays.eager.rows import ROWS, Row

PREFIX = "numpy."
# NumPy's own functions, as they were when braze was imported.
ORIGINALS = {name: row.function() for name, row in ROWS.items()}


class Callee(NamedTuple):
    """What runs a call: frontend/bindings/eager.cc reads the fields by their order."""

    run: Callable
    arguments: tuple  # a constant, or the number of an operand as a `Given`
    keywords: tuple[str, ...] | None  # the names of the last arguments
    copies: int  # the argument that is a copy of its operand, and what the call gives; or -1
    nonempty: bool  # it is refused where an operand is empty, since NumPy may warn then
    errors: str  # floating-point errors: "reported" as the caller asks, "invalid" ones only, "none"
    names: dict | None  # where the function stands, under `name`; None if it always does
    name: str
    function: Any
    draws: str  # Row.draws


def callee(text: str, types: tuple[tuple, ...]) -> Callee:
    """Return what runs a call of operands of these types: (kind, dtype, rank) of each.

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
    module, name = (None, "") if row.draws == "draws" else row.place()
    function = ORIGINALS[row.name]
    place = (None if row.draws == "draws" else vars(module), name, function)
    ways = ways_of(text, call, row, types, count)
    errors = ways.errors or ("none" if row.quiet else "reported")
    return Callee(
        ways.run,
        ways.arguments,
        ways.keywords,
        ways.copies,
        row.nonempty,
        errors,
        *place,
        row.draws,
    )


def ways_of(text: str, call: ast.Call, row: Row, types: tuple, count: int) -> Ways:
    """Return what runs a call of the table."""
    flat = flat_arguments(call)
    if row.instead is not None:
        return Ways(written_call(text, row, count), operands(count))
    if row.skips_nan:
        return Ways(some_numbers(written_call(text, row, count), call), operands(count))
    if flat is None:
        return Ways(written_call(text, row, count), operands(count))
    short = direct(row, *flat, types)
    if short is not None:
        return short
    values, named = flat
    function = ORIGINALS[row.name]
    body = getattr(function, "_implementation", function)  # without a search for overrides
    return Ways(body, (*values, *named.values()), tuple(named) or None, row.copies)


def operands(count: int) -> tuple[Given, ...]:
    return tuple(Given(k) for k in range(count))


def written_call(text: str, row: Row, count: int) -> Callable:
    """Return a function of the operands that makes the call as it is written."""
    names = ", ".join(f"_{k}" for k in range(count))
    arguments = text[text.index("(") :]
    scope = {"__builtins__": {}, "_call": row.instead or ORIGINALS[row.name]}
    return eval(f"lambda {names}: _call{arguments}", scope)


def some_numbers(run: Callable, call: ast.Call) -> Callable:
    """Return a call that is refused where all numbers along its axis are NaN: NumPy warns then."""
    axis = next((ast.literal_eval(k.value) for k in call.keywords if k.arg == "axis"), None)
    place = 1 if ast.unparse(call.func).endswith("nanmedian") else 2
    if len(call.args) > place:
        axis = ast.literal_eval(call.args[place])

    def checked(a: Any, *others: Any) -> Any:
        if np.isnan(a).all(axis=axis).any():
            raise ValueError("nothing but NaN")
        return run(a, *others)

    return checked


def flat_arguments(call: ast.Call) -> tuple[list, dict] | None:
    """Return arguments and named ones: operands and constants; None if operands stand in tuples."""
    try:
        values = [argument(value) for value in call.args]
        return values, {k.arg: argument(k.value) for k in call.keywords}
    except ValueError:
        return None


def argument(node: ast.expr) -> Any:
    if isinstance(node, ast.Name):
        return Given(int(node.id[1:]))
    return ast.literal_eval(node)


def direct(row: Row, values: list, named: dict, types: tuple) -> Ways | None:
    """Return the C function in which a call ends, where NumPy's own way there changes nothing."""
    if row.name not in DIRECT:
        return None
    signature = inspect.signature(eval(f"lambda {row.parameters}: None"))
    try:
        bound = signature.bind(*values, **named)
    except TypeError:
        return None
    bound.apply_defaults()
    return DIRECT[row.name](types, **bound.arguments)


def checked(text: str, call: ast.expr) -> tuple[Row, int]:
    """Return the row of a call and how many operands it has; ValueError if it may not be made."""
    name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
    if name.startswith(f"{PREFIX}random."):
        import braze.arrays.eager.draw_rows  # noqa: F401
    row = ROWS.get(name.removeprefix(PREFIX)) or ufunc_row(name.removeprefix(PREFIX))
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


def ufunc_row(name: str) -> Row | None:
    from braze.arrays.eager.ufuncs import row_of

    return row_of(name)


PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.USub, ast.Load)
