"""Powers of Python floats that are known only when the function runs."""

import math

import numpy as np
import pytest
from exact import check

import braze


def power(x, y, n):
    result = 0.0
    for _ in range(n):
        result = x**y
    return result


def by_math(x, y, n):
    result = 0.0
    for _ in range(n):
        result = math.pow(x, y)
    return result


def cartpole(th, thd, n):
    for _ in range(n):
        acceleration = (9.8 * math.sin(th) - 0.5 * thd**2) / (4 / 3 - math.cos(th) ** 2 / 11)
        thd += 0.02 * acceleration
        th += 0.02 * thd
        if abs(th) > 0.5:
            break
    return th, thd, 2.0**th


SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 0.5, 1e200, 5e-324, math.inf, -math.inf, math.nan]
NUMBERS = [*SPECIAL, 3, -3, True, np.float64(-1.5), np.float32(2)]


def outcome(function, *args):
    try:
        return function(*args)
    except ArithmeticError as error:
        return type(error), str(error)
    except ValueError as error:
        return type(error), str(error)


@pytest.mark.parametrize("function", [power, by_math])
@pytest.mark.parametrize("x", NUMBERS)
def test_powers_of_special_numbers(function, x):
    jitted = braze.jit(function)
    with np.errstate(all="ignore"):
        for y in NUMBERS:
            check(outcome(jitted, x, y, 2), outcome(function, x, y, 2), f"{x!r} ** {y!r}", ulps=1)


def test_a_loop_of_floats_with_powers_is_compiled():
    jitted = braze.jit(cartpole)
    for n in (0, 5, 200):
        check(jitted(0.05, 0.1, n), cartpole(0.05, 0.1, n), ulps=64)
    assert jitted.stats()["compiled_calls"] == 3


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_scalars_to_a_half_are_roots(dtype):
    """NumPy's pow of them is the root in all but one of a thousand cases."""
    compiled = braze.jit(lambda x: (x * 2)[0] ** 0.5)
    x = np.random.default_rng(1).lognormal(0, 3, 2000).astype(dtype)
    for value in x[:200]:
        assert compiled(np.array([value])) == np.sqrt(value * dtype_of(dtype)(2))
    with np.errstate(all="ignore"):
        for value in (-0.0, 0.0, np.inf, -np.inf, np.nan, -1.0):
            given = np.array([value], dtype)
            check(compiled(given), (given * 2)[0] ** 0.5, f"{value} to a half")


def dtype_of(name):
    return np.dtype(name).type
