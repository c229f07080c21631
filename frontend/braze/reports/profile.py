"""Where the time of a call goes, step by step: the object that `profile` returns."""

from typing import Any

import numpy as np

from braze import _core
from braze.errors import CompileError, Reason
from braze.reports.inspection import arguments_of
from braze.reports.report import amount, where

RUNS = 5


class Profile:
    """What the steps of a compiled call cost, the dearest first.

    Attributes
    ----------
    steps : list of dict
        ``ops``, the operations of the step, a kernel's in their order, or the call; ``lines`` of
        the source; ``runs``, how often it ran; ``ms``, the time of all runs; ``bytes`` of the
        arrays that it reads and writes, each counted once a run; ``work``, about how many plain
        instructions on elements it does. Both are 0 where they are not known: in loops over
        elements, the work of NumPy's own functions.
    ms : float
        Of the call, without Python's part.
    """

    def __init__(self, steps: list[dict[str, Any]]) -> None:
        self.steps = sorted(steps, key=lambda step: -step["ms"])
        self.ms = self.total("ms")

    def total(self, what: str) -> float:
        """Return the sum of ``"ms"``, ``"bytes"`` or ``"work"`` over all steps."""
        return sum(step[what] for step in self.steps)

    def __str__(self) -> str:
        lines = [f"{self.ms:.3g} ms; steps by their time:", HEAD]
        lines += [_line(step, self.ms) for step in self.steps if step["ms"] >= 0.005 * self.ms]
        rest = len(self.steps) - (len(lines) - 2)
        return "\n".join([*lines, *([f"and {rest} more steps"] if rest else [])])

    __repr__ = __str__


HEAD = f"{'share':>6} {'ms':>9} {'runs':>8} {'GB/s':>6} {'Gop/s':>6}  step"


NO_RUN = Reason(
    "a call with these arguments, which runs as the plain function",
    remedy="call it to see what NumPy raises; arrays that change may not overlap others",
)


def profile(attempt: Any, given: tuple[Any, ...]) -> Profile:
    """Run what an attempt compiled on copies of the arguments, and return the quickest run's costs.

    Raises
    ------
    CompileError
        If a call with these arguments would run the plain function after all.
    """
    plan = _core.Plan(attempt.optimized)
    best = None
    for _ in range(1 + RUNS):  # the first one compiles
        with np.errstate(all="ignore"):
            steps = plan.profile(*arguments_of(attempt.recording, given))
        if not steps:
            raise CompileError(NO_RUN)
        if best is None or sum(s["ms"] for s in steps) < sum(s["ms"] for s in best):
            best = steps
    for step in best:
        step["lines"] = sorted({place[1] for place in step["places"] if place})
        step["ops"] = [op for op in step["ops"] if op != "constant"]
    return Profile(best)


def _line(step: dict[str, Any], whole: float) -> str:
    seconds = step["ms"] * 1e-3
    rates = [f"{step[what] / seconds * 1e-9:.3g}" if step[what] else "-" for what in RATES]
    some = " ".join(step["ops"][:MOST_OPS])
    more = len(step["ops"]) - MOST_OPS
    text = some + (f" and {more} more" if more > 0 else "") + where(step["places"])
    share = step["ms"] / whole if whole else 0
    moved = f", {amount(step['bytes'] / step['runs'])} a run" if step["bytes"] else ""
    figures = f"{share:6.1%} {step['ms']:9.4f} {step['runs']:8} {rates[0]:>6} {rates[1]:>6}"
    return f"{figures}  {text}{moved}"


RATES = ("bytes", "work")
MOST_OPS = 8
