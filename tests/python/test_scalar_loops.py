"""Loops over numbers and elements, which become one function of machine code each."""

import math

import numpy as np
import pytest
from exact import check

import braze


def total(a, b):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * b[i]
    return s


def recurrence(a, b):
    for i in range(1, a.shape[0]):
        a[i] = a[i - 1] * 0.5 + b[i]
    return a


def backwards(a, b):
    for i in range(a.shape[0] - 2, -1, -1):
        a[i] = a[i + 1] - b[i] if b[i] > 0 else a[i]
    return a[0]


def from_the_end(a, b):
    for i in range(1, 9):
        a[-i] += b[i - 9]
    return a


def product(a, b):
    n = a.shape[0]
    c = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(3):
                s += a[i] * b[(i + j + k) % n]
            c[i, j] = s
    return c


def warping(a, b):
    n, m = len(a), len(b)
    d = np.full((n + 1, m + 1), np.inf)
    d[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = abs(a[i - 1] - b[j - 1])
            d[i, j] = cost + min(d[i - 1, j], d[i, j - 1], d[i - 1, j - 1])
    return d[n, m], d


def edit_distance(a, b):
    n = len(a)
    row = np.arange(n + 1)
    for i in range(1, n + 1):
        before = row[0]
        row[0] = i
        for j in range(1, n + 1):
            old = row[j]
            same = a[i - 1] == b[j - 1]
            row[j] = min(row[j] + 1, row[j - 1] + 1, before + (0 if same else 1))
            before = old
    return row


def mandelbrot(a, b):
    n = a.shape[0]
    out = np.zeros((n, n), np.int64)
    for i in range(n):
        for j in range(n):
            cr, ci = -2 + 3 * i / n, -1.5 + 3 * j / n
            zr = zi = 0.0
            k = 0
            while k < 50 and zr * zr + zi * zi < 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                k += 1
            out[i, j] = k
    return out


def first_above(a, b):
    found = -1
    for i in range(a.shape[0]):
        if a[i] > b[i]:
            found = i
            break
    return found


def place_of(a, b):
    for i in range(a.shape[0]):
        if a[i] > b[i]:
            return i
    return -1


def place_of_pair(a, b):
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            if a[i] + b[j] > 7:
                return i, j
    return -1, -1


def escape(cr, ci, limit):
    x = y = 0.0
    for n in range(limit):
        if x * x + y * y > 4.0:
            return n
        x, y = x * x - y * y + cr, 2.0 * x * y + ci
    return limit


def with_early_return(a, b):
    image = np.empty((a.shape[0], 80), dtype=np.int32)
    for row in range(a.shape[0]):
        for column in range(80):
            image[row, column] = escape(-2.25 + 3.0 * column / 80, -1.25 + 0.1 * row, 40)
    return image


def while_with_return(a, b):
    k = 0
    while True:
        a[k] += 1
        if b[k] == 3:
            return k
        k += 1
        if k == a.shape[0]:
            return -1


def skips(a, b):
    s = a[0] * 0
    for i in range(a.shape[0]):
        if a[i] < 0:
            continue
        if b[i] == 2:
            s -= a[i]
            continue
        s += a[i]
    return s


def newton(a, b):
    for i in range(a.shape[0]):
        x = 1.0
        y = float(abs(a[i])) + 1.0
        while True:
            step = (x * x - y) / (2 * x)
            x -= step
            if abs(step) < 1e-12:
                break
        a[i] = x
    return a


def bubble_sort(a, b):
    n = len(a)
    for _ in range(n):
        for j in range(n - 1):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


def collatz(a, b):
    longest = 0
    for i in range(1, 60):
        n, steps = i, 0
        while n != 1:
            n = 3 * n + 1 if n % 2 else n // 2
            steps += 1
        if steps > longest:
            longest = steps
    return longest


def with_math(a, b):
    s = 0.0
    for i in range(a.shape[0]):
        s += math.sqrt(b[i]) + math.floor(a[i])
    return s, int(s), float(a[3])


def histogram(a, b):
    counts = np.zeros(5, dtype=np.int32)
    for i in range(b.shape[0]):
        counts[int(b[i])] += 1
    return counts


def rows_and_columns(a, b):
    c = np.arange(30.0).reshape(5, 6)
    t = c.T
    for i in range(5):
        for j in range(6):
            t[j, i] += a[i] * c[i, 5 - j]
    return c


def two_sums(a, b):
    even, odd = np.float32(0), np.float32(0)
    for i in range(a.shape[0]):
        if i % 2 == 0:
            even += np.float32(a[i])
        else:
            odd += np.float32(a[i])
    return even, odd


FUNCTIONS = [
    total, recurrence, backwards, from_the_end, product, warping, edit_distance, mandelbrot,
    first_above, place_of, place_of_pair, with_early_return, while_with_return, skips, newton,
    bubble_sort, collatz, with_math, histogram, rows_and_columns, two_sums,
]  # fmt: skip
LAYOUTS = {
    "contiguous": lambda x: x.copy(),
    "strided": lambda x: np.repeat(x, 2)[::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
}


def arguments(layout, dtype, n=10):
    a = (np.linspace(-3, 6, n) * 1.37).astype(dtype)
    b = (np.arange(n) % 5).astype(dtype)
    return LAYOUTS[layout](a), LAYOUTS[layout](b)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_as_python(function, dtype):
    compiled = braze.script(function)
    for layout in LAYOUTS:
        for n in (10, 23):
            plain_args, args = arguments(layout, dtype, n), arguments(layout, dtype, n)
            wanted, got = function(*plain_args), compiled(*args)
            check(got, wanted, f"{layout} {n}")
            check(args, plain_args, f"{layout} {n}: arguments")
    counters = compiled.stats()
    assert counters["plain_calls"] == 0 and counters["specialisations"] <= 2


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16, np.bool_])
def test_other_dtypes(function, dtype):
    outcomes = []
    with np.errstate(all="ignore"):
        for f in (function, braze.jit(function)):
            args = arguments("contiguous", dtype)
            if function is newton and dtype is np.float16:
                args = args[0].astype(np.float32), args[1]
            try:
                outcomes.append((f(*args), args))
            except Exception as error:
                outcomes.append((type(error), str(error), args))
    check(outcomes[1], outcomes[0])


