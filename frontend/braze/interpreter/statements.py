"""Statements of the script frontend."""

import ast
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from braze.arrays import arithmetic, indexing
from braze.errors import refuse, said
from braze.interpreter import (
    attributes,
    branches,
    contexts,
    expressions,
    flow,
    imports,
    matching,
    outside,
    special,
)
from braze.interpreter.calls import make_function
from braze.interpreter.frame import Frame, Unbound
from braze.interpreter.lists import appended
from braze.interpreter.lists.grown import Grown
from braze.interpreter.lists.vectors import Vector
from braze.interpreter.loops import jumps, loops, while_loops
from braze.interpreter.reading import load_item
from braze.interpreter.ways.narrowing import narrowed
from braze.interpreter.ways.oneof import Sometimes
from braze.record.scope import assigned
from braze.record.value import is_value

STATEMENTS: dict[type, Callable[[Frame, Any], Any]] = {}
IN_PLACE = {name: getattr(operator, "i" + name) for name in arithmetic.PYTHON
            if name not in arithmetic.COMPARISONS and name not in ("and", "or")}  # fmt: skip
IN_PLACE |= {"and": operator.iand, "or": operator.ior}


def statement(*kinds: type) -> Callable:
    def register(function: Callable) -> Callable:
        for kind in kinds:
            STATEMENTS[kind] = function
        return function

    return register


def run_function(frame: Frame) -> Any:
    """Interpret a function's body and return what it returns."""
    body = frame.source.body
    end = run_block(frame, [*body, *jumps.falling_off(body)])
    return end.value if isinstance(end, flow.Returned) else None


def run_block(frame: Frame, block: list[ast.stmt]) -> Any:
    """Interpret statements. Returns how they ended: None, `Returned`, "break" or "continue"."""
    frame.following.append(([], block))
    try:
        return run_statements(frame, block)
    finally:
        frame.following.pop()


def run_statements(frame: Frame, block: list[ast.stmt]) -> Any:
    for i, node in enumerate(block):
        frame.session.spend(frame, node)
        frame.following[-1] = ([node], block[i + 1 :])
        if isinstance(node, ast.If):
            end, rest_done = run_if(frame, node, block[i + 1 :])
            if end is not None or rest_done:
                return end
            continue
        if isinstance(node, ast.Match):
            made = matching.as_if(frame, node)
            if made and hasattr(made[0], "of_match"):
                return run_block(frame, [*made, *block[i + 1 :]])
            end = run_block(frame, made)
            if end is not None:
                return end
            continue
        if (parts := contexts.inlined(node)) is not None:
            return run_block(frame, [*parts, *block[i + 1 :]])
        handler = STATEMENTS.get(type(node))
        if handler is None:
            raise frame.refuse(node, f"the statement `{spelled(node)}`")
        with kept(frame, node):
            end = handler(frame, node)
        if isinstance(end, flow.Perhaps):
            return run_block(frame, [*jumps.behind(node, end, block[i + 1 :]), *block[i + 1 :]])
        if end is not None:
            return end
    return None


@contextmanager
def kept(frame: Frame, node: ast.stmt) -> Iterator[None]:
    """Have what is computed at certain places be kept, though nothing uses it."""
    risks = frame.recorder.risks
    known = len(risks.nodes), len(risks.warning)
    yield
    if frame.recorder.keeping:
        frame.perform(node, frame.recorder.keep, risks.since(*known))


def spelled(node: ast.stmt) -> str:
    names = {ast.With: "with", ast.Try: "try", ast.Global: "global", ast.Nonlocal: "nonlocal",
             ast.Raise: "raise", ast.Import: "import", ast.ImportFrom: "import", ast.Delete: "del",
             ast.ClassDef: "class", ast.Match: "match", ast.AsyncFor: "async for"}  # fmt: skip
    return names.get(type(node), type(node).__name__)


@statement(ast.Pass)
def pass_(frame: Frame, node: ast.Pass) -> None:
    return None


def one_of_two(node: ast.Expr) -> ast.If | None:
    """Return ``(a if c else b).append(x)`` as an `if`; None for other expressions."""
    call = node.value
    method = call.func if isinstance(call, ast.Call) else None
    if not isinstance(method, ast.Attribute) or not isinstance(method.value, ast.IfExp):
        return None
    if not hasattr(node, "_ways"):
        choice, ways = method.value, []
        for owner in (choice.body, choice.orelse):
            called = ast.copy_location(ast.Attribute(owner, method.attr, method.ctx), method)
            made = ast.copy_location(ast.Call(called, call.args, call.keywords), call)
            ways.append([ast.copy_location(ast.Expr(made), node)])
        node._ways = ast.copy_location(ast.If(choice.test, *ways), node)
    return node._ways


