"""Floating-point warnings: what plain NumPy warns of, compiled functions do, and nothing else."""

import numpy as np
import pytest
from told import cast, floats, same, told

import braze
from braze import _core

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e308, -1e308, 1e-310, 1000.0, np.inf, -np.inf, np.nan]
WHOLE = [0, 1, -1, 3]


def check(function, compiled, harmless, *args):
    """Compare two calls: as the first after calls without errors, and when errors are expected."""
    plain = told(function, *args)
    assert told(compiled, *harmless)[1] == []
    for _ in range(2):
        same(told(compiled, *args), plain)


def spread(value, dtype, filler=1):
    """Return an array with one special element, in the masked part of a vector, and its twin."""
    special, harmless = cast([filler] * 11, dtype), cast([filler] * 11, dtype)
    special[9] = cast(value, dtype)
    return special, harmless


ELEMENTWISE = [
    name
    for name, row in _core.ops.items()
    if row["kind"] == "elementwise" and isinstance(getattr(np, name, None), np.ufunc)
]


def one_op(name, arity):
    ufunc = getattr(np, name)
    if arity == 1:
        return lambda x: np.where(x == x, ufunc(x), 0)
    return lambda x, y: np.where(x == x, ufunc(x, y), 0)


def takes(name, dtype, arity):
    rule = _core.ops[name]["rule"]
    if (rule == "floats" and dtype[0] != "f") or (rule == "grid" and dtype in ("f2", "u1")):
        return False
    try:
        with np.errstate(all="ignore"):
            getattr(np, name)(*[np.ones(2, dtype)] * arity)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i4", "i8", "u1"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_op_warns_as_numpy_does(name, dtype):
    arity = _core.ops[name]["arity"]
    if not takes(name, dtype, arity):
        return
    function = one_op(name, arity)
    compiled = braze.jit(function)
    values = SPECIAL if dtype[0] == "f" else [*WHOLE, np.iinfo(dtype).min, np.iinfo(dtype).max]
    filler = 0.5 if name in ("arctanh", "arccos", "arcsin") else 1
    if name == "arccosh":
        filler = 2
    for a in values:
        x, harmless = spread(a, dtype, filler)
        if arity == 1:
            check(function, compiled, [harmless], x)
            continue
        for b in values:
            y, also = spread(b, dtype, filler)
            check(function, compiled, [harmless, also], x, y)
    assert compiled.stats()["compiled_calls"] > 0, compiled.stats()["reasons"]


FUNCTIONS = {}


def case(*arrays):
    def register(function):
        FUNCTIONS[function.__name__] = function, arrays
        return function

    return register


@case(floats(), floats(0.0))
def several_lines(x, y):
    a = x * 2
    b = a / y
    c = np.log(y - y) + b
    return c - np.sqrt(a)


@case(floats(1e308, 1e308, 1e308))
def sums(x):
    return x.sum() * 0 + 1


@case(floats(1e308, 1e308, -np.inf))
def sums_that_overflow_on_the_way(x):
    return np.add.reduce(x) + 1


@case(np.stack([floats(1e308, count=70), floats(1e308, count=70), floats(count=70)]))
def sums_along_columns(x):
    return x.sum(axis=0) * 0.5


@case(np.stack([floats(1e308, 1e308, count=200)] * 3))
def sums_along_rows(x):
    return (x * 1).sum(axis=1) * 0.5


@case(np.stack([floats(1e200, 1e200, count=70)] * 3))
def products(x):
    return x.prod(axis=0) + x.prod(axis=1).sum()


@case(floats(60000.0, 60000.0, dtype="f2"))
def sums_of_halves(x):
    return x.sum() * np.float16(1)


@case(floats(1e308, 1e308))
def running_sums(x):
    return np.cumsum(x) * 1


@case(floats(60000.0, 60000.0, dtype="f2"))
def running_sums_of_halves(x):
    return np.cumsum(x) * np.float16(1)


@case(floats(np.nan))
def casts(x):
    return (x * 1).astype("i4") + 1


@case(floats(3e9))
def casts_that_do_not_fit(x):
    return (x * 1).astype("i2") + 1


@case(floats(1e300))
def narrow_casts(x):
    return x.astype("f4") * 2


@case(np.arange(20) * 5000)
def casts_to_half(x):
    return x.astype("f2") * np.float16(0)


@case(floats(dtype="f4"))
def python_numbers_that_do_not_fit(x):
    return x * 1e300 + 1


