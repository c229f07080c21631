"""What stands behind a compiled function: records calls, makes plans, and remembers why not."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from braze import _core
from braze.dispatch import background, history
from braze.dispatch.arguments import signature_in
from braze.dispatch.callables import opened
from braze.dispatch.keeping import keep
from braze.dispatch.recording import Recording, record
from braze.dispatch.worth import LEAST_WORK, array_work, is_asked_again
from braze.errors import CompileError, InternalError, Reason, Unsupported, let_go, reason_of, refuse
from braze.interpreter.builtins import folds, heaps, items, iterators, of_functions  # noqa: F401
from braze.interpreter.loops import comprehensions  # noqa: F401 (these register themselves)
from braze.options import Options, debug
from braze.record import originals
from braze.record.sources import core_guard, core_source, many_items

if TYPE_CHECKING:  # imported where a function is divided, which most are not
    from braze.islands.division import Region, Rewriting

# Specialisations of one signature; after that many different values the plain function runs.
LADDER = 16
# Versions in which an int argument is fixed; one that has changed by then stays a run-time value.
FIXED = 2


@dataclass(eq=False, repr=False)
class Attempt:
    """One request to compile, and what came of it."""

    signature: tuple
    recording: Recording | None = None
    optimized: Any = None
    reasons: list[Reason] = field(default_factory=list)
    record_ms: float = 0.0
    optimize_ms: float = 0.0


class Compiler:
    """Called by the dispatcher when no specialisation fits the arguments."""

    ladder = LADDER
    keeps = True  # what it makes, for other processes

    def __init__(self, plain: Callable, options: Options) -> None:
        self.plain = plain
        self.options = options
        self.attempts: list[Attempt] = []
        # The int arguments of each version, by signature.
        self.ints: dict[tuple, list[dict[str, int]]] = {}
        self.rewriting: Rewriting | None = None
        self.dispatcher: Callable = lambda: None  # a weak reference to the function called
        self.pending = 0  # calls that something is being compiled for in the background
        self.divided: set[tuple] = set()  # signatures for which the function is rewritten

    def __call__(self, args: tuple, kwargs: dict) -> Any:
        """Return a specialisation for these arguments, or a function to call instead.

        None: the plain function runs; in the background, until there is something better.
        """
        if originals.builtin_replaced():
            return NotImplemented
        if not self.options.background or debug().off:
            return self.now(args, kwargs)
        self.pending += 1
        background.submit(lambda: self.later(args, kwargs))
        return None

    def later(self, args: tuple, kwargs: dict) -> None:
        """Do what a call asked for, kernels too, and tell the dispatcher."""
        made = None
        try:
            if self.dispatcher() is None:
                return
            made = self.now(args, kwargs)
            if isinstance(made, _core.Specialisation):
                made.prepare((*args, *kwargs.values()))
        except Exception as error:
            reason = Reason(f"a fault of braze: {type(error).__name__}: {error}")
            self.attempts.append(Attempt(signature_in(kwargs, (*args, *kwargs.values()))))
            self.attempts[-1].reasons.append(reason)
            made = None
        finally:
            self.pending -= 1
            dispatcher = self.dispatcher()
            if dispatcher is not None:
                dispatcher._settle(made, args, kwargs)

    def now(self, args: tuple, kwargs: dict) -> Any:
        """Return what to call for these arguments."""
        if (settings := debug()).off:
            return None
        signature = signature_in(kwargs, (*args, *kwargs.values()))
        if signature in self.divided:
            return self.rewriting.current()
        if self.full(signature):
            reason = self.why_full(signature, args, kwargs)
            self.attempts.append(Attempt(signature, reasons=[reason]))
            return self.exhausted(reason)
        self.attempts.append(attempt := Attempt(signature))
        try:
            return self.compile(attempt, args, kwargs, settings)
        except Unsupported as error:
            if is_asked_again(self, attempt, error):
                return NotImplemented
            if not attempt.reasons:
                attempt.reasons.append(reason_of(error))
            try:
                if (instead := self.divide(attempt, error, settings)) is not None:
                    return instead
            finally:
                let_go(error)
        except InternalError as error:
            if settings.verify or not self.options.fallback:
                raise
            attempt.reasons.append(Reason(f"a fault of braze itself: {error}"))
        except Exception as error:
            if settings.verify or not self.options.fallback:
                raise InternalError(f"{type(error).__name__}: {error}") from error
            attempt.reasons.append(Reason(f"a fault of braze: {type(error).__name__}: {error}"))
        if not self.options.fallback:
            raise CompileError(attempt.reasons[0]) from None
        return None

    def renew(self) -> None:
        """Forget everything: the plain function has got other code."""
        self.attempts, self.ints, self.rewriting, self.divided = [], {}, None, set()

    def resized(self, args: tuple, kwargs: dict) -> Any:
        """Return a specialisation for sizes that those for the same values are not for, or None."""
        settings = debug()
        signature = signature_in(kwargs, (*args, *kwargs.values()))
        if settings.off or self.options.background or self.full(signature):
            return None
        self.attempts.append(attempt := Attempt(signature))
        try:
            return self.compile(attempt, args, kwargs, settings)
        except Unsupported as error:
            attempt.reasons.append(reason_of(error))
            let_go(error)
        except Exception as error:
            if settings.verify:
                raise
            attempt.reasons.append(Reason(f"a fault of braze: {type(error).__name__}: {error}"))
        return None

    def full(self, signature: tuple) -> bool:
        """Tell whether there are as many versions for these types as there may be."""
        return sum(attempt.signature == signature for attempt in self.attempts) >= self.ladder

    def why_full(self, signature: tuple, args: tuple, kwargs: dict) -> Reason:
        """Return that there are enough versions, and what was different between them."""
        told = history.changes(self.made(signature), self.names(args, kwargs))
        what = f"{self.ladder} versions for different values already"
        return Reason(": ".join([what, *filter(None, ["; ".join(told)])]))

    def made(self, signature: tuple) -> list[Recording]:
        """Return the recordings for these types."""
        return [a.recording for a in self.attempts if a.signature == signature and a.recording]

    def served(self, signature: tuple, given: tuple) -> bool:
        """Tell whether one of the versions is for these values."""
        made = [a.recording for a in self.attempts if a.signature == signature and a.optimized]
        return any(all(history.holds(g, given) for g in recording.guards) for recording in made)

    def names(self, args: tuple, kwargs: dict) -> tuple[str, ...]:
        """Return the names of the parameters that the arguments of a call are for."""
        try:
            callable_ = opened(self.plain)
        except Unsupported:
            return ()
        code = callable_.function.__code__
        own = code.co_varnames[: code.co_argcount][len(callable_.args) :][: len(args)]
        rest = tuple(f"argument {i + 1}" for i in range(len(own), len(args)))
        return (*own, *rest, *kwargs)

    def compile(self, attempt: Attempt, args: tuple, kwargs: dict, settings: Any) -> Any:
        """Record, optimise and plan."""
        start = time.perf_counter()
        attempt.recording = recording = self.record(attempt, args, kwargs)
        recorded = time.perf_counter()
        if settings.compare and recording.mode == "script":
            from braze.reports import compare  # few need it

            compare.report(self.plain, args, kwargs, recording)
        attempt.record_ms = (recorded - start) * 1e3
        attempt.optimized = optimise(recording.graph, settings)
        attempt.optimize_ms = (time.perf_counter() - recorded) * 1e3
        if _core.different_kernels(attempt.optimized) > MOST_KERNELS:
            attempt.optimized = None
            raise refuse(f"more than {MOST_KERNELS} different kernels, which take long to compile")
        if settings.time:
            print(
                f"braze: {recording.graph.name}: recorded in {attempt.record_ms:.2f} ms, "
                f"optimised in {attempt.optimize_ms:.2f} ms",
                file=sys.stderr,
            )
        given = (*args, *kwargs.values())
        plan = _core.Plan(attempt.optimized, threads=self.options.threads or 0)
        if self.keeps:
            keep(self.plain, self.options, kwargs, given, recording, attempt.optimized)
        return _core.Specialisation(
            plan,
            [core_source(s, given) for s in recording.inputs],
            [core_guard(g) for g in recording.guards],
            recording.structure,
            [(core_source(source), name) for source, name in recording.written],
            recording.graph.exact,
        )

    def exact(self) -> bool:
        """Tell whether the regions compiled so far give the plain function's bits."""
        regions = self.rewriting.live() if self.rewriting is not None else []
        made = [a for region in regions for a in region.compiler.attempts if a.optimized]
        return all(attempt.recording.graph.exact for attempt in made)

    def record(self, attempt: Attempt, args: tuple, kwargs: dict) -> Recording:
        """Record by script, by trace where there is no source, or as the mode says."""
        mode = self.options.mode
        if mode == "trace":
            return record(self.plain, args, kwargs, mode, decide=True)
        changing = self.changing_ints(attempt.signature, args, kwargs)
        ways = history.changing(self.made(attempt.signature), (*args, *kwargs.values()), FIXED)
        if changing or ways:
            try:
                made = record(self.plain, args, kwargs, "script", changing | ways.keys())
                made.notes += history.run_time_values(changing, self.ints[attempt.signature])
                made.notes += ways.values()
                return made
            except Unsupported:
                pass  # their values are needed: a version for each, up to the ladder's end
        if mode == "script":
            return record(self.plain, args, kwargs, mode)
        try:
            return record(self.plain, args, kwargs, "script")
        except Unsupported as error:
            attempt.reasons.append(reason_of(error))
            if hasattr(error, "too_long"):
                raise
            by_script = error
        try:
            # Without source nothing else can follow a decision; with it, islands can.
            no_source = getattr(by_script, "no_source", False)
            return record(self.plain, args, kwargs, "trace", decide=no_source)
        except Unsupported as error:
            attempt.reasons.append(reason_of(error, "tracing it: "))
            refused = refuse("neither source nor trace")
            refused.by_script = by_script
            raise refused from None

    def changing_ints(self, signature: tuple, args: tuple, kwargs: dict) -> frozenset[str]:
        """Return the int arguments that had other values in the first versions."""
        given = zip(self.names(args, kwargs), (*args, *kwargs.values()), strict=False)
        ints = {n: a for n, a in given if type(a) is int}
        seen = self.ints.setdefault(signature, [])
        seen.append(ints)
        if len(seen) <= FIXED:
            return frozenset()
        return frozenset(n for n, a in ints.items() if any(s.get(n) != a for s in seen))

    def divide(self, attempt: Attempt, error: BaseException, settings: Any) -> Any:
        """Return what to call for a function that is refused; a fault there is no fault here."""
        if self.options.mode == "trace" or not self.options.fallback:
            return None
        try:
            return self.instead(attempt, error)
        except Exception as fault:
            if settings.verify:
                raise InternalError(f"{type(fault).__name__}: {fault}") from fault
            attempt.reasons.append(Reason(f"a fault of braze: {type(fault).__name__}: {fault}"))
            return None

    def instead(self, attempt: Attempt, error: BaseException) -> Any:
        """Divide a function that is refused; return what to call for it."""
        if self.rewriting is None:
            from braze.islands.division import rewriting_of

            self.rewriting = rewriting_of(self.plain, self.options)
        if self.rewriting is None:
            return None
        self.rewriting.dispatcher = self.dispatcher
        made = self.rewriting.refused(getattr(error, "by_script", error))
        if made is not None:
            self.divided.add(attempt.signature)
        return made

    def rewritten(self, attempt: Attempt, error: BaseException) -> "Rewriting | None":
        """Return how a function that is refused is divided, if it is."""
        if self.divide(attempt, error, debug()) is None or self.rewriting is None:
            return None
        self.rewriting.current()
        return self.rewriting

    def exhausted(self, reason: Reason) -> Any:
        """Give up on more versions."""
        return None

    def tidy(self, error: BaseException) -> None:
        """Leave braze's own frames out of an exception of the rewritten function."""
        if self.rewriting is not None:
            self.rewriting.tidy(error)