@statement(ast.Expr)
def expr(frame: Frame, node: ast.Expr) -> Any:
    if (chosen := one_of_two(node)) is not None:
        return run_block(frame, [chosen])
    if not isinstance(node.value, ast.Constant) and not appended.appends(frame, node.value):
        expressions.evaluate(frame, node.value)
    return None


@statement(ast.Return)
def return_(frame: Frame, node: ast.Return) -> flow.Returned:
    return flow.Returned(None if node.value is None else expressions.evaluate(frame, node.value))


@statement(ast.Break)
def break_(frame: Frame, node: ast.Break) -> str:
    return "break"


@statement(ast.Continue)
def continue_(frame: Frame, node: ast.Continue) -> str:
    return "continue"


@statement(ast.Assign)
def assign(frame: Frame, node: ast.Assign) -> None:
    value = expressions.evaluate(frame, node.value)
    for target in node.targets:
        flow.assign(frame, target, value)


@statement(ast.AnnAssign)
def annotated(frame: Frame, node: ast.AnnAssign) -> None:
    if node.value is not None:
        flow.assign(frame, node.target, expressions.evaluate(frame, node.value))


@statement(ast.AugAssign)
def augmented(frame: Frame, node: ast.AugAssign) -> None:
    function = IN_PLACE[expressions.BINARY[type(node.op)]]
    if isinstance(node.target, ast.Name):
        old = expressions.evaluate(
            frame, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        )
        operand = expressions.evaluate(frame, node.value)
        new = frame.perform(node, change, frame, node, function, old, operand)
        flow.bind(frame, node.target, new)
        return
    if isinstance(node.target, ast.Attribute):
        instance = expressions.evaluate(frame, node.target.value)
        old = expressions.read_attribute(frame, node, instance, node.target.attr)
        operand = expressions.evaluate(frame, node.value)
        new = frame.perform(node, change, frame, node, function, old, operand)
        attributes.store(frame, node, instance, node.target.attr, new)
        return
    container = expressions.evaluate(frame, node.target.value)
    key = expressions.evaluate(frame, node.target.slice)
    if is_value(container):
        old = frame.perform(node, indexing.items_to_change, container, key)
        operand = expressions.evaluate(frame, node.value)
        frame.perform(node, indexing.change_items, container, key, old, function, operand)
        return
    if special.is_object(container):
        old = frame.perform(node, special.item, frame, container, key)
        operand = expressions.evaluate(frame, node.value)
        new = frame.perform(node, change, frame, node, function, old, operand)
        frame.perform(node, special.set_item, frame, container, key, new)
        return
    of_run = isinstance(container, (Grown, Vector))
    known = (
        of_run or frame.session.readable(container) or outside.is_outside(frame.session, container)
    )
    if not known:
        raise frame.refuse(node, f"a change of a {said(container)} from outside")
    key = flow.item_key(frame, node, container, key)
    old = frame.perform(node, load_item, frame.session, container, key)
    operand = expressions.evaluate(frame, node.value)
    new = frame.perform(node, change, frame, node, function, old, operand)
    flow.change_item(frame, node.target, container, key, new)


def change(frame: Frame, node: ast.AugAssign, function: Callable, old: Any, operand: Any) -> Any:
    """Return what the target holds after an augmented assignment."""
    if is_value(old) and old.is_array:
        return function(old, operand)
    if isinstance(old, (list, set, dict)) and not frame.session.may_change(old):
        raise refuse(f"a change of a {said(old)} from outside or in a branch")
    return expressions.apply_operator(frame, function, old, operand)


@statement(ast.FunctionDef)
def function_definition(frame: Frame, node: ast.FunctionDef) -> None:
    if node.decorator_list:
        raise frame.refuse(node, "a decorator inside a compiled function")
    if node.name in frame.outside:
        raise frame.refuse(node, f"a function as the variable {node.name} around this one")
    frame.names[node.name] = make_function(frame, node)


