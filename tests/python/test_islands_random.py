"""Random programs with statements that cannot be compiled: plain and divided must agree.

A failure prints the program. ``BRAZE_FUZZ=5000 pytest tests/python/test_islands_random.py`` tries
more seeds.
"""

import contextlib
import io
import os
import traceback

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from island_programs import Program, arguments
from same import assert_same

import braze

SEEDS = int(os.environ.get("BRAZE_FUZZ", "100"))


def outcome(call, space, given):
    """Return the result or error, the events, the number of lines printed, and the global."""
    log, printed = [], io.StringIO()
    space["COUNT"] = 0
    try:
        with contextlib.redirect_stdout(printed):
            result = call(*given, log)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        # Python itself gives another line where it joins two instructions.
        unbound = isinstance(error, UnboundLocalError)
        result = (type(error).__name__, str(error), 0 if unbound else line)
    return result, log, len(printed.getvalue().splitlines()), space["COUNT"]


def pattern(result, args):
    """Return which arrays are the same object or share memory, and how they lie."""
    parts = list(result) if isinstance(result, tuple) else [result]
    arrays = [p for p in (*parts, *args) if isinstance(p, np.ndarray)]
    same = [[(p is q, np.shares_memory(p, q)) for q in arrays] for p in arrays]
    return same, [(a.strides, a.flags.writeable) for a in arrays if a.size]


def compare(seed):
    program = Program(seed)
    try:
        plain = program.function(f"random program with islands {seed}")
    except SyntaxError:  # a `global` behind a use of the name
        return None
    compiled = braze.jit(plain)
    for given_args in arguments(seed):
        mine, theirs = ([np.copy(a) if np.ndim(a) else a for a in given_args] for _ in range(2))
        wanted = outcome(plain, plain.__globals__, theirs)
        got = outcome(compiled, plain.__globals__, mine)
        note = f"{program.source}\n{given_args}\n{compiled.stats()}"
        assert_same(got, wanted, ulps=64, what=note)
        assert_same(mine, theirs, ulps=0, what=f"arguments of {note}")
        assert pattern(got[0], mine) == pattern(wanted[0], theirs), note
    assert not [r for r in compiled.stats()["reasons"] if "a fault of braze" in r], program.source
    return compiled.stats()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_program(seed):
    compare(seed)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=20, deadline=None)
@given(st.integers(10_000, 10_000_000))
def test_any_program(seed):
    compare(seed)


@pytest.mark.filterwarnings("ignore")
def test_most_programs_have_regions():
    stats = [s for s in map(compare, range(30)) if s is not None]
    assert sum(s["divided_calls"] for s in stats) > len(stats)
    assert sum(s["regions"] for s in stats) > len(stats)
