"""The decorators and what their functions promise: the same answer, always."""

import collections
import gc
import json
import threading
import weakref

import numpy as np
import pytest
from same import assert_same

import braze

SCALE = 2.0
WEIGHTS = np.array([1.0, 2.0, 3.0])
X = np.arange(12.0).reshape(4, 3)


@braze.jit
def scaled(x):
    return x * SCALE


@braze.jit
def weighted(x):
    return x * WEIGHTS


def test_a_changed_global_is_seen(monkeypatch):
    assert_same(scaled(X), X * 2.0)
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert_same(scaled(X), X * 5.0)
    monkeypatch.setitem(globals(), "SCALE", np.float32(1.5))
    assert_same(scaled(X), X * np.float32(1.5))
    assert scaled.stats()["plain_calls"] == 0


def test_a_changed_global_array_is_seen(monkeypatch):
    assert_same(weighted(X), X * WEIGHTS)
    WEIGHTS[0] = 7
    assert_same(weighted(X), X * WEIGHTS)
    monkeypatch.setitem(globals(), "WEIGHTS", np.array([4.0, 5.0, 6.0]))
    assert_same(weighted(X), X * WEIGHTS)
    monkeypatch.setitem(globals(), "WEIGHTS", np.array([4, 5, 6], np.int32))
    assert_same(weighted(X), X * WEIGHTS)


def test_a_changed_closure_is_seen():
    factor = 3.0

    def set_factor(value):
        nonlocal factor
        factor = value

    @braze.jit
    def f(x):
        return x * factor

    for value in (3.0, 4.0, 4.0, -0.0, 0.0, np.float64(2)):
        set_factor(value)
        got = f(X)
        assert_same(got, X * value)
        np.testing.assert_array_equal(np.signbit(got), np.signbit(X * value))
    assert f.stats()["plain_calls"] == 0


def test_values_do_not_make_a_storm():
    @braze.jit
    def f(x, k):
        return x * (k + 1)

    for k in range(40):
        assert_same(f(X, k), X * (k + 1))
    assert f.stats()["specialisations"] <= 17


def test_sizes_share_one_compilation():
    @braze.jit
    def f(x, y):
        return np.exp(x) * y + x

    rng = np.random.default_rng(0)
    for _ in range(50):
        shape = tuple(rng.integers(2, 30, 2))
        x, y = rng.random(shape), rng.random(shape)
        assert_same(f(x, y), np.exp(x) * y + x)
    stats = f.stats()
    assert (stats["specialisations"], stats["plain_calls"]) == (1, 0)


def test_errors_are_numpys_own():
    @braze.jit
    def f(x, y):
        return x + y

    assert_same(f(X, X), X + X)
    with pytest.raises(ValueError, match="could not be broadcast together") as caught:
        f(np.ones(3), np.ones(4))
    assert caught.traceback[-1].name == "f"
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        f(X)
    with pytest.raises(TypeError, match="unexpected keyword"):
        f(X, z=X)


def test_arguments_by_name_and_defaults():
    def f(x, *rest, y=2.0, **more):
        return x * y + sum(rest) + more.get("z", 0)

    compiled = braze.jit(f)
    for args, kwargs in [
        ((X,), {}),
        ((X, X, X), {}),
        ((X,), {"y": X}),
        ((X, 1.0), {"z": X}),
        ((), {"x": X, "y": 3.0}),
    ]:
        assert_same(compiled(*args, **kwargs), f(*args, **kwargs))
    assert compiled.stats()["plain_calls"] == 0


def test_the_function_keeps_its_face():
    def f(x: int) -> int:
        """Say what it does."""
        return x

    f.extra = 1
    g = braze.jit(f)
    assert (g.__name__, g.__doc__, g.__wrapped__, g.extra) == ("f", f.__doc__, f, 1)
    assert g.__module__ == __name__ and g.__annotations__ == f.__annotations__
    assert braze.jit(g).__wrapped__ is f
    assert "f" in repr(g)


def test_methods():
    class Model:
        bias = 1.0

        def __init__(self, weight):
            self.weight = weight

        @braze.jit
        def apply(self, x):
            return self.shifted(x) * self.weight

        def shifted(self, x):
            return x + self.bias

        @property
        def double(self):
            return self.weight * 2

        @braze.jit
        def twice(self, x):
            return x * self.double

    for weight in (2.0, np.ones(3) * 4, 5.0):
        model = Model(weight)
        assert_same(model.apply(X), (X + 1.0) * weight)
        model.weight = 7.0
        assert_same(model.apply(X), (X + 1.0) * 7.0)
        assert_same(model.twice(X), X * 14.0)
    Model.bias = 3.0
    assert_same(model.apply(X), (X + 3.0) * 7.0)
    assert Model.apply.stats()["plain_calls"] == 0


