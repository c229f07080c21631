"""Objects of other types among the arguments: what Python reads of them is read at each call."""

import array
import collections
import decimal
import fractions
import functools
import inspect
import pickle
import types

import numpy as np
import pytest

import braze


class Holder:
    def __init__(self, held):
        self.held = held


def length(x, it):
    return x * 2 + len(it)


def number(x, it):
    return x * float(it) + 1


def whole(x, it):
    return x * int(it) + 1


def magnitude(x, it):
    return x * float(abs(it)) + 1


def rounded(x, it):
    return x * round(it) + 1


def bounds(x, it):
    return x * it.start + it.stop + it.step


def added(x, it):
    return x + sum(i * x for i in it)


def of_two(x, it):
    return x + (2 in it) + (2 in it)


def called(x, it):
    return x + it() + x


def of_bounds(x, it):
    return x + sum(i for i in range(*it)) + x


CASES = [
    (length, range(3), range(2), range(1, 5)),
    (bounds, range(0, 3, 2), range(0, 4, 2), range(3)),
    (added, range(3), range(2), range(1, 5)),
    (length, frozenset({1, 2}), frozenset({1, 2, 3})),
    (length, collections.deque([1, 2]), collections.deque([1, 2, 3])),
    (length, array.array("d", [1, 2]), array.array("d", [1])),
    (length, memoryview(b"abc"), memoryview(b"ab")),
    (length, {1: 1}.keys(), {1: 1, 2: 2}.keys()),
    (length, types.MappingProxyType({1: 1}), types.MappingProxyType({1: 1, 2: 2})),
    (number, fractions.Fraction(1, 2), fractions.Fraction(3, 4)),
    (number, decimal.Decimal("1.5"), decimal.Decimal("2.5")),
    (whole, decimal.Decimal("1.5"), decimal.Decimal("2.5")),
    (magnitude, fractions.Fraction(-1, 2), fractions.Fraction(-3, 4)),
    (rounded, fractions.Fraction(1, 4), fractions.Fraction(7, 2)),
    (of_two, collections.Counter([1]), collections.Counter([1, 2])),
    (called, functools.partial(int, 1), functools.partial(int, 2)),
    (of_bounds, [1, 7, 3], [1, 7], [1, 7, 3, 4]),
    (of_bounds, np.array([1, 7, 3]), np.array([1, 7]), np.array([1, 7, 3, 4])),
]


