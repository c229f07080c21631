"""Shapes, identity and honesty of calls: no storms of compiles, nothing frozen, nothing hidden."""

import os
import threading

import numpy as np
import pytest
from exact import check

import braze

X = np.arange(24.0).reshape(4, 6)
GLOBAL = 2.0


def test_a_thousand_shapes_compile_nothing_new():
    def f(x, y):
        return np.exp(x - y.max(axis=1, keepdims=True)) * 2, (x * y).sum(axis=0)

    compiled = braze.jit(f)
    rng = np.random.default_rng(0)
    compiles = []
    for i in range(1000):
        n, m = (int(k) for k in rng.integers(2, 40, 2))
        x, y = rng.random((n, m)), rng.random((n, m))
        got = compiled(x, y)
        if i % 50 == 0:
            check(got, f(x, y), f"{n} {m}", ulps=2)
        compiles.append(compiled.stats()["compiles"])
    stats = compiled.stats()
    assert stats["specialisations"] == 1 and stats["plain_calls"] == 0
    assert compiles[-1] == compiles[0] <= 3


def test_shapes_of_every_rank_and_kind():
    def f(x, y):
        return x * 2 + y

    compiled = braze.jit(f)
    rng = np.random.default_rng(1)
    for _ in range(300):
        shape = [int(n) for n in rng.choice([0, 1, 2, 3, 17], 3)]
        other = [n if rng.random() < 0.6 else 1 for n in shape][int(rng.integers(0, 4)) :]
        x = rng.random(shape).transpose(rng.permutation(3))
        y = rng.random([x.shape[3 - len(other) + i] if n != 1 else 1 for i, n in enumerate(other)])
        check(compiled(x, y), f(x, y), f"{x.shape} {y.shape}")
    assert compiled.stats()["specialisations"] <= 8 * 15
    assert compiled.stats()["plain_calls"] == 0


def test_a_mismatch_is_numpys_error_at_the_users_line():
    def f(x, y):
        z = x + 1
        return z * y

    compiled = braze.jit(f)
    check(compiled(X, X), f(X, X))
    for x, y in (
        (X, X[:3]),
        (X, X.T),
        (np.ones(3), np.ones(2)),
        (np.ones((2, 0)), np.ones((2, 2))),
    ):
        with pytest.raises(ValueError) as wanted:
            f(x, y)
        with pytest.raises(ValueError) as got:
            compiled(x, y)
        assert str(got.value) == str(wanted.value)
        assert got.traceback[-1].path == wanted.traceback[-1].path
        assert got.traceback[-1].lineno == wanted.traceback[-1].lineno


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[7],
        lambda x: x[:, 9],
        lambda x: x.reshape(5, 5),
        lambda x: x.sum(axis=3),
        lambda x: x.transpose(0, 0),
        lambda x: x[0:0].max(),
        lambda x: x @ x,
        lambda x: x.no_such_attribute,
        lambda x: x + "text",
        lambda x: x.squeeze(0),
        lambda x: np.broadcast_to(x, (3, 7)),
        lambda x: x[0, 0, 0],
        lambda x: x.astype(np.int64) << 1.5,
        lambda x: ~x,
    ],
)
def test_other_errors_are_numpys(f):
    with pytest.raises(Exception) as wanted:
        f(X)
    for _ in range(2):
        with pytest.raises(type(wanted.value)) as got:
            braze.jit(f)(X)
        assert str(got.value) == str(wanted.value)


def test_an_error_only_for_some_sizes():
    def f(x, y):
        return x[3] + y[-2], x[:5].sum()

    compiled = braze.jit(f)
    for n, m in ((8, 8), (4, 2), (3, 5), (8, 1), (9, 9)):
        x, y = np.arange(n) * 1.0, np.arange(m) * 1.0
        try:
            wanted = f(x, y)
        except IndexError as error:
            with pytest.raises(IndexError, match=str(error)):
                compiled(x, y)
        else:
            check(compiled(x, y), wanted)


def test_changed_globals_and_closures(monkeypatch):
    factor = 1.0

    def change(value):
        nonlocal factor
        factor = value

    @braze.jit
    def f(x):
        return x * GLOBAL + factor

    for value in (2.0, 3, np.float32(2), np.arange(6.0), np.arange(6, dtype=np.int8)):
        monkeypatch.setitem(globals(), "GLOBAL", value)
        check(f(X), X * value + factor)
        change(value)
        check(f(X), X * value + value)


def test_a_replaced_function_is_seen(monkeypatch):
    @braze.jit
    def f(x):
        return step(x) * 2

    check(f(X), step(X) * 2)
    monkeypatch.setitem(globals(), "step", lambda x: x - 5)
    check(f(X), (X - 5) * 2)


def step(x):
    return x + 1


def test_a_changed_default_is_seen():
    def plain(x, k=2.0):
        return x * k

    f = braze.jit(plain)
    check(f(X), X * 2.0)
    plain.__defaults__ = (3.0,)
    check(f(X), X * 3.0)


def test_results_own_their_data():
    @braze.jit
    def f(x):
        return x + 1, x.sum(axis=0), x.astype(np.float32)

    for shape in ((4, 6), (300, 500)):
        x = np.ones(shape)
        for result in f(x):
            assert result.flags.owndata and result.flags.writeable and result.base is None
            assert not np.shares_memory(result, x)
            result[...] = 0
        assert x.min() == 1
        result.resize((2, 2), refcheck=False)