def test_what_cannot_be_compiled_runs_as_it_is():
    seen = collections.deque()

    @braze.jit
    def f(x):
        seen.append(x.sum())
        return x + 1

    for _ in range(3):
        assert_same(f(X), X + 1)
    assert len(seen) == 3
    assert f.stats()["plain_calls"] == 3
    assert "seen" in str(f.explain(X)) or "deque" in str(f.explain(X))


def test_a_function_without_source_is_traced():
    names = {"np": np}
    exec("def f(x, y):\n    return np.exp(x) + y.sum(axis=0)", names)
    f = braze.jit(names["f"])
    assert_same(f(X, X), names["f"](X, X), ulps=8)
    assert f.stats()["compiled_calls"] == 1
    assert f.inspect(X, X).mode == "trace"


def test_a_trace_has_no_side_effects():
    calls = []
    names = {"np": np, "calls": calls}
    exec("def f(x):\n    print(calls)\n    return x + 1", names)
    f = braze.jit(names["f"])
    f(X)
    with pytest.raises(braze.CompileError):
        braze.trace(names["f"], X)


def test_a_trace_freezes_nothing():
    def f(x):
        if x.sum() > 0:
            return x + 1
        return x - 1

    compiled = braze.trace(f, X)
    for x in (X, -X, X + 100):
        assert_same(compiled(x), f(x))

    def g(x, n):
        return x * 2 if n > 3 else x * 3

    compiled = braze.trace(g, X, 5)
    for n in (5, 2, 4, 3):
        assert_same(compiled(X, n), g(X, n))

    def h(x):
        return x * len(x)

    compiled = braze.trace(h, X)
    for rows in (4, 2, 3, 4):
        assert_same(compiled(X[:rows]), h(X[:rows]))


@pytest.mark.parametrize("value", [None, "text", (1, 2), np.float32(2), True, 3, 2.5])
def test_arguments_that_are_no_arrays(value):
    def f(x, option):
        if option is None:
            return x
        if isinstance(option, str):
            return x + len(option)
        if isinstance(option, tuple):
            return x * option[0]
        return x * option

    compiled = braze.jit(f, fallback=False)
    assert_same(compiled(X, value), f(X, value))
    assert_same(compiled(X, value), f(X, value))


def test_identity_and_views_of_results():
    @braze.jit
    def f(x):
        y = x + 1
        z = x + 1
        return x, y, y, z, x.T

    a, b, c, d, t = f(X)
    assert a is X and b is c and b is not d
    assert not np.shares_memory(b, d)
    assert np.shares_memory(t, X)


def test_a_bad_option_is_an_error():
    for options in ({"mode": "fast"}, {"fp": "loose"}, {"threads": 0}):
        with pytest.raises(ValueError):
            braze.jit(lambda x: x, **options)
    with pytest.raises(TypeError):
        braze.jit(3)


def test_inspect_shows_each_stage():
    def f(x, y):
        return (x * y + 1).sum(axis=1)

    shown = braze.jit(f).inspect(X, X)
    assert "multiply" in str(shown.graph) and "kernel" not in str(shown.graph)
    assert "kernel" in str(shown.optimized) and "kernel" in shown.kernels
    assert "define" in shown.llvm
    assert "ret" in shown.asm
    spec = braze.jit(f).inspect(braze.spec("f64[n, m]"), braze.spec("f64[n, m]"))
    assert str(spec.optimized) == str(shown.optimized)


def test_explain_in_words_json_and_html():
    def f(x):
        return np.exp(x) * 2 + 1

    report = braze.jit(f).explain(X)
    assert "1 kernel" in str(report)
    assert json.loads(report.to_json())["compiled"] is True
    assert "<table" in report._repr_html_()
    assert "fused" in str(report)


def test_the_environment_turns_it_off(monkeypatch):
    monkeypatch.setenv("BRAZE", "off")
    f = braze.jit(lambda x: x + 1)
    assert_same(f(X), X + 1)
    assert f.stats()["compiled_calls"] == 0


def test_the_environment_dumps(monkeypatch, capfd):
    monkeypatch.setenv("BRAZE", "dump:fuse,verify,time")
    f = braze.jit(lambda x: x * 2 + 1)
    assert_same(f(X), X * 2 + 1)
    shown = capfd.readouterr().err
    assert "after fuse" in shown and "kernel" in shown and "ms" in shown
    monkeypatch.setenv("BRAZE", "dmp")
    with pytest.raises(braze.GraphError, match="unknown word 'dmp'"):
        braze.jit(lambda x: x + 1)(X)


def test_many_threads():
    @braze.jit
    def f(x):
        return np.exp(x - 12) * 2 + x

    wanted = np.exp(X - 12) * 2 + X
    failures = []

    def work():
        for _ in range(50):
            try:
                assert_same(f(X), wanted, ulps=8)
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_a_dead_function_is_freed():
    def make():
        def f(x):
            return x + 1

        compiled = braze.jit(f)
        compiled(X)
        return weakref.ref(f), weakref.ref(compiled)

    plain, compiled = make()
    gc.collect()
    assert compiled() is None and plain() is None
