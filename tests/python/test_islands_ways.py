"""How divided functions are run: regions, reports, guards, bounds, and what stays as it was."""

import collections
import contextlib
import json
import math
import traceback

import numpy as np
import pytest
from same import assert_same

import braze

X = np.linspace(-1, 2, 12).reshape(3, 4)
SEEN = collections.deque()
TAKEN = []


def divided(x, n):
    a = x * 2 + 1
    b = np.exp(a) - x
    s = np.asarray_chkfinite(b * 3)[:, ::-1] * 3 + x
    SEEN.append(n)
    c = s + a * b
    for i in range(n):
        c = c * 0.5 + s
        SEEN.append(i)
    d = c - c.mean()
    return d / c.std()


def test_the_report_lists_regions_and_islands():
    compiled = braze.jit(divided)
    before = compiled.explain(X, 3)
    assert "compiled when it is first run" in str(before)
    for _ in range(2):
        assert_same(compiled(X, 3), divided(X, 3))
    report = compiled.explain(X, 3)
    first = divided.__code__.co_firstlineno
    text = str(report)
    assert f"lines {first + 1}-{first + 3}: compiled: 1 kernel" in text
    assert f"line {first + 3}: Python, a call of numpy.asarray_chkfinite" in text
    assert "an attribute of a deque" in text
    data = json.loads(report.to_json())
    assert data["mode"] == "islands" and data["compiled"] is False
    assert len(data["regions"]) == compiled.stats()["regions"]
    assert "np.asarray_chkfinite(_t" in report.source and "SEEN.append(n)" in report.source
    assert report.source.startswith("def divided(x, n):")
    assert "<table" in report._repr_html_()


def test_regions_are_counted():
    compiled = braze.jit(divided)
    for _ in range(5):
        compiled(X, 3)
    stats = compiled.stats()
    assert stats["divided_calls"] == 5 and stats["plain_calls"] == 0
    assert stats["regions"] >= 4
    assert stats["launches"] > 15


def test_other_sizes_and_types_use_the_same_regions():
    compiled = braze.jit(divided)
    for n in (3, 5, 9, 4):
        x = np.cos(np.arange(4.0 * n)).reshape(n, 4)
        for _ in range(2):
            assert_same(compiled(x, 2), divided(x, 2))
    made = compiled.stats()["specialisations"]
    for n in (31, 17, 8):
        x = np.cos(np.arange(4.0 * n)).reshape(n, 4)
        assert_same(compiled(x, 2), divided(x, 2))
    assert compiled.stats()["specialisations"] == made
    x = X.astype(np.float32)
    assert_same(compiled(x, 2), divided(x, 2))
    assert compiled.stats()["specialisations"] > made


def test_a_loop_counter_is_no_reason_for_many_versions():
    def f(x, n):
        for i in range(n):
            SEEN.append(i)
            x = x * 0.5 + x[i % 3] * i + i
        return x

    compiled = braze.jit(f)
    assert_same(compiled(X, 100), f(X, 100), ulps=64)
    assert compiled.stats()["specialisations"] <= 3


def test_values_that_are_needed_are_bounded():
    def f(x, n):
        for i in range(n):
            SEEN.append(i)
            x = np.concatenate([x, x[:1]])[: 3 + i % 9].reshape(-1, 2).reshape(-1, 4) * 0.5 + i
        return x

    compiled = braze.jit(f)
    with np.errstate(all="ignore"):
        for n in range(1, 30):
            assert_same(compiled(X, 1 + n % 3), f(X, 1 + n % 3), ulps=64)
    assert compiled.stats()["specialisations"] <= 64


def test_what_is_not_worth_it_stays_python():
    def f(x):
        SEEN.append(1)
        n = len(x)
        SEEN.append(n)
        return n * 2 + 1

    compiled = braze.jit(f)
    for _ in range(4):
        assert compiled(X) == 7
    assert compiled.stats()["regions"] == 0
    assert compiled.stats()["plain_calls"] >= 2


def test_numbers_alone_are_not_worth_a_call_in_each_round():
    def f(values):
        total = 0.0
        for v in values:
            SEEN.append(v)
            total += math.cos(v) ** 2 * math.cos(v / 2) * math.cos(v / 3) ** 3
        return total

    compiled = braze.jit(f)
    values = [0.1 * i for i in range(10)]
    for _ in range(4):
        assert compiled(values) == f(values)
    assert compiled.stats()["regions"] == 0


def test_a_traceback_has_the_users_lines_alone():
    def f(x, y):
        SEEN.append("here")
        a = x * 2 + 1
        b = a + y
        SEEN.append("there")
        return b * 2

    compiled = braze.jit(f)
    compiled(X, X)
    line = f.__code__.co_firstlineno
    for _ in range(3):
        with pytest.raises(ValueError, match="broadcast") as caught:
            compiled(X, np.ones(7))
        frames = traceback.extract_tb(caught.value.__traceback__)[1:]
        assert [(frame.name, frame.lineno) for frame in frames] == [("f", line + 3)]
        assert frames[0].filename == __file__


