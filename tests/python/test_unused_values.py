"""Values in branches and loops that nothing uses.

What NumPy says of them is said, and the function is compiled all the same.
"""

import numpy as np
import pytest
from compared import compiled, outcome

import braze


def pendulum(y, t):
    return np.array([y[1], -9.81 * y[0]])


def midpoint(y, t):
    """Times that the function has no use for, as programs have that others give functions to."""
    out = np.zeros((len(t), 2))
    out[0] = y
    for i in range(len(t) - 1):
        step = t[i + 1] - t[i]
        half = out[i] + step / 2 * pendulum(out[i], t[i])
        out[i + 1] = out[i] + step * pendulum(half, t[i] + step / 2)
    return out


def in_a_branch(x, y):
    if x[0] > 0:
        _unread = x / y
        x = x + 1
    return x


def in_a_loop(x, y):
    for i in range(3):
        _unread = np.sqrt(x * y) + i
        x = x + 1
    return x


def of_nothing_else(x, y):
    for i in range(3):
        _unread = x[i] / y[i]
    return x


def one_of_another(x, y):
    total = 0.0
    for i in range(len(x)):
        first = x[i] * y[i]
        _second = first / y
        total += x[i]
    return total


def of_ints(x, y):
    total = 0
    for i in range(len(x)):
        _unread = int(x[i]) // int(y[i])
        total += i
    return total


FUNCTIONS = [in_a_branch, in_a_loop, of_nothing_else, one_of_another]
NUMBERS = [1.0, 0.0, -1.0, 1e308, np.nan, np.inf]


def test_times_of_steps_that_nothing_reads():
    assert compiled(midpoint, (np.array([1.0, 0.0]), np.linspace(0, 1, 20)))


@pytest.mark.parametrize("function", [in_a_loop, one_of_another], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i8", "?"])
def test_compiles(function, dtype):
    x, y = np.ones(5, dtype), np.ones(5, dtype)
    jitted = braze.jit(function)
    assert outcome(jitted, x, y)[1] == outcome(function, x, y)[1]
    assert jitted.stats()["compiled_calls"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize("other", NUMBERS)
def test_warns_as_numpy(function, value, other):
    jitted = braze.jit(function)
    x, y = np.full(5, value), np.full(5, other)
    for _ in range(2):
        mine, theirs = outcome(jitted, x, y), outcome(function, x, y)
        assert mine[1] == theirs[1]
        assert np.array_equal(mine[0], theirs[0], equal_nan=True)


def test_raises_as_python():
    jitted = braze.jit(of_ints)
    x, y = np.arange(5.0), np.arange(5.0)
    assert jitted(x, y + 1) == of_ints(x, y + 1)
    with pytest.raises(ZeroDivisionError):
        jitted(x, y)


def test_raises_where_errors_are_to_be_raised():
    jitted = braze.jit(in_a_loop)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="invalid value"):
        jitted(np.full(5, -1.0), np.ones(5))