@case(np.arange(20, dtype="i4"))
def whole_division(x):
    return (x // (x - 3)) + x % (x - 5)


@case(floats(1e200))
def squares(x):
    return x**2 + x**3 + np.square(x)


@case(floats(0.0))
def negative_powers(x):
    return x**-1 + x**-2.5


@case(floats(1e308, 1e308))
def numpy_scalars(x):
    s = x.max()
    return x * 0 + (s + s)


@case(np.array([2**62, 2**62, 1]))
def whole_numpy_scalars(x):
    s = x.max()
    return x + (s + s)


@case(floats(-1.0))
def nothing_reads_it(x):
    np.sqrt(x - 2)
    _unused = x / (x - x)
    return x + 1


@case(floats(-1.0))
def part_of_what_warns(x):
    return np.sqrt(x)[8:] + 1


@case(floats(0.0))
def every_second_of_what_warns(x):
    y = 1 / x
    return y[::2] * y[::2]


@case(floats(0.0))
def one_of_what_warns(x):
    return np.log(x)[0] + x


@case(floats(0.0))
def neighbours_of_what_warns(x):
    y = 1 / x
    return y[1:] - y[:-1]


@case(floats(count=12))
def borders_of_what_warns(x):
    return (np.pad(x, 2) / 0.0)[2:-2] - x


@case(floats(-1.0))
def both_ways_of_a_choice(x):
    return np.where(x > 0, np.sqrt(x), 0.0) + 1


@case(floats(np.nan, np.inf))
def no_warning_for_nan(x):
    y = np.where(np.isnan(x), 0.0, x)
    return np.maximum(y, x) + (x > 1) + np.minimum(x, 2) * 0.5


@case(floats(count=60000))
def early_ends(x):
    return ((x * 2) / (x - x[-1]) > 1).any()


def helper(x):
    return x / (x - 1)


@case(floats())
def inlined(x):
    y = helper(x + 0)
    return y * 2


@case(floats(1e308))
def loops_of_arrays(x):
    for _ in range(3):
        x = x * 3.0
        x = x - 1
    return x


@case(floats(0.0))
def scalar_loops(x):
    total = 0.0
    for i in range(x.shape[0]):
        total = total + 1.0 / x[i]
        if x[i] > 2:
            total = total * 2
    return total


@case(floats(1e308), np.array([3, 0, 1]))
def constants(x, n):
    return x * (np.float64(1e300) * 1e300) + n[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_warn_as_plain_ones(name):
    function, arrays = FUNCTIONS[name]
    compiled = braze.jit(function)
    plain = told(function, *[a.copy() for a in arrays])
    for _ in range(3):
        same(told(compiled, *[a.copy() for a in arrays]), plain)
    with np.errstate(all="ignore"):
        compiled(*arrays)
    stats = compiled.stats()
    assert stats["specialisations"] > 0, stats["reasons"]


@pytest.mark.parametrize("kinds", [{"all": "raise"}, {"all": "ignore"}, {"divide": "raise"},
                                   {"over": "raise", "invalid": "ignore"}, {"invalid": "raise"},
                                   {"all": "warn"}, {"under": "raise"}])  # fmt: skip
@pytest.mark.parametrize("name", FUNCTIONS)
def test_errstate_around_the_call(name, kinds):
    function, arrays = FUNCTIONS[name]
    compiled = braze.jit(function)
    with np.errstate(**kinds):
        plain = told(function, *[a.copy() for a in arrays])
        for _ in range(3):
            same(told(compiled, *[a.copy() for a in arrays]), plain)


def test_choices_between_constants_are_told():
    """Code generation does not work out both ways of a choice, without a flag."""
    functions = [
        lambda x, s: (s > x.max()) / np.isnan(2),
        lambda x, s: np.where(x > s, 0.0, 1.0) * np.inf,
        lambda x, s: (x > s).astype(np.int64) / np.float64(0),
        lambda x, s: np.where(x > s, np.inf, 1.0) - np.inf,
    ]
    for f in functions:
        fast = braze.jit(f)
        for x in (floats(), floats(-1, 8), floats()):
            for s in (-100.0, 0.0, 2.0, 100.0):
                same(told(fast, x, s), told(f, x, s))


def behind_a_branch(x, n):
    if x.sum() > n:
        return x + 1
    x / x
    return x


def in_both_branches(x, n):
    if x.sum() > n:
        x % (x - x)
    else:
        np.sum(x / x)
    return x


def in_a_loop(x, n):
    for _ in range(n):
        x / x
    return x


@pytest.mark.parametrize("function", [behind_a_branch, in_both_branches, in_a_loop])
def test_values_that_nothing_uses_warn_in_branches_and_loops(function):
    compiled = braze.jit(function)
    for x in (np.array([3.0, 0.0, -1.0]), np.array([3, 0, -1], np.int8)):
        for n in (0, 1, 5):
            same(told(compiled, x, n), told(function, x, n))
        with np.errstate(all="raise"):
            same(told(compiled, x, 5), told(function, x, 5))
