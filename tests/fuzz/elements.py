"""Random loops over elements: indices of all kinds, carried numbers, arrays that share memory.

A program is a function `f(a, b, m, n, k, s)` of two rows, a matrix, two ints and a number. Its
ints stay small and its `while` loops have a bound, so that every program ends.
"""

import numpy as np
from edges import edge_values, unaligned

from fuzz.writer import Writer

RANGES = [
    "range(n)", "range(1, n)", "range(n - 1)", "range(n - 1, -1, -1)", "range(0, n, 2)", "range(k)",
    "range(len(b))", "range(-1, n)", "range(n - 1, 0, -1)", "range(k, n)", "range(m.shape[0])",
    "range(1, m.shape[1] - 1)", "range(n, -n, -3)", "range(2, n - 2)", "range({I}, n)",
    "range({I}, {I} + 3)", "range(n - 2, {I}, -2)", "range(len(a) - {I})",
]  # fmt: skip
# Near each other, so that rounds meet each other's elements; some lie outside.
PLACES = ["{i}", "{i}", "{i}", "{i} - 1", "{i} - 1", "{i} + 1", "{i} - 2", "-{i}", "-1 - {i}", "0",
          "-1", "n - 1 - {i}", "{i} // 2", "{i} % 3", "{i} % n", "{j} % n", "k", "{i} - {j}",
          "{i} + {j}", "n // 2", "2 * {i} % n", "{i} & 3", "abs({i} - 2)", "int(abs({A}) % 4)",
          "min({i} + 1, n - 1)", "max({i} - 1, 0)", "{i} - n", "{i} >> 1"]  # fmt: skip
# Those with ~ often keep a loop from being compiled: more than half of the programs do without.
NUMBERS = [
    "{A}", "{A}", "{A} + {A}", "{A} - {A}", "{A} * {N}", "{N} + {A}", "{A} * 2", "~{A} / 3",
    "{A} // 2", "{A} % 3", "{A} // {A}", "{A} % {A}", "-{A}", "abs({A})", "{N}", "~s", "~{i}",
    "~0.5", "~min({A}, {A})", "~max({N}, {A})", "({A} if {T} else {A})", "{A} + 1", "~{A} - {i}",
    "~{A} * 0.5", "~{i} * 1.5", "~int({A})", "~float({A})", "~bool({A})", "~{A} ** 2",
    "~np.float32({A})", "~{i} / 2", "~np.sqrt(abs({A}))", "np.abs({A})", "{i} % 3 - 1",
    "np.maximum({A}, {A})", "{I} // 2 - {I}", "np.int64({i}) * 3", "~not {A}", "~{A} > {A}",
    "~round({A})", "~np.minimum({N}, {i})",
]  # fmt: skip
TESTS = ["{A} > {A}", "{A} < {N}", "{A} == {A}", "{N} > 0", "{i} % 2", "{A}", "{i} > k", "not {A}",
         "{A} > 0 and {A} < {N}", "{i} < n - 1 and {A} > 1", "{A} != {A}", "0 < {A} <= 2",
         "{i} == {j}", "{A} > 0 or {i} < 2", "{I} > {I}", "s > 1"]  # fmt: skip
CHANGES = ["=", "=", "=", "+=", "-=", "*="]


class Elements(Writer):
    """A random function."""

    def begin(self):
        """Write what stands before the loops."""

    def __init__(self, seed):
        super().__init__(seed)
        self.counters = []
        self.numbers = []
        self.ints = []
        self.stored = [self.pick(*PLACES) for _ in range(2)]  # registers are for few places
        self.calm = self.chance(0.6)
        self.wild = self.chance(0.2)
        self.numbers.append("t")
        first = ["a[0] * 1", "b[-1]"] if self.calm else ["0", "0.0", "s", "b[0]", "s * 1", "True"]
        self.add(f"t = {self.pick(*first)}")
        self.ints.append("c")
        self.add("c = 0")
        self.begin()
        for _ in range(self.random.randint(1, 2)):
            self.loop()
        views = self.pick("", "", ", a[1:]", ", m[0]", ", m.T", ", a[::-1]", ", b")
        self.add(f"return t, c{views}")
        self.finish("def f(a, b, m, n, k, s):")

    def place(self, kind, depth):
        if kind in "ij":
            return self.pick(*(self.counters[-2:] if self.counters else ["k"]))
        if kind == "I":
            return self.pick("k", "c % 3", "1", "0", *self.counters)
        if kind == "A":
            return self.element(self.pick(*PLACES), depth - 1)
        if kind == "T":
            return self.fill(self.pick(*TESTS), depth - 1)
        if depth <= 0 or self.chance(0.4):
            return self.pick(*self.numbers, *([] if self.calm else ["s"]), "1")
        return f"({self.number(depth - 1)})"

    def number(self, depth):
        """Return a number; calm programs keep to what is nearly always compiled."""
        kept = [form for form in NUMBERS if not (self.calm and form[0] == "~")]
        return self.fill(self.pick(*kept).lstrip("~"), depth)

    def element(self, where, depth):
        """Return an element of one of the arrays; most programs keep their indices inside."""
        array = self.pick("a", "a", "b", "m", "m")
        at = self.inside(self.fill(where, depth))
        if array != "m":
            return f"{array}[{at}]"
        other = self.inside(self.fill(self.pick(*PLACES), depth))
        form = self.pick("m[{}, {}]", "m[{}, {}]", "m[{}][{}]", "m.T[{}, {}]")
        return form.format(*self.pick((at, other), (other, at)))

    def inside(self, index):
        if self.wild or index in ("0", "-1"):
            return index
        if index in self.counters and self.chance(0.7):
            return index
        return self.pick(f"({index}) % n", f"min(max({index}, 0), n - 1)", f"({index}) % n")

    def statement(self):
        kind = self.random.random()
        if kind < 0.5:
            where = self.pick(*self.stored, self.pick(*PLACES))
            self.add(f"{self.element(where, 1)} {self.pick(*CHANGES)} {self.fill('{N}', 3)}")
        elif kind < 0.62:
            name = self.pick("t", "t", "u", "v")
            if name in self.numbers and self.chance(0.6):
                self.add(f"{name} {self.pick(*CHANGES)} {self.fill('{N}')}")
            else:
                self.add(f"{name} = {self.fill('{N}', 3)}")
            if name not in self.numbers and self.depth <= 1:
                self.numbers.append(name)
        elif kind < 0.7:
            self.add(self.fill(self.pick("c += 1", "c = c + {I}", "c = (c + {i}) % 5",
                                         "c = {I} - c", "c -= 1", "c = -c")))  # fmt: skip
        elif kind < 0.74:
            x, y = self.element("{i}", 1), self.element(self.pick(*PLACES), 1)
            self.add(f"{x}, {y} = {y}, {x}")
        elif kind < 0.9 and self.depth < 4:
            self.block(f"if {self.fill('{T}')}:")
            if self.chance(0.4):
                self.block("else:")
        elif self.depth < 3:
            self.loop()
        else:
            self.add(f"c = (c + {self.fill('{I}')}) % 7")

    def loop(self):
        counter = "ijpq"[len(self.counters)]
        if self.chance(0.2):
            self.add(f"{counter} = {self.pick('0', 'k', '-1')}")
            test = self.pick("", "", f"({self.fill('{T}', 1)}) and ")
            self.counters.append(counter)
            self.block(f"while {test}{counter} < {self.pick('n', '5', 'n - 1', 'k + 2')}:",
                       f"{counter} += 1")  # fmt: skip
        else:
            over = self.fill(self.pick(*RANGES))
            self.counters.append(counter)
            self.block(f"for {counter} in {over}:")
        self.counters.pop()

    def end_block(self, header):
        if header.startswith(("for", "while")) and self.chance(0.15):
            self.add(f"if {self.fill('{T}')}:", f"    {self.pick('break', 'continue', 'return c')}")
            self.statement()
        elif header.startswith("if") and self.chance(0.08):
            self.add(self.pick("break", "continue", "return t"))