def test_a_recursive_function_keeps_its_frames():
    @braze.jit
    def f(x, n):
        a = x * 2 + n
        TAKEN.append(n)
        if n == 0:
            raise KeyError("bottom")
        return f(a * 0.5 + 1, n - 1) + a

    for _ in range(2):
        with pytest.raises(KeyError) as caught:
            f(X, 3)
        frames = traceback.extract_tb(caught.value.__traceback__)
        assert [frame.name for frame in frames[1:]] == ["f"] * 4


def test_what_is_rebound_is_seen(monkeypatch):
    import sys

    module = sys.modules[__name__]
    monkeypatch.setattr(module, "FACTOR", 2.0, raising=False)
    monkeypatch.setattr(module, "helper", lambda x: x * 2 + 1, raising=False)

    def f(x):
        a = helper(x) * FACTOR  # noqa: F821
        SEEN.append(a.sum())
        return helper(a) - FACTOR  # noqa: F821

    compiled = braze.jit(f)
    for _ in range(2):
        assert_same(compiled(X), f(X))
    monkeypatch.setattr(module, "FACTOR", 3.5)
    assert_same(compiled(X), f(X))
    monkeypatch.setattr(module, "helper", lambda x: x - 5 + x * x)
    assert_same(compiled(X), f(X))


def test_an_island_that_rebinds_a_global_between_regions():
    def f(x):
        global SCALE
        SCALE = 2.0
        a = x * SCALE + 1
        change()
        b = a * SCALE + 1
        return b * 2 - SCALE

    def change():
        global SCALE
        SCALE = 5.0

    compiled = braze.jit(f)
    for _ in range(3):
        assert_same(compiled(X), f(X))


def test_changed_defaults_and_code_are_seen():
    def f(x, k=2.0, *, m=1.0):
        a = x * k + m
        SEEN.append(1)
        return a * k - m

    def other(x, k=2.0, *, m=1.0):
        return x + k + m

    compiled = braze.jit(f)
    for _ in range(2):
        assert_same(compiled(X), f(X))
    f.__defaults__ = (5.0,)
    assert_same(compiled(X), f(X))
    f.__kwdefaults__ = {"m": 4.0}
    assert_same(compiled(X), f(X))
    f.__code__ = other.__code__
    assert_same(compiled(X), f(X))


def test_arguments_of_every_kind():
    def f(x, /, k, *rest, m=3.0, **more):
        a = x * k + m
        SEEN.append(len(rest))
        return a * m + sum(rest) + more.get("z", 0) * 2

    compiled = braze.jit(f)
    for _ in range(2):
        assert_same(compiled(X, 2.0, 1.0, 2.0, m=4.0, z=X), f(X, 2.0, 1.0, 2.0, m=4.0, z=X))
        assert_same(compiled(X, k=2.0), f(X, k=2.0))
    with pytest.raises(TypeError, match="positional"):
        compiled()


def test_methods_lambdas_and_closures():
    offset = X[0] * 2

    class Model:
        weight = X * 0.5

        @braze.jit
        def apply(self, x):
            a = x * self.weight + offset
            SEEN.append(a.sum())
            self.count = getattr(self, "count", 0) + 1
            return a * 2 - self.weight

    model = Model()
    wanted = (X * model.weight + offset) * 2 - model.weight
    for i in range(3):
        assert_same(model.apply(X), wanted)
        assert model.count == i + 1
    f = braze.jit(lambda x: np.asarray_chkfinite(x * 2 + offset)[:4] * 2 + x[0] * offset)
    for _ in range(3):
        assert_same(f(X), np.asarray_chkfinite(X * 2 + offset)[:4] * 2 + X[0] * offset)


def test_scripts_are_still_refused():
    with pytest.raises(braze.CompileError, match="numpy.asarray_chkfinite"):
        braze.script(divided)(X, 2)
    with pytest.raises(braze.CompileError):
        braze.jit(divided, fallback=False)(X, 2)


@contextlib.contextmanager
def swallowing():
    with contextlib.suppress(ValueError):
        yield


def fails():
    raise KeyError("behind")


def bound_in_a_block_that_may_be_left(a, k):
    if np.sum(a) > 1:
        b = b + 1  # noqa: F821
        SEEN.append(b)
    with swallowing():
        c = np.sort(k * 0.5 + 2, axis=-1)
    fails()
    return c


def test_a_name_that_a_swallowed_exception_leaves_unbound():
    compiled = braze.jit(bound_in_a_block_that_may_be_left)
    for _ in range(2):
        with pytest.raises(KeyError, match="behind"):
            compiled(-X, 3)
