"""Lists, text and generators that only the run knows: compiled whole, and guarded."""

from collections import deque

import numpy as np
import pytest
from exact import check

import braze

X = np.sin(np.arange(40.0) * 3)


def counts(function, *calls):
    """Call a function plain and compiled; return how many calls were compiled."""
    compiled = braze.jit(function)
    for args in calls:
        check(compiled(*args), function(*args))
    return compiled.stats()["compiled_calls"]


def test_generators_are_loops_of_any_length(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")

    def norms(x):
        return sum(v * v for v in x if v > 0), [v for v in x if v > 0.5], max(x, key=abs)

    assert counts(norms, (X,), (X[:20],), (X[:9] + 2,), (X * 2,)) == 4


def test_a_generator_gives_its_items_once():
    def twice(x):
        g = (v * 2 for v in x)
        return list(g), list(g), sum(g)

    def zipped(x):
        pairs, total = zip(x, x, strict=False), 0.0
        for a, b in pairs:
            total += a * b
        for a, b in pairs:
            total += a + b
        return total

    for function in (twice, zipped):
        check(braze.jit(function)(X), function(X))
        check(braze.jit(function)(X[:3]), function(X[:3]))


def test_what_generators_read_is_guarded():
    space = {"SCALE": 2.0}
    exec("def f(x):\n    return sum(SCALE * v for v in x)", space)
    compiled = braze.jit(space["f"])
    for scale in (2.0, 3.0, -1.5):
        space["SCALE"] = scale
        check(compiled(X), space["f"](X))


def test_a_key_that_is_nan_is_left_to_python():
    def ordered(x):
        return sorted(x), sorted(x, reverse=True), sorted(range(len(x)), key=lambda i: x[i])

    x = np.array([1.0, np.nan, -0.0, 0.0, np.nan, 2.0] * 4)
    for given in (X, x, np.zeros(20), np.array([0.0, -0.0] * 9)):
        check(braze.jit(ordered)(given), ordered(given))


def drained(x, n):
    queue = deque()
    for v in x:
        queue.append(float(v))
    taken = [queue.popleft() for _ in range(n)]
    return taken, len(queue)


def test_a_list_that_is_empty_raises():
    compiled = braze.jit(drained)
    check(compiled(X, 3), drained(X, 3))
    with pytest.raises(IndexError, match="pop from an empty deque"):
        compiled(X, 41)


def test_a_list_longer_than_its_room_is_a_list():
    def filled(x, n):
        out = []
        for i in range(n):
            if x[i % 40] > 0:
                out.append(i)
                if i % 7 == 0:
                    out.pop()
        return len(out), out[-1]

    for n in (50, 60_000):
        check(braze.jit(filled)(X, n), filled(X, n))


def test_items_of_two_types_stay_python():
    def mixed(x):
        held = [0.0] * 5
        for i in range(len(x)):
            held[i % 3] = x[i]
        return held

    got = braze.jit(mixed)(X)
    assert [type(v) for v in got] == [type(v) for v in mixed(X)]
    check(got, mixed(X))


def test_text_that_changes_is_an_input(monkeypatch):
    monkeypatch.setenv("BRAZE_REGULATE", "off")

    def hashed(text):
        h = 5381
        for ch in text:
            h = (h * 33 + ord(ch)) & 0xFFFFFFFF
        return h

    compiled = braze.jit(hashed)
    texts = ["".join(chr(97 + (i * k) % 26) for i in range(k)) for k in range(1, 40)]
    for text in [*texts, "", "é∑𝒳" * 30, "\ud800" * 70]:
        assert compiled(text) == hashed(text)
    assert compiled.stats()["compiles"] <= 8


def test_bits_beyond_64_are_pythons():
    def shifted(a, k):
        total = 0
        for i in range(len(a)):
            total ^= int(a[i]) << int(k[i])
        return total

    a = np.array([1, 5, -3])
    compiled = braze.jit(shifted)
    for k in ([1, 2, 3], [61, 62, 63], [70, 1, 200]):
        assert compiled(a, np.array(k)) == shifted(a, np.array(k))
    with pytest.raises(ValueError, match="negative shift count"):
        compiled(a, np.array([1, -1, 2]))


def test_what_follows_and_is_asked_only_then():
    def leading(a, limit):
        i = 0
        while i < len(a) and a[i] < limit:
            i += 1
        return i

    compiled = braze.jit(leading)
    for limit in (-5.0, 0.5, 9.0):
        assert compiled(X, limit) == leading(X, limit)
