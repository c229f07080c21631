"""What a compiled function has read and is changed later: names of NumPy and Python, classes."""

import abc
import builtins
import functools
import math

import numpy as np
import pytest
from exact import check

import braze

X = np.linspace(0.1, 1.0, 6)


class Base:
    rate = 2.0

    def gain(self):
        return self.rate

    @property
    def tenfold(self):
        return self.rate * 10

    @staticmethod
    def shifted(x):
        return x + 1

    @classmethod
    def scaled(cls, x):
        return x * cls.rate

    def __call__(self, x):
        return x - self.rate


class Derived(Base):
    def gain(self):
        return super().gain() + 1


class Shape(abc.ABC):  # noqa: B024
    pass


class Square:
    pass


def helper(x, factor=2.0, *, offset=1.0):
    return x * factor + offset


def other_helper(x, factor=2.0, *, offset=1.0):
    return x * factor - offset


DERIVED, SQUARE = Derived(), Square()


def of_numpy(x):
    return np.sin(x) + np.where(x > 0.5, np.pi, np.zeros(6)) + np.linalg.norm(x)


def of_python(x):
    return abs(x) + math.sqrt(2.0) + round(2.5)


def of_loops(x):
    total = 0.0
    for i in range(len(x)):
        total = total + x[i]
    return total


def of_an_object(x):
    return DERIVED.gain() * DERIVED.shifted(x) + DERIVED.tenfold + DERIVED.scaled(x) + DERIVED(x)


def of_an_argument(x, derived):
    return derived.gain() * derived.shifted(x) + derived.tenfold + derived.scaled(x) + derived(x)


def of_a_helper(x):
    return helper(x)


def of_a_class(x):
    return x if isinstance(SQUARE, Shape) else -x


def constant(*args):
    return 7.0


CHANGES = [
    (of_numpy, np, "sin", np.cos),
    (of_numpy, np, "where", lambda c, a, b: b),
    (of_numpy, np, "pi", 3),
    (of_numpy, np, "zeros", np.ones),
    (of_numpy, np.linalg, "norm", constant),
    (of_python, builtins, "abs", np.negative),
    (of_python, builtins, "round", constant),
    (of_python, math, "sqrt", math.cbrt),
    (of_loops, None, "range", lambda n: [0, 2]),
    (of_an_object, Base, "gain", constant),
    (of_an_object, Base, "shifted", staticmethod(np.negative)),
    (of_an_object, DERIVED, "shifted", np.negative),
    (of_an_object, Base, "tenfold", 3.0),
    (of_an_object, Derived, "scaled", classmethod(lambda cls, x: x * 9)),
    (of_an_object, Base, "__call__", constant),
    (of_an_object, Derived, "__getattr__", constant),
    (of_a_helper, helper, "__code__", other_helper.__code__),
    (of_a_helper, helper, "__defaults__", (5.0,)),
    (of_a_helper, helper, "__kwdefaults__", {"offset": 3.0}),
    (of_a_helper, None, "helper", other_helper),
]


@pytest.mark.parametrize("mode", ["hybrid", "script", "trace"])
@pytest.mark.parametrize("function, owner, name, value", CHANGES)
def test_the_next_call_sees_it(monkeypatch, mode, function, owner, name, value):
    jitted = braze.jit(function, mode=mode)
    before = function(X)
    for _ in range(2):
        check(jitted(X), before)
    with monkeypatch.context() as patch:
        if owner is None:
            patch.setitem(function.__globals__, name, value)
        else:
            patch.setattr(owner, name, value, raising=False)
        for _ in range(2):
            check(jitted(X), function(X))
    check(jitted(X), before)


@pytest.mark.parametrize("function, owner, name, value", CHANGES[9:16])
def test_of_an_argument(monkeypatch, function, owner, name, value):
    jitted, derived = braze.jit(of_an_argument), Derived()
    owner = derived if owner is DERIVED else owner
    check(jitted(X, derived), of_an_argument(X, derived))
    monkeypatch.setattr(owner, name, value, raising=False)
    check(jitted(X, derived), of_an_argument(X, derived))


