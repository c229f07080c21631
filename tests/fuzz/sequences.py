"""Random programs with lists, deques, text, generators and folds over run-time items.

A program is a function `f(x, m, p, s, n)` of a row, a matrix, a row of small ints, a text and an
int. Its lists hold Python ints; names of floats and ints are as in `control.py`.
"""

import numpy as np

from fuzz.writer import Writer

PRELUDE = """import functools
import itertools
import operator
from collections import deque

import numpy as np


def weight(v):
    return abs(v - 1)


def first(pair):
    return pair[0]


"""
INTS = ["n", "len({L})", "{L}[{I} % 3]", "({I} + {I}) % 7", "int({p}[{I} % 4])", "{L}[-1]", "0",
        "1", "sum({L})", "ord(s[{I} % 3]) % 5", "len(s)", "({I} if {T} else 2)", "({I} ^ {I}) & 7",
        "{I} >> 1", "s.count('a')", "max({L})", "min({L}, default=1)", "int({T})", "1 << ({I} % 4)",
        "sum(1 for v in {x} if v > 0)", "sum(c == s[0] for c in s)"]  # fmt: skip
NUMBERS = ["x[{I} % 4]", "m[{I} % 2, -1]", "{N} * 0.5", "{N} + {I}", "sum(v for v in {x})", "0.5",
           "max({x})", "sum(v * v for v in {x} if v > 0)", "min({x}, key=weight)", "{x}.sum()",
           "max(r.sum() for r in m)", "sum(a * b for a, b in zip({x}, {x}))", "sorted({x})[1]",
           "functools.reduce(operator.add, {x})",
           "sum(abs(b - a) for a, b in itertools.pairwise({x}))",
           "max(enumerate({x}), key=operator.itemgetter(1))[1]",
           "sum(u * v for u, v in itertools.combinations({x}, 2))"]  # fmt: skip
ROWS = ["x", "x", "x * 2", "m[0]", "np.array([v + {N} for v in x])", "np.array(sorted(x))",
        "np.array([{N} for i in range(len(x))])"]  # fmt: skip
TESTS = ["{I} > 2", "{N} > 0.5", "{L}", "any(v > 1 for v in {x})", "all(v < 3 for v in {x})",
         "{I} < len({L}) and {L}[{I}] > 1", "{I} >= 4 or {p}[{I}] == 2", "s[{I} % 3] == 'a'",
         "{I} in {L}", "s[{I} % 3] in 'abx'", "s[0] < s[-1]", "not {L}", "any([{N} > 0, {N} < 1])",
         "s[{I} % 4].isalpha()", "{I} & 1"]  # fmt: skip
LISTS = ["[]", "[{I}]", "[0] * {K}", "[{I} for i in range({K})]", "list(range({K}))", "[1, 2, 3]",
         "[int(v) for v in p]", "[i for i in range({K}) if i % 2 == n % 2]", "deque([{I}])",
         "[ord(c) for c in s]", "sorted(int(v) for v in p)", "[0] + [{I}] * {K}"]  # fmt: skip
CHANGES = ["{L}[{I} % 3] = {I}", "{L}[{I} % 2] += {I}", "{L}.append({I})", "{L}.append(i % 3)",
           "{I2} = {L}.pop()", "{L}[-1] -= 1", "{L}[0], {L}[1] = {L}[1], {L}[0]",
           "if {L}: {I2} = {L}.pop(0)", "if {T}: {L}.append({I})", "x[{I} % 4] = {N}",
           "if len({L}) > 2: {L}.pop()", "{I2} += {L}[0]"]  # fmt: skip
RESULTS = ["{L}", "{L}, {I}", "{N}, {L}", "np.array({L})", "s[{I} % 3], {N}", "[{N}, {I}]",
           "''.join(c for c in s if c != 'a')", "[v for v in {x} if v > 0]", "{x}, x",
           "s[1:] + s[0]", "[(i, v) for i, v in enumerate({x})]",
           "sorted({x}, reverse=True)"]  # fmt: skip


