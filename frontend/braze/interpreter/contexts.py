"""`with` and `try`: compiled code never raises, since the plain function runs where it would.

So a `try` is its body, its `else` and its `finally`; handlers matter only where the body raises
while it is interpreted, which a later call does under the same guards. Objects with `__enter__` and
`__exit__` in Python are entered and left by calls that are inlined.
"""

import ast
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from braze import _core
from braze.arrays.errstates import Errstate
from braze.errors import Unsupported
from braze.interpreter import flow
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.frame import Frame
from braze.interpreter.loops.jumps import jumps
from braze.record.records import computes_attributes
from braze.record.sources import IDENTITIES, Source, is_plain
from braze.record.value import is_value

# What raises again at later calls: what stands in containers and classes is guarded.
CERTAIN = (KeyError, IndexError, AttributeError, ZeroDivisionError)


@builtin(np.errstate)
def errstate(frame: Frame, **settings: Any) -> Errstate:
    return Errstate(frame.recorder, **settings)


def run_with(frame: Frame, node: ast.With, run: Callable[[list], Any]) -> Any:
    """Interpret a `with` statement."""
    from braze.interpreter.expressions import evaluate

    first, rest = node.items[0], node.items[1:]
    entered = evaluate(frame, first.context_expr)
    body = node.body
    if rest:
        body = [ast.copy_location(ast.With(rest, node.body), node)]
    if isinstance(entered, Errstate):
        if first.optional_vars is not None:
            raise frame.refuse(node, "the name of a numpy.errstate")
        with entered:
            return run(body)
    return run_entered(frame, node, entered, first.optional_vars, lambda: run(body))


def run_entered(
    frame: Frame, node: ast.With, entered: Any, name: ast.expr | None, run: Callable[[], Any]
) -> Any:
    """Interpret what stands in a `with` of an object that Python code enters and leaves."""
    from braze.interpreter.calls import call

    enter, leave = (method(frame, node, entered, n) for n in ("__enter__", "__exit__"))
    given = call(frame, node, enter, [entered], {})
    if name is not None:
        flow.assign(frame, name, given)
    end = run()
    call(frame, node, leave, [entered, None, None, None], {})
    return end


def method(frame: Frame, node: ast.With, entered: Any, name: str) -> Any:
    """Return a method of a class of Python, under a guard."""
    cls = type(entered)
    foreign = is_value(entered) or is_plain(entered) or isinstance(entered, IDENTITIES)
    library = cls.__module__.split(".")[0] in sys.stdlib_module_names - {"contextlib"}
    foreign |= library and cls.__module__ != "__main__"
    found = None if foreign else inspect.getattr_static(cls, name, None)
    if not isinstance(found, (types.FunctionType, _core.Function)) or computes_attributes(cls):
        raise frame.refuse(node, "the statement `with`")
    frame.recorder.guard(Source(("attr", cls, name)), "is", found)
    return found


def inlined(node: ast.stmt) -> list[ast.stmt] | None:
    """Return the statements that a `try` is if nothing raises; None where that is not all."""
    if not isinstance(node, ast.Try) or node.handlers and may_raise_here(node):
        return None
    block = [*node.body, *node.orelse]
    return None if node.finalbody and jumps(block) else [*block, *node.finalbody]


def may_raise_here(node: ast.Try) -> bool:
    """Tell whether a body is looked at for what raises while it is interpreted."""
    simple = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)
    return len(node.body) == 1 and isinstance(node.body[0], simple)


def run_try(frame: Frame, node: ast.Try, run: Callable[[list], Any]) -> Any:
    """Interpret a `try`: if its body raises for certain, with the handler that is for that."""
    body = frame.recorder.body
    names = dict(frame.names)
    try:
        end = run(node.body)
        handled = None
    except Unsupported as error:
        raised = error.__cause__
        if type(raised) not in CERTAIN or getattr(error, "body", None) != body:
            raise
        if any(error.caught[len(frame.session.stack) :]):  # what is called may do more about it
            raise
        handled = handler_of(frame, node, raised)
        if handled is None or frame.names.keys() != names.keys():
            raise
    end = run(node.orelse if handled is None else handled.body) if handled or not end else end
    final = run(node.finalbody)
    return end if final is None else final


def handler_of(frame: Frame, node: ast.Try, raised: Exception) -> ast.ExceptHandler | None:
    """Return the handler for an exception, of which it must not ask more."""
    from braze.interpreter.expressions import evaluate

    for handler in node.handlers:
        kinds = BaseException if handler.type is None else evaluate(frame, handler.type)
        if isinstance(raised, kinds):
            return None if handler.name else handler
    return None
