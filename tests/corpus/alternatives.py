"""What only some ways give: None or a value, exceptions in loops, names that may not be bound."""

import dataclasses
import math

import numpy as np

from corpus.cases import INTS, LONG, M, V, W, case


@case((V, 3.0), (V, 0.1), (np.array([1.0, np.nan]), 3.0))
def raises_in_a_loop(x, limit):
    total = 0.0
    for v in x:
        if v > limit:
            raise ValueError(f"too large: {v}")
        total += v
    return total


@case((V,), (np.abs(V) + 1,))
def raises_in_a_while_loop(x):
    i = 0
    out = np.zeros_like(x)
    while i < len(x):
        if x[i] < -1:
            raise ValueError("negative")
        elif x[i] < 0:
            i += 1
            continue
        out[i] = math.sqrt(x[i])
        i += 1
    return out


@case((V, 2.0), (V, 200.0))
def finds_or_raises(x, limit):
    for i, v in enumerate(x):
        if v > limit:
            return i
    raise LookupError("none")


@case((4.0,), (-1.0,), (0.0,), (5.0, 1e-12, 2))
def root_by_newton(a, tolerance=1e-12, most=50):
    if a < 0:
        raise ValueError("negative")
    x = a or 1.0
    for _ in range(most):
        better = 0.5 * (x + a / x)
        if abs(better - x) < tolerance:
            return better
        x = better
    raise RuntimeError(f"not found in {most} steps")


@case((M[:4],), (M[:4] * 0,))
def elimination(a):
    a = a.copy()
    for k in range(len(a)):
        p = k
        for i in range(k + 1, len(a)):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        if a[p, k] == 0:
            raise ZeroDivisionError("singular")
        if p != k:
            a[[k, p]] = a[[p, k]]
        for i in range(k + 1, len(a)):
            a[i, k:] -= a[i, k] / a[k, k] * a[k, k:]
    return a


def finite(v):
    if not np.isfinite(v):
        raise FloatingPointError("not finite")
    return v


@case((V,), (np.array([1.0, np.inf, 3]),))
def raises_in_a_helper(x):
    total = 0.0
    for v in x:
        total = total + finite(v)
    return total


@case((V, 1.0), (V, -9.0), (-V, 1.0))
def raises_in_a_branch(x, limit):
    if x[0] < limit:
        if x[1] > 0:
            raise RuntimeError("first")
        y = x * 2
    else:
        y = x + 1
    return y


@case((INTS, 4), (INTS, 77))
def place_by_break(a, wanted):
    for i in range(len(a)):
        if a[i] == wanted:
            place = i
            break
    else:
        place = -1
    return place


@case((M, 0.9), (M, 5.0))
def pair_or_none(a, limit):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] > limit:
                return i, j
    return None


def place_of(x, limit):
    for i in range(len(x)):
        if x[i] > limit:
            return i
    return None


@case((V, 1.0), (V, 50.0))
def asks_for_none(x, limit):
    k = place_of(x, limit)
    if k is None:
        return -1.0
    return x[k] * 2


@case((V,), (-np.abs(V) - 1,))
def largest_or_none(x):
    best = None
    for v in x:
        if v > 0 and (best is None or v > best):
            best = v
    return best


@case((V,), (-np.abs(V) - 1,))
def best_pair(x):
    best = None
    for i, v in enumerate(x):
        if v > 0:
            if best is None:
                best = (i, v)
            elif v > best[1]:
                best = (i, v)
    if best is None:
        return "nothing"
    i, v = best
    return i * v


@case((np.sin(np.arange(50.0)),), (V,))
def states(x):
    state = "idle"
    log = np.zeros(len(x), int)
    for i, v in enumerate(x):
        if state == "idle":
            if v > 0.5:
                state = "up"
            elif v < -0.5:
                state = "down"
        elif state == "up":
            if v < 0:
                state = "idle"
            log[i] = 1
        else:
            if v > 0:
                state = "idle"
            log[i] = 2
    return state, log


@case((V, 1.0), (V, 9.0))
def perhaps_unbound(x, limit):
    for v in x:
        if v > limit:
            hit = v
    return hit


@case((V,), (-V,))
def deletes_what_may_not_be(x):
    if x[0] > 0:
        t = 1.0
    del t
    return x


@case((V, 3.0), (V, 0.0))
def dict_or_error(x, limit):
    if x.sum() > limit:
        return {"value": x * 2, "parts": [1, x]}
    return {"error": "small"}


@case((V,), (-V,), (V * 0.1,), (-V * 0.1,))
def of_many_types(x):
    s = x.sum()
    if s > 3:
        return "large"
    if s > 0.1:
        return 1
    if s > -1:
        return (1, x)
    return [x, s]


@case((V,), (-V,))
def one_array_or_two(x):
    y = x * 2
    z = None
    if x[0] < 0:
        z = y
    return y, z


@case((V,), (-V,))
def changed_under_two_names(x):
    if x[0] < 0:
        t = x * 2
        u = t
    else:
        t = x * 3
    t[0] = 5
    if x[0] < 0:
        return t, u
    return t


class Momentum:
    def __init__(self, rate=0.01, decay=0.9):
        self.rate, self.decay, self.velocity = rate, decay, None

    def step(self, w, gradient):
        if self.velocity is None:
            self.velocity = np.zeros_like(w)
        self.velocity = self.decay * self.velocity + gradient
        return w - self.rate * self.velocity


@case((V, 200), (V, 3), (LONG, 30))
def momentum(w, n):
    method = Momentum()
    for step in range(n):
        gradient = 2 * w
        if (gradient * gradient).sum() < 1e-3:
            break
        w = method.step(w, gradient)
    return w, step


@dataclasses.dataclass
class Motion:
    place: np.ndarray
    speed: np.ndarray
    time: float = 0.0


@case((V, W, 100), (V, W, 0))
def a_new_state_each_step(x, v, n):
    s = Motion(x * 1, v * 1)
    for _ in range(n):
        s = Motion(s.place + 0.1 * s.speed, s.speed - 0.1 * s.place, s.time + 0.1)
    return s


@case((V, W, 100), (V, W, 0))
def the_first_state_is_held(x, v, n):
    s = Motion(x * 1, v * 1)
    first = s
    for _ in range(n):
        s = Motion(s.place + 0.1 * s.speed, s.speed - 0.1, s.time + 0.1)
    first.time = 5.0
    return s.time, first.time


@case((V, W, 100), (V, W, 1), (V, W, 0))
def the_last_state_is_held(x, v, n):
    s = Motion(x * 1, v * 1)
    before = s
    for _ in range(n):
        before = s
        s = Motion(s.place + 0.1 * s.speed, s.speed - 0.1, s.time + 0.1)
    before.time += 10
    return s.time, before.time


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __rmul__(self, k):
        return Vector(self.x * k, self.y * k)

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __neg__(self):
        return Vector(-self.x, -self.y)


@case((1.0, 2.0, 200), (1.0, 2.0, 0))
def bounces(x, y, n):
    p, v = Vector(x, y), Vector(0.5, -1.0)
    for _ in range(n):
        p = p + 0.1 * v
        if abs(p) > 2:
            v = -v
    return p, v


@case((4.0,), (0.0,))
def number_or_another(a):
    return a or 1.0, a and 2.0


@case((V,), (V * 0,))
def reads_what_may_fail(x):
    last = 0.0
    for i in range(len(x)):
        unused = 1 / float(x[i])  # noqa: F841
        last = x[i]
    return last
