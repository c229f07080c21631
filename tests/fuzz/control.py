"""Random control flow: branches, loops over everything, early exits, mutation, helper calls.

A program is a function `f(a, b, x, s, k)` of two matrices, a row, a float and an int. A name is
known by what it holds: a matrix, a row, a number or an int; `maybe` are names perhaps not bound.
"""

import numpy as np

from fuzz.writer import Writer

PRELUDE = """import math

import numpy as np

LIMIT = 2.5
STEPS = 3


def clamp(v, low, high=4.0):
    if v < low:
        return low
    return high if v > high else v


def first_above(row, limit):
    for i, v in enumerate(row):
        if v > limit:
            return i
    return -1


def halve(row, times):
    while times > 0:
        row[:] = row * 0.5
        times -= 1
    return row


def pick(u, v, k):
    if k == 0:
        return u
    elif k == 1:
        return v
    return u + v


def total_of(row):
    t = 0.0
    for v in row:
        if v < 0:
            continue
        t += v
        if t > 50:
            break
    else:
        t += 1
    return t


def depth(n, v):
    return v if n <= 0 else depth(n - 1, v * 0.5 + 1)


def put(m, i, v):
    m[i] = v
    if v > 1:
        m[-1, i % 2] += 1


"""
# Those with ~ often keep the statement around them from being compiled: half of the programs do
# without them.
TESTS = [
    "k > 1", "k == 0", "k % 2", "s > 0.6", "{N} > {N}", "{M}.sum() > {N}", "{R}.max() > 2",
    "not {N} < 1", "{N} > 0 and {N} < 3", "{N} < 0 or k > 1", "0 < {N} <= 3", "~{I} in (0, 2)",
    "({R} > 1).any()", "({M} < 3).all()", "{R}[{i}] > {N}", "{M}[{i}, -1] != {N}", "{I} < {I}",
    "~{R}[0]", "~k", "len({R}) > 3", "{M}.shape[0] == 3", "np.isnan({N})", "~{n} is None",
    "~{N} == {N} and {R}[-1] < 2", "~math.isfinite({N})", "np.any({M} > LIMIT)",
    "~{I} > 1 != False", "~isinstance({N}, float)", "~(w := {N}) > 1", "~bool({R}[1] > 0) == True",
]  # fmt: skip
NUMBERS = [
    "s", "~k", "{N} * 0.5", "{N} + {N}", "{R}[{i}]", "{M}[{i}, {i}]", "{R}.sum()", "{M}.mean()",
    "float({R}[{i}])", "~{I} * 0.5", "abs({N})", "~max({N}, 1.0)", "~min({N}, {N})", "-{N}",
    "LIMIT", "({N} if {T} else {N})", "~clamp({N}, -1.0)", "total_of({R})", "{R}.max()", "~1",
    "0.0", "2.5", "~math.floor({N}) if abs({N}) < 1e9 else 0", "~depth(3, {N})", "{N} - 1",
    "~sum({R}[:2])",
    "~np.sqrt(abs({N}))", "~int({R}[0] > 1)", "~np.float32(1.5)", "{M}[{i}].min()", "float(k)",
]  # fmt: skip
# Always small, so that loops end.
INTS = ["k", "0", "1", "2", "({I} + 1) % 6", "{R}.shape[0]", "len({M})", "first_above({R}, {N})",
        "{I} % 3", "int({N} > 1)", "({I} if {T} else 1)", "-1", "{R}.argmax()",
        "{M}.ndim"]  # fmt: skip
ROWS = [
    "{R} + {R}", "{R} * {N}", "{M}[{i}]", "{M}[{i}] - {R}", "{M}.sum(axis=0)", "{R}[::-1]",
    "np.where({R} > {N}, {R}, {N})", "{R}.copy()", "pick({R}, {R}, {I})", "halve({R} * 1, 2)",
    "({R} if {T} else {R} * 2)", "np.maximum({R}, {N})", "{R} * 1.0", "{M}.max(axis=0)", "{R}",
    "np.zeros({R}.shape)", "np.array([v * 2 for v in {R}])", "(lambda q: q + {N})({R})", "-{R}",
    "depth(2, {R})", "np.zeros_like({R})", "np.abs({R})", "np.cumsum({R})", "{R} / ({N} + 9)",
]  # fmt: skip
MATRICES = ["{M} + {M}", "{M} * {N}", "{M} - {R}", "{M}[::-1]", "{M}.copy()", "({M} + 1) * {R}",
            "np.where({M} > {N}, {M}, {R})", "({M} if {T} else {M} - 1)", "{M}", "np.abs({M})",
            "pick({M}, {M}, k)", "np.minimum({M}, {M})", "{M} * 1.0", "np.zeros({M}.shape)",
            "np.ones_like({M})", "{M} + {R}.sum()"]  # fmt: skip
