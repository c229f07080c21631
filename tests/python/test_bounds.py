"""No sequence of inputs makes more than 16 versions for one set of types, and explain says why."""

import itertools
import types

import numpy as np
import pytest
from exact import check

import braze
from braze.dispatch.compiler import LADDER

X = np.linspace(-2, 3, 12)
SETTING = 1.0
MODE = "a"


def specialisations(function):
    return function.stats()["specialisations"]


def calls_agree(function, calls):
    compiled = braze.jit(function)
    for args in calls:
        check(compiled(*args), function(*args))
    return compiled


def test_ints_become_run_time_values():
    def f(x, k):
        return x * k + k

    compiled = calls_agree(f, [(X, k) for k in range(60)])
    assert specialisations(compiled) <= 3 and compiled.stats()["plain_calls"] == 0


def test_a_fixed_int_that_changes_is_told():
    def f(x, k):
        if k > 3:
            return x * k
        return x - k

    compiled = calls_agree(f, [(X, k) for k in (3, 4, 5)])
    told = str(compiled.explain(X, 6))
    assert "`k` was 3, 4, 5, 6: now a run-time value" in told
    check(compiled(X, 6), f(X, 6))


NEEDED = [
    lambda x, k: x.reshape(k, -1),
    lambda x, k: x[:, None][:, [0] * k],
    lambda x, k: np.tile(x, k),
    lambda x, k: [x] * k,
    lambda x, k: x + len([1, 2] * k),
    lambda x, k: x + len(k * (1, 2)),
]


@pytest.mark.parametrize("needed", NEEDED)
def test_ints_that_are_needed_while_compiling(needed):
    counts = [k for k in range(1, 200) if 12 % k == 0 or k > 12]
    compiled = braze.jit(needed)
    for k in counts:
        try:
            wanted = needed(X, k)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)[:20]):
                compiled(X, k)
        else:
            check(compiled(X, k), wanted)
    assert specialisations(compiled) <= LADDER


def test_strings_and_flags():
    def f(x, name, flag):
        size = len(name.strip())  # not a text of the run: a constant of each version
        return x * size if flag else x + size

    names = ["a" * n for n in range(1, 40)]
    compiled = calls_agree(f, itertools.product([X], names, [True, False]))
    assert specialisations(compiled) <= LADDER
    report = compiled.explain(X, "new", True)
    assert not report.data["compiled"]
    what = report.data["reasons"][0]["what"]
    assert what.startswith(f"{LADDER} versions for different values already: ")
    assert "`name` was 'a', 'aa', 'aaa', 'aaaa', 'aaaaa', ..." in what and "`flag` was" in what
    assert compiled.explain(X, "a", True).data["compiled"]  # there is a version for these


def test_texts_whose_characters_are_counted():
    def f(x, name, flag):
        return x * len(name) if flag else x + len(name)

    names = ["a" * n for n in range(1, 40)]
    compiled = calls_agree(f, itertools.product([X], names, [True, False]))
    assert specialisations(compiled) <= LADDER
    assert compiled.stats()["plain_calls"] == 0


def test_floats_that_are_needed():
    def f(x, t):
        return x * int(t)

    calls_agree(f, [(X, float(t) / 3) for t in range(50)])


def test_globals_that_change(monkeypatch):
    def f(x):
        return x * SETTING if MODE == "a" else x + SETTING

    compiled = braze.jit(f)
    for i in range(50):
        monkeypatch.setitem(globals(), "SETTING", [i, float(i), str, np.float32(i)][i % 2])
        monkeypatch.setitem(globals(), "MODE", "ab"[i % 3 == 0])
        check(compiled(X), f(X))
    assert specialisations(compiled) <= LADDER
    stats = compiled.stats()  # a number that changes is read at each call in the end
    assert stats["plain_calls"] == 0 and stats["specialisations"] < LADDER


def test_helpers_that_are_replaced(monkeypatch):
    space = types.SimpleNamespace(helper=lambda x: x + 1)

    def f(x):
        return space.helper(x) * 2

    compiled = braze.jit(f)
    for i in range(40):
        space.helper = lambda x, i=i: x + i
        check(compiled(X), f(X))
    assert specialisations(compiled) <= LADDER


def test_objects_and_classes_that_change():
    class Model:
        rate = 1.0

        def step(self, x):
            return x * self.rate + self.offset

    model = Model()

    def f(model, x):
        return model.step(x)

    compiled = braze.jit(f)
    for i in range(40):
        Model.rate = i
        model.offset = [1, 2.0, X, np.float32(3)][i % 4]
        check(compiled(model, X), f(model, X))
        if i % 10 == 9:
            Model.step = lambda self, x, i=i: x - i * self.rate
    assert specialisations(compiled) <= LADDER
    for i in range(40):
        model = Model()
        model.offset = float(i)
        check(compiled(model, X), f(model, X))
    assert specialisations(compiled) <= LADDER


