"""The kernels of a first call are compiled together, before it runs: the right ones, once."""

import numpy as np
import pytest
from same import assert_same

import braze

X = np.linspace(0.5, 4.5, 40 * 30).reshape(40, 30)


def several(x):
    a = x - x.mean(axis=0)
    b = a @ a.T
    return (b * 2 + 1).sum(axis=1), np.cumsum(a, axis=1) * 3, a[::2, 1:].T + 1


def in_place(x, n):
    y = x.copy()
    for _ in range(n):
        y[1:-1] = (y[:-2] + y[2:]) * 0.5
        y[0] = y[1] * y[1].mean()
    return y.T, y.max()


def alike(x):
    a = np.cumsum(x * 2 + 1, axis=0)
    b = np.cumsum(a * 2 + 1, axis=0)
    return b * 2 + 1


def elements(x):
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total = total + x[i, j] * (i - j)
    return x * total, (x.T / total).sum(axis=0)


LAYOUTS = {
    "C": lambda x: x,
    "F": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "backwards": lambda x: x[::-1],
    "empty": lambda x: x[:0],
    "one row": lambda x: x[:1],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "function", [several, lambda x: in_place(x, 50), alike, elements], ids=lambda f: f.__name__
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_results_are_the_same(function, layout):
    x = LAYOUTS[layout](X)
    try:
        wanted = function(x)
    except (IndexError, ValueError) as error:
        with pytest.raises(type(error)):
            braze.jit(function)(x)
        return
    f = braze.jit(function)
    for _ in range(2):
        assert_same(f(x), wanted)


def test_nothing_is_compiled_that_is_not_run():
    with_threads, alone = braze.jit(several), braze.jit(several, threads=1)
    with_threads(X)
    alone(X)  # compiles what is launched when it is launched
    pieces = [f.stats()["compiles"] + f.stats()["cache_hits"] for f in (with_threads, alone)]
    assert pieces[0] == pieces[1] >= 3


def test_equal_kernels_are_compiled_once():
    def own_kernel(x):
        a = np.cumsum(x * 2.625 + 1.375, axis=0)
        b = np.cumsum(a * 2.625 + 1.375, axis=0)
        return b * 2.625 + 1.375

    f = braze.jit(own_kernel)
    f(X)
    stats = f.stats()
    assert (stats["compiles"], stats["cache_hits"]) == (1, 2)


def test_branches_that_are_not_taken_are_not_compiled():
    def branching(x):
        y = np.cumsum(x + 7.25, axis=0)
        z = np.cumsum(y * 7.25, axis=1)
        if z.sum() < 0:
            z = np.cumsum(z - 7.25, axis=1) / 7.25
        return z - 3.75

    f = braze.jit(branching)
    assert_same(f(X), branching(X))
    before = f.stats()["compiles"]
    assert_same(f(-X * 100), branching(-X * 100))
    assert f.stats()["compiles"] > before
