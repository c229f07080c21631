"""The order of sets, which depends on how each was made and on the hashes of this process."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest

import braze

MODULE = """
import numpy as np

GLOBAL = {"onyx", "tuff", "gneiss", "marl"}


def folded(a, names):
    for name in names:
        a = a * len(name) + ord(name[0])
    return a


def in_a_loop(a):
    for name in {"onyx", "tuff", "gneiss"}:
        a = a * len(name) + ord(name[0])
    return a


def twice_the_same(a):
    return folded(a, {"marl", "clay", "chalk"}) + folded(a, {"chalk", "marl", "clay"})


def in_a_comprehension(a):
    return folded(a, [n + m for n in {"onyx", "flint"} for m in {"u", "v", "w"}])


def few(a):
    return folded(a, {"slate", "schist"}) - folded(a, {"schist", "slate"})


def tuples(a):
    for name, weight in {("slate", 1), ("tuff", 2.5), ("schist", 3)}:
        a = a * len(name) + weight
    return a


def with_names(a):
    one = "onyx"
    return folded(a, {one, "tuff", "marl"}) + folded(a, {"marl", one, "tuff"})


def with_stars(a):
    some = {"slate", "schist"}
    return folded(a, {*some, "onyx", "tuff", *some, *["marl", "clay"]})


def with_stars_of_dicts(a):
    some = {name: len(name) for name in ("slate", "schist", "tuff", "clay", "marl")}
    return folded(a, {*some, "onyx"}) + folded(a, set(some)) + folded(a, frozenset(some))


def of_a_set(a):
    some = {"slate", "schist", "tuff", "clay", "marl"}
    return folded(a, set(some)) + folded(a, frozenset(some)) + folded(a, some.copy())


def of_a_list(a):
    some = ["slate", "schist", "tuff", "clay", "marl"]
    return folded(a, set(some)) + folded(a, frozenset(some)) + folded(a, set(frozenset(some)))


def of_a_global(a):
    return folded(a, GLOBAL) + folded(a, set(GLOBAL)) + folded(a, [*GLOBAL])


def popped(a):
    some = {"slate", "schist", "tuff", "clay", "marl"}
    return a * ord(some.pop()[0]) + folded(a, some)


def inside(a):
    def inner(b):
        for name in {"slate", "schist", "tuff", "clay"}:
            b = b * len(name) + ord(name[0])
        return b

    return inner(a)


def of_islands(a):
    a = folded(a, {"slate", "schist", "tuff"})
    print(end="")
    for name in {"slate", "tuff", "schist"}:
        a = a * len(name) + ord(name[0])
    print(end="")
    return a + folded(a, [name for name in {"tuff", "slate", "schist"}])


def returned(a):
    some = frozenset(["slate", "schist", "tuff"])
    return a * len(some), some, isinstance(some, set)


def listed(a):
    some = frozenset(["slate", "schist", "tuff"])
    return a * len(some), isinstance(some, set), list({"clay", "marl", "chalk", "lias"})


ALL = [in_a_loop, twice_the_same, in_a_comprehension, few, tuples, with_names, with_stars,
       with_stars_of_dicts, of_a_set, of_a_list, of_a_global, popped, inside, of_islands, returned,
       listed]
"""

CHECKED = """
import sys

import numpy as np
import rocks

import braze

x = np.linspace(0.1, 2.0, 7)
for function in rocks.ALL:
    compiled = braze.jit(function)
    for _ in range(3):
        wanted, got = (repr(f(x)) for f in (function, compiled))
        assert wanted == got, (function.__name__, wanted, got)
"""


@pytest.fixture
def rocks(tmp_path, monkeypatch):
    (tmp_path / "rocks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("rocks", None)
    yield importlib.import_module("rocks")
    del sys.modules["rocks"]


def test_stays_compiled(rocks):
    for function in rocks.ALL:
        if function in (rocks.of_islands, rocks.of_a_global, rocks.returned):
            continue
        compiled = braze.jit(function)
        compiled(np.ones(3))
        assert compiled.stats()["compiled_calls"] == 1, function.__name__


# Python reads the module from its text first, and from what it has kept of it after that.
@pytest.mark.parametrize("seed", range(1, 6))
def test_orders_of_other_processes(rocks, tmp_path, seed):
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    space = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-c", CHECKED], env=space, check=True)
