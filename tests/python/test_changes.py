"""Functions that change arrays: the same arguments, results and shared memory as plain NumPy."""

import numpy as np
import pytest
from exact import check

import braze


def inner(a, b):
    a[1:-1] = b[:-2] + b[2:]
    return a


def shifted(a, b):
    a[1:] += a[:-1]
    a[:-1] = a[1:]
    a[::-1] = a
    return b


def elements(a, b):
    a[0], a[-1] = a[1], 2
    a[2] -= b[-2] * a[0]
    a[3] = True
    return a[2]


def local(a, b):
    c = np.zeros(a.shape)
    d = c[1:]
    c[2:5] = a[1:4] * b[2:5]
    d[3] = 1.5
    d += 1
    e = d[::2]
    e *= a[1::2][: e.shape[0]]
    return c, d


def swapped(a, b):
    a[:], b[:] = b.copy(), a.copy()
    return b, a


def whole(a, b):
    a[...] = 0
    a[:] = b
    a += b
    a **= 2
    b[:] = a[::-1]


def masks(a, b):
    a[a > b] = 0
    a[a < 1] += 10
    b[b == 3] = a[0]
    b[~(b > 4)] *= -1


def view_results(a, b):
    v = a[2:]
    a[3] = 40
    w = v[1:]
    w -= 1
    return v, a[:2], w


def kept_copy(a, b):
    before = a.copy()
    a[1:] = 0
    return before - a, before


def twice(a, b):
    a[1:3] = b[1:3]
    a[2:4] = b[3:5] + a[1:3]
    a[1:3] = a[2:4]
    return a


def branch(a, b):
    if a.sum() > b.sum():
        a[2:4] = 1
    else:
        b[3:5] = a[3:5]
        a[0] = 9
    return a


def branch_of_local(a, b):
    c = a * 2
    d = c[1:3]
    if b[0] > 2:
        c[1] = 5
        d[1] = 7
    c[0] = d[0]
    return c, d


def loop(a, b):
    for _ in range(100):
        u = a.copy()
        a[1:-1] = 0.5 * (u[2:] + u[:-2])
        a[0] = a[1]
    return a


def loop_over_counter(a, b):
    for i in range(1, a.shape[0]):
        a[i] = a[i - 1] * 0.5 + b[i]
    for i in range(a.shape[0] - 2, -1, -1):
        b[i] += a[i + 1]


def exchange(a, b):
    u, v = a.copy(), b.copy()
    for _ in range(70):
        v[1:-1] = u[:-2] - u[2:]
        u, v = v, u
    return u, v


def nested_loops(a, b):
    c = np.zeros((a.shape[0], b.shape[0]))
    for i in range(a.shape[0]):
        c[i] = b * a[i]
        for _ in range(70):
            c[i, 1:] -= 0.1 * c[i, :-1]
        c[i, 0] += 1
    return c


def until(a, b):
    steps = 0
    while np.abs(a).max() > 0.5:
        a *= 0.5
        steps += 1
    a[0] = steps
    return steps


def two_axes(a, b):
    c = np.ones((4, a.shape[0], 3))
    c[1, :, 0] = a
    c[:, 2] = 7
    c[..., -1] += b
    c[:, None, 3, :] = 5
    row = c[2]
    row[1] = c[3, 2]
    c.T[0, 1] = 4
    turned = c.transpose(1, 0, 2)
    turned[0, 1] *= 2
    return c


def helper(x, k):
    x[k] = 3
    x += 1


def through_helper(a, b):
    helper(a, 1)
    helper(b[2:], 0)
    return a + b


def unrolled(a, b):
    for i in range(3):
        a[i : i + 2] += b[i]
    for part in (a[:3], b[1:4]):
        part *= 2


def augmented_name(a, b):
    c = a
    c += 1
    c = c + 1
    c += b
    return a, c


def from_scalar_types(a, b):
    a[0] = np.float32(0.1)
    a[1] = np.int8(-3)
    a[2:4] = [5, 6.5]
    a[4] = b.shape[0]
    a[5:] = (1,)


def views_before_and_after(a, b):
    first = a[1:4]
    a += 1
    second = a[2:5]
    first -= second
    b[:3] = first
    return first, second


def time_steps(a, b):
    for _ in range(3):
        new = 2 * a - b
        new[1:-1] += 0.1 * (a[2:] - a[:-2])
        b[:] = a
        a[:] = new
    return a


