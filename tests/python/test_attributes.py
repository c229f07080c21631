"""Attributes that functions assign: of arguments, through methods, in branches and loops."""

import copy
import gc
import weakref

import numpy as np
import pytest
from exact import check

import braze


class Body:
    def __init__(self, n=6):
        self.x = np.linspace(0.0, 1.0, n)
        self.v = np.linspace(1.0, -1.0, n)
        self.t = 0.0
        self.count = 0

    def force(self):
        self.last = -self.x
        return self.last

    def step(self, dt):
        self.v += dt * self.force()
        self.x = self.x + dt * self.v
        self.t += dt
        self.count += 1

    def kick(self, limit):
        if self.x.sum() > limit:
            self.v = self.v * 0.5
            self.kicked = True
        else:
            self.v = self.v * 2.0
            self.kicked = False
        return self.kicked


class Pair:
    def __init__(self):
        self.a = Body()
        self.b = Body(4)
        self.bodies = [self.a, self.b]


def steps(body, n):
    for _ in range(n):
        body.step(0.1)
    return body.x


def steps_while(body, end):
    while body.t < end:
        body.step(0.125)


def kicks(body, limit):
    return body.kick(limit), body.v


def kicks_in_a_loop(body, n):
    hits = 0
    for i in range(n):
        body.step(0.1)
        if body.kick(3.0 - i):
            hits += 1
    return hits


def of_objects_in_objects(pair, n):
    for _ in range(n):
        for body in pair.bodies:
            body.step(0.1)
        pair.energy = (pair.a.v**2).sum() + (pair.b.v**2).sum()
    return pair.energy


def exchanged(pair):
    pair.a.x, pair.a.v = pair.a.v, pair.a.x
    return pair.a.x + 1


def of_two(one, other, n):
    for _ in range(n):
        one.x = one.x + other.x
        other.x = other.x * 0.5


def momentum(body, n):
    for _ in range(n):
        body.m = 0.9 * getattr(body, "m", 0.0) + body.x
    return body.m


def made_inside(x, n):
    body = Body(4)
    for _ in range(n):
        body.step(0.1)
    return body.x + x[:4]


CASES = [
    (steps, lambda: (Body(), 5)),
    (steps, lambda: (Body(), 100)),
    (steps, lambda: (Body(), 0)),
    (steps_while, lambda: (Body(), 20.0)),
    (kicks, lambda: (Body(), 0.0)),
    (kicks, lambda: (Body(), 50.0)),
    (kicks_in_a_loop, lambda: (Body(), 90)),
    (of_objects_in_objects, lambda: (Pair(), 80)),
    (exchanged, lambda: (Pair(),)),
    (of_two, lambda: (Body(), Body(), 3)),
    (of_two, lambda: (Body(), Body(), 70)),
    (momentum, lambda: (Body(), 3)),
    (made_inside, lambda: (np.ones(5), 3)),
    (made_inside, lambda: (np.ones(5), 100)),
]


def contents(value):
    """Return an object as tuples, so that `check` sees into it."""
    if isinstance(value, (Body, Pair)):
        return {name: contents(held) for name, held in vars(value).items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(contents, value))
    return value


@pytest.mark.parametrize("case", range(len(CASES)))
def test_assigned(case):
    function, make = CASES[case]
    compiled = braze.jit(function)
    given, wanted_given = make(), make()
    for _ in range(4):
        wanted = function(*wanted_given)
        check(contents(compiled(*given)), contents(wanted))
        check(contents(given), contents(wanted_given))


def test_it_is_compiled():
    for function, make in (CASES[i] for i in (0, 1, 5, 7, 8, 10, 12, 13)):
        compiled = braze.jit(function)
        given = make()
        compiled(*given)
        compiled(*given)
        assert compiled.stats()["plain_calls"] == 0, function.__name__


def test_one_object_twice():
    compiled = braze.jit(of_two)
    one, other = Body(), Body()
    compiled(one, other, 3)
    wanted = copy.deepcopy(one)
    compiled(one, one, 3)
    of_two(wanted, wanted, 3)
    check(contents(one), contents(wanted), owned=False)  # what loops carry may be shown
    compiled(one, other, 3)


def test_an_instance_that_hides_a_second_method():
    body = Body()
    compiled = braze.jit(lambda body: body.force() + body.other() if body.count else body.force())
    Body.other = lambda self: self.x * 2.0
    try:
        body.count = 1
        first = compiled(body)
        body.other = lambda: 100.0
        check(compiled(body), first - body.x * 2.0 + 100.0)
    finally:
        del Body.other


def test_an_array_that_two_attributes_hold():
    def both(body):
        body.v = body.x
        body.x += 1.0
        return body.v

    given, wanted = Body(), Body()
    compiled = braze.jit(both)
    for _ in range(3):
        check(compiled(given), both(wanted))
        check(contents(given), contents(wanted))
        assert given.v is given.x


def test_an_error_leaves_the_attributes():
    def fails(body, n):
        for _ in range(n):
            body.step(0.1)
        return body.x[n]

    compiled, given, wanted = braze.jit(fails), Body(), Body()
    with pytest.raises(IndexError):
        fails(wanted, 9)
    with pytest.raises(IndexError):
        compiled(given, 9)
    check(contents(given), contents(wanted))


def test_objects_of_the_first_call_are_not_kept():
    compiled = braze.jit(lambda body, x: body.x * x + body.count)
    body = Body()
    gone = weakref.ref(body)
    gc.collect()
    gc.disable()  # no cycle may hold it
    try:
        compiled(body, 2.0)
        del body
        assert gone() is None
    finally:
        gc.enable()
