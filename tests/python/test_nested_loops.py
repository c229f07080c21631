"""Loops in loops: what one interpretation finds out is known to the next, and stays right."""

import copy

import numpy as np
import pytest
from same import assert_same

import braze
from braze.dispatch.recording import record
from braze.interpreter.loops.carried import Carried

RNG = np.random.default_rng(5)


def nest(g, d, h, sigma):
    for k in range(g.shape[0]):
        for e in range(g.shape[1]):
            for q in range(d.shape[0]):
                for w in range(d.shape[1]):
                    for i in range(d.shape[-2]):
                        for j in range(d.shape[-1]):
                            for a in range(h.shape[0]):
                                if e - w >= 0:
                                    left = g[k, e - w, a] @ h[a, i]
                                    sigma[k, e, a] += left @ (h[a, j] * d[q, w, a, i, j])


def total(x, s):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            for k in range(x.shape[2]):
                s = s + x[i, j, k]
    return s


def scaled(x, by):
    for i in range(len(x)):
        if by > 0:
            x[i] *= by
    return x


def in_turn(x, y, z):
    for r in range(3):
        scaled(x, 1.5)
        total = 0.0
        for i in range(len(y)):
            total += y[i]
        scaled(z, total)
        x[r] += total


def taken_by_two(x, y):
    """The same loop changes one array in one round and another in the next."""
    for r in range(2):
        for way in (x, y) if len(x) > 2 else (y,):
            for i in range(len(way)):
                way[i] += r
    return x, y


def edges(x, n):
    s = 0.0
    seen = []
    for k in range(len(x) - 1, len(x)):
        s += x[k]
    for k in range(len(x) - 1, len(x) - 2, -1):
        s += 2 * x[k]
        seen.append(k)
    for k in range(len(x) - 3, len(x), 2):
        s *= x[k]
        seen.append(k)
    for _ in range(len(x), len(x)):
        s = None
    for _ in range(len(x) + 1, len(x)):
        seen.append(n)
    else:
        s += 1
    return s, k, seen


def sweeps(a, n):
    """A view that the first loop leaves in a name is of no use to the second."""
    c = np.zeros_like(a)
    for k in range(n):
        column = a[:, k]
        c[:, k] = column * 2
    for k in range(n - 2, -1, -1):
        column = c[:, k] - a[:, k + 1]
        c[:, k] = column
    return c


def read_after(a, n):
    row = a[0]
    for k in range(n):
        if k > 100:
            row = a[k]
        a[k] += 1
    return row


CASES = [
    (total, (RNG.random((2, 3, 4)), 0.0)),
    (total, (RNG.random((2, 3, 4)), np.float32(1))),
    (total, (RNG.random((2, 0, 4)), 0)),
    (in_turn, (RNG.random(5), RNG.random(4), RNG.random(3))),
    (taken_by_two, (RNG.random(5), RNG.random(4))),
    (taken_by_two, (RNG.random(2), RNG.random(4))),
    (edges, (RNG.random(7), 1)),
    (edges, (RNG.random(3), 1)),
    (edges, (RNG.random(1), 1)),
    (sweeps, (RNG.random((4, 6)), 6)),
    (read_after, (RNG.random((4, 6)), 4)),
]


def outcome(function, arguments):
    given = copy.deepcopy(arguments)
    try:
        return function(*given), *given
    except IndexError as error:
        return str(error), *given


@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_nested_loops(function, arguments):
    compiled = braze.jit(function)
    assert_same(outcome(compiled, arguments), outcome(function, arguments), ulps=0)
    assert compiled.stats()["compiled_calls"] > 0 or len(arguments[0]) < 2


def test_deep_nest_is_compiled():
    given = (RNG.random((2, 3, 4, 3, 3)), RNG.random((2, 2, 4, 2, 2)), RNG.random((4, 2, 3, 3)))
    sigma = np.zeros((2, 3, 4, 3, 3))
    expected = sigma.copy()
    nest(*given, expected)
    compiled = braze.jit(nest, fallback=False)
    compiled(*given, sigma)
    assert sigma.tobytes() == expected.tobytes()


def test_interpretations_do_not_double_with_each_loop(monkeypatch):
    counted = []
    interpret = Carried.interpret_body

    def counting(self, header):
        counted.append(self)
        return interpret(self, header)

    monkeypatch.setattr(Carried, "interpret_body", counting)
    given = (RNG.random((2, 3, 4, 3, 3)), RNG.random((2, 2, 4, 2, 2)), RNG.random((4, 2, 3, 3)))
    record(nest, (*given, np.zeros((2, 3, 4, 3, 3))), {}, "script")
    assert len(counted) <= 7 * 8
