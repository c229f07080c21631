"""Loops over small arrays are loops over numbers: the same bits, in one function."""

import numpy as np
import pytest
from exact import check

import braze


def lorenz(y, s, r, b, dt, n):
    def f(v):
        return np.array([s * (v[1] - v[0]), v[0] * (r - v[2]) - v[1], v[0] * v[1] - b * v[2]])

    out = np.empty((n + 1, 3))
    out[0] = y
    for i in range(n):
        k1 = f(y)
        k2 = f(y + dt / 2 * k1)
        k3 = f(y + dt / 2 * k2)
        k4 = f(y + dt * k3)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out[i + 1] = y
    return out


def planets(pos, vel, mass, dt, n):
    k = len(mass)
    for _ in range(n):
        for i in range(k):
            acc = np.zeros(3)
            for j in range(k):
                if i != j:
                    d = pos[j] - pos[i]
                    r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
                    acc += mass[j] * d / (r2 * np.sqrt(r2))
            vel[i] += acc * dt
        for i in range(k):
            pos[i] += vel[i] * dt
    return pos


def total_of_squares(n):
    v = np.array([0.1, -0.2, 0.3])
    total = 0.0
    for i in range(n):
        v = v * 1.01 + np.array([0.0, 1.0, float(i)])
        total += (v * v).sum()
    return total


def quaternion(n):
    q = np.array([1.0, 0.0, 0.0, 0.0])
    w = np.array([0.1, 0.2, -0.3])
    for _ in range(n):
        dq = 0.5 * np.array(
            [
                -q[1] * w[0] - q[2] * w[1] - q[3] * w[2],
                q[0] * w[0] + q[2] * w[2] - q[3] * w[1],
                q[0] * w[1] - q[1] * w[2] + q[3] * w[0],
                q[0] * w[2] + q[1] * w[1] - q[2] * w[0],
            ]
        )
        q = q + dq * 0.01
        q = q / np.sqrt((q * q).sum())
    return q[0], q[3]


def newton(x0, y0):
    p = np.array([x0, y0])
    steps = 0
    while abs(p[0] ** 2 + p[1] - 3) + abs(p[0] - p[1]) > 1e-12 and steps < 50:
        a, b, c, d = 2 * p[0], 1.0, 1.0, -1.0
        f = np.array([p[0] ** 2 + p[1] - 3, p[0] - p[1]])
        det = a * d - b * c
        p = p - np.array([d * f[0] - b * f[1], a * f[1] - c * f[0]]) / det
        steps += 1
    return p[0], p[1], steps


def planes(n):
    m = np.array([[1.0, 0.5], [0.25, 2.0]])
    t = 0.0
    for i in range(n):
        m = m.T * 0.5 + m[::-1] + np.array([[i], [1]])
        m[0, 1] = m[1, 0]
        m[:, 0] *= 0.5
        t += m[1, 1] - m[0].sum()
    return t


def reflections(n):
    ray, normal = np.array([1.0, -1.0, 0.2]), np.array([0.0, 1.0, 0.0])
    hits = np.zeros((n, 3), np.float32)
    for i in range(n):
        along = (ray * normal).sum()
        if along < 0:
            ray = ray - 2 * along * normal
        elif along > 0.9:
            ray = -ray
            continue
        else:
            normal = normal[::-1] * 1.0
        hits[i] = ray
    return hits


def kept(n):
    table = np.zeros(4)
    for i in range(n):
        table[i % 4] += i
        table = table * 0.5
    return table.sum()


def counted(n, bins):
    counts = np.zeros(5, int)
    limits = np.array([1, 3, 5, 7])
    for i in range(n):
        x = (i * 7919) % 11
        k = (x > limits).sum()
        counts[k] += bins
    return counts


def of_ints(n):
    a, b = np.array([0, 1], np.int8), np.array([3, 5], np.uint8)
    for _ in range(n):
        a = a + np.array([1, 2], np.int8) * a
        b = (b << 1) ^ (b >> 3)
    return int(a[0]), int(a[1]), int(b[0]), int(b[1])


def given(y, n):
    for _ in range(n):
        y = y * 0.5 + 1
    return y


def in_place(y, n):
    v = np.array([1.0, 2.0, 3.0])
    for i in range(n):
        y[:3] += v * i
        v *= 0.5
    return y


def of_an_argument(a, n):
    total = np.zeros(2)
    for i in range(n):
        row = a[i % a.shape[0], :2]
        total += row * row[0]
    return total[0], total[1]


def views(n):
    v = np.arange(6.0).reshape(2, 3)
    for _ in range(n):
        w = v[:, 1:]
        v = v + np.array([1.0, 0.0, -1.0])
        v[:, :2] -= w
        v[0] = v[1][::-1] * 0.25
    return v[0, 0], v[1, 2]


def divided(n):
    v = np.array([1.0, 2.0])
    for i in range(n):
        v = v / np.array([i - 2.0, 1.0])
    return v[0]


