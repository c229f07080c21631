"""What is recorded of one call is bounded: what is too long runs plain, and loops stay loops."""

import linecache

import numpy as np

import braze

UNTOLD = """
def nested(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] > 0.5:
                total = total + a[i, j]
            else:
                total = total - 1
    return total
"""


def test_a_trace_of_many_decisions_ends_early():
    space = {}
    exec(UNTOLD, space)  # without a source, so that there is a trace alone
    a = np.random.default_rng(0).random((60, 60))
    traced = braze.jit(space["nested"])
    assert traced(a) == space["nested"](a)
    assert "decisions that lead to more than 2500 operations" in str(traced.explain(a))


def operations(function, *args):
    """Return how many lines the graph of a call has."""
    return len(str(braze.jit(function).inspect(*args).graph).splitlines())


def escape(h, w):
    out = np.zeros((h, w), dtype=int)
    for y in range(h):
        for x in range(w):
            c = complex(-2 + 3 * x / w, -1.5 + 3 * y / h)
            z = 0j
            for i in range(30):  # noqa: B007
                if abs(z) > 2:
                    break
                z = z * z + c
            out[y, x] = i
    return out


def test_a_loop_that_may_be_left_is_not_written_out():
    assert np.array_equal(braze.jit(escape)(7, 5), escape(7, 5))
    assert operations(escape, 7, 5) < 400


def test_a_list_of_one_number_is_made_at_once():
    def table(n):
        rows = [[0 for _ in range(300)] for _ in range(n)]
        for i in range(n):
            for j in range(1, 300):
                rows[i][j] = rows[i][j - 1] + i
        return rows

    made = braze.jit(table)
    for n in (9, 10, 20):
        assert made(n) == table(n)
    assert made.stats()["compiled_calls"] == 3
    assert operations(table, 9) < 100


def test_smaller_and_larger_ints_in_loops_are_one_function():
    source = """
def best(a, n):
    low = high = 0
    for i in range(n):
        v = int(a[i]) - 3
        low, high = min(low, v), max(high, v if v < 50 else 50)
    return low, high
"""
    linecache.cache["best.py"] = (len(source), None, source.splitlines(True), "best.py")
    space = {}
    exec(compile(source, "best.py", "exec"), space)
    a = np.arange(200) * 7 % 91
    made = braze.jit(space["best"])
    for n in (5, 100, 200):
        assert made(a, n) == space["best"](a, n)
    steps = str(made.profile(a, 200))
    assert "where" not in steps  # no step of its own
