"""Functions with lines that cannot be compiled, as people write them."""

import contextlib
import io

import numpy as np

X = np.linspace(-1, 2, 12).reshape(3, 4)
Y = np.cos(X) + 1.5
LIMIT = 0.5
EVENTS = []


class Box:
    def __init__(self, value):
        self.value = value

    def doubled(self):
        return self.value * 2


def note(x):
    EVENTS.append(float(np.sum(x)))
    return x


def scaled(x, factor=2.0):
    return x * factor + 1


def at_the_beginning(x, y):
    print("begin", x.shape)
    a = x * 2 + y
    return np.exp(a) - a


def in_the_middle(x, y):
    a = x * 2 + y
    print("middle")
    return np.exp(a) - a


def at_the_end(x, y):
    a = (x * 2 + y) ** 2
    print("end", a.sum())


def several(x, y):
    a = x * 2 + 1
    EVENTS.append("a")
    b = a * y - 3
    EVENTS.append("b")
    c = np.tanh(b) + a
    EVENTS.append("c")
    return a, b, c


def in_an_expression(x, y):
    return np.sort(x * 2 + 1, axis=None)[::-1][:4] * 3 + y[0]


def calls_in_order(x, y):
    return note(x) * 2 + note(x + y) - note(y * 3)


def arguments_in_order(x, y):
    return np.add(note(x * 2), note(y), out=None) + note(x)


def in_a_loop(x, y):
    total = np.zeros_like(x)
    for i in range(5):
        total = total * 0.5 + x
        EVENTS.append(i)
        total = total + y * 0.25
    return total


def in_nested_loops(x, y):
    for i in range(3):
        a = x + i * y
        for j in range(2):
            a = a * 0.5 + y
            EVENTS.append((i, j))
        x = a - x * 0.1
    return x


def in_a_while_loop(x, y):
    steps = 0
    while np.abs(x).max() > 0.1:
        x = x * 0.5 + y * 1e-3
        steps += 1
        EVENTS.append(steps)
    else:
        x = x + 1 - y
    return x, steps


def breaks_and_continues(x, y):
    for i in range(10):
        x = x * 0.9 + y
        if i % 2:
            continue
        EVENTS.append(i)
        if x.sum() > 60:
            break
    else:
        x = x * 0
    return x + 1 - y


def in_a_branch(x, y):
    if x.sum() > 3:
        a = x * 2 + y
        EVENTS.append("high")
    else:
        a = x * 3 - y
        EVENTS.append("low")
    return a * a + 1


def in_one_way(x, y):
    a = x + 2 * y
    if len(EVENTS) > 1000:
        EVENTS.append("never")
        a = a * 2
    return np.sqrt(np.abs(a)) + a


def returns_early(x, y):
    a = x * 2 + y
    EVENTS.append("first")
    if a.sum() > 0:
        return a * 2 + 1
    b = a * 3 + y
    EVENTS.append("second")
    return b - a


def returns_in_a_loop(x, y):
    for i in range(5):
        x = x + y * 2
        EVENTS.append(i)
        if x.sum() > 50:
            return x * 2 + 1, i
    return None


def perhaps_unbound(x, y):
    for value in range(int(x[0, 0] > 5)):
        a = x * 2 + value
    EVENTS.append("loop over")
    return a + y * 2


def never_bound(x, y):
    b = x * 2 + y
    print(b.sum())
    if b.sum() < -1000:
        undefined = b * 2
    return b + undefined * 2


def assigned_in_one_way(x, y):
    if EVENTS:
        a = x * 2 + 1
    EVENTS.append("x")
    if len(EVENTS) > 1:
        return a * y + 1
    return y * 2 + x


def raises_in_an_island(x, y):
    a = x * 2 + y
    EVENTS.append(a.sum())
    int("no number")
    return a


def raises_in_a_region(x, y):
    EVENTS.append("before")
    a = x * 2 + y
    b = a + np.ones(17)
    EVENTS.append("after")
    return b