@statement(ast.Import, ast.ImportFrom)
def import_(frame: Frame, node: ast.Import | ast.ImportFrom) -> None:
    for name, found in frame.perform(node, imports.bindings, frame, node).items():
        if name in frame.outside:
            raise frame.refuse(node, f"an import as the variable {name} around the function")
        frame.names[name] = found


@statement(ast.Global, ast.Nonlocal)
def declaration(frame: Frame, node: ast.Global | ast.Nonlocal) -> None:
    frame.perform(node, outside.declare, frame, node)


@statement(ast.Delete)
def delete(frame: Frame, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            held = frame.names.pop(target.id, None)
            if isinstance(held, Sometimes):
                frame.perform(node, held.taken)
            elif isinstance(held, Unbound) or held is None:
                raise frame.refuse(node, f"`del {ast.unparse(target)}`")
            continue
        if not isinstance(target, ast.Subscript):
            raise frame.refuse(node, f"`del {ast.unparse(target)}`")
        container = expressions.evaluate(frame, target.value)
        key = expressions.evaluate(frame, target.slice)
        if is_value(container) or not frame.session.may_change(container):
            raise frame.refuse(node, f"`del` of an item of a {said(container)}")
        index = key if isinstance(key, slice) else expressions.as_key(key)
        frame.perform(target, container.__delitem__, index)


@statement(ast.For)
def for_(frame: Frame, node: ast.For) -> Any:
    return loops.run_for(frame, node)


@statement(ast.While)
def while_(frame: Frame, node: ast.While) -> Any:
    return while_loops.run_while(frame, node)


@statement(ast.With)
def with_(frame: Frame, node: ast.With) -> Any:
    return contexts.run_with(frame, node, lambda block: run_block(frame, block))


@statement(ast.Try)
def try_(frame: Frame, node: ast.Try) -> Any:
    return contexts.run_try(frame, node, lambda block: run_block(frame, block))


@statement(ast.Assert)
def assert_(frame: Frame, node: ast.Assert) -> None:
    tested = flow.test(frame, node.test)
    if is_value(tested):
        fails = frame.perform(node, frame.recorder.add, "logical_not", [tested])
        frame.perform(node, frame.recorder.assume_false, fails)
        return
    if not tested:
        raise frame.refuse(node, "an assertion that fails here")


@statement(ast.Raise)
def raise_(frame: Frame, node: ast.Raise) -> None:
    raise frame.refuse(node, "raising an exception, which happens for these arguments")


def run_if(frame: Frame, node: ast.If, rest: list[ast.stmt]) -> tuple[Any, bool]:
    """Interpret an `if`; returns how it ended, and whether it has run the statements after it."""
    with kept(frame, node):
        tested = flow.test(frame, node.test)
    frame.following[-1] = ([], rest)
    if not is_value(tested):
        return run_block(frame, node.body if tested else node.orelse), False
    returns = [always_returns(block) for block in (node.body, node.orelse)]
    # `if c: return a` and then the rest: the rest is the other way.
    extra = [rest if any(returns) and not own else [] for own in returns]
    blocks = [[*node.body, *extra[0]], [*node.orelse, *extra[1]]]
    for k, block in enumerate(blocks):
        # What raises is left to the plain function, all of it: nothing has been changed yet.
        if always_raises(block):
            if k == 1:
                tested = frame.perform(node, frame.recorder.add, "logical_not", [tested])
            frame.perform(node, frame.recorder.assume_false, tested)
            frame.names |= narrowed(frame, node.test, k == 1)
            return run_block(frame, blocks[1 - k]), bool(extra[0] or extra[1])

    def way(holds: bool) -> Any:
        frame.names |= narrowed(frame, node.test, holds)
        return run_block(frame, blocks[0 if holds else 1])

    ways = [lambda: way(True), lambda: way(False)]
    names = assigned(node.body + node.orelse)
    end = branches.branch_if(frame, node, tested, *ways, names)
    return end, any(returns)


def always_raises(block: list[ast.stmt]) -> bool:
    """Tell whether a block ends in an exception, whatever it does before."""
    for node in block:
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.If) and always_raises(node.body) and always_raises(node.orelse):
            return True
        if any(isinstance(n, (ast.Return, ast.Break, ast.Continue)) for n in ast.walk(node)):
            return False
    return False


def always_returns(block: list[ast.stmt]) -> bool:
    """Tell whether a block ends in a return, whatever it does before."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, ast.If):
        return always_returns(last.body) and always_returns(last.orelse)
    return isinstance(last, (ast.Return, ast.Raise))
