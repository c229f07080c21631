"""Taking one expression out of a statement, so that what stands around it can be compiled.

``y = np.sort(x * 2 + 1) * 3 + z`` becomes ``t1 = x * 2 + 1``, ``t2 = np.sort(t1)`` and
``y = t2 * 3 + z``. What Python evaluates before the expression is taken out before it, unless
nothing can tell when it is evaluated.
"""

import ast
import builtins
import copy
import itertools
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from braze import _core
from braze.interpreter.names import SCOPES
from braze.record.trees import nodes_of
from braze.record.trees import parts_of as parts_below
from braze.record.value import Value

# The parts of an expression in the order in which Python evaluates them, all of them always.
ORDER = {
    ast.BinOp: ("left", "right"),
    ast.UnaryOp: ("operand",),
    ast.Call: ("func", "args", "keywords"),
    ast.keyword: ("value",),
    ast.Attribute: ("value",),
    ast.Subscript: ("value", "slice"),
    ast.Slice: ("lower", "upper", "step"),
    ast.Tuple: ("elts",),
    ast.List: ("elts",),
    ast.Set: ("elts",),
}
# Expressions whose first part is always evaluated, the others perhaps.
FIRST = {ast.BoolOp: "values", ast.Compare: "left", ast.IfExp: "test"}
OPERATIONS = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare)


class Temps:
    """New names for what is taken out."""

    def __init__(self, used: set[str]) -> None:
        prefix = "_t"
        while any(name.startswith(prefix) for name in used):
            prefix = "_" + prefix
        self.names = (f"{prefix}{i}" for i in itertools.count(1))
        self.made: set[str] = set()

    def new(self) -> str:
        name = next(self.names)
        self.made.add(name)
        return name


