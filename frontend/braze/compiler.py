"""What stands behind a compiled function: records calls, makes plans, and remembers why not."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from braze import _core
from braze.errors import CompileError, InternalError, Reason, Unsupported, reason_of, refuse
from braze.options import Options, debug
from braze.recording import Recording, record
from braze.sources import Guard, Source

# Specialisations of one signature; after that many different values the plain function runs.
LADDER = 16


@dataclass
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

    def __init__(self, plain: Callable, options: Options) -> None:
        self.plain = plain
        self.options = options
        self.attempts: list[Attempt] = []

    def __call__(self, args: tuple, kwargs: dict) -> Any:
        """Return a specialisation for these arguments, or None: the plain function runs."""
        settings = debug()
        if settings.off:
            return None
        signature = tuple(kwargs), tuple(map(signature_of, (*args, *kwargs.values())))
        earlier = sum(attempt.signature == signature for attempt in self.attempts)
        if earlier >= LADDER:
            self.attempts.append(
                Attempt(
                    signature, reasons=[Reason(f"{LADDER} versions for different values already")]
                )
            )
            return None
        attempt = Attempt(signature)
        self.attempts.append(attempt)
        try:
            return self.compile(attempt, args, kwargs, settings)
        except Unsupported as error:
            if not attempt.reasons:
                attempt.reasons.append(reason_of(error))
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

    def compile(self, attempt: Attempt, args: tuple, kwargs: dict, settings: Any) -> Any:
        """Record, optimise and plan."""
        start = time.perf_counter()
        attempt.recording = recording = self.record(attempt, args, kwargs)
        recorded = time.perf_counter()
        attempt.record_ms = (recorded - start) * 1e3
        attempt.optimized = optimise(recording.graph, settings)
        attempt.optimize_ms = (time.perf_counter() - recorded) * 1e3
        if settings.time:
            print(
                f"braze: {recording.graph.name}: recorded in {attempt.record_ms:.2f} ms, "
                f"optimised in {attempt.optimize_ms:.2f} ms",
                file=sys.stderr,
            )
        given = (*args, *kwargs.values())
        plan = _core.Plan(attempt.optimized, threads=self.options.threads or 0)
        return _core.Specialisation(
            plan,
            [core_source(s, given) for s in recording.inputs],
            [core_guard(g) for g in recording.guards],
            recording.structure,
        )

    def record(self, attempt: Attempt, args: tuple, kwargs: dict) -> Recording:
        """Record by script, by trace where there is no source, or as the mode says."""
        mode = self.options.mode
        if mode != "hybrid":
            return record(self.plain, args, kwargs, mode)
        try:
            return record(self.plain, args, kwargs, "script")
        except Unsupported as error:
            attempt.reasons.append(reason_of(error))
        try:
            return record(self.plain, args, kwargs, "trace")
        except Unsupported as error:
            attempt.reasons.append(reason_of(error, "tracing it: "))
            raise refuse("neither source nor trace") from None


def signature_of(value: Any) -> Any:
    """Return what dispatch distinguishes about an argument."""
    described = _core.describe(value)
    return type(value) if described is None else described


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


def core_source(source: Source, given: tuple | None = None) -> tuple:
    """Return a source as the dispatcher takes it; an input that is a path ends in an example."""
    root = source.root
    spelled = {"global": ("item", *root[1:]), "cell": ("cell", *root[1:2])}.get(root[0], root)
    if not source.steps:
        return spelled
    path = ("path", spelled, source.steps)
    return path if given is None else (*path, source.read(given))


def core_guard(guard: Guard) -> tuple:
    """Return a guard as the dispatcher takes it."""
    kind = "equal" if guard.kind == "value" else guard.kind
    return (core_source(guard.source), kind, guard.expected)
