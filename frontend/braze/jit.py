"""The decorators: `jit`, `script` and `trace`, and the methods of the functions they return."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from braze import _core
from braze.dispatch import pickling
from braze.options import Options, check, regulates

if TYPE_CHECKING:  # imported by who asks, with the frontend: what is here loads in no time
    from braze.reports.inspection import Inspection
    from braze.reports.profile import Profile
    from braze.reports.report import Report

Function = _core.Function


def jit(
    function: Callable | None = None,
    *,
    mode: str = "hybrid",
    fallback: bool = True,
    fp: str | tuple[str, ...] = "exact",
    threads: int | None = None,
    background: bool = False,
) -> Any:
    """Make a NumPy function fast without changing what it means.

    The first call with new types of arguments compiles the function for them; other sizes use
    the same code. What cannot be compiled runs as it is, and `explain` tells why.

    Parameters
    ----------
    function : callable
        The function. Without it, a decorator is returned.
    mode : {"hybrid", "script", "trace"}
        Read the source, or record what the function does, or take what works.
    fallback : bool
        Whether the plain function may run where something cannot be compiled. If not, such a
        call raises `CompileError`.
    fp : str or tuple of str
        ``"exact"`` for NumPy's results to the bit. The relaxations ``"reassoc"``, ``"contract"``
        and ``"approx"`` are not available in this version: they raise `ValueError`.
    threads : int, optional
        How many threads a call may use; all of the process's by default.
    background : bool
        Compile in another thread: until the code is ready, the plain function serves the calls.
        The thread holds the arguments of the call that it compiles for. Needs `fallback`.

    Returns
    -------
    Function
        Called as the plain function, which is its ``__wrapped__``.

    Examples
    --------
    >>> @braze.jit
    ... def scale(x):
    ...     return (x - x.mean()) / x.std()
    """
    options = Options(mode, fallback, fp, threads, background)
    check(options)
    if function is None:
        return functools.partial(_make, options=options)
    return _make(function, options)


def script(function: Callable) -> Function:
    """Compile from source alone; a call that cannot be compiled raises `CompileError`."""
    return _make(function, Options(mode="script", fallback=False))


def trace(function: Callable, *args: Any, **kwargs: Any) -> Function:
    """Compile from a recording of what the function does with these arguments.

    Parameters
    ----------
    function : callable
        The function; it must have no side effects.
    *args, **kwargs
        Example arguments: arrays, numbers, or specs. Other types are recorded when they come.

    Returns
    -------
    Function
        Its ``branches`` are the decisions on values that were recorded for these arguments. Both
        ways of one are compiled, or one is, and calls that go the other way run the plain function.

    Raises
    ------
    CompileError
        If the function does something with the arguments that cannot be recorded.
    """
    compiled = _make(function, Options(mode="trace", fallback=False))
    if args or kwargs:
        from braze.reports.attempts import attempted

        compiled.branches = attempted(compiled, args, kwargs).recording.branches
    return compiled


def _make(function: Callable, options: Options) -> Any:
    if isinstance(function, Function):
        function = function.__wrapped__
    if type(function) in (staticmethod, classmethod):
        return type(function)(_make(function.__func__, options))
    if type(function) is property:
        accessors = (function.fget, function.fset, function.fdel)
        parts = [one and _make(one, options) for one in accessors]
        return property(*parts, function.__doc__)
    if not callable(function):
        raise TypeError(f"jit takes a function, not a {type(function).__name__}")
    fallback = options.fallback
    made = Function(function, options, fallback and regulates(), fallback)
    for name in functools.WRAPPER_ASSIGNMENTS:
        if hasattr(function, name):
            setattr(made, name, getattr(function, name))
    made.__dict__.update(getattr(function, "__dict__", {}))
    return made


def inspect(self: Function, *args: Any, **kwargs: Any) -> "Inspection":
    """Return what the function becomes for these arguments, stage by stage.

    Parameters
    ----------
    *args, **kwargs
        Arguments of a call: arrays, numbers, or specs. Nothing is run but, for `llvm` and
        `asm`, the kernels.

    Returns
    -------
    Inspection
        With ``graph``, ``optimized``, ``kernels``, ``llvm`` and ``asm``, each printable.

    Raises
    ------
    CompileError
        If the call cannot be compiled.
    """
    from braze.reports.attempts import attempted
    from braze.reports.inspection import Inspection

    return Inspection(attempted(self, args, kwargs), [*args, *kwargs.values()])


def explain(self: Function, *args: Any, **kwargs: Any) -> "Report":
    """Tell what happens to a call: what is compiled, fused, run as it is, and why.

    Parameters
    ----------
    *args, **kwargs
        Arguments of a call: arrays, numbers, or specs.

    Returns
    -------
    Report
        Printable, with ``to_json()`` and an HTML form for notebooks.
    """
    from braze.reports.attempts import explained

    return explained(self, args, kwargs)


def profile(self: Function, *args: Any, **kwargs: Any) -> "Profile":
    """Measure where the time of a call goes, kernel by kernel.

    Parameters
    ----------
    *args, **kwargs
        Arguments of a call: arrays, numbers, or specs. The function runs some times on copies of
        them.

    Returns
    -------
    Profile
        Printable; its ``steps`` have times, bytes moved and operations done.

    Raises
    ------
    CompileError
        If the call is not compiled whole.
    """
    from braze.reports.attempts import attempted
    from braze.reports.profile import profile

    return profile(attempted(self, args, kwargs), (*args, *kwargs.values()))


def stats(self: Function) -> dict[str, Any]:
    """Count what happened so far.

    Returns
    -------
    dict
        ``calls``, of which ``compiled_calls``, ``plain_calls`` and ``divided_calls``, which ran
        the function as Python with compiled ``regions``; ``specialisations``, of regions too;
        ``compiles`` of kernels, ``cache_hits`` where equal code was at hand in this process or on
        disk, and the ``compile_ms`` that both took; ``launches`` of kernels;
        ``record_ms`` and ``optimize_ms`` in the frontend and the passes; ``reasons`` for plain
        calls; ``regulation``, the times of compiled and plain calls where both were measured, and
        ``regulated_calls`` that the plain function served for that reason; ``pending``
        compilations in the background.
    """
    counters = self._counters()
    compiler = self._compiler
    regions = compiler.rewriting.live() if compiler.rewriting is not None else []
    made = counters.pop("specialisations")
    attempts = list(compiler.attempts)
    trials = self._trials()
    for region in regions:
        trials += region.function._trials()
        made += region.function._counters()["specialisations"]
        attempts += region.compiler.attempts
    plans = [s.plan.stats() for s in made]
    return {
        **counters,
        "regions": len(regions),
        "specialisations": len(plans),
        **{
            name: sum(plan[name] for plan in plans)
            for name in ("compiles", "cache_hits", "compile_ms", "launches")
        },
        "record_ms": sum(a.record_ms for a in attempts),
        "optimize_ms": sum(a.optimize_ms for a in attempts),
        "pending": compiler.pending + sum(region.compiler.pending for region in regions),
        "regulation": trials,
        "reasons": list(
            dict.fromkeys(
                str(reason) for a in attempts if a.optimized is None for reason in a.reasons
            )
        ),
    }


def _install() -> None:
    """Give the dispatcher's type, which is C++, the methods that word messages."""
    for method in (inspect, explain, profile, stats):
        setattr(Function, method.__name__, method)
    pickling.install()
    Function.__repr__ = lambda self: f"<braze.Function {getattr(self, '__name__', '?')}>"


_install()
