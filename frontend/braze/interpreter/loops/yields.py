"""Calls of generator functions, consumed on the spot: the loop stands where the function yields.

``for p in pairs(x): ...`` becomes the body of `pairs`, with names of its own, in which `yield v`
is the assignment of `v` to the target and the body of the loop.
"""

import ast
import copy
import inspect
import itertools
import types
from typing import Any

from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.interpreter.items import Items
from braze.interpreter.loops import jumps
from braze.interpreter.loops.generators import Renamed
from braze.record.scope import SCOPES, assigned
from braze.record.signatures import guard_function

REFUSED = (ast.Try, ast.With, ast.FunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Delete,
           ast.Match)  # fmt: skip
numbers = itertools.count()


class GeneratorCall(Items):
    """What the call of a generator function gives: its body, and what its parameters hold."""

    def __init__(self, frame: Frame, source: Any, bound: dict[str, Any]) -> None:
        super().__init__(self.one_by_one)
        self.frame = frame
        self.source = source
        self.bound = bound

    def one_by_one(self) -> Any:
        raise refuse("a generator function that is not consumed on the spot")


def is_generator_function(function: Any) -> bool:
    from braze.interpreter.calls import ScriptFunction

    if isinstance(function, ScriptFunction):
        return function.source.yields
    return isinstance(function, types.FunctionType) and bool(
        function.__code__.co_flags & inspect.CO_GENERATOR
    )


def is_yield(node: ast.AST) -> bool:
    return isinstance(node, (ast.Yield, ast.YieldFrom))


def function_parts(node: ast.AST) -> list[ast.AST]:
    """Return the nodes of a function without those of functions inside."""
    found, waiting = [], list(ast.iter_child_nodes(node))
    while waiting:
        part = waiting.pop()
        found.append(part)
        if not isinstance(part, SCOPES):
            waiting += ast.iter_child_nodes(part)
    return found


def called(frame: Frame, node: ast.AST, function: Any, args: list, kwargs: dict) -> GeneratorCall:
    """Return what the call of a generator function gives."""
    from braze.interpreter.calls import ScriptFunction, bind
    from braze.interpreter.source_code import generator_source_of

    if isinstance(function, ScriptFunction):
        if function.frame is not frame:
            raise frame.refuse(node, "a generator function of another function")
        bound = frame.perform(node, bind, frame, function.signature, args, kwargs)
        return GeneratorCall(frame, function.source, bound)
    source = frame.perform(node, generator_source_of, function)
    code = function.__code__
    same = function.__globals__ is frame.globals and code.co_filename == frame.source.file
    every = {n.id for n in function_parts(source.node) if isinstance(n, ast.Name)}
    read = (every - {*code.co_varnames}) & (set(frame.names) | set(frame.locals))
    if not same or function.__closure__ or read:
        raise frame.refuse(node, "a generator function of another module or function")
    signature = inspect.signature(function, follow_wrapped=False)
    bound = frame.perform(node, bind, frame, signature, args, kwargs)
    guard_function(frame.recorder, function)
    return GeneratorCall(frame, source, bound)


def run_yields(frame: Frame, node: ast.For, items: GeneratorCall) -> Any:
    """Interpret a loop over what a generator function yields."""
    from braze.interpreter.statements import run_block

    frame.perform(node, items.check)
    if items.frame is not frame or frame.in_comprehension:
        raise frame.refuse(node, "a generator function that is not consumed on the spot")
    known = node.__dict__.setdefault("_spliced", {})
    if id(items.source) not in known:
        known[id(items.source)] = (items.source, Spliced(frame, node, items))
    spliced = known[id(items.source)][1]
    items.used = True
    frame.names |= {spliced.names[name]: value for name, value in items.bound.items()}
    try:
        return run_block(frame, spliced.block)
    finally:
        for name in spliced.names.values():
            frame.names.pop(name, None)


