"""Compiling in another thread: the plain function serves until the code is ready."""

import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
from same import assert_same

import braze
from braze.dispatch import background

X = np.arange(6.0)


class Gate:
    """Keeps the background thread busy until it is opened."""

    def __init__(self):
        self.open = threading.Event()
        background.submit(self.open.wait)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open.set()
    assert background.wait(60)


def finish(gate):
    gate.open.set()
    assert background.wait(60)


def test_the_plain_function_serves_until_the_code_is_ready(gate):
    def f(x, y):
        return x * 2 + y

    made = braze.jit(f, background=True)
    for _ in range(3):
        assert_same(made(X, X), f(X, X))
    stats = made.stats()
    assert (stats["plain_calls"], stats["compiled_calls"], stats["pending"]) == (3, 0, 1)
    finish(gate)
    stats = made.stats()
    made_or_found = stats["compiles"] + stats["cache_hits"]  # another test may have the same kernel
    assert (made_or_found, stats["pending"]) == (1, 0)
    assert_same(made(X, X), f(X, X))
    assert_same(made(X[:3], y=X[:3]), f(X[:3], X[:3]))
    background.wait(60)
    assert_same(made(X[:3], y=X[:3]), f(X[:3], X[:3]))
    stats = made.stats()
    assert (stats["plain_calls"], stats["compiled_calls"], stats["specialisations"]) == (4, 2, 2)


def test_kernels_are_ready_before_the_first_compiled_call(gate):
    def f(x, n):
        if x.sum() > 100:
            x = np.sqrt(x) + 1
        for _ in range(n):
            x = x * 0.5 + x.mean()
        return x, (x - x.mean()).T

    made = braze.jit(f, background=True)
    x = np.ones((50, 70))
    made(x, 40)
    finish(gate)
    compiles = made.stats()["compiles"]
    assert compiles > 1
    for y in (x, x * 0):
        assert_same(made(y, 40), f(y, 40))
    assert made.stats()["compiles"] == compiles


def test_other_values_come_after_the_first(gate):
    def f(x, kind):
        return x * 2 if kind == "a" else x - 1

    made = braze.jit(f, background=True)
    for kind in "abab":
        assert_same(made(X, kind), f(X, kind))
    assert made.stats()["pending"] == 1
    finish(gate)
    for kind in "abab":
        assert_same(made(X, kind), f(X, kind))
        background.wait(60)
    before = made.stats()
    for kind in "ab":
        assert_same(made(X, kind), f(X, kind))
    assert made.stats()["compiled_calls"] == before["compiled_calls"] + 2


def test_regions_are_compiled_behind_the_scenes(gate):
    seen = []

    def f(x):
        y = x * 2 + 1
        seen.append(str(y[0]))
        return y * 3 - np.sort(y)

    made = braze.jit(f, background=True)
    assert_same(made(X), f(X))
    finish(gate)
    for _ in range(5):
        assert_same(made(X), f(X))
        assert background.wait(60)
    stats = made.stats()
    assert stats["divided_calls"] == 5
    assert stats["specialisations"] >= 1
    assert len(seen) == 12


def test_what_cannot_be_compiled_stays_plain(gate):
    def f(x):
        return eval("x.tolist()")

    made = braze.jit(f, background=True)
    assert made(X) == f(X)
    finish(gate)
    assert made(X) == f(X)
    stats = made.stats()
    assert stats["plain_calls"] == 2
    assert stats["pending"] == 0
    assert stats["reasons"]


def test_a_fault_leaves_the_plain_function(gate, monkeypatch):
    made = braze.jit(lambda x: x * 2 + 1, background=True)
    monkeypatch.setattr(type(made._compiler), "now", lambda *_: 1 / 0)
    assert_same(made(X), X * 2 + 1)
    finish(gate)
    assert_same(made(X), X * 2 + 1)
    stats = made.stats()
    assert stats["plain_calls"] == 2
    assert stats["reasons"] == ["a fault of braze: ZeroDivisionError: division by zero"]


def test_functions_and_arrays_are_let_go(gate):
    made = braze.jit(lambda x: x * 2 + 1, background=True)
    x = np.arange(8.0)
    made(x)
    function, array = weakref.ref(made), weakref.ref(x)
    del made, x
    finish(gate)
    gc.collect()
    assert function() is None
    assert array() is None


def test_threads_may_call_meanwhile(gate):
    def f(x, y):
        return (x - y) * x

    made = braze.jit(f, background=True)
    wrong = []

    def work():
        for i in range(200):
            x = np.full(10, float(i))
            if not np.array_equal(made(x, X[:1]), f(x, X[:1])):
                wrong.append(i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    gate.open.set()
    for t in threads:
        t.join()
    assert not wrong
    assert made.stats()["compiled_calls"] + made.stats()["plain_calls"] == 800


def test_the_thread_ends_with_its_work():
    made = braze.jit(lambda x: x * 2 + 1, background=True)
    made(X)
    assert background.wait(60)
    names = [t.name for t in threading.enumerate() if t.name.startswith("braze")]
    for t in threading.enumerate():
        if t.name in names:
            t.join(10)
    assert not [t for t in threading.enumerate() if t.name.startswith("braze")]


PROGRAM = """
import os, sys, numpy as np, braze
from braze.dispatch import background
made = [braze.jit(eval(f"lambda x: x * {i} + 1"), background=True) for i in range(20)]
x = np.arange(9.0)
for f in made:
    f(x)
if "fork" in sys.argv:
    child = os.fork()
    if child == 0:
        assert background.wait(60)
        ok = all(np.array_equal(f(x), x * i + 1) for i, f in enumerate(made))
        os._exit(0 if ok and all(f.stats()["compiled_calls"] == 1 for f in made) else 1)
    assert os.waitpid(child, 0)[1] == 0
print("done")
"""


@pytest.mark.parametrize("way", ["end", "fork"])
def test_a_program_may_end_or_fork_meanwhile(way):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr


def test_options_that_do_not_go_together():
    with pytest.raises(ValueError, match="needs fallback=True"):
        braze.jit(lambda x: x, background=True, fallback=False)
    for fp in ("reassoc", ("exact", "contract"), "approx"):
        with pytest.raises(ValueError, match="not available yet"):
            braze.jit(lambda x: x, fp=fp)
    with pytest.raises(ValueError, match="fp is of exact"):
        braze.jit(lambda x: x, fp="loose")
    assert braze.jit(lambda x: x * 2, fp=("exact",))(2.0) == 4.0