def test_all_attributes_computed_by_a_class(monkeypatch):
    def read(self, name):
        return 5.0 if name == "rate" else object.__getattribute__(self, name)

    jitted, derived = braze.jit(lambda x, o: x * o.rate), Derived()
    check(jitted(X, derived), X * 2)
    monkeypatch.setattr(Base, "__getattribute__", read, raising=False)
    check(jitted(X, derived), X * 5)


def test_one_default_of_a_keyword(monkeypatch):
    for mode in ("hybrid", "trace"):
        jitted = braze.jit(of_a_helper, mode=mode)
        check(jitted(X), of_a_helper(X))
        monkeypatch.setitem(helper.__kwdefaults__, "offset", 4.0)
        check(jitted(X), of_a_helper(X))


def test_bases_and_abstract_classes(monkeypatch):
    class Other(Base):
        def gain(self):
            return 55.0

    class Leaf(Base):
        pass

    leaf = Leaf()
    jitted = braze.jit(lambda x: x * leaf.gain() + isinstance(leaf, Other))
    check(jitted(X), X * 2 + False)
    Leaf.__bases__ = (Other,)
    check(jitted(X), X * 55 + True)

    jitted = braze.jit(of_a_class)
    check(jitted(X), -X)
    Shape.register(Square)
    check(jitted(X), X)


def test_another_class_of_an_object():
    derived, held = Derived(), [Derived()]
    reads = [
        lambda x: x * derived.gain(),
        lambda x: derived(x),
        lambda x: x * held[0].gain(),
        lambda x: x if type(derived) is Derived else -x,
        lambda x: x if isinstance(derived, Derived) else -x,
        lambda x: x * getattr(derived, "missing", 4.0),
    ]
    jitted = [braze.jit(read) for read in reads]
    for read, compiled in zip(reads, jitted, strict=True):
        check(compiled(X), read(X))
    derived.__class__ = held[0].__class__ = Base
    for read, compiled in zip(reads, jitted, strict=True):
        check(compiled(X), read(X))


def test_missing_attributes_that_a_class_comes_to_compute(monkeypatch):
    derived = Derived()
    jitted = braze.jit(lambda x: x * getattr(derived, "missing", 4.0) + hasattr(derived, "other"))
    check(jitted(X), X * 4.0 + False)
    monkeypatch.setattr(Base, "__getattr__", constant, raising=False)
    check(jitted(X), X * 7.0 + True)


def test_single_dispatch():
    @functools.singledispatch
    def dispatched(x):
        return x + 1

    jitted = braze.jit(lambda x: dispatched(x))
    check(jitted(X), X + 1)
    dispatched.register(np.ndarray, lambda x: x + 100)
    check(jitted(X), X + 100)


def test_builtins_of_its_own():
    space = {"__builtins__": {"abs": np.sin}}
    exec("def f(x): return abs(x)", space)
    for mode in ("hybrid", "trace"):
        check(braze.jit(space["f"], mode=mode)(X), np.sin(X))


def test_names_of_numpy_take_a_line_of_the_report():
    text = str(braze.jit(of_numpy).explain(X))
    assert "nobody has changed numpy.sin, numpy.where, numpy.pi" in text
    assert "numpy.sin is" not in text


def test_other_names_change_in_between():
    space = {"np": np, "scale": 2.0}
    exec("def f(x): return np.abs(x) * scale", space)
    jitted = braze.jit(space["f"])
    for i in range(5):
        space["unrelated"] = i
        check(jitted(X), X * 2)
    assert jitted.stats()["specialisations"] == 1
    del space["scale"]
    with pytest.raises(NameError):
        jitted(X)


def counted(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
    return total, abs(total)


USED = ("len", "isinstance", "type", "getattr", "next", "vars", "str", "set")


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("name", USED)
def test_replaced_builtins_reach_the_function_alone(name, before):
    compiled, real = braze.jit(counted), getattr(builtins, name)
    if before:
        compiled(X)
    wanted = counted(X)

    def broken(*args, **kwargs):
        raise RuntimeError(name)

    builtins.__dict__[name] = broken  # by hand: what puts it back must not need it
    try:
        found = compiled(X)
    except RuntimeError as error:
        found = error
    finally:
        builtins.__dict__[name] = real
    assert repr(found) == ("RuntimeError('len')" if name == "len" else repr(wanted))
    assert compiled(X) == wanted
