"""Property setters, cached properties and attributes of classes, under guards."""

import copy
import dataclasses
import functools

import numpy as np
import pytest
from exact import check

import braze


class Base:
    scale = 2.0
    calls = 0

    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        self._x = np.asarray(value) * self.scale

    @property
    def fixed(self):
        return self._x.sum()

    @functools.cached_property
    def total(self):
        return self._x.sum()


class Other(Base):
    @Base.x.setter
    def x(self, value):
        self._x = value - 1


@dataclasses.dataclass
class State:
    x: np.ndarray
    t: float = 0.0
    steps: int = dataclasses.field(default=0, init=False)

    def __post_init__(self):
        self.norm = (self.x**2).sum()


X = np.linspace(-1, 2, 6)


def assigned(b, x):
    b.x = x
    b.x += 1
    return b.x * 2


def cached(b, x):
    first = b.total
    b._x = x
    return first + b.total


def counted(b, x):
    Base.calls += 1
    b.__class__.scale = x.sum()
    return b.scale, Base.calls * 0


def advanced(s, h):
    for _ in range(3):
        s = dataclasses.replace(s, x=s.x * h, t=s.t + h)
    s.steps += 1
    return s


@pytest.mark.parametrize("make", [Base, Other])
@pytest.mark.parametrize("function", [assigned, cached])
def test_properties(function, make):
    compiled = braze.jit(function)
    for given in (X, X * 3, X[:2]):
        one, two = make(X * 1), make(X * 1)
        check(compiled(one, given), function(two, given))
        check(vars(one), vars(two))
        check(compiled(one, given), function(two, given))


def test_a_property_that_is_replaced_is_seen(monkeypatch):
    compiled = braze.jit(assigned)
    check(compiled(Base(X), X), assigned(Base(X), X))
    monkeypatch.setattr(Base, "x", property(lambda b: b._x, lambda b, v: setattr(b, "_x", v * 9)))
    check(compiled(Base(X), X), assigned(Base(X), X))


def test_a_property_without_a_setter_raises():
    def wrong(b, x):
        b.fixed = x
        return x

    with pytest.raises(AttributeError):
        braze.jit(wrong)(Base(X), X)


def test_attributes_of_classes(monkeypatch):
    compiled = braze.jit(counted)
    for given in (X, X * 2):
        monkeypatch.setattr(Base, "calls", 5)
        monkeypatch.setattr(Base, "scale", 2.0)
        wanted = counted(Base(X), given)
        after = Base.calls, Base.scale
        monkeypatch.setattr(Base, "calls", 5)
        monkeypatch.setattr(Base, "scale", 2.0)
        check(compiled(Base(X), given), wanted)
        check((Base.calls, Base.scale), after)


def test_dataclasses_are_replaced():
    compiled = braze.jit(advanced)
    for h in (0.5, 2.0):
        state = State(X)
        got, wanted = compiled(copy.deepcopy(state), h), advanced(state, h)
        check(vars(got), vars(wanted))
