"""The versions that workloads hold for other tools, run without those tools."""

import sys
import types

import numpy as np
import pytest

from braze.bench import workload

SCALE = 1e-4
NAMES = {
    **{n: getattr(np, n) for n in ("sqrt", "exp", "log", "sin", "cos", "tanh", "where", "maximum")},
    **{n: getattr(np, n) for n in ("minimum", "abs", "arcsin", "floor", "sum", "real", "imag")},
}


def evaluate(expression, out=None):
    """Stand for `numexpr.evaluate`: the expression over the caller's variables alone."""
    value = eval(expression, dict(NAMES), sys._getframe(1).f_locals)
    if out is None:
        return value
    out[...] = value
    return out


def njit(function=None, **options):
    """Stand for `numba.njit`: Python runs the loops."""
    return function or (lambda function: function)


def with_version(rival):
    return [n for n in workload.names() if workload.load(n, "").version(rival)]


def same_answer(name, call):
    work = workload.load(name, "")
    args = work.inputs(np.random.default_rng(4), SCALE)
    wanted = work.run(*workload.copies(args))
    wrong = workload.mismatch(wanted, call(work)(*workload.copies(args)), work.rtol, work.strays)
    assert wrong is None, wrong


@pytest.mark.parametrize("name", with_version("numexpr"))
def test_numexpr(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "numexpr", types.SimpleNamespace(evaluate=evaluate))
    same_answer(name, lambda work: work.version("numexpr"))


@pytest.mark.parametrize("name", with_version("numba"))
def test_numba_loops(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", types.SimpleNamespace(njit=njit, prange=range))
    with np.errstate(all="ignore"):
        same_answer(name, lambda work: work.version("numba")(2))