def test_what_is_returned_of_an_argument():
    @braze.jit
    def f(x):
        return x, x[1:], x.T, x[:], x[::-1][::-1], x[0], x[0], x.reshape(-1), x.T.T

    x = X.copy()
    got, wanted = f(x), f.__wrapped__(x)
    assert got[0] is x
    for g, w in zip(got[1:], wanted[1:], strict=True):
        assert g is not x and np.shares_memory(g, x)
        check(g, w)
    assert got[5] is not got[6]
    got[5][...] = -1
    assert x[0].max() == got[6].max() == -1


def test_a_view_of_a_constant_array_is_read_only_as_numpys():
    @braze.jit
    def f(x):
        return np.broadcast_to(x, (3, *x.shape)), np.broadcast_to(x, x.shape), x[1:]

    frozen = X.copy()
    frozen.flags.writeable = False
    for x in (X.copy(), frozen):
        for g, w in zip(f(x), f.__wrapped__(x), strict=True):
            assert g.flags.writeable == w.flags.writeable
            assert np.shares_memory(g, x)


def test_fresh_arrays_are_apart():
    @braze.jit
    def f(x):
        y = x * 2
        return y, x * 2, y.copy(), y.T, np.zeros(3), np.zeros(3)

    got = f(X)
    for g, w in zip(got, f.__wrapped__(X), strict=True):
        check(g, w)
    for i, j in ((0, 1), (0, 2), (1, 2), (4, 5)):
        assert not np.shares_memory(got[i], got[j])
    assert np.shares_memory(got[0], got[3])


class Sub(np.ndarray):
    def __array_finalize__(self, other):
        self.tag = getattr(other, "tag", "new")


STRANGE = {
    "subclass": X.view(Sub),
    "matrix": np.matrix(X),
    "masked": np.ma.masked_less(X, 5),
    "object": X.astype(object),
    "big-endian": X.astype(">f8"),
    "complex": X.astype(complex),
    "long double": X.astype(np.longdouble),
    "list": X.tolist(),
    "int": 3,
    "huge int": 10**30,
    "Fraction": __import__("fractions").Fraction(1, 3),
    "numpy scalar": np.float32(0.1),
    "numpy longdouble": np.longdouble(0.1),
    "bool": True,
    "complex number": 2 + 1j,
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_arguments_give_the_plain_result(name):
    def f(x):
        return x * 2 + 1 if not isinstance(x, list) else x * 2

    wanted, got = f(STRANGE[name]), braze.jit(f)(STRANGE[name])
    assert type(got) is type(wanted)
    assert np.array_equal(np.asarray(got), np.asarray(wanted))
    assert getattr(got, "dtype", None) == getattr(wanted, "dtype", None)
    assert repr(got) == repr(wanted)


def test_structured_and_text_arrays():
    points = np.array([(1, 2.0), (3, 4.0)], [("a", int), ("b", float)])
    check(braze.jit(lambda p: p["b"] * 2)(points), points["b"] * 2)
    words = np.array(["a", "b"])
    check(braze.jit(lambda w: w == "a")(words), words == "a")
    days = np.array(["2020-01-01", "2020-02-01"], "M8[D]")
    check(braze.jit(lambda d: d[1:] - d[:-1])(days), days[1:] - days[:-1])


def test_what_cannot_be_compiled_works_and_says_why():
    def f(x):
        return np.require(x, np.float64) + np.require(x[:1], np.float64)

    compiled = braze.jit(f)
    check(compiled(X), f(X))
    assert compiled.stats()["plain_calls"] == 1
    assert "require" in str(compiled.explain(X))
    assert any("require" in reason for reason in compiled.stats()["reasons"])


@pytest.mark.parametrize("n", [10, 1000, 300_000])
def test_threads_do_not_change_a_bit(n):
    def f(x):
        return x.sum(), x.mean(), np.exp(x) / np.exp(x).sum(), (x * x).reshape(-1, 10).sum(axis=0)

    x = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    one = braze.jit(f, threads=1)(x)
    check(braze.jit(f, threads=2)(x), one)
    check(braze.jit(f)(x), one)


def test_calls_from_several_threads():
    @braze.jit
    def f(x, k):
        return np.tanh(x) * k + x.sum(axis=0)

    failures = []

    def work(seed):
        rng = np.random.default_rng(seed)
        try:
            for i in range(60):
                x = rng.random((int(rng.integers(1, 60)), 7)).astype(("f4", "f8")[i % 2])
                check(f(x, 3.0), np.tanh(x) * 3.0 + x.sum(axis=0), ulps=64, layout=False)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures, failures[0]


def test_after_fork():
    @braze.jit
    def f(x):
        return np.exp(x) * 2 + x.sum()

    x = np.random.default_rng(0).random(400_000)
    before = f(x)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = b"wrong"
        try:
            known, fresh = f(x), braze.jit(lambda x: x * 3 + 1)(x)
            if np.array_equal(known, before) and np.array_equal(fresh, x * 3 + 1):
                status = b"right"
        finally:
            os.write(writer, status)
            os._exit(0)
    os.close(writer)
    assert os.read(reader, 100) == b"right"
    os.waitpid(child, 0)
    check(f(x), before)


def test_sizes_that_are_equal_behind_divisions():
    """Arrays of arguments that meet in every other element fuse as those of one argument do."""

    def f(p, q):
        return p[1:-1:2, 2::3] - q[1:-1:2, 2::3] * 2.0 + p[0:-2:2, 2::3]

    compiled = braze.jit(f)
    for shape in ((9, 11), (8, 12), (30, 5)):
        p, q = np.random.default_rng(0).random((2, *shape))
        check(compiled(p, q), f(p, q))
    assert len(compiled.explain(p, q).data["kernels"]) == 1
    check(compiled(np.ones((5, 6)), np.ones((6, 6))), f(np.ones((5, 6)), np.ones((6, 6))))
