"""Names in a function: what a stretch of it reads and binds, and what other scopes see of it.

Everything here is about the syntax tree alone. Where it cannot be exact it errs on one side:
`reads` and `binds` may name too much, `always_binds` too little.
"""

import ast
import builtins
import collections
import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from braze.record.trees import nodes_in, nodes_of, parts_of

# Scopes that may run later than where they stand, and so see names as they are then.
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
AT_ONCE = (ast.ListComp, ast.SetComp, ast.DictComp)
SCOPES = (*LATER, *AT_ONCE)

# What shows or changes the names of the frame that calls it.
SEES_FRAMES = {builtins.locals, builtins.vars, builtins.dir, builtins.eval, builtins.exec,
               sys._getframe, inspect.currentframe, inspect.stack}  # fmt: skip
SEES_FRAMES_NAMES = {"locals", "vars", "dir", "eval", "exec", "__class__"}


def once(function: Callable) -> Callable:
    """Find out what `function` says of a statement once; statements do not change."""
    key = f"_{function.__name__}"

    def known(node: Any) -> Any:
        if not isinstance(node, ast.stmt):
            return function(node)
        found = node.__dict__.get(key)
        if found is None:
            found = function(node)
            node.__dict__[key] = found = frozenset(found) if isinstance(found, set) else found
        return found

    return functools.wraps(function)(known)