RANGES = ["range(k)", "range(3)", "range({R}.shape[0])", "range(1, {M}.shape[0])",
          "range(k, 0, -1)", "range(0, 6, 2)", "range(STEPS)", "reversed(range(k))", "range({I})",
          "(0, 2, 1)", "range(len({M}) - 1)", "[k, 1]"]  # fmt: skip
CHANGES = [
    "{m}[{i}] = {R}", "{m}[{i}, {i}] = {N}", "{m}[{i}] += {N}", "{r}[{i}] -= {N}", "{r}[{i}] = {N}",
    "{r}[1:] = {R}[:-1]", "{r} += {N}", "{m} *= 0.5", "{m}[1:] += {M}[:-1]", "{m}[:, {i}] = {N}",
    "{r}[{R} > {N}] = {N}", "halve({r}, {I})", "put({m}, {i}, {N})", "{m}[{i}, 1:] = {R}[1:]",
    "{r}[{i}], {r}[0] = {r}[0], {r}[{i}]", "{m}[...] = {R}", "{r}[::2] *= 2", "{m}[::-1][0] = {R}",
]  # fmt: skip
# With {t} for a name that is bound to a number, {v} for one bound to a row.
ODD = [
    "s, {t} = {N}, {N}", "x, {v} = {R}, x * 1", "assert {T} or True", "pass",
    "def g(v): return v * {N} + 1\n{t} = g({N})", "{t} = sum([v for v in {R} if v > 0])",
    "def h():\n    nonlocal s\n    s = s + 1\n    return s\n{t} = h()", "{v} = {R}\n{v} += 1",
    "{t} = [q * 2 for q in ({N}, {N})][{I} % 2]", "{t} = any(v > 2 for v in {R})",
    "{t}, *rest = {N}, 1, 2", "{t} = {N}\ndel {t}", "for {t} in {R}: pass",
    "{t} = {v} = {R}", "{t} = next((v for v in {R} if v > 1), 0.0)", "print({I})",
    "with np.errstate(divide='ignore'): {v} = {R} / {N}", "if {T}: raise ValueError(str({I}))",
    "{v} = None if {T} else {R}", "{t} = {M} if {T} else {N}", "a, b = b, a",
    "match k:\n    case 0:\n        {t} = {N}\n    case 1 | 2 if {T}:\n        {v} = {R}",
]  # fmt: skip
RESULTS = ["{M}", "{R}", "{N}", "{I}", "{M}, {N}", "None", "{R}, {I}, {N}", "({M} * 2, {R})",
           "{R}[1:]", "{M}.T", "[{R}, {N}]", "{T}"]  # fmt: skip
HELD = {"M": ("a", "b"), "R": ("x",), "N": ("s",), "I": ("k",)}
OF = {"M": MATRICES, "R": ROWS, "N": NUMBERS, "I": INTS}