def beyond(a, n):
    s = 0.0
    for i in range(n):
        a[i] += 1
        s += a[i]
    return s


def grows(a, n):
    k = 3
    for _ in range(n):
        k = k * 7 + 1
    return k


def divides(a, n):
    s = 0
    for i in range(n):
        s += 10 // (5 - i)
    return s


def domain(a, n):
    s = 0.0
    for i in range(n):
        s += math.sqrt(4.0 - i)
    return s


def smoothing(x, alpha):
    s = x.copy()
    for i in range(1, len(x)):
        s[i] = s[i - 1] + alpha * (x[i] - s[i - 1])
    return s


def two_copies(x, alpha):
    s, t = x.copy(), x.copy()
    for i in range(1, len(x)):
        s[i] = s[i - 1] + alpha * t[i - 1]
        t[i] = t[i - 1] - s[i]
    return s, t


def copy_of_changed(x, alpha):
    x[0] = alpha
    old = x.copy()
    for i in range(1, len(x) - 1):
        x[i] = 0.5 * (old[i - 1] + old[i + 1]) + x[i - 1]
    return x, old


@pytest.mark.parametrize("function", [smoothing, two_copies, copy_of_changed])
def test_arrays_that_begin_as_copies(function):
    compiled = braze.script(function)
    for n in (0, 1, 2, 9, 100):
        x = np.linspace(-1, 2, n) if n else np.zeros(0)
        if function is copy_of_changed and n == 0:
            continue
        mine, theirs = x.copy(), x.copy()
        check(compiled(mine, 0.3), function(theirs, 0.3), f"{n}")
        check(mine, theirs, f"argument of {n}")
    assert compiled.stats()["compiles"] + compiled.stats()["cache_hits"] >= 1


@pytest.mark.parametrize("function", [beyond, grows, divides, domain])
def test_where_python_takes_over(function):
    compiled = braze.jit(function)
    for n in (3, 9, 40, 3):
        outcomes = []
        for f in (function, compiled):
            a = np.arange(10.0)
            try:
                outcomes.append((f(a, n), a))
            except Exception as error:
                outcomes.append((type(error), str(error), a))
        check(outcomes[1], outcomes[0], f"{n}")


def test_interrupt():
    import signal
    import threading

    def spin(n):
        s = 0.0
        for i in range(n):
            for j in range(1000):
                s += i * j * 0.5
        return s

    compiled = braze.script(spin)
    compiled(3)
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    # A process that was started in the background ignores the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            compiled(10**9)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
