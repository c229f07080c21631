"""Classes behind classes, `with` and `try`: the same answers, compiled."""

import functools

import numpy as np
import pytest
from exact import check

import braze

X = np.linspace(-1.0, 2.0, 12).reshape(3, 4)


class Layer:
    scale = 2.0

    def __init__(self, n):
        self.w = np.arange(float(n * n)).reshape(n, n) / n
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return (x @ self.w) * self.scale

    @property
    def size(self):
        return self.w.sum()

    @classmethod
    def of(cls, n):
        return cls(n)


class Biased(Layer):
    def __init__(self, n, bias=0.5):
        super().__init__(n)
        self.bias = bias

    def forward(self, x):
        return super().forward(x) + self.bias

    @property
    def size(self):
        return super().size + 1

    @classmethod
    def of(cls, n):
        return super().of(n)


class Deep(Biased):
    def forward(self, x):
        y = super().forward(x)
        return super(Biased, self).forward(y) - y.mean()


def calls_super(layer, x):
    y = layer.forward(x)
    return y - y.mean(), layer.size, layer.calls


def makes_one(x):
    layer = Biased.of(4)
    return layer.forward(x), layer.size, layer.w


@pytest.mark.parametrize("cls", [Layer, Biased, Deep])
def test_super(cls):
    layer, plain = cls(4), cls(4)
    compiled = braze.jit(calls_super)
    for i in range(4):
        check(compiled(layer, X + i), calls_super(plain, X + i))
    assert vars(layer).keys() == vars(plain).keys() and layer.calls == plain.calls
    stats = compiled.stats()
    assert stats["plain_calls"] == stats["divided_calls"] == 0, stats["reasons"]


def test_super_while_making_one():
    compiled = braze.jit(makes_one)
    for _ in range(2):
        check(compiled(X), makes_one(X))
    assert compiled.stats()["compiled_calls"] == 2, compiled.stats()["reasons"]


def test_super_sees_what_a_class_gets_later(monkeypatch):
    layer = Deep(4)
    compiled = braze.jit(calls_super)
    compiled(layer, X)
    monkeypatch.setattr(Layer, "forward", lambda self, x: x * 100)
    check(compiled(layer, X), calls_super(layer, X))
    monkeypatch.setattr(Biased, "forward", lambda self, x: x - 1)
    check(compiled(layer, X), calls_super(layer, X))
    monkeypatch.delattr(Biased, "forward")
    check(compiled(layer, X), calls_super(layer, X))


def test_super_between_islands():
    class Printing(Biased):
        def forward(self, x):
            y = super().forward(x) * 2 + 1
            print(y.sum())
            if y.sum() > 0:
                y = y - super().forward(x)
            return y * 2 - 1

    plain, compiled = Printing(4), Printing(4)
    Printing_forward = braze.jit(Printing.forward)
    for i in range(3):
        check(Printing_forward(compiled, X + i), plain.forward(X + i))
    assert compiled.calls == plain.calls
    assert Printing_forward.stats()["divided_calls"] == 3


# with


class Counting:
    def __init__(self):
        self.open, self.closed, self.error = 0, 0, None

    def __enter__(self):
        self.open += 1
        return self

    def __exit__(self, kind, error, trace):
        self.closed += 1
        self.error = kind
        return False


def test_with_an_object():
    def step(counting, x, k):
        with counting as c, np.errstate(all="ignore"):
            y = x * c.open
            z = y[k] + 1
        return z, counting.closed

    compiled = braze.jit(step)
    one, two = Counting(), Counting()
    for k in (0, 1, 7):
        results = []
        for function, counting in ((compiled, one), (step, two)):
            try:
                results.append(function(counting, X, k))
            except IndexError as error:
                results.append(str(error))
        check(*results) if k != 7 else None
        assert vars(one) == vars(two) and (k != 7 or results[0] == results[1])
    assert compiled.stats()["compiled_calls"] == 2


# try


def divides(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return np.inf


def looks_up(d, k, x):
    try:
        w = d[k]
    except KeyError:
        w = 1.0
    else:
        w = w * 2
    finally:
        x = x + 1
    return w * x


def reads_attribute(o, x):
    try:
        scale = o.scale
    except (AttributeError, TypeError):
        scale = 0.5
    return x * scale


def in_a_loop(x):
    total = 0.0
    for i in range(len(x)):
        try:
            if x[i] < 0:
                continue
            total += np.sqrt(x[i])
        except ValueError:
            total = -1.0
    return total


def picks(x, k):
    y = x * 2 + 1
    try:
        v = y[k]
    except IndexError:
        v = -1.0
    finally:
        y = y - 1
    return v, y


LEFT = []


def asked(d):
    try:
        LEFT.append(1)
        return d["missing"]
    except KeyError:
        return 5.0
    finally:
        LEFT.append(2)


def asks(x, d):
    try:
        w = asked(d)
    except KeyError:
        w = 3.0
    return w * x


TRIES = [
    (divides, [(1.0, 2.0), (1, 0), (3, 4), (1.0, 0.0)]),
    (looks_up, [({"a": 2.0}, "a", X), ({"a": 2.0}, "b", X), ({"b": 4.0}, "b", X)]),
    (reads_attribute, [(Layer(2), X), (Counting(), X), (Layer(2), X)]),
    (in_a_loop, [(X[0],), (X[1],)]),
    (picks, [(X, 1), (X, 9), (X, -1)]),
    (asks, [(X, {"a": 1.0}), (X, {"missing": 2.0})]),
]


@pytest.mark.parametrize("function, calls", TRIES, ids=lambda p: getattr(p, "__name__", ""))
def test_try(function, calls):
    compiled = braze.jit(function)
    for args in calls * 2:
        check(compiled(*args), function(*args))
    assert compiled.stats()["compiled_calls"] > 0


def test_an_attribute_that_comes_is_seen():
    counting = Counting()
    compiled = braze.jit(reads_attribute)
    check(compiled(counting, X), X * 0.5)
    counting.scale = 4.0
    check(compiled(counting, X), X * 4.0)
    del counting.scale
    check(compiled(counting, X), X * 0.5)


# Lists that while loops make


def falls(v, dt):
    x, y = 0.0, 1.0
    xs, ys = [x], [y]
    while y >= 0:
        v = v - 9.81 * dt
        x, y = x + dt, y + v * dt
        xs.append(x)
        ys.append(np.float64(y))
    return np.array(xs), xs, ys


def test_lists_in_while_loops():
    compiled = braze.jit(falls)
    for v in (1.0, 5.0, 0.0, 200.0):
        got, wanted = compiled(v, 0.01), falls(v, 0.01)
        check(got[0], wanted[0])
        assert [list(map(type, part)) for part in got[1:]] == [
            list(map(type, part)) for part in wanted[1:]
        ]
        assert got[1] == wanted[1] and got[2] == wanted[2]
    assert compiled.stats()["compiled_calls"] == 4
    longest = compiled(2000.0, 0.01)  # more than there is room for
    assert len(longest[1]) == len(falls(2000.0, 0.01)[1]) > 8192
    assert compiled.stats()["plain_calls"] == 1


def test_other_code_is_seen():
    def first(x):
        return x * 2 + 1

    def second(x):
        return x - 5

    compiled = braze.jit(first)
    check(compiled(X), X * 2 + 1)
    first.__code__ = second.__code__
    check(compiled(X), X - 5)
    check(functools.partial(compiled, X)(), X - 5)
