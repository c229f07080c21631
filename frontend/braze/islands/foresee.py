"""Calls that are never compiled, found before anything is run."""

import ast
import builtins
import types

import numpy as np

from braze.arrays.numpy_api import FUNCTIONS
from braze.arrays.numpy_source import MAKERS
from braze.errors import Reason
from braze.interpreter.builtins.calls import BUILTINS
from braze.interpreter.known_calls import PURE
from braze.interpreter.liveness import NONE
from braze.interpreter.names import LATER, blocks_of, once
from braze.interpreter.source_code import FunctionSource
from braze.islands.hoist import Hoist
from braze.islands.marks import DEFINITIONS, Marks, headers
from braze.record.trees import alike, nodes_in, parts_of

# Functions written in C, and NumPy's.
KINDS = (types.BuiltinFunctionType, types.FunctionType, types.MethodType, type(np.sum))


def foresee(
    marks: Marks, block: list[ast.stmt], steady: dict[int, frozenset], source: FunctionSource
) -> None:
    """Mark the calls that are never compiled, where they are certain to be made."""
    for call in certain_calls(block):
        if (name := never_compiled(marks, call)) is not None:
            reason = Reason(f"a call of {name}", source.place(call))
            marks.refuse([call], block, reason, steady)


def keep_frames(marks: Marks, block: list[ast.stmt]) -> None:
    """Leave to the function itself what looks at its frame: `super()`, warnings of its callers."""
    for statement in list(marks.every(block)):
        parts = [statement] if isinstance(statement, DEFINITIONS) else headers(statement)
        for node in nodes_in(parts):
            if isinstance(node, ast.Name) and node.id == "super":
                marks.keep(statement, Reason("a call of super"), False)
            elif isinstance(node, ast.Call) and warns_around(node):
                marks.keep(statement, Reason("a warning of its callers"), False)


def warns_around(call: ast.Call) -> bool:
    """Return whether a call may warn at the line of a frame further out."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return (
        any(k.arg == "stacklevel" for k in call.keywords) or name == "warn" and len(call.args) > 2
    )


def never_compiled(marks: Marks, call: ast.Call) -> str | None:
    """Return the name of a function of Python or NumPy that braze does not know."""
    hoist = Hoist(marks.function, marks.temps, NONE, [])
    found = hoist.numpy_object(call.func)
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    outside = name and hoist.is_outside(name) and name not in marks.function.__globals__
    if found is None and outside:
        found = getattr(builtins, name, None)
    if not isinstance(found, KINDS) or isinstance(found, np.ufunc):
        return None
    if found in BUILTINS or found in FUNCTIONS or found in PURE or found in MAKERS:
        return None
    return name if outside else f"numpy.{found.__name__}"


def calls_like(path: list[ast.AST], block: list[ast.stmt], marks: Marks) -> list[ast.Call]:
    """Return the other calls of what was called where something is refused, if it is not NumPy's.

    What one call of a function is refused for, its other calls nearly always are.
    """
    calls = certain_calls(block)
    own = {id(call) for call in calls}
    refused = next((node for node in path if id(node) in own), None)
    if refused is None:
        return []
    hoist = Hoist(marks.function, marks.temps, NONE, [])
    if hoist.pure_call(refused):
        return []
    return [call for call in calls if call is not refused and alike(call.func, refused.func)]


def certain_calls(block: list[ast.stmt]) -> list[ast.Call]:
    """Return the calls in a block that no condition stands before."""
    return [call for statement in block for call in calls_of(statement)]


@once
def calls_of(statement: ast.stmt) -> list[ast.Call]:
    """Return the calls in a statement that no condition stands before, outer ones first."""
    if isinstance(statement, LATER):
        return []
    found: list[ast.Call] = []
    for part in headers(statement):
        level = [part]
        while level:
            level = [node for node in level if not isinstance(node, LATER)]
            found += [node for node in level if isinstance(node, ast.Call)]
            level = [inner for node in level for inner in parts_of(node)]
    if not isinstance(statement, (ast.If, ast.Match)):
        for block in blocks_of(statement):
            found += certain_calls(block)
    return found
