"""Questions about sizes that only the run knows: slices with run-time ends, what masks pick."""

import numpy as np
import pytest
from compared import alike

import braze


def guarded(part):
    return part.max() - part.min() if len(part) > 0 else -1.0


def passed_over(part):
    if part.size == 0:
        return 0.0
    return part.mean() + part[0] + part[-1]


def spread(part):
    if len(part) > 1:
        return part.std(ddof=1) / np.sqrt(len(part))
    elif len(part) == 1:
        return part[0]
    return -1.0


def truth(part):
    if not len(part):
        return -2.0
    return float(part.argmax()) if part.size and part[0] > 0 else 0.5


def neighbours(part):
    if len(part) >= 2:
        return np.sum(part[1:] * part[:-1]) + part[1]
    return 0.0


def third(part):
    return part[2] if part.shape[0] >= 3 else part.sum()


def few(part):
    total = 0.0
    for k in range(min(len(part), 3)):
        total += part[k] * (k + 1)
    return total


def until(part):
    k, total = 0, 0.0
    while k < len(part) and part[k] > -0.5:
        total += part[k]
        k += 1
    return total if k != len(part) else -total


def compared(part):
    half = len(part) // 2
    if half:
        return part[:half].max() - part[half:].max()
    return 3.0


def unguarded(part):
    """Raises, or warns, where there is nothing."""
    if len(part) >= 0:
        return part.max()
    return 0.0


def badly_guarded(part):
    if len(part) != 1:
        return part.mean() + part.var()
    return part[0]


def in_vain(part):
    if len(part) < 1:
        return part.max()
    return part[0]


OF_PARTS = [
    guarded, passed_over, spread, truth, neighbours, third, few, until, compared, unguarded,
    badly_guarded, in_vain,
]  # fmt: skip


def of_segments(of):
    def function(at, group, x):
        out = np.zeros(len(at) - 1)
        for i in range(len(at) - 1):
            out[i] = of(x[at[i] : at[i + 1]])
        return out

    return function


def of_groups(of):
    def function(at, group, x):
        out = np.zeros(8)
        for i in range(8):
            out[i] = of(x[group == i])
        return out

    return function


def of_one(of):
    def function(at, group, x):
        return of(x[at[0] : at[1]]), of(x[group == 3])

    return function


LOOPS = [of_segments, of_groups, of_one]


def made(seed, n, empty):
    rng = np.random.default_rng(seed)
    at = np.sort(rng.integers(0, n + 1, 30)) if empty else np.arange(0, n + 1, 4)
    group = rng.integers(0, 9, n) if empty else np.arange(n) % 8
    return at, group, rng.standard_normal(n)


@pytest.mark.parametrize("of", OF_PARTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("loop", LOOPS, ids=lambda f: f.__name__)
def test_as_numpy(loop, of):
    function = loop(of)
    compiled = braze.jit(function)
    for seed, n, empty in [(0, 80, False), (1, 80, True), (2, 9, True), (3, 200, True), (4, 8, 0)]:
        alike(function, compiled, *made(seed, n, empty))
    at, group, x = made(5, 40, True)
    alike(function, compiled, at, group + 20, x)  # no groups at all
    alike(function, compiled, at * 0, group, x)
    for special in (np.nan, np.inf):
        alike(function, compiled, at, group, np.where(group == 3, special, x))


@pytest.mark.parametrize("of", OF_PARTS[:9], ids=lambda f: f.__name__)
def test_parts_that_are_sometimes_empty_stay_compiled(of):
    function = of_segments(of)
    compiled = braze.jit(function)
    for seed in range(6):
        compiled(*made(seed, 60, True))
    assert compiled.stats()["compiled_calls"] >= 5


def centroids(points, label, k):
    """As k-means is written: clusters that lost their points stay where they were."""
    out = np.ones((k, points.shape[1]))
    for i in range(k):
        mine = points[label == i]
        if len(mine) > 0:
            out[i] = mine.mean(axis=0)
    return out


def test_clusters_without_points():
    rng = np.random.default_rng(0)
    compiled = braze.jit(centroids)
    for k in (1, 3, 7):
        for n in (0, 1, 5, 50):
            alike(centroids, compiled, rng.standard_normal((n, 2)), rng.integers(0, 9, n), k)
    assert compiled.stats()["compiled_calls"] >= 6


def first_above(x, limit):
    places = np.where(x > limit)[0]
    if len(places) == 0:
        return -1
    return int(places[0])


def test_first_place():
    compiled = braze.jit(first_above)
    for limit in (-1.0, 0.5, 2.0, 0.9):
        alike(first_above, compiled, np.random.default_rng(1).random(50), limit)
    assert compiled.stats()["compiled_calls"] >= 3


def shrinking(a, b, m):
    """Sizes that only the run knows, of which some are made up while others are spelled out."""
    n = len(a)
    for i in range(1, n):
        if a[i] > 0:
            b[0] += m[:, :-i].var()
            m[i][i] -= b[0]
            a[i >> 1] = m[i & 1][0] - a[n // 2]
        b[i] = np.sum(m[i, i : n - i] * b[i : n - i])
    for i in range(2):
        m.T[i, n // 2] = (m[i, :i] * b[0]) @ a[:i]
    return a[1:]


def test_sizes_made_up_in_a_branch():
    compiled = braze.jit(shrinking)
    for n in (2, 9, 5, 12):
        rng = np.random.default_rng(n)
        numbers = [rng.integers(-3, 4, shape).astype(float) for shape in (n, n, (n, n + 2))]
        alike(shrinking, compiled, *numbers)
    assert compiled.stats()["compiled_calls"] >= 2
