"""Compiling a call to look at what comes of it: nothing runs, and nothing is kept."""

from typing import Any

from braze import _core
from braze.dispatch.arguments import signature_in
from braze.dispatch.compiler import Attempt, optimise
from braze.errors import CompileError, Unsupported, reason_of
from braze.options import debug
from braze.reports.report import Report


def attempted(function: _core.Function, args: tuple, kwargs: dict) -> Attempt:
    """Record and optimise a call; CompileError if that cannot be."""
    attempt = Attempt(())
    try:
        attempt.recording = function._compiler.record(attempt, args, kwargs)
    except Unsupported as error:
        if not attempt.reasons:
            attempt.reasons.append(reason_of(error))
        raise CompileError(attempt.reasons[0]) from None
    attempt.optimized = optimise(attempt.recording.graph, debug())
    return attempt


def explained(function: _core.Function, args: tuple, kwargs: dict) -> Report:
    """Return what happens to a call."""
    compiler: Any = function._compiler
    given = (*args, *kwargs.values())
    attempt = Attempt(())
    rewriting = None
    # Looking at how it is divided may divide it anew.
    trials = function._trials_of(*args, **kwargs)
    name = getattr(function, "__name__", "function")
    signature = signature_in(kwargs, given)
    if compiler.full(signature) and not compiler.served(signature, given):
        attempt.reasons.append(compiler.why_full(signature, args, kwargs))
        return Report(name, attempt, None, trials)
    compiler.ints[()] = list(compiler.ints.get(signature, []))  # as the next call finds them
    try:
        attempt.recording = compiler.record(attempt, args, kwargs)
    except Unsupported as error:
        if not attempt.reasons:
            attempt.reasons.append(reason_of(error))
        rewriting = compiler.rewritten(attempt, error)
    return Report(name, attempt, rewriting, trials)
