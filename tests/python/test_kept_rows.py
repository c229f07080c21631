"""Loops that make rows and use them more than once, or multiply them, in machine code."""

import numpy as np
import pytest
from compared import alike
from sparse_given import made, out_of_range, strided_and_special

import braze


def sparse_product(at, column, value, x):
    y = np.zeros(len(at) - 1, value.dtype)
    for i in range(len(at) - 1):
        y[i] = value[at[i] : at[i + 1]] @ x[column[at[i] : at[i + 1]]]
    return y


def used_twice(at, column, value, x):
    y = np.zeros((2, len(at) - 1), value.dtype)
    for i in range(len(at) - 1):
        near = x[column[at[i] : at[i + 1]]]
        y[0, i] = np.dot(near, near)
        y[1, i] = (near * near).sum() + near.sum()
    return y


def over_the_table(at, column, value, x):
    """The elements that are gathered are those that change."""
    x = x.copy()
    for i in range(0, min(len(column), len(value)) - 5, 5):
        if len(x) >= 5:
            x[:5] = x[column[i : i + 5]]
    return x


def seidel(at, column, value, x):
    x = x.copy()
    for _ in range(2):
        for i in range(min(len(at) - 1, x.size)):
            s = np.dot(value[at[i] : at[i + 1]], x[column[at[i] : at[i + 1]]])
            x[i] = x[i] / 2 - s / 100
    return x


def differences(at, column, value, x):
    out = np.zeros((7, 7), x.dtype)
    a = np.outer(x[:7], value[:9])
    for i in range(len(a)):
        for j in range(len(a)):
            d = a[i] - a[j]
            out[i, j] = d @ d
    return out


def nested(at, column, value, x):
    """Rows of an outer loop that inner ones use, next to rows of their own."""
    total = x[0] * 0 if len(x) else value[0] * 0
    for i in range(len(at) - 1):
        outer = value[at[i] : at[i + 1]] * 2
        for k in range(3):
            inner = outer - k
            total = total + np.dot(outer, inner) + inner[:2].sum()
        total = total + np.dot(outer, outer)
    return total


def seen_in_parts(at, column, value, x):
    total = value[0] * 0
    for i in range(len(at) - 1):
        if at[i + 1] - at[i] > 3:
            near = x[column[at[i] : at[i + 1]]] + 1
            total = total + near[1:] @ near[:-1] + near[::-1] @ near + near[2] - near[-1]
    return total


def in_two_copies_of_the_loop(at, column, value, x):
    """Indices under a condition are checked before the loop, in one of two copies of its code."""
    out = np.zeros(len(at) - 1)
    for i in range(len(at) - 1):
        part = value[at[i] : at[i + 1]]
        if len(part) < 4:
            part = part * 2.0
            out[i] = len(part) / 3 if len(part) * 2 > 3 else np.dot(part, part)
    return out


def truths(at, column, value, x):
    total = 0
    for i in range(len(at) - 1):
        near = x[column[at[i] : at[i + 1]]] > 0
        total += near.sum() + near.any()
    return total


ALL = [
    sparse_product, used_twice, over_the_table, seidel, differences, nested, seen_in_parts, truths,
    in_two_copies_of_the_loop,
]  # fmt: skip


@pytest.mark.parametrize("value", ["f8", "f4", "i4"])
@pytest.mark.parametrize("index", ["i8", "i4"])
@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_as_numpy(function, index, value):
    compiled = braze.jit(function)
    for rows, n in [(20, 60), (3, 7), (100, 40), (1, 7)]:
        alike(function, compiled, *made(rows, n, index, value))
    assert compiled.stats()["compiled_calls"] >= 3


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_indices_out_of_range(function):
    compiled = braze.jit(function)
    for args in out_of_range():
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_nothing_there(function):
    at, column, value, x = made(20, 60)
    compiled = braze.jit(function)
    for args in [
        (at * 0, column, value, x),
        (at, column[:0], value, x),
        (at[:1], column, value, x),
    ]:
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_strides_and_special_values(function):
    compiled = braze.jit(function)
    for args in strided_and_special():
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", [used_twice, truths], ids=lambda f: f.__name__)
def test_rows_of_many_elements(function):
    rng = np.random.default_rng(0)
    column = rng.integers(0, 50, 100000)
    x = rng.standard_normal(50)
    at = np.array([0, 5, 60000, 60001, 99999, 99999])
    alike(function, braze.jit(function), at, column, rng.standard_normal(100000), x)


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
def test_loops_are_one_piece_of_code(function):
    compiled = braze.jit(function, fallback=False)
    compiled(*made(40, 60))
    assert compiled.stats()["launches"] <= 3
