"""Where a debugger or coverage follows lines, it sees the lines of the plain function."""

import sys

import numpy as np
import pytest

import braze

X = np.arange(4.0)


def scaled(x):
    y = x * 2
    return y + 1


def lines_of(function):
    """Return the lines of `scaled` that a debugger sees in a call."""
    seen, first = [], scaled.__code__.co_firstlineno

    def follow(frame, event, _):
        if frame.f_code is scaled.__code__ and event == "line":
            seen.append(frame.f_lineno - first)
        return follow

    before = sys.gettrace()
    sys.settrace(follow)
    try:
        function(X)
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize("mode", ["hybrid", "trace"])
def test_lines_are_seen(mode):
    jitted = braze.jit(scaled, mode=mode)
    jitted(X)
    assert lines_of(jitted) == lines_of(scaled) == [1, 2]
    jitted(X)
    assert jitted.stats()["compiled_calls"] == 2 and jitted.stats()["plain_calls"] == 1


def test_compiled_where_nothing_else_will_do():
    assert lines_of(braze.script(scaled)) == []


def test_profilers_do_not_matter():
    jitted = braze.jit(scaled)
    sys.setprofile(lambda *_: None)
    try:
        jitted(X)
    finally:
        sys.setprofile(None)
    assert jitted.stats()["compiled_calls"] == 1
