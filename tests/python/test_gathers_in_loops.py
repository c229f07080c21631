"""Loops that make numbers of gathered elements, `x[neighbours[i]].mean()`, in machine code."""

import numpy as np
import pytest
from compared import alike
from sparse_given import made, out_of_range, strided_and_special

import braze


def sparse_product(at, column, value, x):
    y = np.zeros(len(at) - 1, value.dtype)
    for i in range(len(at) - 1):
        y[i] = np.sum(value[at[i] : at[i + 1]] * x[column[at[i] : at[i + 1]]])
    return y


def largest_neighbour(at, column, value, x):
    out = np.zeros_like(x)
    for i in range(min(len(at) - 1, x.size)):
        if at[i] < at[i + 1]:
            near = x[column[at[i] : at[i + 1]]]
            out[i] = near.max() - x[i] + (near > 0).sum()
    return out


def relaxed(at, column, value, x):
    x = x.copy()
    for _ in range(2):
        for i in range(min(len(at) - 1, x.size)):
            x[i] = (x[column[at[i] : at[i + 1]]].sum() + x[i]) / 2
    return x


def of_a_matrix(at, column, value, x):
    m = np.outer(x, value[:50])
    total = 0.0
    for i in range(len(at) - 1):
        near = column[at[i] : at[i + 1]]
        total += m[near, near % m.shape[1]].sum()
    return total


ALL = [sparse_product, largest_neighbour, relaxed, of_a_matrix]


@pytest.mark.parametrize("value", ["f8", "f4", "i4"])
@pytest.mark.parametrize("index", ["i8", "i4", "u1"])
@pytest.mark.parametrize("function", ALL)
def test_as_numpy(function, index, value):
    compiled = braze.jit(function)
    for rows, n in [(20, 60), (3, 7), (100, 40), (1, 1)]:
        args = made(rows, n, index, value)
        if index == "u1":
            args[1][:] %= n
        alike(function, compiled, *args)
    assert compiled.stats()["compiled_calls"] >= 3


@pytest.mark.parametrize("function", ALL)
def test_indices_out_of_range(function):
    compiled = braze.jit(function)
    for args in out_of_range():
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", ALL[:3])
def test_nothing_to_gather_from(function):
    at, column, value, x = made(20, 60)
    compiled = braze.jit(function)
    for args in [
        (at * 0, column, value, x[:0]),
        (at, column, value, x[:0]),
        (at, column[:0], value, x),
    ]:
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", ALL[:3])
def test_strided_tables_and_special_values(function):
    compiled = braze.jit(function)
    for args in strided_and_special():
        alike(function, compiled, *args)


@pytest.mark.parametrize("function", ALL[:3])
def test_loops_are_one_piece_of_code(function):
    compiled = braze.jit(function, fallback=False)
    compiled(*made(40, 60))
    assert compiled.stats()["launches"] <= 3
