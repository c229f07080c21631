"""Names that loops bind, change and leave behind, and variables that inner functions change."""

import numpy as np
import pytest
from adversarial import agree, numbers

A = numbers((4, 4)) + 5 * np.eye(4)
B = np.arange(1.0, 5.0)

ITERATIONS = {
    "a name bound to what another held": """
x = b * 1.0
for k in range(n):
    y = a @ x
    y /= np.abs(y).max()
    if np.abs(y - x).max() < 1e-3:
        break
    x = y
x, k""",
    "the other is read after the loop": """
x = b * 1.0
y = b * 2.0
for k in range(n):
    y = a @ x
    y /= 3.0
    x = y
x[0] = -1.0
x, y, k""",
    "both are changed": """
x = b * 1.0
for k in range(n):
    y = x * 0.5
    y[0] += 1.0
    z = y
    z[1] = k
    x = y
x""",
    "the old one lives on": """
x = b * 1.0
for k in range(n):
    old = x
    x = old + 1.0
    x[0] = old[1]
    if x.sum() > 30:
        break
x""",
    "an alias that the next round reads": """
x = b * 1.0
z = x
for k in range(n):
    y = z * 0.5
    y[0] = x[1]
    x = y
    z = x
    x[2] += 1.0
x, z""",
    "buffers that change places under a condition": """
u = b * 1.0
v = b * 2.0
for k in range(n):
    w = u + v
    if w[0] > 8:
        u = w
    else:
        v = w
u, v""",
    "a while loop whose last values are read": """
r = b.sum()
while True:
    r = r * 0.5
    last = b * r
    last[0] = 7.0
    if r < 1:
        break
last, r""",
    "a while loop with a test": """
r = b.sum() + 1.0
k = 0
while r > 2 and k < 50:
    k += 1
    s = r * 0.5
    r = s
s, r, k""",
    "unused numbers": """
total = 0.0
for i in range(n):
    t = i * 0.25
    h = t / 2
    unused = i * 1000003
    total += b[i % 4]
total""",
    "an unused quotient of what may be zero": """
total = 0.0
for i in range(n):
    q = 1 / i
    total += b[i % 4]
total""",
    "an unused remainder of what may be zero": """
total = 0.0
for i in range(1, n):
    q = 7 % (i - 2)
    total += b[i % 4]
total""",
    "text of indices": """
c = a.copy()
for i in range(n % 4):
    p = i + np.argmax(np.abs(c[i:, i]))
    c[[i, p]] = c[[p, i]]
    m = [i, p]
    c[m, 0] += 1
c""",
}


@pytest.mark.parametrize("text", ITERATIONS.values(), ids=ITERATIONS)
def test_iterations(text):
    agree(text, "a, b, n", [(A, B, n) for n in (6, 1, 3, 0, 40)], compiled=False)


COMPILED = ["a name bound to what another held", "the old one lives on", "both are changed",
            "a while loop whose last values are read", "unused numbers",
            "text of indices"]  # fmt: skip


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_iterations(name):
    from adversarial import function

    import braze

    fast = braze.jit(function(ITERATIONS[name], "a, b, n"))
    fast(A, B, 6)
    stats = fast.stats()
    assert stats["compiled_calls"] == 1 and stats["plain_calls"] == 0, stats["reasons"]


INNER = {
    "in a loop": """
best = 0.0
def see(v):
    nonlocal best
    if v > best:
        best = v
for i in range(len(x)):
    see(x[i])
best""",
    "counting calls": """
calls = 0
def f(t):
    nonlocal calls
    calls += 1
    return t * t
lo, hi = 0.0, 2.0
while hi - lo > 1e-3:
    mid = (lo + hi) / 2
    if f(mid) > x.sum():
        hi = mid
    else:
        lo = mid
lo, calls""",
    "assigned on both sides": """
k = 1
def f():
    nonlocal k
    k = k * 2
f()
for i in range(len(x)):
    if x[i] > 0:
        f()
    k = k + i
k""",
    "an array": """
a = x * 1.0
def f(t):
    nonlocal a
    a = a + t
for i in range(len(x)):
    f(x[i])
    a[0] = i
a""",
    "changed in place": """
a = x * 1.0
def f(t):
    nonlocal a
    a += t
b = a
if x.sum() > 0:
    f(1.0)
else:
    f(2.0)
a, b""",
    "two levels": """
n = 0
def f():
    def g():
        nonlocal n
        n += 1
    g()
    g()
if x.sum() > 0:
    f()
n""",
    "a variable of the function between": """
n = 1
def f():
    n = 5
    def g():
        nonlocal n
        n += 1
    g()
    return n
r = f()
n, r""",
    "hidden by a comprehension": """
n = 1
def f():
    nonlocal n
    n += 1
    return n
seen = [f() for n in range(3)]
n, seen""",
    "defined in a loop": """
s = 0.0
for i in range(len(x)):
    def add(v):
        nonlocal s
        s += v
    add(x[i])
s""",
    "bound after the function": """
def f():
    nonlocal z
    z = z + 1
z = 1
for i in range(len(x)):
    f()
    z = z + i
z""",
    "never bound": """
def f():
    nonlocal z
    z = 1
def g():
    return z
if x.sum() > 0:
    z = 2.0
g()""",
    "of several types": """
k = 0
def f(v):
    nonlocal k
    if v > 0:
        k = v
for i in range(len(x)):
    f(x[i])
k""",
}


@pytest.mark.parametrize("text", INNER.values(), ids=INNER)
def test_variables_of_inner_functions(text):
    calls = [(numbers(n, dtype),) for n in (5, 1, 9, 0) for dtype in ("f8", "i8")]
    agree(text, "x", calls, compiled=False)


@pytest.mark.parametrize(
    "name", ["in a loop", "counting calls", "assigned on both sides", "an array"]
)
def test_compiled_inner_functions(name):
    from adversarial import function

    import braze

    fast = braze.jit(function(INNER[name], "x"))
    fast(np.array([0.5, -1.0, 2.0, 0.25]))
    stats = fast.stats()
    assert stats["compiled_calls"] == 1 and stats["plain_calls"] == 0, stats["reasons"]
