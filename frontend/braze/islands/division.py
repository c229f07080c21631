"""Eager islands: a function that cannot be compiled whole becomes Python with compiled regions.

The rewritten function is made of the user's own statements. Each region is a function of its own
behind a dispatcher of its own, so that it specialises on what it is given, and nothing is assumed
of what Python does in between. A region that is refused is divided in turn, and one that is not
worth it goes back to Python.
"""

import ast
import builtins
import contextlib
import functools
import threading
import types
import warnings
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from braze import _core
from braze.errors import Place, Reason, Unsupported, reason_of
from braze.interpreter.liveness import Bound
from braze.interpreter.names import (
    always_binds,
    binds,
    blocks_of,
    parameters_of,
    reads,
    scope_of,
    sees_frames,
)
from braze.interpreter.source_code import FunctionSource, source_of
from braze.islands.code import twin_of
from braze.islands.foresee import calls_like, foresee, keep_frames
from braze.islands.hoist import Temps
from braze.islands.marks import Marks, at_place
from braze.islands.regions import Context, Plan, Planner, Stretch, targets
from braze.options import Options, regulates
from braze.record.code_names import MADE_OF
from braze.record.trees import located, nodes_of

MOST_REFUSALS = 64  # of one function; after that what is refused stays Python
# Context managers that never swallow an exception.
TRANSPARENT = (np.errstate, np.printoptions, open, warnings.catch_warnings,
               contextlib.nullcontext, contextlib.closing)  # fmt: skip


class Region:
    """A stretch of a function that is compiled."""

    def __init__(self, rewriting: "Rewriting", stretch: Stretch, name: str, parents: tuple) -> None:
        self.rewriting = rewriting
        self.stretch = stretch
        self.name = name
        self.parents = parents  # the bodies that it is called from, from the function itself on
        self.given_up: Reason | None = None
        self.twin: Any = None
        self.plan: Plan | None = None
        node = rewriting.definition(
            [ast.arg(n) for n in stretch.takes], [*stretch.statements, *self.end()]
        )
        self.plain = rewriting.function_of(node, {})
        rewriting.inner.add(self.plain.__code__)
        whole = rewriting.source
        made_of = FunctionSource(node, whole.file, whole.name, whole.code)
        setattr(self.plain, MADE_OF, made_of)
        self.compiler: Any = None
        self.function: Any = None
        self.cell = types.CellType()

    def end(self) -> list[ast.stmt]:
        """Return the statement that gives the names on."""
        if self.stretch.tail or not self.stretch.gives:
            return []
        last = self.stretch.statements[-1]
        end = ast.Return(targets(self.stretch.gives, ast.Load()))
        for node in nodes_of(end):
            if "lineno" in node._attributes:
                node.lineno = node.end_lineno = last.end_lineno
                node.col_offset = node.end_col_offset = last.end_col_offset
        return [end]

    @property
    def body(self) -> list[ast.stmt]:
        return list(self.stretch.statements)

    def give_up(self, reason: Reason) -> None:
        """Leave the region to Python, at once where it stands in a loop."""
        self.given_up = reason
        if self.stretch.context.loop:
            self.cell.cell_contents = None


