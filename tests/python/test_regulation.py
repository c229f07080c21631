"""What is slower compiled is left to the plain function, call class by call class."""

import threading

import numpy as np
import pytest
from same import assert_same

import braze
from braze import _core


class FakeClock:
    """Time in which each call of a function takes as long as the test says."""

    def __init__(self, compiled, plain):
        self.costs = {"compiled_calls": compiled, "divided_calls": compiled, "plain_calls": plain}
        self.now = 1
        self.seen = dict.fromkeys(self.costs, 0)
        self.function = None

    def __call__(self):
        counters = self.function._counters()
        for name, cost in self.costs.items():
            self.now += cost * (counters[name] - self.seen[name])
            self.seen[name] = counters[name]
        return self.now


def regulated(function, compiled, plain):
    made = braze.jit(function)
    clock = FakeClock(compiled, plain)
    clock.function = made
    made._regulate(clock)
    return made, clock


def counts(function):
    stats = function.stats()
    return stats["compiled_calls"] + stats["divided_calls"], stats["plain_calls"]


def add(a, b):
    return a * 2 + b


X = np.arange(6.0)


def test_a_slower_function_runs_plain():
    f, _ = regulated(add, compiled=4500, plain=3100)
    for _ in range(40):
        assert_same(f(X, X), add(X, X))
    compiled, _ = counts(f)
    for _ in range(40):
        assert_same(f(X, X), add(X, X))
    assert counts(f)[0] == compiled
    stats = f.stats()
    assert stats["regulated_calls"] == stats["plain_calls"] > 40
    (trial,) = stats["regulation"]
    assert (trial["serves"], trial["compiled_us"], trial["plain_us"]) == ("plain", 4.5, 3.1)
    told = str(f.explain(X, X))
    measured = trial["measured_calls"]
    assert f"plain was faster: 3.1 us against 4.5 us over {measured} calls" in told


def test_a_faster_function_stays_compiled():
    f, clock = regulated(add, compiled=3100, plain=4500)
    for _ in range(40):
        f(X, X)
    plain = counts(f)[1]
    assert 0 < plain < 20
    clock.costs["compiled_calls"] = 10**6  # nobody looks at the clock any more
    for _ in range(100):
        f(X, X)
    assert counts(f)[1] == plain
    assert "compiled was faster: 3.1 us against 4.5 us" in str(f.explain(X, X))


def test_sizes_are_judged_apart():
    f, clock = regulated(add, compiled=4500, plain=3100)
    large = np.arange(100000.0)
    for _ in range(40):
        f(X, X)
    clock.costs.update(compiled_calls=200_000, plain_calls=900_000)
    for _ in range(40):
        f(large, large)
    before = counts(f)
    f(X, X)
    f(large, large)
    assert counts(f) == (before[0] + 1, before[1] + 1)
    assert {t["serves"] for t in f.stats()["regulation"]} == {"plain", "compiled"}


def test_what_is_surely_faster_is_not_tried():
    def steps(x, n):
        for _ in range(n):
            x = x * 0.5 + 1
        return x

    f, _ = regulated(steps, compiled=2_000_000, plain=1000)
    for _ in range(40):
        f(X, 20)
    assert counts(f)[1] == 0
    assert f.stats()["regulation"] == []


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.exp(x) + 1,
        lambda x: x + np.log(x.sum() + 1.0),
        lambda x: np.sort(np.tanh(x) + x * 0.5) * 2 + x * 3,
    ],
)
def test_results_that_may_differ_by_an_ulp_do_not_change_from_call_to_call(function):
    f, _ = regulated(function, compiled=4500, plain=3100)
    x = np.linspace(0.1, 3, 1001)
    first = f(x)
    for _ in range(60):
        assert f(x).tobytes() == first.tobytes()
    stats = f.stats()
    assert stats["plain_calls"] == stats["regulated_calls"] == 0


def test_effects_happen_once_a_call():
    seen = []

    def f(x, out):
        y = x * 2 + 1
        seen.append(len(seen))
        out += y
        out *= 0.5
        return y - x

    made, _ = regulated(f, compiled=4500, plain=3100)
    out, wanted = np.zeros(6), np.zeros(6)
    for i in range(60):
        made(X, out)
        wanted = (wanted + (X * 2 + 1)) * 0.5
        assert len(seen) == i + 1
        assert_same(out, wanted)
    divided, plain = counts(made)
    assert divided > 0 and plain > 20
    assert "plain was faster" in str(made.explain(X, out))


