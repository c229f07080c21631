"""numpy.errstate, warning filters, changes in place and threads, as with plain NumPy."""

import threading
import warnings

import numpy as np
import pytest
from told import floats, same, told

import braze


def test_calls_and_prints(capfd):
    seen = []
    f = braze.jit(lambda x: x / (x - 1) + 1)
    with np.errstate(all="call", call=lambda kind, flag: seen.append((kind, flag))):
        f(floats())
    assert seen == [("divide by zero", 1)]
    with np.errstate(all="print"):
        f(floats())
    assert "divide by zero encountered in divide" in capfd.readouterr().err

    class Log:
        def write(self, text):
            seen.append(text)

    with np.errstate(all="log", call=Log()):
        f(floats())
    assert seen[1:] == ["Warning: divide by zero encountered in divide\n"]


def shown(function, calls):
    """Return how many warnings each call shows under Python's default filter."""
    counts = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for args in calls:
            before = len(caught)
            function(*args)
            counts.append(len(caught) - before)
    return counts


def repeated(x, y):
    a = x / y
    return np.log(y) + a * 1e300


def test_default_filter_shows_once_and_stays_compiled():
    bad = floats(0.0)
    calls = [(floats(), bad)] * 12 + [(floats(1e10), bad)] * 3 + [(floats(), -bad)] * 3
    compiled = braze.jit(repeated)
    assert shown(compiled, calls) == shown(repeated, calls)
    stats = compiled.stats()
    assert stats["compiled_calls"] >= 12, stats


def test_ignored_warnings_stay_compiled():
    compiled = braze.jit(repeated)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(10):
            compiled(floats(), floats(0.0))
    assert compiled.stats()["compiled_calls"] == 10
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            compiled(floats(), floats(0.0))


def test_changed_filters_show_again():
    compiled = braze.jit(repeated)
    args = [(floats(), floats(0.0))]
    first = shown(compiled, args * 5)
    assert first == shown(repeated, args * 5)
    assert first[0] > 0 and shown(compiled, args * 5) == first


def no_warning_for_nan(x):
    y = np.where(np.isnan(x), 0.0, x)
    return np.maximum(y, x) + (x > 1)


def test_noisy_data_is_not_slow_for_ever():
    """Data that raises the processor's flags but no warning is computed by kernels that check."""
    compiled = braze.jit(no_warning_for_nan)
    for _ in range(50):
        compiled(floats(np.nan, np.inf))
    stats = compiled.stats()
    assert stats["compiled_calls"] == 50 and stats["plain_calls"] == 0


# Changes in place


def divide_in_place(x, y):
    x /= y
    x += 1


def change_and_raise(x, y):
    x += 1
    x[2:] /= y[2:]
    x *= 2


def changed_in_loop(x, y):
    for _ in range(3):
        x[1:-1] = (x[:-2] + x[2:]) * 0.5 / y[1:-1]
        x *= 1.5


def changed_by_elements(x, y):
    for i in range(x.shape[0]):
        x[i] = x[i] / y[i]
    return x[0]


@pytest.mark.parametrize("settings", [{}, {"divide": "raise"}, {"all": "ignore"}])
@pytest.mark.parametrize("function", [divide_in_place, change_and_raise, changed_in_loop,
                                      changed_by_elements])  # fmt: skip
def test_changes_in_place(function, settings):
    compiled = braze.jit(function)
    for y in (floats(), floats(0.0), floats(), floats(0.0), floats(0.0)):
        x, wanted = floats(), floats()
        with np.errstate(**settings):
            plain = told(function, wanted, y)
            got = told(compiled, x, y)
        assert got[1] == plain[1]
        assert (got[0] is None) == (plain[0] is None)
        np.testing.assert_array_equal(x, wanted)


def large_in_place(x, y):
    x += 1.5 / y
    x *= 2


def large_part_in_place(x, y):
    x[1:-1] = x[1:-1] * 0.5 + np.sqrt(y[2:])


def large_matrix_in_place(x, y):
    x.reshape(-1, 3)[:, 1:] *= y.reshape(-1, 3)[:, 1:] + 1


def large_single_operation(x, y):
    x /= y


@pytest.mark.parametrize("settings", [{}, {"all": "raise", "under": "ignore"}])
@pytest.mark.parametrize("function", [large_in_place, large_part_in_place, large_matrix_in_place,
                                      large_single_operation])  # fmt: skip
def test_large_changes_in_place(function, settings):
    """Large arrays are not saved but computed twice: the first time without being written."""
    compiled = braze.jit(function)
    rng = np.random.default_rng(1)
    for special in (None, 0.0, -1.0, None, 1e308, np.nan, 0.0):
        y = rng.random(120_000) + 0.5
        if special is not None:
            y[77_777] = special
        x = rng.random(120_000) + 1e300
        wanted = x.copy()
        with np.errstate(**settings):
            plain = told(function, wanted, y)
            got = told(compiled, x, y)
        assert got[1] == plain[1]
        np.testing.assert_array_equal(x, wanted)


# Threads


def test_flags_of_worker_threads_count():
    compiled = braze.jit(lambda x, y: np.sqrt(x) / y + 1, threads=4)
    x, y = np.ones(4_000_000), np.ones(4_000_000)
    assert told(compiled, x, y)[1] == []
    for place in (0, 1_999_999, 3_999_999):
        y[:] = 1
        y[place] = 0
        assert [w[1] for w in told(compiled, x, y)[1]] == ["divide by zero encountered in divide"]


def test_many_threads_warn_on_their_own():
    compiled = braze.jit(lambda x, y: x / y + 1)
    wrong = []

    def work(bad):
        for _ in range(50):
            with np.errstate(divide="raise"):
                try:
                    compiled(floats(), floats(0.0) if bad else floats())
                    raised = False
                except FloatingPointError:
                    raised = True
            if raised != bad:
                wrong.append(bad)

    threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


# numpy.errstate in the function


def ignoring(x, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        r = x / y
    return np.where(np.isfinite(r), r, 0.0)


def nested(x, y):
    with np.errstate(all="ignore"):
        a = x / y
        with np.errstate(divide="warn"):
            b = x / y + 1
        c = np.log(y - y)
    return a + b + c + np.sqrt(y - 100)


def raising(x, y):
    with np.errstate(divide="raise"):
        return x / y + 1


def returning(x, y):
    with np.errstate(over="ignore"):
        if x.sum() > 1e300:
            return x * 0
        return x * 1e200


@pytest.mark.parametrize("function", [ignoring, nested, raising, returning])
def test_errstate_in_the_function(function):
    compiled = braze.jit(function)
    for x, y in [(floats(), floats()), (floats(), floats(0.0)), (floats(1e200), floats(0.0))] * 2:
        same(told(compiled, x, y), told(function, x, y))
    stats = compiled.stats()
    assert stats["divided_calls"] == 0 and stats["specialisations"] > 0, stats["reasons"]


def test_ignored_errors_cost_no_plain_call():
    compiled = braze.jit(ignoring)
    for _ in range(10):
        compiled(floats(), floats(0.0))
    assert compiled.stats()["compiled_calls"] == 10


def test_errstate_that_is_not_known_runs_as_python():
    def f(x, how):
        with np.errstate(**how):
            y = x / (x - 1) + 1
        return y * 2

    compiled = braze.jit(f)
    for how in ({"divide": "ignore"}, {"divide": "warn"}, {"divide": "raise"}):
        same(told(compiled, floats(), how), told(f, floats(), how))


def test_settings_appear_in_the_text_form():
    graph = braze.jit(ignoring).inspect(floats(), floats()).graph
    assert braze.parse(str(graph)) == graph
