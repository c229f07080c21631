"""`import` in a function, of modules that are there, and of those that its first call runs."""

import sys
import types

import numpy as np
import pytest
from exact import check

import braze

X = np.arange(4.0)


@pytest.fixture
def module(monkeypatch):
    """A module whose only name is `scale`."""
    made = types.ModuleType("braze_test_scales")
    made.scale = 3.0
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


@braze.jit
def scaled(x):
    from braze_test_scales import scale

    return x * scale


def test_what_it_gives_is_guarded(module, monkeypatch):
    check(scaled(X), X * 3)
    monkeypatch.setattr(module, "scale", 4.0)
    check(scaled(X), X * 4)
    other = types.ModuleType(module.__name__)
    other.scale = 5.0
    monkeypatch.setitem(sys.modules, module.__name__, other)
    check(scaled(X), X * 5)
    assert scaled.stats()["plain_calls"] == 0
    del other.scale
    with pytest.raises(ImportError):
        scaled(X)


def test_compiled_once_the_plain_function_has_run_it(tmp_path, monkeypatch):
    (tmp_path / "braze_test_late.py").write_text("scale = 2.0\nprint('once')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "braze_test_late", raising=False)

    @braze.jit
    def f(x):
        import braze_test_late

        return x * braze_test_late.scale

    for _ in range(3):
        check(f(X), X * 2)
    assert f.stats()["plain_calls"] == 1 and f.stats()["compiled_calls"] == 2


def test_one_that_is_never_there_is_not_asked_for_long():
    @braze.jit
    def f(x):
        import braze_test_nowhere

        return x * braze_test_nowhere.scale

    for _ in range(5):
        with pytest.raises(ModuleNotFoundError):
            f(X)
    assert f.stats()["misses"] <= 3
    with pytest.raises(ModuleNotFoundError):
        braze.jit(f.__wrapped__, background=True)(X)
    with pytest.raises(braze.CompileError, match="an import that runs a module"):
        braze.script(f.__wrapped__)(X)


def test_another_import_function(monkeypatch, module):
    import builtins

    original, asked = builtins.__import__, []
    jitted = braze.jit(scaled.__wrapped__)
    check(jitted(X), X * 3)

    def importing(name, *args, **kwargs):
        asked.append(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)
    check(jitted(X), X * 3)
    assert "braze_test_scales" in asked