def test_guards_are_asked_where_plain_serves():
    scale = 2.0

    def f(x, mode):
        return x * scale if mode else x + np.ones(6)

    made, _ = regulated(f, compiled=4500, plain=3100)
    for _ in range(100):
        assert_same(made(X, True), X * scale)
        scale += 1
        assert_same(made(X, False), X + 1)
    assert made.stats()["plain_calls"] > 0


def test_other_values_are_found_behind_a_plain_verdict():
    def f(x, kind):
        return x * 2 if kind == "a" else x - 1

    made, clock = regulated(f, compiled=4500, plain=3100)
    for _ in range(40):
        made(X, "a")
    clock.costs.update(compiled_calls=1000, plain_calls=5000)
    for _ in range(200):
        assert_same(made(X, "b"), X - 1)
    before = counts(made)
    made(X, "b")
    assert counts(made) == (before[0] + 1, before[1])
    made(X, "a")
    assert counts(made) == (before[0] + 1, before[1] + 1)


def test_a_plain_verdict_is_doubted():
    f, clock = regulated(add, compiled=4500, plain=3100)
    for _ in range(40):
        f(X, X)
    clock.costs.update(compiled_calls=1000)
    for _ in range(5000):
        f(X, X)
    before = counts(f)
    f(X, X)
    assert counts(f) == (before[0] + 1, before[1])


def test_errors_are_not_measured():
    f, _ = regulated(add, compiled=4500, plain=3100)
    for _ in range(10):
        f(X, X)
        with pytest.raises(ValueError, match="broadcast"):
            f(X, np.arange(5.0))
    for _ in range(40):
        f(X, X)
    assert f.stats()["regulation"][0]["plain_us"] == 3.1


def test_a_clock_that_fails_fails_the_call():
    def broken():
        raise OSError("no time")

    f = braze.jit(add)
    f._regulate(broken)
    with pytest.raises(OSError, match="no time"):
        for _ in range(10):
            f(X, X)


def test_threads_share_a_verdict():
    f = braze.jit(add)
    f._regulate(None)
    wanted = add(X, X)
    wrong = []

    def work():
        for _ in range(500):
            if f(X, X).tobytes() != wanted.tobytes():
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
    (trial,) = f.stats()["regulation"]
    assert trial["settled"]
    assert f.stats()["calls"] == 2000


def test_it_is_on_unless_turned_off(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    off = braze.jit(add)
    monkeypatch.delenv("BRAZE_REGULATE")
    on = braze.jit(add)
    strict = braze.script(add)
    for _ in range(100):
        off(X, X), on(X, X), strict(X, X)
    assert len(on.stats()["regulation"]) == 1
    assert off.stats()["regulation"] == strict.stats()["regulation"] == []


def test_regions_are_judged_too():
    def f(x):
        y = x * 2 + 1
        z = np.asarray_chkfinite(y)
        return z * 3 - 1

    made = braze.jit(f)
    made(X)
    (first, *_) = [r.function for r in made._compiler.rewriting.live()]
    clock = FakeClock(4500, 3100)
    clock.function = first
    first._regulate(clock)
    first._reset()
    for _ in range(80):
        assert_same(made(X), f(X))
    assert first._counters()["plain_calls"] > 0
    assert "; plain was faster: 3.1 us against 4.5 us" in str(made.explain(X))


def test_the_table_says_what_is_exact():
    exact = {name for name, row in _core.ops.items() if row["exact"]}
    assert {"add", "divide", "sqrt", "sum", "matmul", "where", "floor_divide"} <= exact
    assert not exact & {"exp", "tanh", "power", "whole_power", "arctan2", "logaddexp", "erf"}


def test_a_loop_for_which_an_array_is_made_of_a_list_is_measured():
    def first_true(rows):
        i = 0
        while i < len(rows) - 1 and not rows[i][i]:
            i += 1
        return i

    rows = [[i == j == 2 for j in range(40)] for i in range(40)]
    f, _ = regulated(first_true, compiled=90_000, plain=3000)
    for _ in range(40):
        assert f(rows) == first_true(rows) == 2
    assert counts(f)[1] > 30