def catches(x, y):
    try:
        a = x * 2 + y
        a = a + np.ones(17)
    except ValueError as error:
        EVENTS.append(str(error)[:20])
        a = a * 3 - y
    finally:
        EVENTS.append("finally")
    return a * 2 + 1


def state_when_caught(x, y):
    a = x * 2 + 1
    try:
        a = a * 2 + y
        b = a * 3 + 1
        c = b + np.ones(17)
    except ValueError:
        return a, b
    return a, b, c


def in_with(x, y):
    with np.errstate(all="ignore"):
        a = np.log(x) + 1 / (y - y)
        EVENTS.append("within")
    return np.where(np.isfinite(a), a, 0) * 2


def with_suppress(x, y):
    a = x * 2 + 1
    with contextlib.suppress(ValueError):
        a = a * y + 1
        b = a * 2 + np.ones(17)
        a = b
    return a * 2 - y


def opens_a_file(x, y):
    with open(__file__) as file:
        first = len(file.readline())
    return x * first + y


def writes_to_text(x, y):
    out = io.StringIO()
    a = x * 2 + y
    out.write(f"{a.sum():.6f}")
    return a * len(out.getvalue()) + 1


def comprehensions(x, y):
    parts = [np.sort(row * 2 + 1) for row in x]
    return np.stack(parts) * y + 1


def generators(x, y):
    return sum(note(row * 2 + 1) for row in x) + y[0] * 2


def inner_functions(x, y):
    def inner(v):
        EVENTS.append("inner")
        return v * 2 + y

    return inner(x) * 3 + inner(y)


def late_capture(x, y):
    a = x * 2 + 1
    f = lambda: a * 2  # noqa: E731
    EVENTS.append("made")
    a = a * y + 3
    return f() + a


def counts_nonlocal(x, y):
    count = 0

    def step(v):
        nonlocal count
        count += 1
        return v * 2 + count

    a = step(x) + y
    b = step(a) * y
    return b + count * 2


def changes_a_global(x, y):
    global LIMIT
    a = x * LIMIT + y
    LIMIT = LIMIT + 1
    b = a * LIMIT + y
    LIMIT = 0.5
    return a, b


def deletes(x, y):
    a = x * 2 + y
    b = a * 3 + 1
    del a
    EVENTS.append("deleted")
    return b * y + 2


def imports(x, y):
    import math

    a = x * math.pi + y
    from math import e as base

    return a * base + 1


def asserts(x, y):
    a = x * 2 + y
    assert isinstance(Box(a).value, np.ndarray)
    return a * 3 + 1


def changes_arguments(x, y):
    x[0] = y[1] * 2 + 1
    EVENTS.append(x.sum())
    x += y * 2
    x[:, 1] *= 3
    return x


def views_of_arguments(x, y):
    v = x[1:]
    EVENTS.append(v.sum())
    v[0] = 7
    w = v * 2 + y[1:]
    EVENTS.append(x.sum())
    return v, w, x


def same_objects(x, y):
    a = x
    b = a * 2 + y
    c = b
    EVENTS.append("here")
    return a, b, c, c is b, a is x


def lists_of_arrays(x, y):
    parts = []
    for row in x:
        parts.append(row * 2 + y[0])
    same = parts
    EVENTS.append(len(parts))
    same.append(y[0] * 2 + 1)
    return parts, same is parts


def matches(x, y):
    match x.ndim:
        case 2:
            a = x * 2 + y
            EVENTS.append("two")
        case _:
            a = y * 3 + x
    return a * 2 + 1


def walrus(x, y):
    if (total := (x * 2 + y).sum()) > 3:
        EVENTS.append(total)
    return x * total + y


def takes_apart(x, y):
    (a, *rest), b = np.sort(x * 2 + 1, axis=1), y * 2
    return a * b + rest[0] * 2


def stops(x, y):
    a = x * 2 + y
    b = a * 3 + 1
    breakpoint()
    return b * 2 - y


def looks_at_its_names(x, y):
    a = x * 2 + y
    EVENTS.append(sorted(locals()))
    return a * 3 + 1
