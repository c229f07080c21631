"""Control flow on values that are known only when the function runs, against NumPy."""

# ruff: noqa: SIM108

import numpy as np
import pytest
from same import assert_same

import braze
from braze.dispatch.recording import record

RNG = np.random.default_rng(3)
X = RNG.random((5, 4))


def sign_of_sum(x):
    if x.sum() > 0:
        y = x + 1
    else:
        y = x - 1
    return y * 2


def early_return(x):
    if x.max() > 0.5:
        return x * 2
    y = x + 1
    return y * 3


def nested_if(x, limit):
    if x.sum() > limit:
        scale = 2.0
        if x.min() > 0:
            y = x * scale
        else:
            y = x / scale
    else:
        scale = 3.0
        y = x
    return y + scale


def row_loop(x):
    total = x[0] * 0
    for i in range(x.shape[0]):
        total = total + x[i] * i
    return total


def running_sum(x):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i, 0]
    return s


def rows_directly(x):
    total = np.zeros(x.shape[1])
    for row in x:
        total += row
    return total


def repeated(x, times):
    for _ in range(times):
        x = x * 0.5 + 1
    return x


def long_static_loop(x):
    for i in range(200):
        x = x * 0.5 + i
    return x


def long_loop_of_floats(x):
    for i in range(100):
        x = x + 0.25 * i
    return x


def counted(x):
    k = 0
    total = 0
    for i in range(x.shape[0]):
        k = k + 2 * i
        total = total * 7 + k // 3 - k % 3
    return x + k, k, total


def converge(x):
    error = x.sum()
    steps = 0
    while error > 0.01:
        x = x * 0.5
        error = x.sum()
        steps = steps + 1
    return x, steps


def conditional(x):
    return x * 2 if x.sum() > 0 else x - 2


def scalar_of_either_way(x, s):
    if x.sum() > 0:
        t, u = x.max(), s
    else:
        t, u = x.min(), s * 2
    return x * t + u, t, u


def both_conditions(x):
    if x.sum() > 0 and not x.max() > 100:
        return x + 1
    return x - 1


def break_in_known_loop(x):
    for k in range(10):
        if k == 3:
            break
        if k % 2:
            continue
        x = x + k
    return x


def chosen_by_flag(x, flag=False):
    return x + 1 if flag else x - 1


def shape_decisions(x, y):
    if x.shape != y.shape:
        return x
    return x + y


CASES = [
    (sign_of_sum, (X,), (-X,)),
    (early_return, (X,), (-X,)),
    (nested_if, (X, 1.0), (X, 1000.0), (X - 0.5, -1000.0)),
    (row_loop, (X,), (X[:2],)),
    (running_sum, (X,), (X[:2],)),
    (rows_directly, (X,), (X[:3],)),
    (repeated, (X, 5), (X, 100), (X, 0)),
    (long_static_loop, (X,)),
    (long_loop_of_floats, (X,)),
    (counted, (X,), (X[:3],), (np.ones((40, 1)),)),
    (converge, (X,), (X * 0,)),
    (conditional, (X,), (-X,)),
    (both_conditions, (X,), (X * 1000,)),
    (scalar_of_either_way, (X, 0.5), (-X, 0.5)),
    (break_in_known_loop, (X,)),
    (chosen_by_flag, (X,), (X, True), (X, False)),
    (shape_decisions, (X, X), (X, X[:2])),
]


@pytest.mark.parametrize(
    ("function", "calls"), [(c[0], c[1:]) for c in CASES], ids=[c[0].__name__ for c in CASES]
)
def test_script_takes_it(function, calls):
    compiled = braze.script(function)
    for arguments in calls:
        assert_same(compiled(*arguments), function(*arguments), ulps=8)
    assert compiled.stats()["compiled_calls"] > 0


@pytest.mark.parametrize(
    ("function", "op"),
    [
        (sign_of_sum, "if"),
        (row_loop, "for"),
        (rows_directly, "for"),
        (converge, "while"),
        (long_static_loop, "for"),
        (conditional, "if"),
    ],
)
def test_it_becomes_a_node(function, op):
    graph = record(function, (X,), {}, "script").graph
    assert op in {graph.op(node) for node in graph.nodes()}
    graph.verify()
    assert str(braze.parse(str(graph))) == str(graph)


def lost_name(x):
    if x.sum() > 0:
        y = x
    return y + 1


def different_types(x):
    if x.sum() > 0:
        y = x
    else:
        y = x.sum()
    return y + 1


def break_at_run_time(x):
    for i in range(x.shape[0]):
        if x[i, 0] > 0:
            break
    return x


def truth_of_array(x):
    if x > 0:
        return x
    return -x


@pytest.mark.parametrize(
    "function",
    [
        lost_name,
        different_types,
        break_at_run_time,
        truth_of_array,
    ],
)
def test_what_is_not_compiled_says_where_and_runs_as_it_is(function):
    with pytest.raises(braze.CompileError) as caught:
        braze.script(function)(X.copy())
    assert caught.value.reason.place.file == __file__
    compiled = braze.jit(function)
    ours, theirs = X.copy(), X.copy()
    try:
        wanted = function(theirs)
    except Exception as error:
        with pytest.raises(type(error), match=str(error)[:20]):
            compiled(ours)
    else:
        assert_same(compiled(ours), wanted, ulps=0)
    np.testing.assert_array_equal(ours, theirs)
    # The test of an `if` is worth compiling even where its ways are not.
    mode = "islands" if function is different_types else "plain"
    assert compiled.explain(X).data["mode"] == mode
