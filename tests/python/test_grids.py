"""np.mgrid, np.ogrid, np.r_, np.c_, np.s_ and loops over np.ndindex, np.ndenumerate, products."""

import itertools

import numpy as np
import pytest
from exact import check

import braze

N = 5


def squares(n, m):
    i, j = np.mgrid[0:n, 0:m]
    return i * i + j


def with_start(a):
    return np.mgrid[1 : a.shape[0] + 1, 2:7]


def with_step():
    return np.mgrid[0:10:3, -1:1:0.5]


def with_counts():
    return np.mgrid[0:1:5j, -2:2:3j], np.mgrid[0:1:4j], np.mgrid[0.5:3:1j]


def one_axis(n):
    return np.mgrid[:n], np.mgrid[2:n], np.mgrid[0:9:2], np.ogrid[0:n]


def in_one_tuple(n):
    return np.mgrid[:n,], np.ogrid[1:n,]


def distances(a):
    y, x = np.ogrid[: a.shape[0], : a.shape[1]]
    return np.sqrt((y - 2.0) ** 2 + (x - 1.5) ** 2) * a


def disc(n, r):
    y, x = np.ogrid[-n : n + 1, -n : n + 1]
    return x * x + y * y <= r * r


def floats():
    return np.ogrid[0:1:0.25, 0.5:2.5]


def rows(a, b):
    return np.r_[a, 0.5, b[::-1], 1:4, [7, 8]]


def columns(a, b):
    return np.c_[a, b, np.ones_like(a)]


def columns_of_planes(a):
    return np.c_[a, a], np.r_[a, a], np.c_[a.T, a.T]


def of_numbers(x):
    return np.r_[x, 1, 2.5], np.r_[0:1:3j, 2], np.c_[x, 2]


def slices(a):
    part = np.s_[1:, ::2]
    return a[part], a[np.index_exp[0]], a[np.s_[..., -1]]


A = np.linspace(-1, 2, 12).reshape(3, 4)
CASES = [
    (squares, (4, 3)),
    (squares, (0, 3)),
    (squares, (N, N)),
    (with_start, (A,)),
    (with_step, ()),
    (with_counts, ()),
    (one_axis, (4,)),
    (in_one_tuple, (3,)),
    (distances, (A,)),
    (disc, (3, 2.5)),
    (floats, ()),
    (rows, (A[0], A[1])),
    (columns, (A[0], A[1])),
    (columns, (A[0].astype(np.float32), np.arange(4))),
    (columns_of_planes, (A,)),
    (columns_of_planes, (A.T,)),
    (columns_of_planes, (np.asfortranarray(A),)),
    (of_numbers, (2,)),
    (of_numbers, (np.float32(0.1),)),
    (slices, (A,)),
]


@pytest.mark.parametrize("function, args", CASES)
def test_grids_are_numpys(function, args):
    jitted = braze.jit(function)
    for _ in range(2):
        check(jitted(*args), function(*args))
    assert jitted.stats()["compiled_calls"] == 2


def sum_of_all(a):
    total = 0.0
    for at in np.ndindex(a.shape):
        total += a[at] * (at[0] + 1)
    return total


def fill(n, m, k):
    out = np.zeros((n, m, k), int)
    for i, j, h in np.ndindex(n, m, k):
        if (i + j) % 2:
            continue
        out[i, j, h] = 100 * i + 10 * j + h
    return out


def largest(a):
    best, place = -1.0, (0, 0)
    for (i, j), x in np.ndenumerate(a):
        if x > best:
            best, place = x, (i, j)
    return best, place


def doubled(a):
    for at, x in np.ndenumerate(a):
        a[at] = 2 * x + a[0, 0]
    return a


def neighbours(a):
    out = np.zeros_like(a)
    n, m = a.shape
    for i, j in itertools.product(range(n), range(m)):
        for di, dj in itertools.product((-1, 0, 1), repeat=2):
            out[i, j] += a[(i + di) % n, (j + dj) % m]
    return out


def first_negative(a):
    for i, j in np.ndindex(a.shape):
        if a[i, j] < 0:
            return i, j
    return -1, -1


def up_to(a, x):
    count = 0
    for at in np.ndindex(a.shape):
        if a[at] > x:
            break
        count += 1
    return count


def few():
    return [i * 10 + j for i, j in np.ndindex(2, 3)], list(itertools.product((1, 2), "ab"))


LOOPS = [
    (sum_of_all, (A,)),
    (sum_of_all, (A[:0],)),
    (sum_of_all, (A.T,)),
    (fill, (3, 4, 2)),
    (fill, (30, 2, 9)),
    (fill, (2, 0, 2)),
    (largest, (A,)),
    (largest, (A - 5,)),
    (neighbours, (A,)),
    (first_negative, (A,)),
    (first_negative, (A + 9,)),
    (few, ()),
]


@pytest.mark.parametrize("function, args", LOOPS)
def test_loops_over_indices(function, args):
    jitted = braze.jit(function)
    for _ in range(2):
        check(jitted(*args), function(*args))
    assert jitted.stats()["compiled_calls"] == 2


@pytest.mark.parametrize("x", [-2.0, 0.3, 9.0])
def test_a_loop_over_indices_that_ends_early(x):
    check(braze.jit(up_to)(A, x), up_to(A, x))


def test_elements_are_read_when_their_turn_comes():
    ours, plain = A.copy(), A.copy()
    check(braze.jit(doubled)(ours), doubled(plain))
    check(ours, plain)


def test_negative_sizes_raise():
    with pytest.raises(ValueError, match="negative dimensions"):
        braze.jit(fill)(3, -1, 2)


def test_in_a_trace():
    traced = braze.jit(mode="trace")(up_to)
    check(traced(A, 0.3), up_to(A, 0.3))
    check(traced(A.T, 9.0), up_to(A.T, 9.0))
