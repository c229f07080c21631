"""How loops end at run time: `else`, returns of arrays, and attributes that loops assign."""

import copy

import numpy as np
import pytest
from exact import check

import braze


def orelse(a, v):
    r = 0.5
    for i in range(a.shape[0]):
        if a[i] > v:
            r = a[i] * 2
            break
    else:
        r = -1.0
    return r


def orelse_returns(a, v):
    for i in range(a.shape[0]):
        if a[i] > v:
            break
    else:
        return a * 0
    return a * 2


def return_and_break(a, v):
    for i in range(a.shape[0]):
        if a[i] > v:
            return a[i]
        if a[i] < 0.05:
            break
    else:
        a = a + 1
    return a.sum()


def while_orelse(a, v):
    i = 0
    while i < a.shape[0]:
        if a[i] > v:
            break
        i += 1
    else:
        i = -5
    return i


def orelse_of_plain_loop(a, v):
    s = 0.0
    for i in range(a.shape[0]):
        s = s + a[i] * v
    else:
        s = s * 2
    return s


def nested(a, v):
    count = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[0]):
            if a[i] + a[j] > 2 * v:
                break
        else:
            count += 1
    return count


def fresh_array(a, v):
    for i in range(30):
        b = a * 0.5 + 0.1
        if np.abs(b - a).max(initial=0.0) < 0.01 * (i + 1):
            return b
        a = b
    return a


def argument(a, v):
    for i in range(a.shape[0]):
        if a[i] > v:
            return a
    return a * 2


def array_and_number(a, v):
    for i in range(20):
        b = a * i
        if b.sum() > 5 * v:
            return i, b
    return -1, a


def rows(a, v):
    m = np.outer(a, a)
    for row in m:
        if row.sum() > v:
            return row * 2
    return a


def rows_until(a, v):
    s = np.zeros(a.shape)
    for row in np.outer(a, a):
        if row.sum() > v:
            break
        s += row
    return s


FUNCTIONS = [
    orelse, orelse_returns, return_and_break, while_orelse, orelse_of_plain_loop, nested,
    fresh_array, argument, array_and_number, rows, rows_until,
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_ends(function):
    compiled = braze.jit(function)
    for seed in range(4):
        for n in (9, 5, 2, 0, 9):
            a = np.random.default_rng(seed).random(n)
            for v in (0.5, 0.9, 2.0, 0.0):
                wanted, got = function(a, v), compiled(a, v)
                check(got, wanted, f"{a}, {v}")
                assert (got is a) == (wanted is a)
    stats = compiled.stats()
    assert stats["divided_calls"] == 0 and stats["compiled_calls"] > 40, stats


class Body:
    def __init__(self, n):
        rng = np.random.default_rng(n)
        self.x, self.v, self.t, self.steps = rng.random(n), rng.random(n), 0.0, 0

    def energy(self):
        return (self.x * self.x).sum() + (self.v * self.v).sum()

    def step(self, dt):
        self.v = self.v - dt * self.x
        self.x = self.x + dt * self.v
        self.t += dt
        self.steps += 1
        return self.energy()

    def run(self, dt, n):
        for _ in range(n):
            self.v = self.v - dt * self.x
            self.x = self.x + dt * self.v
            self.t += dt
        if self.x.sum() > 1:
            self.steps = self.steps + 2
            return self.x
        return self.v * 2

    def settle(self, tolerance):
        while np.abs(self.v).sum() > tolerance:
            self.v = self.v * 0.5
            self.steps += 1
        self.done = True
        return self.steps

    def fails(self, other):
        self.x = self.x * 2
        self.t = 7.0
        return self.x + other


class Guarded(Body):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        object.__setattr__(self, "last", name)


class Clock(Body):
    @property
    def t(self):
        return self._t

    @t.setter
    def t(self, value):
        self._t = value * 2


CALLS = {
    "step": (0.1,),
    "run": (0.1, 5),
    "settle": (0.01,),
    "fails": (np.ones(3),),
}


def outcome(function, *given):
    try:
        return function(*given)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("kind", [Body, Guarded, Clock], ids=lambda c: c.__name__)
@pytest.mark.parametrize("name", CALLS)
def test_attributes(kind, name):
    plain = getattr(kind, name)
    compiled = braze.jit(plain)
    for n in (6, 0, 1, 3, 6):
        mine, theirs = kind(n), kind(n)
        for _ in range(3):
            given = CALLS[name]
            wanted, got = outcome(plain, theirs, *given), outcome(compiled, mine, *given)
            check(got, wanted, f"{name}, n = {n}")
            assert (got is mine.x) == (wanted is theirs.x)
            check(vars(mine), vars(theirs), f"{name}, n = {n}")
    stats = compiled.stats()
    if kind is Body and name != "fails":
        assert stats["compiled_calls"] >= 6 and stats["divided_calls"] == 0, stats


def two(a, b, dt):
    a.x = a.x + dt
    b.x = b.x * 2
    return a.x + b.x


def alias(a, dt):
    b = a
    a.x = a.x + dt
    b.x = b.x * 2
    return a.x, b.x


def test_one_object_under_two_names():
    compiled = braze.jit(two)
    for same in (False, True, False):
        mine, theirs = Body(4), Body(4)
        others = (mine, theirs) if same else (Body(5 - 1), Body(5 - 1))
        check(compiled(mine, others[0], 0.5), two(theirs, others[1], 0.5))
        check((vars(mine), vars(others[0])), (vars(theirs), vars(others[1])))
    mine, theirs = Body(4), copy.deepcopy(Body(4))
    check(braze.jit(alias)(mine, 0.5), alias(theirs, 0.5))
    check(vars(mine), vars(theirs))


def caller(a, dt):
    for _ in range(3):
        a.step(dt)
    return a.x


def test_assignments_in_a_function_that_is_called():
    compiled = braze.jit(caller)
    for n in (4, 2):
        mine, theirs = Body(n), Body(n)
        check(compiled(mine, 0.5), caller(theirs, 0.5))
        check(vars(mine), vars(theirs))


def test_a_return_that_is_never_reached_before_one_that_is():
    def f(a, k):
        last = k
        while last < k:
            return k
        for _ in range(a.copy().shape[0]):
            return a

    a = np.ones((4, 5))
    assert braze.jit(f)(a, 2) is a
    assert braze.jit(f)(a[:0], 2) is None