A = np.linspace(-1, 2, 12).reshape(4, 3)
POS = np.array([[0.0, 0, 0], [1, 0, 0.1], [0, 2, 0], [-1, -1, 0.5]])
VEL = POS[::-1] * 0.1

CASES = [
    (lorenz, (np.array([1.0, 1, 1]), 10.0, 28.0, 8 / 3, 0.01, 50)),
    (lorenz, (np.array([1.0, 1, 1], np.float32), 10.0, 28.0, 8 / 3, 0.01, 50)),
    (lorenz, (np.array([3.0, 1, 1, 1])[::-1][:3], 10.0, 28.0, 8 / 3, 0.01, 0)),
    (planets, (POS, VEL, np.array([10.0, 1, 2, 0.5]), 0.01, 5)),
    (total_of_squares, (20,)),
    (quaternion, (30,)),
    (newton, (2.0, 0.5)),
    (planes, (9,)),
    (reflections, (12,)),
    (kept, (9,)),
    (counted, (40, 2)),
    (of_ints, (9,)),
    (given, (np.array([1.0, 2.0]), 4)),
    (given, (np.array([1.0, 2.0]), 0)),
    (in_place, (np.array([1.0, 2.0, 3.0, 4.0]), 4)),
    (in_place, (np.array([1.0, 2.0, 3.0, 4.0])[::-1], 4)),
    (of_an_argument, (A, 7)),
    (of_an_argument, (A.T, 7)),
    (of_an_argument, (A[::-1, ::-1], 7)),
    (of_an_argument, (np.asfortranarray(A), 0)),
    (views, (6,)),
]


def copies(args):
    """Copies in the same order of memory, backwards axes too."""
    out = []
    for a in args:
        if isinstance(a, np.ndarray):
            turn = tuple(slice(None, None, -1 if s < 0 else 1) for s in a.strides)
            a = a[turn].copy("K")[turn]
        out.append(a)
    return out


@pytest.mark.parametrize("function, args", CASES)
def test_loops_over_small_arrays(function, args):
    jitted = braze.jit(function)
    for _ in range(2):
        ours, plain = copies(args), copies(args)
        check(jitted(*ours), function(*plain), ulps=0)
        check(ours, plain)
    assert jitted.stats()["compiled_calls"] == 2


ONE_FUNCTION = [
    (lorenz, (np.array([1.0, 1, 1]), 10.0, 28.0, 8 / 3, 0.01), ()),
    (planets, (POS, VEL, np.array([10.0, 1, 2, 0.5]), 0.01), ()),
    (total_of_squares, (), ()),
    (quaternion, (), ()),
    (reflections, (), ()),
    (counted, (), (2,)),
    (of_ints, (), ()),
    (in_place, (np.array([1.0, 2.0, 3.0, 4.0]),), ()),
    (of_an_argument, (A,), ()),
    (views, (), ()),
]


@pytest.mark.parametrize("function, before, behind", ONE_FUNCTION)
def test_rounds_launch_nothing(function, before, behind):
    jitted = braze.jit(function)
    launches = [0]
    for n in (3, 30):
        jitted(*copies(before), n, *behind)
        launches.append(jitted.stats()["launches"])
    assert launches[1] - launches[0] == launches[2] - launches[1]


def test_no_round_gives_the_argument_itself():
    y = np.array([1.0, 2.0])
    jitted = braze.jit(given)
    assert jitted(y, 0) is y
    assert jitted(y, 1) is not y
    assert jitted(y, 0) is y


def test_a_division_by_zero_warns():
    jitted = braze.jit(divided)
    for f in (divided, jitted, jitted):
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            check(f(5), divided_quietly(5))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        jitted(5)


def divided_quietly(n):
    with np.errstate(all="ignore"):
        return divided(n)


def test_integers_of_arrays_wrap_and_numbers_warn():
    def f(n):
        v, last = np.array([1, 100], np.int8), np.int8(0)
        for _ in range(n):
            last = v[0] + v[1]
            v = v + np.array([100, 27], np.int8)
        return v[0], last

    jitted = braze.jit(f)
    check(jitted(1), f(1))
    for g in (f, jitted):
        with pytest.warns(RuntimeWarning, match="overflow encountered in scalar add"):
            assert g(4) == (-111, -30)


def test_an_index_out_of_range_raises_and_leaves_nothing():
    def walk(a, n):
        v = np.zeros(2)
        for i in range(n):
            v = v + 1.0
            a[i, :2] = v
        return v[0]

    jitted, ours = braze.jit(walk), np.zeros((3, 3))
    check(jitted(ours, 3), np.float64(3.0))
    plain, ours = np.zeros((3, 3)), np.zeros((3, 3))
    for f, a in ((walk, plain), (jitted, ours)):
        with pytest.raises(IndexError, match="index 3 is out of bounds"):
            f(a, 5)
    check(ours, plain)
