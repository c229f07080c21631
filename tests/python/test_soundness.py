"""Nothing is frozen that may change: every way to get a stale or aliased answer must fail to."""

# ruff: noqa: F841

import numpy as np
import pytest
from same import assert_same

import braze

X = np.arange(12.0).reshape(4, 3) - 5
CONFIG = {"scale": 2.0, "shift": X[0].copy()}
MODE = "double"


def same_twice(function, *calls):
    compiled = braze.jit(function)
    for arguments in calls:
        assert_same(compiled(*arguments), function(*arguments), ulps=8)
    return compiled


def test_items_of_a_global_dict(monkeypatch):
    def f(x):
        return x * CONFIG["scale"] + CONFIG["shift"]

    compiled = same_twice(f, (X,))
    monkeypatch.setitem(CONFIG, "scale", 5.0)
    monkeypatch.setitem(CONFIG, "shift", X[1].copy())
    assert_same(compiled(X), f(X))
    assert compiled.stats()["plain_calls"] == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + len(CONFIG),
        lambda x: x + CONFIG.get("extra", 0.0),
        lambda x: x + ("extra" in CONFIG),
        lambda x: x if CONFIG else -x,
        lambda x: x + sum(1 for _ in CONFIG),
    ],
)
def test_other_reads_of_a_global_dict(function, monkeypatch):
    compiled = same_twice(function, (X,))
    monkeypatch.setitem(CONFIG, "extra", 3.0)
    assert_same(compiled(X), function(X))
    monkeypatch.setattr(f"{__name__}.CONFIG", {})
    assert_same(compiled(X), function(X))


def test_a_builtin_hidden_later(monkeypatch):
    def f(x):
        return x * len(x)

    compiled = same_twice(f, (X,))
    monkeypatch.setitem(globals(), "len", lambda x: 100)
    assert_same(compiled(X), f(X))


def test_a_helper_redefined(monkeypatch):
    def helper(x, k=1.0):
        return x + k

    def f(x):
        return helper(x)

    compiled = same_twice(f, (X,))
    helper.__defaults__ = (2.0,)
    assert_same(compiled(X), f(X))
    helper.__code__ = (lambda x, k=1.0: x - k).__code__
    assert_same(compiled(X), f(X))
    helper = lambda x: x * 9  # noqa: E731
    assert_same(compiled(X), f(X))


def test_strings_choose(monkeypatch):
    def f(x):
        return x * 2 if MODE == "double" else x

    compiled = same_twice(f, (X,))
    monkeypatch.setattr(f"{__name__}.MODE", "same")
    assert_same(compiled(X), f(X))


def test_containers_as_arguments():
    def f(parameters, x):
        w, b = parameters["layers"][0]
        return x @ w + b * len(parameters["layers"]) + parameters["k"]

    def given(layers, k=1.0):
        return {"layers": [(X.T * i, np.float64(i)) for i in range(layers)], "k": k}

    compiled = same_twice(f, (given(2), X), (given(3), X), (given(1, 2.0), X), (given(2, 3), X))
    assert compiled.stats()["plain_calls"] == 0
    changed = given(2)
    changed["extra"] = 1
    assert_same(compiled(changed, X), f(changed, X))

    def g(pair):
        return pair[0] + pair[-1]

    same_twice(g, ((X, X),), ((X, 2.0, X * 3),), ([X, X * 2],), ((X, 1),))


def test_a_list_argument_is_changed_for_real():
    def f(items, x):
        items.append(x * 2)
        return items

    for mode in ("hybrid", "script", "trace"):
        items = [X]
        got = braze.jit(f, mode=mode)(items, X)
        assert got is items and len(items) == 2


def test_two_arguments_that_are_one_object():
    class Pair:
        def __init__(self, value):
            self.value = value

    def f(a, b, x):
        return x * a.value + b.value

    one, two = Pair(2.0), Pair(3.0)
    same_twice(f, (one, one, X), (one, two, X), (two, one, X), (two, two, X))


def test_an_instance_attribute_hides_a_method():
    class Model:
        def scaled(self, x):
            return x * 2

    def f(model, x):
        return model.scaled(x)

    compiled = same_twice(f, (Model(), X))
    other = Model()
    other.scaled = lambda x: x * 100
    assert_same(compiled(other, X), f(other, X))


def test_an_instance_is_not_kept_alive():
    import gc
    import weakref

    class Model:
        def __init__(self):
            self.weight = np.ones(3)

    compiled = braze.jit(lambda model, x: x * model.weight)
    model = Model()
    assert_same(compiled(model, X), X)
    assert compiled.stats()["compiled_calls"] == 1
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_functions_made_in_a_comprehension_see_the_last_value():
    def f(x):
        scaled = [lambda v: v * k for k in (1.0, 2.0)]  # noqa: B023
        return scaled[0](x)

    same_twice(f, (X,))


def test_an_iterator_is_used_once():
    def f(x):
        pairs = zip((1.0, 2.0), (x, x), strict=True)
        first = sum(k * v for k, v in pairs)
        return first + len(list(pairs))

    same_twice(f, (X,))

    def g(x):
        return (x + k for k in (1, 2))

    assert type(braze.jit(g)(X)) is type(g(X))


def test_a_change_in_place_is_seen_under_every_name():
    def f(x):
        a = x + 1
        b = a
        items = [a]
        a += 10
        return b, items[0], a

    same_twice(f, (X,))

    def through_closure(x):
        a = np.zeros(3)

        def read():
            return a

        b = read()
        if x.sum() > 0:
            b += x[0]
        return read() * 2 + b

    same_twice(through_closure, (X,), (-X,))

    def through_view(x):
        a = x + 1
        v = a[0]
        a += 1
        return v

    same_twice(through_view, (X,))


