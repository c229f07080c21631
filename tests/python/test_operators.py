"""Operators, items and iteration that classes define: the same answers, compiled."""

import numpy as np
import pytest
from exact import check

import braze

X = np.linspace(-1.0, 2.0, 12).reshape(3, 4)


class Vector:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Vector(self.data + (other.data if isinstance(other, Vector) else other))

    __radd__ = __add__

    def __sub__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.data - other.data)

    def __rsub__(self, other):
        return Vector(other - self.data)

    def __mul__(self, number):
        return Vector(self.data * number)

    __rmul__ = __mul__

    def __imul__(self, number):
        self.data = self.data * number
        return self

    def __matmul__(self, other):
        return (self.data * other.data).sum()

    def __neg__(self):
        return Vector(-self.data)

    def __getitem__(self, key):
        return self.data[key]

    def __setitem__(self, key, value):
        self.data[key] = value

    def __len__(self):
        return len(self.data)

    def __iter__(self):
        return iter([self.data, self.data * 2])

    def __contains__(self, key):
        return key in ("data", "sum")

    def __lt__(self, other):
        return len(self) < len(other)

    def __bool__(self):
        return len(self.data) > 3


class Scaled(Vector):
    def __radd__(self, other):
        return Scaled(other.data * 10 + self.data)


def arithmetic(x, k):
    a, b = Vector(x), Vector(x * 2 + 1)
    c = a + b * k - a
    c = 2.0 * c + 1
    c *= 3
    c = 5 - c
    return c.data, -c @ a, (1 + c).data, (a + Scaled(x)).data


def as_a_container(x):
    v = Vector(x + 0.0)
    v[0] = 7.0
    v[1] += v[0]
    return v[1:], len(v), sum(part.sum() for part in v), "sum" in v, "no" in v, v < Vector(x[1:])


def as_a_condition(x):
    v = Vector(x)
    return v[0] if v else -v[0], not v


@pytest.mark.parametrize("x", [X[0], X[0, :2] + 1])
def test_operators(x):
    for function, args in ((arithmetic, (x, 3.0)), (as_a_container, (x,)), (as_a_condition, (x,))):
        compiled = braze.jit(function)
        for _ in range(2):
            check(compiled(*args), function(*args))
        stats = compiled.stats()
        assert stats["compiled_calls"] == 2, stats["reasons"]


def test_operators_of_arguments():
    def step(v, w):
        u = v + w
        u[0] = 1.0
        return u.data.sum() + (v @ w)

    compiled = braze.jit(step)
    for i in range(3):
        v, w = Vector(X[0] + i), Vector(X[1])
        assert compiled(v, w) == step(Vector(X[0] + i), w)
    assert compiled.stats()["compiled_calls"] == 3


def test_an_operator_that_changes_is_seen(monkeypatch):
    def step(v):
        return (v + 1).data * 2

    compiled = braze.jit(step)
    check(compiled(Vector(X)), step(Vector(X)))
    monkeypatch.setattr(Vector, "__add__", lambda self, other: Vector(self.data * 100))
    check(compiled(Vector(X)), step(Vector(X)))


def test_what_has_no_operator_raises():
    class Bare:
        pass

    def step(x, bare):
        return x * 2 + 1, bare + 1

    for _ in range(2):
        with pytest.raises(TypeError, match="unsupported operand"):
            braze.jit(step)(X, Bare())