class Control(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.held = {kind: list(names) for kind, names in HELD.items()}
        self.maybe = {kind: [] for kind in HELD}
        self.counters = []
        self.loops = 0
        self.calm = self.chance(0.5)
        for _ in range(self.random.randint(3, 7)):
            self.statement()
        results = [self.name(kind) for kind in "MRNI"]
        self.add(f"return {', '.join(results)}, a, x, {self.fill('{N}', 2)}")
        self.finish("def f(a, b, x, s, k):", PRELUDE)

    def name(self, kind):
        if self.maybe[kind] and self.chance(0.03):
            return self.pick(*self.maybe[kind])
        return self.pick(*self.held[kind])

    def form(self, forms):
        kept = [form for form in forms if not (self.calm and form[0] == "~")]
        return self.pick(*kept).lstrip("~")

    def place(self, kind, depth):
        if kind == "i":
            return self.pick("0", "1", "-1", "k % 2", *self.counters)
        if kind == "T":
            return self.fill(self.form(TESTS), depth - 1)
        if kind.islower():
            return self.name(kind.upper())
        if depth <= 0 or self.chance(0.5):
            return self.name(kind)
        return f"({self.fill(self.form(OF[kind]), depth - 1)})"

    def expression(self, kind, depth=2):
        return self.fill(self.form(OF[kind]), depth)

    def bind(self, kind, name):
        """Note that a name holds something of a kind from here on, surely or perhaps."""
        for names in (*self.held.values(), *self.maybe.values()):
            if name in names and names is not self.held[kind]:
                names.remove(name)
        known = self.maybe if self.depth else self.held
        if name not in self.held[kind] and name not in known[kind]:
            known[kind].append(name)

    def assign(self):
        kind = self.pick("M", "R", "R", "N", "N", "I")
        if self.chance(0.6):
            target = self.pick(*self.held[kind])
        else:
            target = f"{kind.lower()}{self.random.randint(0, 2)}"
        self.add(f"{target} = {self.expression(kind)}")
        self.bind(kind, target)

    def augment(self):
        if self.chance(0.3):
            name = self.name("I")
            return self.add(f"{name} = ({name} + {self.expression('I', 1)}) % 7")
        change = self.pick("+=", "-=", "*=")
        return self.add(f"{self.name('N')} {change} {self.expression('N', 1)}")

    def change(self):
        self.add(self.fill(self.pick(*CHANGES), 1))

    def odd(self):
        """Write something seldom seen."""
        number, row = f"n{self.random.randint(0, 2)}", f"r{self.random.randint(0, 2)}"
        line = self.pick(*ODD).replace("{t}", number).replace("{v}", row)
        self.add(*self.fill(line, 1).split("\n"))

    def statement(self):
        chosen = self.random.random()
        if chosen < 0.3:
            self.assign()
        elif chosen < 0.42:
            self.augment()
        elif chosen < 0.58:
            self.change()
        elif chosen < 0.64 and not self.calm:
            self.odd()
        elif self.depth >= 3:
            self.assign()
        elif chosen < 0.82:
            self.branch()
        else:
            self.loop()

    def branch(self):
        if not self.calm and self.chance(0.08):
            self.block("try:")
            self.block("except (ValueError, IndexError, ZeroDivisionError):")
            return
        self.block(f"if {self.fill(self.form(TESTS), 1)}:")
        while self.chance(0.25):
            self.block(f"elif {self.fill(self.form(TESTS), 1)}:")
        if self.chance(0.5):
            self.block("else:")

    def loop(self):
        self.loops += 1
        counter, kind = f"c{self.depth}", self.random.random()
        if kind < 0.5:
            over = "range(70)" if not self.depth and kind < 0.03 else self.pick(*RANGES)
            self.counted(f"for {counter} in {self.fill(over, 1)}:", counter)
        elif kind < 0.75:
            row, number = f"r{self.depth}", f"n{self.depth}"
            over = self.pick(
                f"for {row} in {{M}}:", f"for {number} in {{R}}:", f"for {row} in {{M}}[1:]:",
                f"for {counter}, {row} in enumerate({{M}}):", f"for {row} in ({{R}}, {{R}}):",
                f"for {row}, {number} in zip({{M}}, {{R}}):",
                f"for {counter}, {number} in enumerate({{R}}):",
            )  # fmt: skip
            for name in (row, number):
                if name in over:
                    self.bind(name[0].upper(), name)
            self.counted(self.fill(over, 1), counter if counter in over else None)
        else:
            self.add(f"{counter} = {self.pick('0', 'k')}")
            test = self.pick("", "", f"({self.fill(self.form(TESTS), 0)}) and ")
            bound = self.pick("5", "3", "min(k, 4)", "3" if self.depth else "65")
            header = f"while {test}{counter} < {bound}:"
            self.counted(header, counter, f"{counter} += 1")
        self.loops -= 1
        if self.chance(0.25):
            self.block("else:")

    def counted(self, header, counter, *first):
        self.counters += [f"{counter} % 3"] * bool(counter) + [counter] * bool(counter)
        self.block(header, *first)
        self.counters = self.counters[: -2 * bool(counter)] if counter else self.counters

    def end_block(self, header):
        inside = header.startswith(("for", "while"))
        if inside and self.chance(0.35):
            test = self.fill(self.form(TESTS), 1)
            self.add(f"if {test}:", f"    {self.leave()}")
            self.statement()
        elif self.loops and header.startswith(("if", "elif")) and self.chance(0.2):
            self.add(self.leave())
        elif header.startswith(("if", "elif")) and self.chance(0.12):
            self.add(f"return {self.fill(self.pick(*RESULTS), 1)}")

    def leave(self):
        return self.pick(
            "break", "break", "continue", f"return {self.fill(self.pick(*RESULTS), 1)}"
        )


def kinds(seed):
    return [(seed, number) for number in range(6)]


def arguments(kind):
    """Return the arguments of one of the calls of a seed; types change in the fourth call."""
    seed, number = kind
    rng = np.random.default_rng(seed)
    for at in range(number + 1):
        shape = (3, 4) if at < 4 else (4, 5)
        dtype = rng.choice(["f8", "f8", "f4", "i8"]) if at == 3 else "f8"
        a, b = ((rng.integers(-8, 9, shape) * 0.5).astype(dtype) for _ in range(2))
        x = (rng.integers(-8, 9, shape[1]) * 0.5).astype("f8" if dtype == "i8" else dtype)
        if rng.random() < 0.15:
            x = np.repeat(x, 2)[::2]
        if rng.random() < 0.15:
            a = np.asfortranarray(a)
        given = [a, b, x, float(rng.choice([0.5, 0.75, -1.5, 3.0])), int(rng.integers(0, 4))]
    return given