FUNCTIONS = [
    inner, shifted, elements, local, swapped, whole, masks, view_results, kept_copy, twice, branch,
    branch_of_local, loop, loop_over_counter, exchange, nested_loops, until, two_axes,
    through_helper, unrolled, augmented_name, from_scalar_types, views_before_and_after, time_steps,
]  # fmt: skip
LAYOUTS = {
    "contiguous": lambda x: x.copy(),
    "strided": lambda x: np.repeat(x, 2)[::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "column": lambda x: np.repeat(x[:, None], 3, axis=1)[:, 1],
}


def arguments(layout, dtype=np.float64):
    a = np.linspace(-3, 6, 10).astype(dtype)
    b = (np.arange(10) % 5).astype(dtype)
    return LAYOUTS[layout](a), LAYOUTS[layout](b)


def compare(function, compiled, make):
    """Call both on arguments of their own; compare results, arguments and who shares memory."""
    plain_args, args = make(), make()
    wanted, got = function(*plain_args), compiled(*args)
    check(args, plain_args, "arguments")
    check(got, wanted, "results")
    results = zip(*(r if isinstance(r, tuple) else (r,) for r in (got, wanted)), strict=True)
    for g, w in results:
        for mine, theirs in zip(args, plain_args, strict=True):
            assert (g is mine) == (w is theirs)
            assert np.shares_memory(g, mine) == np.shares_memory(w, theirs)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_changes(function, layout):
    compiled = braze.script(function)
    for _ in range(3):
        compare(function, compiled, lambda: arguments(layout))
    assert compiled.stats()["plain_calls"] == 0


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_changes_of_integers(function):
    with np.errstate(all="ignore"):
        compiled = braze.jit(function)
        make = lambda: arguments("contiguous", np.int32)  # noqa: E731
        outcomes = []
        for f in (function, compiled):
            args = make()
            try:
                outcomes.append((f(*args), args))
            except Exception as error:
                outcomes.append((type(error), str(error), args))
        check(outcomes[1], outcomes[0])


@pytest.mark.parametrize("function", [inner, whole, local, view_results, twice])
def test_changes_in_traces(function):
    compiled = braze.trace(function)
    for layout in LAYOUTS:
        compare(function, compiled, lambda layout=layout: arguments(layout))
    assert compiled.stats()["plain_calls"] == 0


def test_without_passes_and_kernels():
    for function in FUNCTIONS:
        graph = braze.script(function).inspect(*arguments("contiguous")).graph
        if len(graph.params(0)) != 2:  # a list of the source is an input of its own
            continue
        for g in (graph, braze.parse(str(graph))):
            plain_args, args, others = (arguments("contiguous") for _ in range(3))
            function(*plain_args)
            braze._core.interpret(g, *args)
            check(args, plain_args, function.__name__)
            g.verify()
            unoptimised = g.copy()
            braze._core.run_passes(unoptimised, verify=True)
            assert braze._core.Plan(unoptimised).run(*others) is not None
            check(others, plain_args, function.__name__)


def overlapping(kind):
    base = np.arange(12.0)
    return {
        "same": (base, base),
        "shifted": (base[:-1], base[1:]),
        "interleaved": (base[::2], base[1::2]),
        "repeated": (np.lib.stride_tricks.as_strided(base, (6,), (0,)), np.arange(6.0)),
    }[kind]


@pytest.mark.parametrize("kind", ["same", "shifted", "interleaved", "repeated"])
@pytest.mark.parametrize("function", [inner, shifted, whole, loop])
def test_overlapping_arguments(function, kind):
    compiled = braze.jit(function)
    compare(function, compiled, lambda: arguments("contiguous"))
    compare(function, compiled, lambda: overlapping(kind))


def test_read_only_argument():
    compiled = braze.jit(inner)
    a, b = arguments("contiguous")
    compiled(a, b)
    a.flags.writeable = False
    before = a.copy()
    with pytest.raises(ValueError, match="read-only"):
        compiled(a, b)
    check(np.array(a), before)


def index_beyond(a, i):
    a[0] += 1
    a[1:] *= 2
    for k in range(i):
        a[k] = k
    return a


@pytest.mark.parametrize("i", [5, 12])
def test_nothing_is_changed_twice_when_python_takes_over(i):
    compiled = braze.jit(index_beyond)
    for count in (4, i):
        outcomes = []
        for f in (index_beyond, compiled):
            a = np.arange(10.0)
            try:
                outcomes.append((f(a, count), a))
            except IndexError as error:
                outcomes.append((str(error), a))
        check(outcomes[1], outcomes[0])


def test_empty_and_short():
    for function in (inner, whole, loop, masks, shifted):
        compiled = braze.jit(function)
        for n in (10, 3, 2, 1, 0):
            outcomes = []
            for f in (function, compiled):
                args = np.arange(float(n)), np.ones(n)
                try:
                    outcomes.append((f(*args), args))
                except (IndexError, ValueError) as error:
                    outcomes.append((type(error), str(error), args))
            check(outcomes[1], outcomes[0], f"{function.__name__} {n}")


GLOBAL = np.arange(5.0)


def change_global(x):
    GLOBAL[1:] += x
    return GLOBAL[1:] * 2


def test_a_global_changes():
    compiled = braze.script(change_global)
    before = GLOBAL.copy()
    first, second = compiled(1.0), compiled(2.0)
    check(GLOBAL, before + np.array([0, 3, 3, 3, 3]))
    check(first, (before[1:] + 1) * 2)
    check(second, (before[1:] + 3) * 2)


def wrong_shapes(a, b):
    a[1:4] = b
    return a


def test_errors_are_numpys():
    compiled = braze.jit(wrong_shapes)
    compiled(np.arange(5.0), np.ones(3))
    with pytest.raises(ValueError, match="could not broadcast"):
        compiled(np.arange(5.0), np.ones(4))
    with pytest.raises(ValueError, match="could not broadcast"):
        braze.jit(wrong_shapes)(np.arange(5.0), np.ones(2))


def narrow(a, x):
    a[1] = x
    a[0] = 300
    return a


def test_numbers_that_do_not_fit():
    for dtype, x in ((np.uint8, 2), (np.int16, 70_000), (np.int64, 1.5), (np.int32, np.nan)):
        outcomes = []
        for f in (narrow, braze.jit(narrow)):
            a = np.arange(3).astype(dtype)
            try:
                outcomes.append((f(a, x), a))
            except (OverflowError, ValueError) as error:
                outcomes.append((type(error), str(error), a))
        check(outcomes[1], outcomes[0], str(dtype))
