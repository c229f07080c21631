"""Conditions that change what they are asked about: counters, arrays, random streams."""

import numpy as np
import pytest
from exact import check

import braze

RNG = np.random.default_rng(0)


class Counter:
    def __init__(self, n=0):
        self.n = n

    def step(self):
        self.n += 1
        return self.n > 3

    def seek(self):
        for k in [1, 2][self.n :]:
            if k > 2:
                break
            self.n += 1

    def found(self):
        self.seek()
        return self.n >= 2


def sweep(u):
    before = u[1]
    u[1:-1] = 0.5 * (u[:-2] + u[2:])
    return abs(u[1] - before)


def counts(c, u):
    rounds = 0
    while not c.step():
        rounds += 1
    return u * rounds


def counts_twice(c, u):
    rounds = 0
    while not c.step() and not c.step():
        rounds += 1
    return u * rounds


def counts_with_else(c, u):
    rounds = 0
    while not c.step():
        rounds += 1
    else:
        rounds = -rounds
    return u * rounds


def counts_with_break(c, u):
    rounds = 0
    while not c.step():
        rounds += 1
        if u[rounds] > 0.5:
            break
    return u * rounds


def on_the_right(c, u):
    taken = c.step() and c.step()
    return u * c.n, taken


def on_the_right_of_an_array(c, u):
    if u.sum() > 3.0 and c.step():
        return u * c.n
    return u - c.n


def or_on_the_right(c, u):
    if u.sum() > 3.0 or c.step() or c.step():
        u = u + 1
    return u * c.n


def chained(c, u):
    if 0.0 < u[0] < c.step() + 1:
        u = u + 1
    return u * c.n


def chosen(c, u):
    y = 1 if c.step() else 2
    return u * c.n + y


def found_first(c, u):
    kept = [1]
    while not c.found() and not c.step():
        if c.n:
            kept += [0]
        kept += [c.n]
    return u * len(kept), kept


def until_settled(c, u):
    u = u.copy()
    while sweep(u) > 1e-3:
        c.n += 1
    return u


def until_settled_or_tired(c, u):
    u = u.copy()
    while c.n < 5 and sweep(u) > 1e-3:
        c.n += 1
    return u


def swept_where_it_is_large(c, u):
    u = u.copy()
    if u.max() > 0.9 and sweep(u) > 0.01:
        c.n += 1
    return u


def drawn(c, u):
    k = 0
    while RNG.random() < 0.7:
        k += 1
    if u.sum() > 3.0 and RNG.random() < 0.5:
        k += 100
    return u * k + RNG.random()


def asserted(c, u):
    assert c.step() or True
    return u * c.n


def listed(c, u):
    return u * len([k for k in range(3) if c.step()]), c.n


FUNCTIONS = [counts, counts_twice, counts_with_else, counts_with_break, on_the_right,
             on_the_right_of_an_array, or_on_the_right, chained, chosen, found_first, until_settled,
             until_settled_or_tired, swept_where_it_is_large, drawn, asserted, listed]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_conditions_are_asked_as_often_as_in_python(function):
    global RNG
    compiled = braze.jit(function)
    rng = np.random.default_rng(1)
    for k in (0, 0, 1, 3, 2, 5, 0):
        u = rng.random(8) * (1.0 if k < 3 else 0.4)
        results = []
        for f in (function, compiled):
            RNG = np.random.default_rng(k)
            c = Counter(k)
            results.append((f(c, u), c.n, RNG.random()))
        check(results[1], results[0], f"from {k}")


@pytest.mark.parametrize("function", [counts, on_the_right_of_an_array, until_settled])
def test_they_are_compiled(function):
    compiled = braze.jit(function)
    compiled(Counter(), np.linspace(0, 1, 8))
    assert compiled.stats()["compiled_calls"] == 1, compiled.stats()["reasons"]
