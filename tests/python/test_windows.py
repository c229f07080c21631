"""Slices with bounds known only at run time: NumPy's bits at odd sizes, loops compiled whole."""

import copy

import numpy as np
import pytest
from exact import check
from window_programs import PROGRAMS, random

import braze


def outcome(function, given):
    try:
        return function(*given)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("plain", PROGRAMS, ids=lambda f: f.__name__)
def test_program(plain):
    compiled = braze.jit(plain)
    for n in (9, 0, 1, 2, 3, 9, 16):
        given = PROGRAMS[plain](n)
        mine, theirs = copy.deepcopy(given), copy.deepcopy(given)
        wanted, got = outcome(plain, theirs), outcome(compiled, mine)
        check(got, wanted, f"{plain.__name__}, n = {n}", layout=False)
        check(mine, theirs, f"arguments of {plain.__name__}, n = {n}")
    stats = compiled.stats()
    assert stats["divided_calls"] == 0, stats
    # Only the smallest sizes may go to Python: where nothing is left of an array, or it raises.
    assert stats["compiled_calls"] >= 3, stats


def bounds(x, i, j, out):
    for k in range(2):
        a, b = i + k - k, j + k - k
        out[0] += x[a:b].sum() + 2 * x[a:].sum() + 3 * x[:b].sum()
        out[1] += x[a:b:2].sum() + 2 * x[a::-1].sum() + 3 * x[:b:-2].sum() + 4 * x[a:b:-1].sum()
        x[a:b] += 1
        x[b:a:-3] *= 2


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_bounds_are_those_of_python(n):
    compiled = braze.jit(bounds)
    for i in range(-9, 10, 2):
        for j in range(-8, 10, 3):
            x = np.arange(1.0, n + 1)
            mine, theirs = (x.copy(), i, j, np.zeros(2)), (x.copy(), i, j, np.zeros(2))
            bounds(*theirs)
            compiled(*mine)
            check(mine, theirs, f"[{i}:{j}] of {n}")


def too_large(x, y):
    for i in range(x.shape[0]):
        x[i : i + 2] += y
    return x


def repeated(x, y):
    for i in range(x.shape[0]):
        y += x[i:]
    return y


@pytest.mark.parametrize("function", [too_large, repeated], ids=lambda f: f.__name__)
def test_sizes_that_do_not_fit_raise_as_in_numpy(function):
    """Also where one element is repeated, which only shows at run time."""
    compiled = braze.jit(function)
    for n, m in ((4, 2), (4, 3), (1, 2), (4, 1), (2, 2)):
        mine, theirs = (random(n), random(m)), (random(n), random(m))
        check(outcome(compiled, mine), outcome(function, theirs), f"{n}, {m}")
        check(mine, theirs, f"arguments, {n}, {m}")


def of_columns(a, out):
    for i in range(a.shape[1] + 1):
        out[i] = a[:, :i].sum(axis=0).sum() + a[:, :i].sum() + (a[:, :i] * a[:1, :i]).sum(axis=1)[0]


@pytest.mark.parametrize("order", "CF")
def test_sums_over_few_columns_have_numpys_order(order):
    """With one column the sum along it is pairwise, with two it goes row by row."""
    a = np.asarray(random(300, 4) * 1e3 - 400, order=order)
    mine, theirs = np.zeros(5), np.zeros(5)
    braze.jit(of_columns)(a, mine)
    of_columns(a, theirs)
    check(mine, theirs)


def unused(x, y):
    for i in range(x.shape[0]):
        x[i : i + 2] + y
    return x


def test_what_nothing_uses_still_raises():
    x, y = random(5), random(3)
    with pytest.raises(ValueError):
        unused(x, y)
    with pytest.raises(ValueError):
        braze.jit(unused)(x, y)