def test_loops_keep_aliases():
    def f(x):
        a = np.zeros(3)
        b = a
        for i in range(x.shape[0]):
            a += x[i]
            b = a
        return a, b

    same_twice(f, (X,), (X[:2],))

    def g(x):
        a = np.zeros(3)
        b = np.ones(3)
        for i in range(x.shape[0]):
            a += x[i]
            b += a
            a = b
        return a, b

    same_twice(g, (X,), (X[:2],), (X[:1],))


SHAPES = [(), (0,), (1,), (5,), (0, 3), (1, 1), (1, 4), (4, 1), (2, 3), (2, 1, 3), (1, 0, 2)]


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape(shape):
    x = np.random.default_rng(0).random(shape)

    def f(x):
        return x * 2 + 1, np.exp(x), x.sum(), x.sum(axis=-1) if x.ndim else x, x > 0.5, x.T

    def g(x):
        return np.sqrt(x), x[..., None] * x[..., None], x.mean(), np.where(x > 0.5, x, 0)

    same_twice(f, (x,))
    same_twice(g, (x,))


def test_shapes_change_between_calls():
    def f(x, y):
        return x[1:] + y[:-1], x.reshape(-1), (x * y).sum(axis=0)

    calls = [
        (np.ones(s) * 2, np.arange(np.prod(s, dtype=int)).reshape(s) * 1.0)
        for s in [(4, 3), (7, 2), (2, 2), (1, 3), (9, 9), (0, 4), (4, 3)]
    ]
    same_twice(f, *calls)


def test_arguments_of_other_kinds():
    class Array(np.ndarray):
        pass

    def f(x):
        return x * 2

    for x in (
        X.view(Array),
        np.ma.masked_array(X, X > 0),
        X.astype(">f8"),
        X.astype(object),
        np.longdouble(2) + X,
        X.astype("c16"),
        "ab",
        [1, 2],
        (1, 2),
        None,
    ):
        compiled = braze.jit(f)
        try:
            wanted = f(x)
        except TypeError:
            with pytest.raises(TypeError):
                compiled(x)
            continue
        got = compiled(x)
        assert type(got) is type(wanted)
        assert np.array_equal(got, wanted)


def test_big_python_ints():
    same_twice(lambda x, k: x + k, (X, 2**40), (X, 3), (X, 2**70))
    same_twice(lambda x, k: (x, k * 2), (X, 2**62), (X, 2**63 - 1))


def test_an_exception_of_unused_code_is_raised():
    def f(x, k):
        x[k]
        return x + 1

    def g(x, k):
        if x.sum() > 0:
            y = x[k]
        return x + 1

    def h(x, k):
        for i in range(x.shape[0]):
            y = x[i * 0 + k]
        return x + 1

    def in_branch(x, k):
        y = x[0]
        if x.sum() > 0:
            y = x[k]
            y = x[1]
        return y

    def number(x, s):
        1.0 / s
        return x

    for function in (f, g, h, in_branch):
        compiled = braze.jit(function)
        for k in (0, 1, 0):
            assert_same(compiled(abs(X), k), function(abs(X), k))
        with pytest.raises(IndexError):
            compiled(abs(X), 9)
    compiled = braze.jit(number)
    assert compiled(X, 2.0) is X
    with pytest.raises(ZeroDivisionError):
        compiled(X, 0.0)


def test_recursion():
    def f(x, n):
        return x if n == 0 else f(x * 2, n - 1)

    compiled = same_twice(f, (X, 0), (X, 5), (X, 6))
    assert compiled.explain(X, 5).data["mode"] == "script"
    assert_same(compiled(X, 200), f(X, 200))


def test_a_broadcast_result_is_not_for_writing():
    got = braze.jit(lambda x: np.broadcast_to(x, (5, 3)))(np.ones(3))
    assert not got.flags.writeable
    assert braze.jit(lambda x: x[None, :])(np.ones(3)).flags.writeable


def test_other_callables():
    import functools

    assert braze.jit(functools.partial(lambda a, b: a + b, 1))(2) == 3
    assert braze.jit(len)(X) == 4
    assert_same(braze.jit(np.exp)(X), np.exp(X))
    assert braze.jit(lambda: 3)() == 3

    @braze.jit
    def generator(x):
        yield x

    assert next(generator(X)) is X


def test_floating_point_errors_raise_where_numpy_is_told_so():
    compiled = braze.jit(lambda x: 1 / x)
    zeros, called = np.zeros(3), []
    with np.errstate(all="ignore"):
        assert_same(compiled(zeros), np.full(3, np.inf))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        compiled(zeros)
    with np.errstate(divide="call", call=lambda *what: called.append(what)):
        compiled(zeros)
    assert len(called) == 1
    with np.errstate(all="ignore"):
        assert_same(compiled(zeros), np.full(3, np.inf))
    assert compiled.stats()["plain_calls"] == 2


@pytest.mark.parametrize("mode", ["script", "trace", "hybrid"])
@pytest.mark.parametrize("other", [None, "a string"])
def test_comparisons_with_what_is_no_operand(mode, other):
    # Of elements with an object, not of the array's identity.
    f = {
        None: lambda x: (x == None, x != None),  # noqa: E711
        "a string": lambda x: (x == "a string", x != "a string"),
    }[other]
    assert_same(braze.jit(f, mode=mode)(X), f(X))