DTYPES = ["f8", "f8", "i8", "i8", "f4", "i4", "u1", "i1", "u8", "?", "f2", "i2", "u4", "c16"]
NUMBERS_GIVEN = [1.5, 2, -1, 0.25, True, np.float64(1.5), np.int64(3), np.float32(0.5), np.uint8(7),
                 np.int8(-2), np.float16(2), 1 << 40, np.bool_(True), 0.0]  # fmt: skip


def kinds(seed):
    """Give descriptions of calls; the types change in the third."""
    rng = np.random.default_rng(seed)
    for number in range(5):
        if number in (0, 2):
            dtypes = [str(d) for d in rng.choice(DTYPES, 3)]
            if rng.random() < 0.85:
                dtypes = dtypes[:1] * 3
            scalar = int(rng.integers(len(NUMBERS_GIVEN)))
        odd = rng.random() < 0.7
        yield {
            "seed": int(rng.integers(1 << 30)),
            "size": int(rng.choice([7, 7, 5, 12, 9, 30, 3, 2, 1, 0][: 10 if number else 6])),
            "dtypes": dtypes,
            "scalar": scalar,
            "special": bool(rng.random() < 0.15),
            "how": [str(h) for h in rng.choice(LAYOUTS, 3)] if odd else ["plain"] * 3,
            "k": int(rng.integers(-1, 5)),
        }


LAYOUTS = ["plain", "plain", "plain", "plain", "reversed", "every second", "repeated", "reversed",
           "read-only", "the same", "shifted", "row", "transposed", "unaligned"]  # fmt: skip


def values(rng, shape, dtype, special):
    if special:
        return rng.choice(edge_values(dtype, 40), shape)
    low = 0 if np.dtype(dtype).kind in "u?" else -3
    return rng.integers(low, 2 if dtype == "?" else 6, shape).astype(dtype)


def laid_out(x, how):
    if how == "reversed":
        return x.copy()[..., ::-1]
    if how == "every second":
        return np.repeat(x, 2, axis=-1)[..., ::2]
    if how == "unaligned":
        return unaligned(x)
    if how == "repeated":  # one element shows several times
        return np.lib.stride_tricks.as_strided(x, x.shape, (0,) * (x.ndim - 1) + (x.itemsize,))
    if how == "read-only":
        x.flags.writeable = False
    return x


def arguments(kind):
    """Return the arguments that a description says."""
    rng = np.random.default_rng(kind["seed"])
    n = kind["size"]
    hows = kind["how"]
    a, b = (
        laid_out(values(rng, n, dtype, kind["special"]), how)
        for dtype, how in zip(kind["dtypes"][:2], hows[:2], strict=True)
    )
    shape = (n, n) if rng.random() < 0.5 else (n, n + 2)
    m = values(rng, shape, kind["dtypes"][2], kind["special"])
    m = np.ascontiguousarray(m.T).T if hows[2] == "transposed" else laid_out(m, hows[2])
    if hows[1] == "the same":
        b = a
    elif hows[1] == "shifted" and n > 1:
        memory = values(rng, n + 1, kind["dtypes"][0], kind["special"])
        a, b = memory[1:], memory[:-1]
    elif hows[1] == "row" and m.size and m.shape[1] >= n:
        b = m[0, :n]
    return [a, b, m, n, kind["k"], NUMBERS_GIVEN[kind["scalar"]]]
