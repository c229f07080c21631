"""Functions with lines that cannot be compiled: results, effects, their order, and errors."""

import contextlib
import io
import traceback

import island_calls
import island_functions
import numpy as np
import pytest
from island_functions import EVENTS, X, Y, stops
from same import assert_same

import braze

FUNCTIONS = [
    value
    for module in (island_functions, island_calls)
    for name, value in vars(module).items()
    if getattr(value, "__module__", "") == module.__name__
    if callable(value) and name.islower() and name not in ("note", "scaled")
]
# With so little around the line that all of it stays Python.
PLAIN = {
    "looks_at_its_names", "counts_nonlocal", "inner_functions", "late_capture", "never_bound",
    "arguments_in_order", "state_when_caught", "perhaps_unbound", "raises_in_a_region",
    "catches", "with_suppress", "returns_in_a_loop",
}  # fmt: skip


def outcome(function, args):
    """Return what a call gives, its events, what it prints, and its arguments afterwards."""
    EVENTS.clear()
    args = [np.array(a) for a in args]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            result = function(*args)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            file = getattr(function, "__wrapped__", function).__code__.co_filename
            own = [f for f in frames if f.filename == file]
            lines = [f.lineno for f in own if f.name == function.__name__]
            result = (type(error), str(error), lines)
    return result, list(EVENTS), printed.getvalue(), args


def identities(result, args):
    """Return which arrays in a result and arguments are one object, or share memory."""
    parts = list(result) if isinstance(result, tuple) else [result]
    arrays = [p for p in (*parts, *args) if isinstance(p, np.ndarray)]
    return [[(p is q, np.shares_memory(p, q)) for q in arrays] for p in arrays]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_as_the_plain_function(function, monkeypatch):
    stopped = []
    monkeypatch.setattr("sys.breakpointhook", lambda *a: stopped.append(1))
    compiled = braze.jit(function)
    inputs = [(X, Y), (X, Y), (-X - 9, Y), (X[:1], Y[:1]), (X.astype("f4"), Y), (X, Y)]
    for args in inputs * 2:
        wanted = outcome(function, args)
        got = outcome(compiled, args)
        assert got[1:3] == wanted[1:3]
        assert_same(got[0], wanted[0])
        assert_same(got[3], wanted[3], ulps=0)
        assert identities(got[0], got[3]) == identities(wanted[0], wanted[3])
    stats = compiled.stats()
    assert not [r for r in stats["reasons"] if "a fault of braze" in r]
    if function.__name__ not in PLAIN:
        assert stats["regions"] > 0 or stats["compiled_calls"] > 0, stats


def test_a_debugger_sees_all_variables(monkeypatch):
    seen = []

    def hook(*args):
        import sys

        names = sys._getframe(1).f_locals
        seen.append({n: names[n].copy() for n in "xyab"})
        assert sys._getframe(1).f_lineno == stops.__code__.co_firstlineno + 3

    monkeypatch.setattr("sys.breakpointhook", hook)
    compiled = braze.jit(stops)
    for _ in range(3):
        compiled(X, Y)
    assert len(seen) == 3
    assert_same(seen[2]["b"], (X * 2 + Y) * 3 + 1)
    assert compiled.stats()["divided_calls"] == 3