class Rewriting:
    """A function, what is known not to be compiled of it, and the regions it is divided into."""

    def __init__(self, function: types.FunctionType, options: Options) -> None:
        self.source = source_of(function)
        self.function = function
        self.options = options._replace(mode="script", fallback=True)
        self.statements = self.source.body
        self.scope = scope_of(function, self.statements)
        self.marks = Marks(function, Temps(self.scope.used))
        self.regions: dict[tuple, Region] = {}
        self.names: set[str] = set()
        self.refusals = 0
        self.versions = 0  # of all regions
        self.lock = threading.RLock()
        self.dispatcher: Any = lambda: None  # a weak reference to the function's dispatcher
        self.plan: Plan | None = None
        self.twin: Any = None
        # Code of rewritten bodies, which call regions, and of what regions call: for tracebacks.
        self.callers: set[types.CodeType] = set()
        self.inner: set[types.CodeType] = set()
        self.possible = not sees_frames(function, self.statements)
        if self.possible:
            keep_frames(self.marks, self.statements)
            foresee(self.marks, self.statements, self.steady(self.statements, None), self.source)

    # What is refused

    def refused(self, error: BaseException, region: Region | None = None) -> Any:
        """Return the function to call instead of one that is refused; None for the plain one."""
        with self.lock:
            self.refusals += 1
            found = self.possible and self.refusals <= MOST_REFUSALS
            if not found or not self.mark(error, region):
                if region is None:  # perhaps it is known already
                    return self.current() if self.marks.held else None
                self.give_up(region, reason_of(error))
                return None
            self.outdate(region.parents if region else ())
            made = self.build(region)
            if made is None and region is not None:
                self.give_up(region, Reason("nothing in it is worth compiling"))
            return made

    def mark(self, error: BaseException, region: Region | None) -> bool:
        """Find the statement that is refused, and leave it to Python."""
        block = region.body if region else self.statements
        reason = reason_of(error)
        path = [getattr(error, "node", None), *getattr(error, "trail", ())]
        paths = [[node for node in path if node is not None]]
        gives = region.stretch.gives if region else ()
        if (name := getattr(error, "parameter", None)) is not None:
            found = self.reading(block, name)
            for statement in found:
                self.marks.keep(statement, reason, False)
            return bool(found)
        if (part := getattr(error, "part", None)) is not None and gives:
            paths = [self.binding(block, gives[part if len(gives) > 1 else 0])]
        elif part is not None:
            paths = [[s] for s in self.marks.every(block) if isinstance(s, ast.Return)]
        elif not paths[0] and isinstance(reason.place, Place):
            paths = [at_place(reason.place, self.source.file, list(self.marks.every(block)))]
        steady = self.steady(block, region)
        results = [self.marks.refuse(p, block, reason, steady) for p in paths]
        alike = calls_like(path, self.statements, self.marks)
        if alike:
            steady = self.steady(self.statements, None)
        for call in alike:
            why = replace(reason, place=self.source.place(call))
            self.marks.refuse([call], self.statements, why, steady)
        return any(results)

    def steady(self, block: list[ast.stmt], region: Region | None) -> dict[int, frozenset]:
        """Return for each statement the names that are bound before it and nobody else rebinds."""
        known = Bound(self.marks.expand, self.transparent)
        known.block(block, self.bound_before(region))
        elsewhere = self.scope.shared | self.scope.declared
        return {key: names - elsewhere for key, names in known.before.items()}

    def reading(self, block: list[ast.stmt], name: str) -> list[ast.stmt]:
        """Return the statements that read a name before it is bound anew."""
        found = []
        for statement in self.marks.expand(block):
            if name in reads(statement):
                found.append(statement)
            if name in always_binds(statement):
                break
        return found

    def binding(self, block: list[ast.stmt], name: str) -> list[ast.AST]:
        """Return the last statement that binds a name."""
        every = [s for s in self.marks.every(block) if name in binds(s)]
        simple = [s for s in every if not blocks_of(s)] or every
        return simple[-1:]

    def bound_before(self, region: Region | None) -> frozenset[str]:
        if region is not None:
            return frozenset(region.stretch.takes)
        return frozenset(parameters_of(self.function.__code__))

    def give_up(self, region: Region, reason: Reason) -> None:
        """Leave a region to Python; if nothing else is compiled around it, that too."""
        region.give_up(reason)
        self.outdate(region.parents)
        for parent in region.parents[1:]:
            if parent.plan is not None and all(r.given_up for r in parent.plan.regions):
                parent.give_up(reason)

    # The rewritten functions

    def current(self) -> Any:
        """Return the rewritten function as it is now; None if nothing is compiled."""
        with self.lock:
            return self.twin or self.build(None)

    def outdate(self, parents: tuple) -> None:
        """Have the rewritten bodies around a region made anew at their next call."""
        for owner in parents or (self,):
            if owner.twin is None:
                continue
            dispatcher = owner.dispatcher() if owner is self else owner.function
            old, owner.twin = owner.twin, None
            if dispatcher is not None:
                dispatcher._swap(old, self.renewal(owner, weakref.ref(dispatcher)))

    def renewal(self, owner: Any, dispatcher: Callable) -> Any:
        """Return what makes the rewritten body when the dispatcher asks for it.

        The dispatcher calls what it gets: a frame of ours in between would be seen by warnings.
        """

        def renew() -> Any:
            with self.lock:
                made = owner.twin or self.build(None if owner is self else owner)
                held = dispatcher()
                if held is not None:
                    held._swap(renewal, made)
            return made

        renewal = functools.partial(renew)  # which is no function, so that it is not called as one
        return renewal

    def build(self, region: Region | None) -> Any:
        """Return the rewritten function, or that of a region; None if nothing is compiled."""
        owner = region or self
        context = region.stretch.context if region else Context(whole=True)
        if region is not None:
            context = Context(region.stretch.tail, context.loop, context.guarded)
        parents = (*region.parents, region) if region else (self,)
        used: dict[tuple, Region] = {}

        def choose(stretch: Stretch) -> Region | None:
            if region is not None and stretch.statements == region.stretch.statements:
                return None
            found = self.regions.get(stretch.key)
            if found is None:
                found = Region(self, stretch, self.new_name(stretch), parents)
                self.start(found)
            found.parents = tuple(dict.fromkeys((*found.parents, *parents)))
            used[stretch.key] = found
            return found if found.given_up is None else None

        planner = Planner(
            self.marks, self.scope, self.bound_before(region), self.transparent, choose
        )
        body = list(region.body) if region else self.statements
        owner.plan = plan = planner.rewrite(body + (region.end() if region else []), context)
        self.regions = used if region is None else self.regions | used
        if not plan.regions:
            owner.twin = None
            return None
        cells = {r.name: r.cell for r in plan.regions}
        arguments = [ast.arg(n) for n in region.stretch.takes] if region else None
        owner.twin = self.function_of(self.definition(arguments, plan.body), cells)
        self.callers.add(owner.twin.__code__)
        if region is not None:
            self.inner.add(owner.twin.__code__)
        return owner.twin

    def start(self, region: Region) -> None:
        """Put a dispatcher before a region."""
        from braze.dispatch.compiler import RegionCompiler

        region.compiler = RegionCompiler(region, self.options)
        region.function = _core.Function(
            region.plain, self.options, regulates(), False, region.compiler
        )
        region.compiler.dispatcher = weakref.ref(region.function)
        region.cell.cell_contents = region.function

    def new_name(self, stretch: Stretch) -> str:
        first, last = stretch.lines
        name = f"lines_{first}_{last}" if last > first else f"line_{first}"
        made, i = name, 1
        while made in self.names or made in self.scope.used or hasattr(builtins, made):
            made, i = f"{name}_{chr(96 + i)}" if i < 27 else f"{name}_{i}", i + 1
        self.names.add(made)
        return made

    def definition(self, arguments: list[ast.arg] | None, body: list) -> ast.FunctionDef:
        """Return a function of the same name: of these arguments, or of the user's."""
        node = self.source.node
        given = node.args
        if arguments is not None:
            given = ast.arguments([], arguments, None, [], [], None, [])
        name = node.name if isinstance(node, ast.FunctionDef) else "lambda_"
        # A name of the function stays one where only regions bind it, and is never a global.
        parameters = {p.arg for p in nodes_of(given) if isinstance(p, ast.arg)}
        lost = (reads(body) & self.scope.local) - binds(body) - parameters
        kept = [
            ast.AnnAssign(ast.Name(n, ast.Store()), ast.Name("object", ast.Load()), None, 1)
            for n in sorted(lost)
        ]
        made = ast.FunctionDef(name, given, [*kept, *body] or [ast.Pass()], [])
        return located(ast.copy_location(made, node))

    def function_of(self, node: ast.FunctionDef, regions: dict) -> types.FunctionType:
        return twin_of(self.function, node, node.args is self.source.node.args, regions)

    def transparent(self, expr: ast.expr) -> bool:
        """Tell whether a context manager never swallows an exception."""
        if not isinstance(expr, ast.Call):
            return False
        names = []
        func = expr.func
        while isinstance(func, ast.Attribute):
            names.append(func.attr)
            func = func.value
        if not isinstance(func, ast.Name) or func.id in self.scope.local:
            return False
        space = self.function.__globals__
        found = space.get(func.id, getattr(builtins, func.id, None))
        if names and not isinstance(found, types.ModuleType):
            return False
        for name in reversed(names):
            found = getattr(found, name, None)
        return any(found is known for known in TRANSPARENT)

    # What is told

    def live(self) -> list[Region]:
        """Return the regions that are called."""
        return [region for region in self.regions.values() if region.given_up is None]

    @property
    def text(self) -> str:
        """The rewritten function; in loops without the statements that regions stand for."""
        if self.plan is None:
            return ""
        names = {region.name for region in self.plan.regions}

        class Simple(ast.NodeTransformer):
            def visit_If(self, node: ast.If) -> Any:
                self.generic_visit(node)
                of_region = isinstance(node.test, ast.Name) and node.test.id in names
                return node.body if of_region else node

        import copy

        made = self.definition(None, [copy.deepcopy(s) for s in self.plan.body])
        return ast.unparse(ast.fix_missing_locations(Simple().visit(made)))

    def tidy(self, error: BaseException) -> None:
        """Leave out of a traceback the frames that only call the frame of a region."""
        steps = []
        step = error.__traceback__
        while step is not None:
            steps.append(step)
            step = step.tb_next
        codes = [step.tb_frame.f_code for step in steps]
        kept = [
            step
            for step, code, inner in zip(steps, codes, [*codes[1:], None], strict=True)
            if code.co_filename != __file__ and not (code in self.callers and inner in self.inner)
        ]
        for step, inner in zip(kept, [*kept[1:], None], strict=True):
            step.tb_next = inner
        error.__traceback__ = kept[0] if kept else None


def rewriting_of(function: Any, options: Options) -> Rewriting | None:
    """Return what divides a function, if its source is known."""
    if not isinstance(function, types.FunctionType):
        return None
    try:
        return Rewriting(function, options)
    except Unsupported:
        return None


__all__ = ["Region", "Rewriting", "rewriting_of"]