@dataclass(eq=False, repr=False)
class Hoist:
    """One statement being taken apart: `before` are the statements that come before the rest."""

    function: types.FunctionType
    temps: Temps
    steady: frozenset[str]  # local names that are bound here and that only this function changes
    before: list[ast.stmt]
    island: ast.stmt | None = None

    def save(self, expr: ast.expr) -> ast.Name:
        """Compute an expression before the statement."""
        name = self.temps.new()
        target = ast.copy_location(ast.Name(name, ast.Store()), expr)
        self.before.append(ast.copy_location(ast.Assign([target], expr), expr))
        return ast.copy_location(ast.Name(name, ast.Load()), expr)

    def stable(self, expr: ast.expr, pure: bool) -> bool:
        """Tell whether it does not matter when the expression is evaluated.

        That is so for names that nobody rebinds. Where what is moved before it is pure, it cannot
        rebind globals either.
        """
        if isinstance(expr, ast.Constant):
            return True
        if isinstance(expr, ast.Name):
            known = expr.id in self.function.__globals__ or hasattr(builtins, expr.id)
            return expr.id in self.steady or (pure and known and self.is_outside(expr.id))
        if isinstance(expr, ast.Attribute):
            return self.numpy_object(expr) is not None
        return False

    def is_outside(self, name: str) -> bool:
        code = self.function.__code__
        return name not in (*code.co_varnames, *code.co_cellvars, *code.co_freevars)

    def numpy_object(self, expr: ast.expr) -> Any:
        """Return the object of NumPy that ``np.name`` is, or None."""
        if isinstance(expr, ast.Name) and self.is_outside(expr.id):
            found = self.function.__globals__.get(expr.id)
            is_numpy = isinstance(found, types.ModuleType) and found.__name__ == "numpy"
            return found if is_numpy else None
        if isinstance(expr, ast.Attribute):
            owner = self.numpy_object(expr.value)
            return getattr(owner, expr.attr, None) if isinstance(owner, types.ModuleType) else None
        return None

    def pure(self, expr: ast.expr) -> bool:
        """Tell whether an expression only computes: operators, NumPy, methods of arrays."""
        for node in nodes_of(expr):
            if isinstance(node, (*SCOPES, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
                return False
            if isinstance(node, ast.Call) and not self.pure_call(node):
                return False
        return True

    def pure_call(self, call: ast.Call) -> bool:
        method = isinstance(call.func, ast.Attribute) and is_method(call.func.attr)
        return method or self.numpy_object(call.func) is not None

    def worth(self, expr: ast.expr) -> bool:
        """Tell whether an argument of an island may be worth compiling with what comes before.

        All that it calls is NumPy, a method of arrays, or a function written in Python.
        """
        operations = 0
        for node in nodes_of(expr):
            operations += isinstance(node, OPERATIONS)
            if isinstance(node, (*SCOPES, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
                return False
            if isinstance(node, ast.Call) and not self.pure_call(node):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                found = self.function.__globals__.get(name) if self.is_outside(name) else None
                if not isinstance(found, (types.FunctionType, _core.Function)):
                    return False
        return operations > 0

    def take(self, expr: ast.expr, wanted: ast.expr) -> ast.expr | None:
        """Return `expr` with a name in place of `wanted`; None if that cannot be."""
        if expr is wanted:
            inner = self.arguments(expr)
            name = self.save(inner)
            self.island = self.before[-1]
            return name
        parts = list(parts_of(expr))
        at = next((i for i, part in enumerate(parts) if contains(part.node, wanted)), None)
        if at is None or any(isinstance(p.node, ast.Starred) for p in parts[: at + 1]):
            return None
        made, pure = clone(expr), self.pure(wanted)
        for i, part in enumerate(parts[:at]):
            looked_up = i == 0 and isinstance(expr, ast.Call) and self.method_of_name(part.node)
            if not (pure and looked_up) and not self.stable(part.node, pure):
                part.put(made, self.save(part.node))
        inner = self.take(parts[at].node, wanted)
        if inner is None:
            return None
        parts[at].put(made, inner)
        return made

    def arguments(self, expr: ast.expr) -> ast.expr:
        """Return an expression with the arguments that are worth compiling taken out."""
        parts = list(parts_of(expr)) if type(expr) in ORDER else []
        if any(isinstance(p.node, ast.Starred) for p in parts):
            return expr
        called = isinstance(expr, ast.Call)
        chosen = [i for i, p in enumerate(parts) if self.worth(p.node) and not (called and i == 0)]
        pure = all(self.pure(parts[i].node) for i in chosen)
        made = clone(expr)
        for i, part in enumerate(parts[: max(chosen, default=-1) + 1]):
            if called and i == 0 and pure and self.method_of_name(part.node):
                continue
            if i in chosen or not self.stable(part.node, pure):
                part.put(made, self.save(part.node))
        owner = expr.func.value if called and isinstance(expr.func, ast.Attribute) else None
        if owner is not None and not chosen and self.worth(owner):
            made.func = clone(expr.func)
            made.func.value = self.save(owner)
        return made

    def method_of_name(self, func: ast.expr) -> bool:
        """Tell whether this is a method of something steady or of a module, looked up by name.

        Looking it up later makes no difference while only pure expressions come before it.
        """
        while isinstance(func, ast.Attribute):
            func = func.value
        return isinstance(func, ast.Name) and self.stable(func, True)


@dataclass(eq=False, repr=False)
class Part:
    """A part of an expression, and where it stands."""

    node: ast.expr
    path: tuple[tuple[str, int | None], ...]

    def put(self, owner: ast.AST, replacement: ast.expr) -> None:
        """Replace the part in a clone of the expression."""
        *way, (name, index) = self.path
        for step, at in way:
            owner = getattr(owner, step) if at is None else getattr(owner, step)[at]
        if index is None:
            setattr(owner, name, replacement)
        else:
            getattr(owner, name)[index] = replacement


def is_method(name: str) -> bool:
    """Tell whether arrays have a method of this name that is compiled."""
    return not name.startswith("_") and hasattr(Value, name)


def parts_of(expr: ast.AST, path: tuple = ()) -> Iterator[Part]:
    """Give the parts of an expression in the order of evaluation."""
    if type(expr) in FIRST:
        name = FIRST[type(expr)]
        value = getattr(expr, name)
        first = value[0] if isinstance(value, list) else value
        yield Part(first, ((name, 0 if isinstance(value, list) else None),))
        if isinstance(expr, ast.Compare) and len(expr.comparators) == 1:
            yield Part(expr.comparators[0], (("comparators", 0),))
        return
    for name in ORDER.get(type(expr), ()):
        value = getattr(expr, name)
        for i, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            here = (*path, (name, i))
            if is_key(node):
                yield from parts_of(node, here)
            elif node is not None:
                yield Part(node, here)


def clone(expr: ast.expr) -> ast.expr:
    """Return a copy of an expression whose parts can be replaced."""
    made = copy.copy(expr)
    for name, value in ast.iter_fields(expr):
        if isinstance(value, list):
            setattr(made, name, [clone(v) if is_key(v) else v for v in value])
        elif is_key(value):
            setattr(made, name, clone(value))
    return made


def is_key(node: Any) -> bool:
    """Tell whether this is no expression by itself: a keyword, a slice, or several for an item."""
    several = isinstance(node, ast.Tuple) and any(isinstance(e, ast.Slice) for e in node.elts)
    return several or isinstance(node, (ast.keyword, ast.Slice))


def contains(tree: ast.AST, wanted: ast.AST) -> bool:
    return any(node is wanted for node in nodes_of(tree))


def around(expr: ast.expr, wanted: ast.expr) -> ast.expr:
    """Return the part of `expr` just around `wanted`."""
    for node in nodes_of(expr):
        if any(child is wanted for child in parts_below(node)):
            return node if isinstance(node, ast.expr) and not is_key(node) else around(expr, node)
    return expr


def whole(expr: ast.expr, wanted: ast.expr) -> ast.expr:
    """Return the call or item that `wanted` is only the beginning of, as `a.b` is of `a.b.c(1)`."""
    while wanted is not expr:
        outer = around(expr, wanted)
        if isinstance(wanted, (ast.Lambda, ast.GeneratorExp)) and isinstance(outer, ast.Call):
            wanted = outer  # which nothing that is compiled takes
            continue
        head = getattr(outer, "func", None) or getattr(outer, "value", None)
        if not isinstance(outer, (ast.Call, ast.Attribute, ast.Subscript)) or head is not wanted:
            break
        if isinstance(wanted, (ast.Call, ast.Subscript)) and not isinstance(outer, ast.Call):
            break  # the result of a call is a value of its own
        wanted = outer
    return wanted