class Spliced:
    """The body of a generator function with a loop's body in the places where it yields."""

    def __init__(self, frame: Frame, node: ast.For, items: GeneratorCall) -> None:
        self.frame = frame
        self.node = node
        body = copy.deepcopy(items.source.body)
        if any(isinstance(part, REFUSED) for s in body for part in ast.walk(s)):
            raise frame.refuse(node, "a generator function with such statements")
        if body and isinstance(body[-1], ast.Return) and body[-1].value is None:
            body = body[:-1]
        if ast.Return in jumps.jumps(body):
            raise frame.refuse(node, "a generator function that returns")
        own = [*items.bound, *assigned(body)]
        at = next(numbers)
        self.names = {name: f"${name}:{at}" for name in own}
        renamed = Renamed(self.names)
        body = [renamed.visit(s) for s in body]
        self.jumps = jumps.jumps(node.body) - {ast.Return}
        if node.orelse and ast.Break in self.jumps:
            raise frame.refuse(node, "break and else in a loop over a generator function")
        self.block = [*self.spliced(body, (), True), *node.orelse]

    def spliced(self, block: list[ast.stmt], loops: tuple, last: bool) -> list[ast.stmt]:
        """Return a block with the loop's body in it; `last` if nothing follows it in its loop."""
        out: list[ast.stmt] = []
        for i, node in enumerate(block):
            ends = last and i == len(block) - 1
            value = node.value if isinstance(node, ast.Expr) else None
            if isinstance(value, ast.Yield):
                self.check_jumps(loops, ends)
                given = value.value or ast.copy_location(ast.Constant(None), node)
                assign = ast.copy_location(ast.Assign([self.node.target], given), node)
                out += [ast.fix_missing_locations(assign), *self.node.body]
                continue
            if isinstance(value, ast.YieldFrom):
                if ast.Break in self.jumps:
                    raise self.frame.refuse(self.node, "break in a loop over `yield from`")
                loop = ast.For(self.node.target, value.value, self.node.body, [], None)
                out.append(ast.fix_missing_locations(ast.copy_location(loop, node)))
                continue
            if isinstance(node, ast.If):
                node.body = self.spliced(node.body, loops, ends)
                node.orelse = self.spliced(node.orelse, loops, ends)
            elif isinstance(node, (ast.For, ast.While)):
                inner = (*loops, ends)
                node.body = self.spliced(node.body, inner, True)
                node.orelse = self.spliced(node.orelse, loops, ends)
            if any(map(is_yield, ast.walk(node))) and not isinstance(
                node, (ast.If, ast.For, ast.While)
            ):
                raise self.frame.refuse(self.node, "a generator function that is sent values")
            out.append(node)
        return out

    def check_jumps(self, loops: tuple, last: bool) -> None:
        """Refuse jumps of the loop that would not do the same in the generator's."""
        leaves = ast.Break not in self.jumps or (len(loops) == 1 and loops[0])
        goes_on = ast.Continue not in self.jumps or (bool(loops) and last)
        if not (leaves and goes_on):
            raise self.frame.refuse(self.node, "such jumps in a loop over a generator function")


def changes_nothing(items: GeneratorCall) -> bool:
    """Tell whether nobody can tell how many items of a generator function were made."""
    for part in function_parts(items.source.node):
        stores = isinstance(part, (ast.Subscript, ast.Attribute))
        if stores and not isinstance(part.ctx, ast.Load):
            return False
        if isinstance(part, ast.Call) and not (
            isinstance(part.func, ast.Name) and part.func.id in HARMLESS
        ):
            return False
    return True


HARMLESS = ("range", "len", "abs", "min", "max", "float", "int", "zip", "enumerate", "round")


def listed(frame: Frame, items: GeneratorCall) -> Any:
    """Return the list of what a generator function yields."""
    node = frame.source.node
    known = node.__dict__.setdefault("_listings", {})
    if id(items.source) not in known:
        at = next(numbers)
        held, item = f"$held:{at}", f"$item:{at}"
        append = ast.Attribute(ast.Name(held, ast.Load()), "append", ast.Load())
        body = ast.Expr(ast.Call(append, [ast.Name(item, ast.Load())], []))
        loop = ast.For(
            ast.Name(item, ast.Store()), ast.Name("$calls", ast.Load()), [body], [], None
        )
        made = [loop, ast.Expr(ast.Name(held, ast.Load()))]
        made = [ast.fix_missing_locations(ast.copy_location(s, node)) for s in made]
        known[id(items.source)] = (items.source, made, held)
    _, block, held = known[id(items.source)]
    from braze.interpreter.statements import run_block

    frame.names |= {held: frame.session.own([]), "$calls": items}
    try:
        run_block(frame, block)
        return frame.names[held]
    finally:
        frame.names.pop(held, None)
        frame.names.pop("$calls", None)
