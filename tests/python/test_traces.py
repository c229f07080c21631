"""Traces that decide on values: both ways in one graph, side exits, and what is told about them."""

import numpy as np
import pytest
from exact import check

import braze
from braze.dispatch.recording import record
from braze.reports import compare
from braze.tracing.paths import MOST_FORKS

X = np.arange(-2.0, 3.0)
WAYS = [X, X + 1, X - 10, X * 0, X * 100 - 100, -X, X * 1e-3]


def lines_of(function, *names):
    first = function.__code__.co_firstlineno
    return [first + n for n in names]


def agrees(function, inputs=WAYS):
    """Trace with one input, call with all; return the compiled function."""
    compiled = braze.jit(function, mode="trace")
    for x in inputs * 2:
        given, wanted = x.copy(), x.copy()
        check(compiled(given), function(wanted))
        check(given, wanted)
    return compiled


def three_ways(x):
    if x.sum() > 0:
        return x * 2
    if x.max() > 1:
        return x - 1
    return x + 5


def test_each_way_is_compiled():
    compiled = agrees(three_ways)
    stats = compiled.stats()
    assert stats["specialisations"] == 1 and stats["plain_calls"] == 0


def test_branches_are_reported():
    traced = braze.trace(three_ways, X)
    assert [b.answers for b in traced.branches] == [(True, False), (True, False)]
    assert [b.place.line for b in traced.branches] == lines_of(three_ways, 1, 3)
    report = traced.explain(X)
    assert [b["answers"] for b in report.data["branches"]] == [[True, False]] * 2
    assert "both ways are recorded" in str(report)
    assert braze.trace(lambda x: x + 1, X).branches == []


def test_a_trace_goes_another_way_than_its_example():
    traced = braze.trace(three_ways, X + 100)
    for x in WAYS:
        check(traced(x), three_ways(x))


def test_arguments_changed_on_the_ways():
    def f(x):
        x += 1
        if x.sum() > 3:
            x *= 2
            return [x * 3, x.max()]
        x[1:] -= 1
        return [x * 1.0, x.min()]

    assert agrees(f).stats()["plain_calls"] == 0


def test_a_changed_argument_returned_on_one_way():
    def f(x):
        x += 1
        if x.sum() > 3:
            return x
        return x * 2

    agrees(f)


def test_views_and_the_argument_itself():
    def f(x):
        if x.sum() > 3:
            return x
        if x.sum() > -3:
            return x[:]
        return x[1:]

    compiled = braze.jit(f, mode="trace")
    for x in WAYS * 2:
        got, wanted = compiled(x), f(x)
        check(got, wanted)
        assert (got is x) == (wanted is x) and np.shares_memory(got, x)


def test_loops_are_left_at_the_right_round():
    def f(x):
        n = 0
        while np.abs(x).max() > 1:
            x = x / 2
            n += 1
        return x, n

    compiled = agrees(f)
    stats = compiled.stats()
    assert stats["compiled_calls"] > 0 and stats["specialisations"] == 1
    long = X * 2.0 ** (MOST_FORKS + 5)  # more rounds than the trace has
    check(compiled(long), f(long))
    assert compiled.stats()["plain_calls"] == stats["plain_calls"] + 1


def test_ways_are_bounded():
    def f(x):
        for k in range(10):
            x = x * 2 if x[k % 5] > 0 else x - 1
        return x

    compiled = agrees(f)
    branches = braze.trace(f, X).branches
    assert sum(len(b.answers) == 2 for b in branches) <= MOST_FORKS
    assert any(len(b.answers) == 1 for b in branches)
    assert compiled.stats()["specialisations"] == 1


def test_results_of_different_types_are_side_exits():
    def f(x):
        if x.sum() > 0:
            return "positive"
        return x + 1

    agrees(f)
    (branch,) = braze.trace(f, X).branches
    assert branch.answers == (False,)


def test_a_way_that_raises_is_a_side_exit():
    def f(x):
        if x.sum() > 3:
            raise ValueError("too large")
        return x + 1

    compiled = braze.jit(f, mode="trace")
    check(compiled(X), X + 1)
    with pytest.raises(ValueError, match="too large"):
        compiled(X + 100)
    check(compiled(X), X + 1)
    assert compiled.stats()["compiled_calls"] == 2