@once
def reads(node: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Return the names that a tree reads from around it."""
    if not isinstance(node, ast.AST):
        return set().union(*map(reads, node))
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return {node.target.id} | reads(node.value)
    if isinstance(node, ast.Delete):
        return {n.id for n in nodes_of(node) if isinstance(n, ast.Name)}
    if isinstance(node, (*AT_ONCE, ast.GeneratorExp)):
        own = {n.id for g in node.generators for n in nodes_of(g.target) if isinstance(n, ast.Name)}
        inner = reads(parts_of(node)) - own
        return inner | reads(node.generators[0].iter)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return reads_of_function(node)
    found = reads(parts_of(node))
    return found | ({node.name} if isinstance(node, ast.ClassDef) else set())


def reads_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    a = node.args
    around = [*a.defaults, *(d for d in a.kw_defaults if d), *getattr(node, "decorator_list", ())]
    body = node.body if isinstance(node.body, list) else [node.body]
    own = {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if p}
    own |= binds(body)
    declared = set() if isinstance(node, ast.Lambda) else set(declared_names(body))
    return reads(around) | (reads(body) - own) | declared


@once
def binds(node: ast.AST | Iterable[ast.AST]) -> set[str]:
    """Return the names that a tree may bind or unbind in the scope it stands in."""
    if not isinstance(node, ast.AST):
        return set().union(*map(binds, node))
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    found: set[str] = set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, SCOPES):  # of what stands inside only `:=` binds a name out here
        walrus = (n.target.id for n in nodes_of(node) if isinstance(n, ast.NamedExpr))
        return set(walrus) if not isinstance(node, ast.Lambda) else set()
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.ExceptHandler) and node.name:
        found.add(node.name)
    if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        found.add(node.name)
    if isinstance(node, ast.MatchMapping) and node.rest:
        found.add(node.rest)
    return found | binds(parts_of(node))


@once
def always_binds(statement: ast.stmt) -> set[str]:
    """Return the names that a statement without a body has bound when it is over."""
    value = getattr(statement, "value", None)
    named = always_named(value) if isinstance(value, ast.expr) else set()
    if isinstance(statement, ast.Assign):
        return named.union(*map(target_names, statement.targets))
    if isinstance(statement, ast.AugAssign):
        return named | target_names(statement.target)
    if isinstance(statement, ast.AnnAssign):
        return named | target_names(statement.target) if statement.value else set()
    if isinstance(statement, ast.Expr):
        return named
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return binds(statement) if isinstance(statement, definitions) else set()


def always_named(expr: ast.AST) -> set[str]:
    """Return the names that `:=` in an expression binds whatever happens."""
    if isinstance(expr, ast.NamedExpr):
        return {expr.target.id} | always_named(expr.value)
    if isinstance(expr, (ast.BoolOp, ast.IfExp, ast.Compare)):
        first = {ast.BoolOp: "values", ast.IfExp: "test", ast.Compare: "left"}[type(expr)]
        part = getattr(expr, first)
        return always_named(part[0] if isinstance(part, list) else part)
    if isinstance(expr, SCOPES):
        return set()
    return set().union(*map(always_named, parts_of(expr)))


def target_names(target: ast.expr) -> set[str]:
    """Return the names that assignment to a target binds."""
    return {n.id for n in nodes_of(target) if isinstance(n, ast.Name) and not is_load(n)}


def is_load(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def statements_of(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Give a statement and those in its body, not those of functions inside."""
    yield statement
    if isinstance(statement, LATER):
        return
    for block in blocks_of(statement):
        for inner in block:
            yield from statements_of(inner)


@once
def blocks_of(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of a compound statement."""
    blocks = [getattr(statement, name, None) or [] for name in ("body", "orelse", "finalbody")]
    blocks += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, ())]
    return [block for block in blocks if block]


def declared_names(block: Iterable[ast.stmt]) -> list[str]:
    """Return what the block declares `global` or `nonlocal`."""
    every = (inner for statement in block for inner in statements_of(statement))
    return [name for s in every if isinstance(s, (ast.Global, ast.Nonlocal)) for name in s.names]


@once
def leaves(statement: ast.stmt) -> bool:
    """Tell whether a statement may leave the block around it: return, break or continue."""
    loops = (ast.For, ast.While)
    if isinstance(statement, (ast.Return, ast.Break, ast.Continue)):
        return True
    if isinstance(statement, LATER):
        return False
    inner = [s for block in blocks_of(statement) for s in block]
    if isinstance(statement, loops):
        return any(returns(s) for s in inner) or any(map(leaves, statement.orelse))
    return any(map(leaves, inner))


def returns(statement: ast.stmt) -> bool:
    """Tell whether a statement contains a return."""
    return any(isinstance(s, ast.Return) for s in statements_of(statement))


@dataclass(eq=False, repr=False)
class Scope:
    """The names of one function.

    `local` are its own; `shared` those that a region must not touch, because inner functions see
    or change them; `declared` those that it must not bind, which are `global` or `nonlocal`;
    `captured` are seen by inner scopes that may run at any time.
    """

    local: set[str]
    shared: set[str]
    declared: set[str]
    captured: set[str]
    used: set[str]  # every identifier, so that new names can be told apart


def scope_of(function: types.FunctionType, body: list[ast.stmt]) -> Scope:
    """Find out how a function's names are shared with other scopes."""
    code = function.__code__
    local = set(code.co_varnames) | set(code.co_cellvars)
    parameters = set(parameters_of(code))
    declared = set(declared_names(body))
    shared: set[str] = set()
    captured: set[str] = set()
    for scope in (n for n in nodes_in(body) if isinstance(n, LATER)):
        inside = reads(scope) & local
        captured |= inside
        inner = scope.body if isinstance(getattr(scope, "body", None), list) else []
        shared |= set(declared_names(inner))
        shared |= {name for name in inside if not settled(name, scope, body, parameters)}
    used = {n.id for n in nodes_in(body) if isinstance(n, ast.Name)}
    used |= {n.arg for n in nodes_in(body) if isinstance(n, ast.arg)}
    used |= local | set(code.co_freevars) | set(code.co_names) | set(function.__globals__)
    return Scope(local, shared, declared, captured, used)


def parameters_of(code: types.CodeType) -> tuple[str, ...]:
    """Return the names of all parameters."""
    starred = bool(code.co_flags & inspect.CO_VARARGS) + bool(
        code.co_flags & inspect.CO_VARKEYWORDS
    )
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + starred]


def settled(name: str, scope: ast.AST, body: list[ast.stmt], parameters: set[str]) -> bool:
    """Tell whether a name that an inner scope sees is bound once, before, and outside of loops."""
    count = int(name in parameters)
    for statement in (inner for s in body for inner in statements_of(s)):
        own = header_binds(statement)
        if name not in own:
            continue
        count += 1
        if (statement.lineno, statement.col_offset) >= (scope.lineno, scope.col_offset):
            return False
        if any(statement in list(statements_of(s))[1:] for s in loops_in(body)):
            return False
        if isinstance(statement, (ast.For, ast.While)):
            return False
    return count == 1


@once
def header_binds(statement: ast.stmt) -> set[str]:
    """Return what a statement binds itself, not in its blocks."""
    if isinstance(statement, LATER) or not blocks_of(statement):
        return binds(statement)
    inner = {id(s) for block in blocks_of(statement) for s in block}
    children = parts_of(statement)
    for part in children[:]:
        if isinstance(part, (ast.ExceptHandler, ast.match_case)):
            children += parts_of(part)
            children.remove(part)
    named = {h.name for h in getattr(statement, "handlers", ()) if h.name}
    return named | binds(c for c in children if id(c) not in inner)


def loops_in(body: list[ast.stmt]) -> list[ast.stmt]:
    every = (inner for s in body for inner in statements_of(s))
    return [s for s in every if isinstance(s, (ast.For, ast.While, ast.AsyncFor))]


def sees_frames(function: types.FunctionType, body: list[ast.stmt]) -> bool:
    """Tell whether a function uses what shows names of frames, such as `locals` and `eval`."""
    names = collections.ChainMap(function.__globals__, vars(builtins))
    for node in nodes_in(body):
        value = None
        if isinstance(node, ast.Attribute):
            if node.attr in ("_getframe", "currentframe"):
                return True
            module = names.get(node.value.id) if isinstance(node.value, ast.Name) else None
            if isinstance(module, types.ModuleType):
                value = getattr(module, node.attr, None)
        elif isinstance(node, ast.Name):
            if node.id in SEES_FRAMES_NAMES:
                return True
            value = names.get(node.id)
        if hashable(value) and value in SEES_FRAMES:
            return True
    return False


def hashable(value: Any) -> bool:
    try:
        hash(value)
    except Exception:
        return False
    return True


# Attributes that start a debugger, or evaluate text in which names of the caller may stand.
SEES_ALL = ("set_trace", "breakpoint", "embed", "evaluate", "eval", "query")


@once
def sees_all(node: ast.AST) -> bool:
    """Tell whether all names may be looked at here: by a debugger, or by text with names in it."""
    return any(
        (isinstance(n, ast.Name) and n.id == "breakpoint")
        or (isinstance(n, ast.Attribute) and n.attr in SEES_ALL)
        for n in nodes_of(node)
    )
