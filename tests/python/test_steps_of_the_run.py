"""Slices whose step only the run knows: views and updates of any sign, and what NumPy raises."""

import numpy as np
import pytest
from exact import check

import braze

A = np.arange(30.0)
M = np.arange(36.0).reshape(6, 6)


def same(function, *calls, compiled=None):
    """Compare calls with the plain function's, changed arguments too."""
    ours = braze.jit(function)
    for args in calls:
        mine, theirs = (
            [np.copy(a) if isinstance(a, np.ndarray) else a for a in args] for _ in "ab"
        )
        check(ours(*mine), function(*theirs))
        check(mine, theirs)
    assert ours.stats()["compiled_calls"] == (len(calls) if compiled is None else compiled)


def sieve(n):
    s = np.ones(n + 1, dtype=bool)
    s[:2] = False
    i = 2
    while i * i <= n:
        if s[i]:
            s[i * i :: i] = False
        i += 1
    return s


def test_a_sieve_is_compiled():
    same(sieve, (100,), (4,), (1000,))


def test_parts_are_read():
    def parts(a, n):
        total, k = 0.0, n
        while k > 0:
            x = a[::k]
            total += x.sum() + len(x) + x[-1] + a[k::k].sum() + a[1:-1:k].sum()
            k -= 1
        return total

    same(parts, (A, 5), (A[::2], 3), (A, 1))


def test_parts_are_changed():
    def changed(a, m, n):
        k = 1
        while k < n:
            a[k::k] += 1
            a[:k:k] *= 2
            a[::k] = np.arange(len(a[::k]))
            a[::2][::k] = -k
            m[1:-1:k, ::k] -= m[0, 0] * k
            m.T[::k, 0] = k
            k += 1
        return a, m

    same(changed, (A, M, 5), (A, M, 2), (A[::2], M.T, 4))


def test_steps_towards_the_front():
    def reversed_parts(a, n):
        total = 0.0
        for k in range(1, n):
            total += a[::-k].sum() + a[15:2:-k][0]
            a[::-k] = a[::-k] + k
        return total

    same(reversed_parts, (A, 5), (A, 3))


def test_a_step_that_changes_its_sign_is_right():
    def down(a, steps):
        for k in steps:
            a[::k] += 1
        return a

    same(down, (A, np.array([1, 2, 5, -1, -4, 3])), (A, np.array([-3, 1, 2, 4, 5, 7])), compiled=0)
    same(down, (A, np.array([1, 2, 5, 4, 9, 3])))


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, -1, -2, 6, 2**62, -(2**63), True])
def test_arguments_as_steps(step):
    def doubled(a, k):
        return a[::k] * 2 + a[::k][0]

    ours = braze.jit(doubled)
    for k in (7, 8, 9, step, 10, step):
        check(ours(A, k), doubled(A, k))


def test_a_step_of_zero_raises():
    def down(a, n):
        for k in range(n, -1, -1):
            a[::k] += 1

    a, b = A.copy(), A.copy()
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        braze.jit(down)(a, 3)
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        down(b, 3)
    check(a, b)
