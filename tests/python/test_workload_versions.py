"""The versions that workloads hold for other tools, run without those tools."""

import sys
import types

import numpy as np
import pytest

from braze.bench import workload

SCALE = 1e-4
NAMES = {
    **{n: getattr(np, n) for n in ("sqrt", "exp", "log", "sin", "cos", "tanh", "where", "maximum")},
    **{n: getattr(np, n) for n in ("minimum", "abs", "arcsin", "floor", "sum", "prod")},
}


def evaluate(expression):
    """Stand for `numexpr.evaluate`: the expression over the caller's variables alone."""
    return eval(expression, dict(NAMES), sys._getframe(1).f_locals)


def with_version(rival):
    return [n for n in workload.names() if workload.load(n, "").version(rival)]


@pytest.mark.parametrize("name", with_version("numexpr"))
def test_numexpr(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "numexpr", types.SimpleNamespace(evaluate=evaluate))
    work = workload.load(name, "")
    args = work.inputs(np.random.default_rng(4), SCALE)
    wanted = work.run(*workload.copies(args))
    wrong = workload.mismatch(wanted, work.version("numexpr")(*args), work.rtol, work.strays)
    assert wrong is None, wrong