def test_containers_of_all_lengths():
    def f(arrays):
        return sum(a * i for i, a in enumerate(arrays))

    compiled = calls_agree(f, [([X] * n,) for n in range(1, 50)])
    assert specialisations(compiled) <= LADDER
    compiled = calls_agree(f, [([X.astype(t)] * n,) for n in range(1, 9) for t in "fdhl"])
    assert specialisations(compiled) <= LADDER


def test_shapes_never_compile_again():
    def f(x):
        return (x - x.mean()) / (x.max() - x.min() + 1)

    compiled = calls_agree(f, [(np.linspace(0, 1, n),) for n in range(2, 200, 3)])
    assert specialisations(compiled) == 1


def test_sizes_that_are_needed():
    def f(x):
        total = 0.0
        for v in x:
            total = total + v * len(x)
        return [total] * len(x)

    compiled = calls_agree(f, [(np.linspace(0, 1, n),) for n in range(2, 60)])
    assert specialisations(compiled) <= LADDER


def test_defaults_and_code_that_change():
    def helper(x, k=1.0):
        return x * k

    def f(x):
        return helper(x) + 1

    compiled = braze.jit(f)
    for i in range(30):
        helper.__defaults__ = (float(i),)
        if i % 5 == 4:
            helper.__code__ = (lambda x, k=1.0: x + k).__code__
        check(compiled(X), f(X))
    assert specialisations(compiled) <= LADDER


def test_keywords_that_change():
    def f(x, **options):
        return sum((x * v for v in options.values()), x)

    compiled = braze.jit(f)
    for i in range(40):
        check(compiled(X, a=i), f(X, a=i))
        check(compiled(X, a=i, b=2), f(X, a=i, b=2))
    per_types = specialisations(compiled) / 2
    assert per_types <= LADDER


def test_islands_are_bounded_too():
    def f(x, k, out):
        y = x * k + 1
        out.append(k)
        return [y * y - x] * k

    compiled = braze.jit(f)
    for k in range(1, 60):
        got, wanted = [], []
        check(compiled(X, k, got), f(X, k, wanted))
        assert got == wanted
    assert specialisations(compiled) <= 2 * LADDER


UFUNCS = np.sin, np.cos, np.tanh, np.arctan, np.abs, np.floor, np.ceil, np.cbrt, np.arcsinh


def test_a_loop_of_many_different_kernels_is_left_to_python():
    def f(x):
        for outer in UFUNCS:
            for inner in UFUNCS:
                x = np.cumsum(outer(inner(x) * 0.5)) * 0.01
        return x

    compiled = braze.jit(f)
    check(compiled(np.linspace(0, 1, 91)), f(np.linspace(0, 1, 91)), ulps=1)
    assert compiled.stats()["compiles"] == 0
    assert "different kernels" in str(compiled.stats()["reasons"])


TABLE = {}


def test_what_is_told_of_versions_runs_no_code_of_the_program(monkeypatch):
    class Silent:
        def __repr__(self):
            raise AssertionError("asked what it looks like")

    def f(x):
        return x * 2 if TABLE is None else x * 3

    compiled = braze.jit(f)
    for _ in range(LADDER + 2):
        monkeypatch.setitem(globals(), "TABLE", {"a": Silent()})
        check(compiled(np.ones(3)), np.full(3, 3.0))
    assert "`TABLE` was the dict at" in compiled.stats()["reasons"][-1]


def test_a_long_computation_with_known_numbers_is_not_recorded():
    def total(low, high):
        if low + 1 >= high:
            return 1.5 * low
        return total(low, (low + high) // 2) + total((low + high) // 2, high)

    compiled = braze.jit(total)
    assert compiled(1, 4000) == total(1, 4000)
    assert any("a recursion of more than" in r for r in compiled.stats()["reasons"])


def doubled(x):
    return np.asarray(x) * 2 + 1


def test_a_tuple_of_many_items_is_not_read_item_by_item():
    compiled = braze.jit(doubled)
    items = tuple(np.linspace(0, 1, 20000).tolist())
    check(compiled(items), doubled(items))
    stats = compiled.stats()
    assert "lists, tuples and dicts of more than" in stats["reasons"][0]
    assert stats["record_ms"] == 0


def test_a_list_of_many_numbers_is_one_input():
    compiled = braze.jit(doubled)
    items = np.linspace(0, 1, 20000).tolist()
    check(compiled(items), doubled(items))
    assert compiled.stats()["compiled_calls"] == 1
    assert str(compiled.explain(items)).count("guard: argument") < 3


def test_lists_of_lists_in_objects_are_not_read_item_by_item():
    class Model:
        def __init__(self):
            self.groups = [np.arange(300).tolist()]
            self.scale = np.ones(300)

        def apply(self, x):
            y = x * self.scale + 1
            return y[np.asarray(self.groups[0])] * 2

    model, x = Model(), np.linspace(0, 1, 300)
    apply = braze.jit(Model.apply)
    for _ in range(2):
        check(apply(model, x), model.apply(x))
    assert any("lists of many items" in r for r in apply.stats()["reasons"])