class Sequences(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.lists, self.ints, self.numbers = ["l0"], ["n", "k"], ["t"]
        self.add(f"k, t, i = {self.pick('1', '2', 'n')}, 0.5, 0", f"l0 = {self.made()}")
        for _ in range(self.random.randint(3, 7)):
            self.statement()
        self.add(f"return {self.fill(self.pick(*RESULTS))}, k, t, l0")
        self.finish("def f(x, m, p, s, n):", PRELUDE)

    def made(self):
        return self.fill(self.pick(*LISTS))

    def fill(self, form, depth=1):
        """Return a form with something in each of its places."""
        out, at = "", 0
        while at < len(form):
            if form[at] != "{":
                out, at = out + form[at], at + 1
                continue
            end = form.index("}", at)
            out, at = out + self.place(form[at + 1 : end], depth), end + 1
        return out

    def place(self, kind, depth):
        names = {"L": self.lists, "I2": ["k"], "p": ["p"], "K": ["3", "5", "n + 3"]}
        if kind in names:
            return self.pick(*names[kind])
        forms, known = {"I": (INTS, [*self.ints, "i"]), "N": (NUMBERS, self.numbers),
                        "x": (ROWS, ["x", "p"]), "T": (TESTS, [])}[kind]  # fmt: skip
        if known and (depth <= 0 or self.chance(0.6)):
            return self.pick(*known)
        return f"({self.fill(self.pick(*forms), depth - 1)})"

    def statement(self):
        chosen = self.random.random()
        if chosen < 0.15:
            if not self.depth and self.chance(0.5):
                name = f"l{len(self.lists)}"
                self.add(f"{name} = {self.made()}")
                self.lists.append(name)
            else:
                self.add(f"k = {self.fill(self.pick(*INTS))} % 6")
        elif chosen < 0.3:
            self.add(f"t = {self.fill(self.pick(*NUMBERS))} * 0.5")
        elif chosen < 0.65 or self.depth >= 3:
            # In nested loops a list over which one goes would double in each round.
            changes = [c for c in CHANGES if self.depth < 2 or "append" not in c]
            self.add(self.fill(self.pick(*changes)))
        elif chosen < 0.78:
            self.block(f"if {self.fill(self.pick(*TESTS))}:")
            if self.chance(0.4):
                self.block("else:")
        else:
            self.loop()

    def loop(self):
        form = self.pick("for i in range({K}):", "for i in range(len(x)):", "for v in {x}:",
                         "for i, v in enumerate({x}):", "for c in s:", "for i in list({L}):",
                         "for i in p:", "for u, v in zip(x, {x}):", "while")  # fmt: skip
        if form == "while":
            counter = f"c{self.depth}"
            self.add(f"{counter} = 0")
            self.block(
                f"while ({self.fill(self.pick(*TESTS))}) and {counter} < 5:", f"{counter} += 1"
            )
        else:
            self.block(self.fill(form))

    def end_block(self, header):
        if header.startswith(("for", "while")) and self.chance(0.2):
            self.add(f"if {self.fill(self.pick(*TESTS))}: {self.pick('break', 'continue')}")


def kinds(seed):
    return [(seed, number) for number in range(5)]


def arguments(kind):
    """Return the arguments of one of the calls of a seed."""
    seed, number = kind
    rng = np.random.default_rng([seed, number])
    size = 4 if number < 3 else int(rng.integers(4, 12))
    x = rng.integers(-6, 7, size) * 0.5
    m = rng.integers(-6, 7, (3, size)) * 0.5
    p = rng.integers(0, 4, size)
    text = "".join(rng.choice(list("abcxyz "), 4 if number < 2 else int(rng.integers(4, 90))))
    return [x, m, p, text, int(rng.integers(0, 4))]
