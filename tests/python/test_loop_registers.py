"""Loops over elements that keep in registers what one round stores and another loads."""

import linecache
import random
import warnings

import numpy as np
import pytest
from exact import check

import braze

PLACES = [
    "i",
    "i",
    "i - 1",
    "i - 1",
    "i + 1",
    "i - 2",
    "i - 3",
    "i + 2",
    "-i - 1",
    "k",
    "0",
    "i - k",
]
RANGES = [
    "range(1, n)", "range(2, n)", "range(n)", "range(3, n - 1)", "range(n - 2, -1, -1)",
    "range(n - 3, 0, -1)", "range(4, n, 2)", "range(1, n, 3)", "range(k, n)", "range(-2, n)",
    "range(n, 1)", "range(n - 4, -1, -2)",
]  # fmt: skip


class Program:
    """A function of loops whose rounds store and load elements near to each other."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        # Most programs store at one place only, which is what registers are for.
        self.stored = [self.place()] if self.r.random() < 0.7 else [self.place(), self.place()]

    def place(self):
        return self.r.choice(PLACES)

    def element(self, array):
        if array == "m":
            first, second = self.r.choice([("r", self.place()), (self.place(), "r")])
            return f"m[{first}, {second}]"
        return f"{array}[{self.place()}]"

    def value(self):
        parts = [self.element(self.r.choice("aaam")), self.r.choice(["b[i]", "s", "one"])]
        joined = self.r.choice(["{} + {}", "{} * {}", "min({}, {})", "{} - {}", "max({}, {})"])
        return joined.format(*parts)

    def store(self, ind, deep):
        where = self.r.choice(self.stored)
        target = f"m[r, {where}]" if deep and self.r.random() < 0.5 else f"a[{where}]"
        sign = self.r.choice(["=", "=", "=", "+="])
        return [f"{ind}{target} {sign} {self.value()}"]

    def statement(self, ind, deep, level=0):
        kind = self.r.random()
        if kind < 0.5 or level == 2:
            return self.store(ind, deep)
        if kind < 0.6:
            return [f"{ind}s = s + {self.element('a')}"]
        if kind < 0.65:
            return [f"{ind}for q in range(2):", f"{ind}    s = s + {self.element('a')}"]
        condition = self.r.choice(["b[i] > one", "s < one", "i % 2 == 0"])
        lines = [f"{ind}if {condition}:", *self.statement(ind + "    ", deep, level + 1)]
        if self.r.random() < 0.7:
            lines += [f"{ind}else:", *self.statement(ind + "    ", deep, level + 1)]
        return lines

    def source(self):
        deep = self.r.random() < 0.5
        lines = ["def f(a, b, m, n, k, one):", "    s = one", "    r = 0"]
        ind = "    "
        if deep:
            lines.append("    for r in range(1, 4):")
            ind += "    "
        lines.append(f"{ind}for i in {self.r.choice(RANGES)}:")
        for _ in range(self.r.randint(1, 3)):
            lines += self.statement(ind + "    ", deep)
        return "\n".join([*lines, "    return s"]) + "\n"


def compiled_from(source, name):
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"np": np}
    exec(compile(source, name, "exec"), scope)
    return scope["f"]


def overlapping(x):
    return np.lib.stride_tricks.as_strided(x, x.shape, [0] * x.ndim)


LAYOUTS = {
    "plain": lambda a, m: (a, m),
    "backwards": lambda a, m: (a[::-1], m[::-1, ::-1]),
    "strided": lambda a, m: (np.repeat(a, 2)[::2], m.T),
    "one element": lambda a, m: (overlapping(a), overlapping(m)),
    "shifted onto itself": lambda a, m: (
        a,
        np.lib.stride_tricks.as_strided(m, m.shape, (m.itemsize,) * 2),
    ),
}


def outcome(function, source, layout, size, dtype):
    rng = np.random.default_rng(len(source))
    a, b = (rng.integers(-4, 5, size).astype(dtype) for _ in range(2))
    m = rng.integers(-4, 5, (max(size, 4), size)).astype(dtype)
    a, m = LAYOUTS[layout](a, m)
    one = dtype(1)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            result = function(a, b, m, size, 1, one)
        except Exception as error:
            result = type(error), str(error)
    return result, a.copy(), b, m.copy()


@pytest.mark.parametrize("seed", range(120))
def test_random_programs(seed):
    source = Program(seed).source()
    plain = compiled_from(source, f"<registers {seed}>")
    compiled = braze.jit(plain)
    dtype = [np.float64, np.int64, np.float32, np.int8, np.float16, np.complex128][seed % 6]
    if dtype is np.complex128 and any(word in source for word in ("min", "max", "<", ">")):
        dtype = np.float64
    for layout in LAYOUTS:
        for size in (70, 9, 2, 1, 0):  # several vectors, or none
            got, wanted = (outcome(f, source, layout, size, dtype) for f in (compiled, plain))
            check(got, wanted, f"{source}{layout} {size}")


def test_most_random_programs_are_compiled():
    calls = 0
    for seed in range(0, 24):
        source = Program(seed).source()
        compiled = braze.jit(compiled_from(source, f"<compiled {seed}>"))
        for size in (9, 12):
            outcome(compiled, source, "plain", size, np.float64)
        calls += compiled.stats()["compiled_calls"] > 0
    assert calls >= 12


def fibonacci(a, b):
    for i in range(2, len(a)):
        a[i] = a[i - 1] + a[i - 2]
    return a


def two_arrays(a, b):
    for i in range(1, len(a)):
        a[i] = b[i - 1] * 0.5
        b[i] = a[i] + b[i - 1]
    return a, b


def reads_behind_the_store(a, b):
    s = 0.0
    for i in range(1, len(a)):
        a[i] = b[i] * 2.0
        s += a[i - 1] - a[i]
    return s


def into_one(a, b):
    for i in range(len(b)):
        if b[i] > 0:
            a[0] += b[i]
        else:
            a[0] = a[0] * 0.5
    return a


def wraps(a, b):
    for i in range(-1, len(a)):
        a[i] = b[i] + 1.0
        b[i] = a[i - 1] * 0.25
    return a, b


def no_rounds(a, b):
    for i in range(len(a) + 3, len(a)):
        a[i] = a[i - 1] + b[i]
    return a


def may_not_load(a, b):
    for i in range(7, 9):
        if b[0] > 100.0:
            a[i] = a[i - 5] + 1.0
        else:
            a[i - 7] = 3.0
    return a


def leaves_early(a, b):
    for i in range(1, len(a)):
        a[i] = a[i - 1] * 0.5 + b[i]
        if a[i] > 3.0:
            break
    return a


def rows(a, b):
    m = np.outer(a, b)
    for i in range(1, m.shape[0]):
        row, above = m[i], m[i - 1]
        for j in range(1, m.shape[1]):
            m[i, j] = max(m[i, j - 1], above[j]) + row[j - 1]
    return m


def diagonal(a, b):
    m = np.outer(a, b)
    for i in range(1, min(m.shape)):
        m[i, i] = m[i - 1, i - 1] * 0.5 + m[i, i - 1]
    return m


def product(a, b):
    m, t = np.outer(a, b), np.zeros((len(a), len(a)))
    for i in range(len(a)):
        for j in range(len(a)):
            for k in range(len(b)):
                t[i, j] += m[i, k] * m[j, k]
    return t


FUNCTIONS = [
    fibonacci, two_arrays, reads_behind_the_store, into_one, wraps, no_rounds, may_not_load,
    leaves_early, rows, diagonal, product,
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_elements_in_registers(function):
    compiled = braze.jit(function)
    for size in (9, 10, 40):
        for view in (slice(None), slice(None, None, -1), slice(None, None, 2)):
            outcomes = []
            for f in (function, compiled):
                a, b = np.linspace(-1, 2, size)[view], np.cos(np.arange(size))[view]
                try:
                    result = f(a, b)
                except IndexError as error:
                    result = str(error)
                outcomes.append((result, a.copy(), b.copy()))
            check(outcomes[1], outcomes[0], f"{function.__name__} {size} {view}", layout=False)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_arguments_that_share_memory(function):
    compiled = braze.jit(function)
    compiled(np.linspace(-1, 2, 12), np.cos(np.arange(12)))
    for start in (0, 1, 2):
        outcomes = []
        for f in (function, compiled):
            memory = np.linspace(-1, 2, 14)
            result = f(memory[:12], memory[start : start + 12])
            outcomes.append((np.array(memory), str(result)))
        check(outcomes[1], outcomes[0], f"{function.__name__} {start}")


def behind_the_store(a, b, one):
    for i in range(len(a)):
        a[i] = b[i] + one
        b[i] = a[i - 1]


def two_behind_the_store(a, b, one):
    for i in range(len(a)):
        a[i] = b[i] + one
        b[i] = a[i - 2]


def back_behind_the_store(a, b, one):
    for i in range(len(a) - 1, -2, -1):
        a[i] = b[i] + one
        b[i] = a[i + 1 - len(b)]


def by_two(a, b, one):
    for i in range(0, len(a), 2):
        a[i] = b[i] + one
        b[i] = a[i - 4] * one


@pytest.mark.parametrize(
    "function", [behind_the_store, two_behind_the_store, back_behind_the_store, by_two]
)
def test_indices_of_two_rounds_may_be_one_element(function):
    compiled = braze.jit(function)
    for size in (5, 1, 2, 3, 4, 6):
        outcomes = []
        for f in (function, compiled):
            a, b = np.arange(3.0, 3 + size), np.linspace(-1, 2, size)
            try:
                result = f(a, b, 1.5)
            except IndexError as error:
                result = str(error)
            outcomes.append((result, a, b))
        check(outcomes[1], outcomes[0], f"{size}")
    assert compiled.stats()["compiled_calls"] > 0


def test_an_index_error_behind_a_store_leaves_what_python_leaves():
    def f(a, n):
        for i in range(1, n):
            a[i] = a[i - 1] + 1.0
        return a

    compiled = braze.jit(f)
    for n in (5, 9, 20):
        arrays = []
        for g in (f, compiled):
            a = np.arange(9.0)
            if n > 9:
                with pytest.raises(IndexError, match="index 9 is out of bounds"):
                    g(a, n)
            else:
                g(a, n)
            arrays.append(a)
        check(arrays[1], arrays[0])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
@pytest.mark.parametrize("op", ["+", "-", "*"])
def test_overflow_of_integer_scalars_warns(dtype, op):
    source = (
        f"def f(a, b):\n    for i in range(len(a)):\n        a[i] = a[i] {op} b[i]\n    return a\n"
    )
    plain = compiled_from(source, f"<overflow {op} {dtype.__name__}>")
    compiled = braze.jit(plain)
    limits = np.iinfo(dtype)
    for x, y in (
        (3, 2),
        (limits.max, 2),
        (limits.min, 1),
        (limits.max, limits.max),
        (0, 1),
        (2, 3),
    ):
        outcomes = []
        for f in (plain, compiled):
            a, b = np.array([1, x, 1], dtype), np.array([1, y, 1], dtype)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                f(a, b)
            outcomes.append((a, [str(w.message) for w in caught]))
        check(outcomes[1], outcomes[0], f"{x} {op} {y}")