def test_decisions_in_helpers_and_short_circuits():
    def sign(v):
        return 1.0 if v > 0 else -1.0

    def f(x):
        if x.sum() > 0 and x[0] > -1 or x.min() < -50:
            return x * sign(x.max())
        return x * sign(x[1]) + sign(x[2])

    assert agrees(f).stats()["plain_calls"] == 0


def test_functions_without_source_decide_too():
    space = {"np": np}
    exec("def f(x):\n    if x.sum() > 0:\n        return x * 2\n    return -x", space)
    compiled = braze.jit(space["f"])
    for x in WAYS:
        check(compiled(x), space["f"](x))
    assert compiled.stats()["plain_calls"] == 0


def test_a_scripted_function_in_a_trace():
    @braze.script
    def inner(x):
        return x * 2 if x.sum() > 0 else x - 1

    def f(x):
        return inner(x) + 1

    assert agrees(f).stats()["plain_calls"] == 0


def test_a_traced_function_in_a_script():
    inner = braze.trace(three_ways, X)

    def f(x):
        return inner(x) * 3

    compiled = braze.script(f)
    for x in WAYS:
        check(compiled(x), f(x))


def test_state_outside_is_never_recorded():
    count, last = 0, None

    def f(x):
        nonlocal count, last
        count += 1
        last = x
        return x + count

    compiled = braze.jit(f, mode="trace")
    check([compiled(X) for _ in range(3)], [X + 1, X + 2, X + 3])
    assert count == 3 and last is X


def test_compare_finds_what_differs(capsys, monkeypatch):
    def same(x):
        return np.exp(x) * 2 + x.sum()

    def unlike(x):
        return x + 1 if isinstance(x, np.ndarray) and x.sum() > 0 else x

    assert compare.difference(same, (X,), {}, record(same, (X,), {}, "script")) == ""
    other = record(lambda x: np.exp(x) * 3 + x.sum(), (X,), {}, "script")
    assert "-  " in compare.difference(same, (X,), {}, other)
    told = compare.difference(unlike, (X,), {}, record(unlike, (X,), {}, "script"))
    assert told.startswith("there is no trace: a decision on the value")
    monkeypatch.setenv("BRAZE", "compare")
    braze.jit(same)(X)
    assert "same: script and trace make the same graph" in capsys.readouterr().err


@pytest.mark.parametrize("mode", ["hybrid", "trace"])
@pytest.mark.parametrize("shape", [(0, 4), (2, 4)])
def test_one_array_given_twice_is_one(mode, shape):
    def f(a, b):
        return b if a is b else a + b

    x, y = np.ones(shape), np.ones(shape)
    compiled = braze.jit(f, mode=mode)
    for _ in range(2):
        assert compiled(x, x) is x
        assert compiled(x, y) is not y


@pytest.mark.parametrize("name", ["max", "min"])
def test_numbers_of_two_types_behind_a_decision(name):
    def f(b, x, s):
        y = 2 if x[0] else 3
        s = s - b[0] * y
        return max(s, 1.0) if name == "max" else min(s, 1.0)

    compiled = braze.jit(f, mode="trace")
    for s in (0.5, 5.0, -3.0):
        for first in (0.0, 1.0):
            args = np.array([1.0]), np.array([first]), s
            check(compiled(*args), f(*args))


def test_a_list_that_is_returned_twice_is_one():
    exec("def f(x):\n    made = [x * 2]\n    return made, [made]", space := {})
    compiled = braze.jit(space["f"])  # without source
    for _ in range(2):
        made, outer = compiled(np.arange(3.0))
        assert outer[0] is made


def test_a_long_loop_runs_once_behind_the_last_fork(monkeypatch):
    from braze.tracing.paths import Paths

    runs, explore = [], Paths.explore

    def counted(self, steps):
        runs.append(len(steps))
        return explore(self, steps)

    def iterate(x, limit):
        for i in range(100):
            x = x * 0.9 + 1.0
            if x.sum() > limit:
                return x, i
        return x, 100

    monkeypatch.setattr(Paths, "explore", counted)
    jitted = braze.jit(iterate, mode="trace")
    for limit in (1e9, 1.0, 60.0):
        check(jitted(np.ones(8), limit), iterate(np.ones(8), limit))
    assert len(runs) < 100