class RegionCompiler(Compiler):
    """Compiles a region of a function; one that is refused is divided, or given up."""

    ladder = 4
    keeps = False

    def __init__(self, region: "Region", options: Options) -> None:
        super().__init__(region.plain, options)
        self.region = region
        self.rewriting = region.rewriting
        # Numbers that it was first called with, for each signature.
        self.given: dict[tuple, tuple] = {}

    def now(self, args: tuple, kwargs: dict) -> Any:
        if self.region.given_up is not None:
            return None
        before = len(self.attempts)
        made = super().now(args, kwargs)
        if made is None and not any(a.optimized for a in self.attempts) and not debug().off:
            reasons = self.attempts[-1].reasons if len(self.attempts) > before else []
            self.rewriting.give_up(self.region, [*reasons, NOT_WORTH][0])
        return made

    def record(self, attempt: Attempt, args: tuple, kwargs: dict) -> Recording:
        """Record by script, if it looks worth it."""
        self.rewriting.versions += 1
        if self.rewriting.versions > MOST_VERSIONS:
            raise refuse(f"more than {MOST_VERSIONS} versions of the regions of a function")
        for name, value in zip(self.region.stretch.takes, args, strict=True):
            known = isinstance(value, (list, tuple, dict))
            if known and (len(value) > MOST_ITEMS or many_items(value)):
                error = refuse(f"a {type(value).__name__} of more than {MOST_ITEMS} items")
                error.parameter = name
                raise error
        ways = history.changing(self.made(attempt.signature), args, 1)
        changing = self.changing(attempt.signature, args) | ways.keys()
        if changing:
            try:
                return record(self.plain, args, kwargs, "script", changing)
            except Unsupported:
                pass  # their values are needed: a version for each, for a while
        return record(self.plain, args, kwargs, "script")

    def changing(self, signature: tuple, args: tuple) -> frozenset[str]:
        """Return the numbers among the arguments that have had another value before."""
        earlier = self.given.setdefault(
            signature, tuple(a if type(a) is int else None for a in args)
        )
        pairs = zip(self.region.stretch.takes, earlier, args, strict=True)
        return frozenset(n for n, a, b in pairs if type(a) is type(b) is int and a != b)

    def compile(self, attempt: Attempt, args: tuple, kwargs: dict, settings: Any) -> Any:
        made = super().compile(attempt, args, kwargs, settings)
        if array_work(attempt.optimized) >= LEAST_WORK:
            return made
        attempt.optimized = None
        attempt.reasons.append(NOT_WORTH)
        return None

    def instead(self, attempt: Attempt, error: BaseException) -> Any:
        return self.rewriting.refused(error, self.region)

    def exhausted(self, reason: Reason) -> Any:
        self.rewriting.give_up(self.region, reason)
        return None


# Versions of all regions of a function together, and items of a container that one takes.
MOST_VERSIONS, MOST_ITEMS = 64, 64
NOT_WORTH = Reason("too little work on arrays to be worth a call")


MOST_KERNELS = 64  # some 20 ms of compiling each


def optimise(graph: Any, settings: Any) -> Any:
    """Return an optimised copy of a graph."""
    optimized = graph.copy()
    if settings.verify:
        graph.verify()
    stages = _core.run_passes(optimized, dump=list(settings.dump), verify=settings.verify)
    for stage in stages:
        if stage["text"]:
            print(f"after {stage['pass']}:\n{stage['text']}", file=sys.stderr)
        if settings.time:
            print(f"braze: {stage['pass']}: {stage['ms']:.2f} ms", file=sys.stderr)
    return optimized