def outcome(function, *args):
    try:
        return function(*args)
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case[0].__name__}-{type(case[1]).__name__}"
)
def test_each_call_sees_its_own_object(case, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    function, *objects = case
    jitted = braze.jit(function)
    x = np.arange(4.0)
    for it in (*objects, *objects):
        np.testing.assert_array_equal(outcome(jitted, x, it), outcome(function, x, it))


class Reading:
    """An object that NumPy takes for an array."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values)


@pytest.mark.parametrize("make", [lambda v: array.array("d", v), lambda v: memoryview(np.array(v)),
                                  Reading])  # fmt: skip
@pytest.mark.parametrize(
    "function",
    [lambda a: np.add.reduce(a), lambda a: np.multiply.outer(a, a), lambda a: np.add.reduce([a, a]),
     lambda a: np.add.accumulate(a), lambda a: np.maximum.reduceat(a, [0, 1])],
)  # fmt: skip
def test_methods_of_ufuncs_see_each_calls_contents(function, make, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    compiled = braze.jit(function)
    for values in ([1.0, 2.0, 3.0], [4.0, 2.0, 6.0], [1.0, 2.0, 3.0, 4.0]):
        np.testing.assert_array_equal(compiled(make(values)), function(make(values)))


def test_an_object_in_an_attribute(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")

    @braze.jit
    def f(x, holder):
        return x * len(holder.held) + (2 in holder.held) + x

    x = np.arange(4.0)
    for held in (collections.Counter([1]), collections.Counter([1, 2]), range(2), range(5)):
        want = f.__wrapped__(x, Holder(held))
        np.testing.assert_array_equal(f(x, Holder(held)), want)

    @braze.jit
    def g(x, holder):
        return x * holder.held() + x

    for k in (1, 2, 1):
        partial = functools.partial(int, k)
        np.testing.assert_array_equal(g(x, Holder(partial)), x * k + x)


def test_what_signature_says_is_not_what_a_call_means():
    def swapped(x, y=2.0):
        return x * 10 + y

    swapped.__signature__ = inspect.signature(lambda y, x=2.0: 0)

    def starred(*args, **kwargs):
        return args[0] * 10 + kwargs["scale"]

    starred.__signature__ = inspect.signature(lambda x, scale: 0)

    def f(x):
        return swapped(x) + swapped(x, 3.0) + swapped(y=x, x=1.0) + starred(x, scale=2.0)

    x = np.arange(4.0)
    np.testing.assert_array_equal(braze.script(f)(x), f(x))
    np.testing.assert_array_equal(braze.trace(f, x)(x), f(x))
    np.testing.assert_array_equal(braze.script(swapped)(x), swapped(x))
    np.testing.assert_array_equal(braze.script(starred)(x, scale=3.0), starred(x, scale=3.0))


def test_defaults_are_those_of_the_function_called():
    def made(default):
        def helper(x, y=default, *, z=default):
            return x * y + z

        return lambda x: helper(x) + 1.0

    x = np.arange(4.0)
    for default in (1.0, 2.0, -0.0, 3):
        f = made(default)
        np.testing.assert_array_equal(braze.script(f)(x), f(x))


def test_generators_inside_are_made_not_run():
    def f(known, wanted):
        def found(items):
            for item in items:
                if item in known:
                    yield item

        def doubled(items):
            if known:
                yield from items

        return found(wanted), doubled(wanted)

    jitted = braze.jit(f)
    for wanted in ("ab", "xy", "", (1, 2)):
        want = [list(made) for made in f({"a": 1, "b": 2}, wanted)]
        assert [list(made) for made in jitted({"a": 1, "b": 2}, wanted)] == want


def test_what_wraps_a_compiled_function_can_be_pickled():
    class Delayed:
        def __init__(self, function):
            functools.update_wrapper(self, function)

    held = vars(Delayed(braze.jit(outcome)))
    assert "_compiler" not in held and set(held) >= {"__wrapped__", "__name__"}
    del held["__wrapped__"]  # the function itself, which has a name
    pickle.dumps(held)


def test_none_is_returned_twice():
    @braze.script
    def f(x, options=None):
        first, second = options, options
        return x * 2 + 1, first, second

    y, first, second = f(np.arange(3.0))
    np.testing.assert_array_equal(y, [1, 3, 5])
    assert first is None and second is None


class State:
    def __init__(self, held):
        self.held = held
        self.label = "first label"


DICTS = [{"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 7}, {"a": 1.0}, {"a": 1}]


def updated(x, state):
    made = {"q": 1}
    made.update(state.held)
    return x * 2 + 1, list(made), list(made.values())


def compared(x, state):
    return x * 2 + 1, state.held == {"a": 1}, [state.held] == [{"a": 1}], state.held in [{"a": 1}]


def counted(x, state):
    return x * 2 + 1, [{"a": 1}].count(state.held), (state.held, 1) == ({"a": 1}, 1)


def viewed(x, state):
    return x * 2 + 1, state.held.keys() == {"a"}, state.held.items() == {("a", 1)}


@pytest.mark.parametrize("function", [updated, compared, counted, viewed])
def test_what_dicts_hold_is_read_at_each_call(function, monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    jitted = braze.jit(function)
    state, x = State({}), np.arange(3.0)
    for held in DICTS:
        state.held.clear()
        state.held.update(held)
        for one in (state, State(dict(held))):
            (y, *got), (want, *rest) = jitted(x, one), function(x, one)
            np.testing.assert_array_equal(y, want)
            assert repr(got) == repr(rest)


def test_is_between_equal_text(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")
    sentinel = "==sentinel=="

    def f(x, state, given):
        found = 10.0 if state.label is sentinel else 20.0
        return x * found + (1 if given is sentinel else 2) + (3 if given is state.label else 4)

    jitted = braze.jit(f)
    x = np.arange(3.0)
    copies = ["".join(list(sentinel)) for _ in range(2)]
    for label in (sentinel, *copies, sentinel, "other"):
        for given in (copies[0], sentinel, label, "".join(list(sentinel))):
            state = State(None)
            state.label = label
            np.testing.assert_array_equal(jitted(x, state, given), f(x, state, given))


def test_text_and_tuples_that_are_given_back_are_the_objects_given(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")

    def f(x, given, state, items):
        label, state.label = state.label, given
        items.append(given)
        return x * 2, given, (given, 1), {"k": given}, label

    jitted = braze.jit(f)
    values = ["some text", b"bytes", (1, 2), ("a", 2.5, (3,)), "long " * 40, range(3), slice(1, 3)]
    for value in (*values, *values):
        if type(value) in (str, bytes):
            value = type(value)().join([value[:2], value[2:]])
        elif type(value) is tuple:
            value = tuple(list(value))
        state, items = State(None), []
        _, one, pair, named, label = jitted(np.arange(3.0), value, state, items)
        assert one is pair[0] is named["k"] is state.label is items[0] is value
        assert label == "first label"
