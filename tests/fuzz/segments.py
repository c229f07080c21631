"""Random loops over parts of an array whose sizes only the run knows, and questions about these.

A program is a function `f(x, y, at, group, idx, w, n)` of a row, a matrix of three columns, ends of
parts, a group for each element, indices, an int, and the number of parts. Many parts are empty.
"""

import numpy as np

from fuzz.writer import Writer

PARTS = ["x[at[i]:at[i + 1]]", "x[group == i]", "x[at[i]:at[i] + w]", "x[idx[at[i]:at[i + 1]]]",
         "x[i:][x[i:] > 0.3]", "x[np.where(group == i)[0]]", "y[at[i]:at[i + 1], i % 3]",
         "x[at[i]:at[i + 1]:2]", "x[max(i - w, 0):i + w + 1]", "x[np.abs(x) > i * 0.2]",
         "np.array([v for v in x if v > i * 0.2])"]  # fmt: skip
TESTS = ["len(s) > 0", "len(s) > {K}", "s.size", "not len(s)", "len(s) == {K}", "len(s) != {K}",
         "s.shape[0] >= {K}", "len(s) < {K}", "len(s) % 2 == 0", "len(s) > i", "len(s) > len(t)",
         "s.size and s[0] > 0", "len(s) > 0 and t.size > 1", "0 < len(s) < 5", "len(s) * 2 > w",
         "len(s) - 1 > 0", "min(len(s), {K}) > 1", "max(len(s), len(t)) > 2", "len(s) == len(t)",
         "s.any()", "len(s)", "x[i] in s", "w in idx"]  # fmt: skip
# Half of them need elements: they raise, or NumPy warns, where there are none.
NUMBERS = ["s.max()", "s.min()", "s.sum()", "s.mean()", "s.std()", "s.var()", "s[0]", "s[-1]",
           "s[{K}]", "s[:{K}].sum()", "s[1:].sum()", "(s[1:] * s[:-1]).sum()", "s[1:] @ s[:-1]",
           "np.dot(s, s)", "np.argmax(s)", "float(len(s))", "len(s) / w", "np.sqrt(np.sum(s * s))",
           "(s > 0).sum()", "np.median(s)", "s.prod()", "np.any(s > 1)", "s[len(s) // 2]",
           "s[-len(s)]", "np.sum(s[:len(s) // 2])", "sum(s)", "max(s)", "np.sort(s)[0]",
           "(s - s.mean()).max()", "t.sum() + s.sum()", "s[s > 0].sum()", "np.cumsum(s)[-1]",
           "np.minimum(s, 1).sum()", "np.diff(s).max()", "(s / s[0]).sum()", "1.0", "o[i - 1]",
           "x[i]", "np.searchsorted(s, x[i])", "len([v for v in s if v > 0])"]  # fmt: skip


class Segments(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.add("o = np.zeros(n)")
        self.block("for i in range(n):", f"s = {self.pick(*PARTS)}", f"t = {self.pick(*PARTS)}")
        self.add("return o")
        self.finish("def f(x, y, at, group, idx, w, n):")

    def place(self, kind, depth):
        return str(self.random.randint(0, 4))

    def number(self):
        number = self.fill(self.pick(*NUMBERS))
        if self.chance(0.3):
            number = f"{number} {self.pick(*'+-*/')} {self.fill(self.pick(*NUMBERS))}"
        return number

    def test(self):
        return self.fill(self.pick(*TESTS))

    def statement(self):
        kind = self.random.random()
        if kind < 0.4 and self.depth < 4:
            self.block(f"if {self.test()}:")
            if self.chance(0.5):
                self.block("else:")
        elif kind < 0.5:
            self.add(f"if {self.test()}: {self.pick('continue', 'break', 's = s[1:]')}")
        elif kind < 0.6:
            self.add(f"o[i] = {self.number()} if {self.test()} else {self.number()}")
        elif kind < 0.66:
            self.add("for j in range(len(s)): o[i] += s[j] * j")
        elif kind < 0.7:
            self.add("s = s * 2")
        else:
            self.add(f"o[i] {self.pick('=', '+=')} {self.number()}")


def kinds(seed):
    """Give descriptions of calls: parts of equal sizes first, then any, and some outside."""
    rng = np.random.default_rng(seed)
    for number in range(5):
        yield {"seed": int(rng.integers(1 << 30)), "way": min(number, 3)}


def arguments(kind):
    """Return the arguments that a description says."""
    rng, way = np.random.default_rng(kind["seed"]), kind["way"]
    size, n = int(rng.integers(3, 40)), int(rng.integers(1, 8))
    x = np.round(rng.standard_normal(size), 1)
    y = np.round(rng.standard_normal((size, 3)), 1)
    at = np.sort(rng.integers(0, size + 1, n + 1)) if way else np.arange(n + 1) * size // n
    if way == 3:
        at = rng.integers(-3, size + 3, n + 1)
    group = rng.integers(0, n + (way > 1), size)
    return [x, y, at, group, rng.integers(0, size, size), int(rng.integers(1, 6)), n]
