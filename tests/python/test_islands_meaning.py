"""What must stay as it was where a function is divided: aliases, names, errors, lifetimes."""

import collections
import gc
import threading
import types
import warnings
import weakref

import numpy as np
import pytest
from same import assert_same

import braze

X = np.linspace(-1, 2, 12).reshape(3, 4)
SEEN = collections.deque()


def test_bound_methods_as_arguments_have_no_effect_while_compiling():
    seen = []

    def f(x, report):
        a = x * 2 + 1
        report(a.sum())
        return a * 3 - x

    compiled = braze.jit(f)
    for i in range(3):
        compiled(X, seen.append)
        assert len(seen) == i + 1


def test_modules_as_arguments_are_told_apart():
    module = types.ModuleType("other")
    module.exp = lambda x: x * 0

    def f(x, xp):
        return xp.exp(x) * 2 + 1

    compiled = braze.jit(f)
    assert_same(compiled(X, np), f(X, np))
    assert_same(compiled(X, module), f(X, module))


def test_one_list_under_two_names_stays_one():
    def f(x):
        a = [x * 2 + 1]
        b = a
        SEEN.append(1)
        b.append(x * 3 + 1)
        return len(a), a is b, a[1] * 2 - a[0]

    compiled = braze.jit(f)
    for _ in range(3):
        assert_same(compiled(X), f(X))


def test_a_name_is_never_taken_for_a_global():
    global stray
    stray = 5.0

    def f(x):
        if x.sum() > 1000:
            stray = x * 2 + 1
            SEEN.append(stray.sum())
        SEEN.append(1)
        return x * 2 + stray

    compiled = braze.jit(f)
    for _ in range(3):
        with pytest.raises(UnboundLocalError):
            compiled(X)


def test_threads():
    def f(x):
        a = x * 2 + 1
        SEEN.append(1)
        return a * a - x

    compiled = braze.jit(f)
    wrong = []

    def work():
        for _ in range(50):
            if not np.array_equal(compiled(X), f(X)):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_is_not_used_any_more_is_freed():
    def f(x):
        a = x * 2 + 1
        SEEN.append(1)
        return a * a - x

    compiled = braze.jit(f)
    for _ in range(3):
        compiled(X)
    gone = weakref.ref(compiled), weakref.ref(compiled._compiler.rewriting)
    del compiled
    gc.collect()
    assert gone[0]() is None and gone[1]() is None


def test_temporary_names_are_dropped():
    class Tracked(np.ndarray):
        pass

    alive = []

    def watch(x):
        made = np.array(x).view(Tracked)
        alive.append(weakref.ref(made))
        return made

    def f(x):
        a = np.asarray(watch(x * 2 + 1)) * 2 + x
        gc.collect()
        left = sum(ref() is not None for ref in alive)
        return a * 1 + 0, left

    compiled = braze.jit(f)
    wanted = f(X)[1]
    for _ in range(3):
        alive.clear()
        left = compiled(X)[1]
    assert left == wanted


def test_errors_have_effects_in_islands_too():
    def f(x):
        a = x * 0 + 1
        with np.errstate(divide="raise"):
            SEEN.append(1)
            b = a / (x * 0)
        return b * 2 + 1

    compiled = braze.jit(f)
    for _ in range(3):
        with pytest.raises(FloatingPointError):
            compiled(X)


def test_a_refusal_is_not_taken_for_an_exception_of_the_program():
    def f(x):
        try:
            y = np.asarray_chkfinite(x * 2 + 1)
        except:  # noqa: E722
            y = x * 5
        return y * 2 + 1

    def g(x):
        y = x * 2
        try:
            return np.asarray_chkfinite(y) + 1
        finally:
            y = y * 3
            SEEN.append(y)

    for function in (f, g):
        compiled = braze.jit(function)
        for _ in range(3):
            assert_same(compiled(-X), function(-X))


def test_a_view_of_all_of_an_array_is_another_object():
    def f(x):
        y = x * 2
        z = y[::-1]
        SEEN.append(z[0])
        w = z[::-1]
        return y, w, y is w, w.base is None

    compiled, whole = braze.jit(f), braze.jit(lambda x: (y := x * 2, y[::-1][::-1]))
    for _ in range(3):
        got = compiled(X[0])
        assert got[0] is not got[1] and got[2:] == (False, False)
        assert np.shares_memory(*got[:2])
        y, w = whole(X[0])
        assert y is not w and np.shares_memory(y, w)


def warns_its_callers(x, calls):
    calls.append(len(calls))
    if calls[0] == x.size:
        return x
    y = x * 2 + x
    if y[0] > 0:
        y = y - 1
        warnings.warn("first", stacklevel=2)
    warnings.warn("second", UserWarning, 3)
    z = np.asarray_chkfinite(y * 3 + 1)
    return z * 2 + y.sum()


def calls_what_warns(f, x, calls):
    return f(x, calls)


def test_warnings_are_told_of_the_callers_lines():
    compiled = braze.jit(warns_its_callers)
    told = []
    for f in [warns_its_callers] + [compiled] * 9:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            calls_what_warns(f, np.ones(3), [])
        told.append([(str(w.message), w.filename, w.lineno) for w in caught])
    assert told == [told[0]] * 10
    assert {f for one in told for _, f, _ in one} == {__file__}
