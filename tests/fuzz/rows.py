"""Random loops over rows of elements: slices with run-time ends, products of vectors, reductions.

Rows overlap each other, run backwards, end outside and are empty; the rest of a program is as those
of `fuzz.elements`, which also makes the arguments.
"""

from fuzz.elements import CHANGES, PLACES, Elements

ENDS = ["", "", "", "{i}", "{i}", "{i} + 1", "{i} - 1", "-{i}", "n", "n - 1", "1", "k", "{j}",
        "n - {i}", "-1", "{i} + 3"]  # fmt: skip
STEPS = ["", "", "", "", "", ":2", ":-1", ":-2", ":3"]
# {R} is a row of the same slice, {N} a number.
ROWS = ["{R}", "{R}", "{R} + {R}", "{R} - {R}", "{R} * {N}", "{N} * {R} + {R}", "abs({R})", "-{R}",
        "{N}", "({R} + {R}) * 0.5", "np.maximum({R}, {R})", "{R} // 2", "{R} * {R} - {R}",
        "np.where({R} > {N}, {R}, {R})", "{R} > {R}", "{R} / 2", "np.exp({R} * 0)"]  # fmt: skip
NUMBERS = ["{R}.sum()", "{R}.max()", "{R}.min() - {R}.max()", "np.sum(({R} - {R}) ** 2)",
           "{R}.mean()", "({R} * {R} + {N}).sum()", "np.argmin({R})", "np.argmax(abs({R}))",
           "np.any({R} > {N})",
           "{R}.prod()", "{R}.var()", "np.sqrt(np.sum({R} * {R}))", "({R} > {R}).sum()",
           "np.max({R}) * np.sum({R})", "np.all({R} == {R})", "np.sum({R} * m[0, 0])"]  # fmt: skip
# {P} is a plane of the same two slices.
PLANES = ["{P}.sum()", "np.sum({P} * {P})", "{P}.max() - {P}.min()", "({P} - {N}).prod()",
          "{P}.mean()", "{P}.var()", "np.argmax({P})", "({P} > {N}).any()", "np.sum({P} * {R})",
          "{P}.size + np.argmin({P})"]  # fmt: skip
# {G} is an array of indices, in range but for some programs.
GATHERS = ["a[{G}].sum()", "np.sum(b[{G}] * {R})", "(m[{G}, 0] - {N}).max()", "b[{G}].mean()",
           "m[{G}, {G}].prod()", "np.argmin(a[{G}])", "(a[{G}] > {N}).any()",
           "a[{G}] @ {R}"]  # fmt: skip
INDICES = ["np.arange(n)", "np.arange(n)", "np.arange(n) * 5 % n", "-1 - np.arange(n)",
           "(np.arange(n) * 7 + k) % n", "np.arange(n) - k"]  # fmt: skip
PRODUCTS = ["np.dot({R}, {R})", "{R} @ {R}", "{R}.dot({R})", "({R} * {N}) @ {R}", "{R} @ m"]


class Rows(Elements):
    """A random function."""

    slice = other = ":"

    def begin(self):
        self.add(f"q = {self.pick(*INDICES)}")

    def place(self, kind, depth):
        if kind == "R":
            return self.row(self.slice)
        if kind == "G":
            return f"q[{self.slice}]"
        if kind == "P":
            return f"m[{self.other}, {self.slice}]"
        return super().place(kind, depth)

    def row(self, part):
        array = self.pick("a", "b", "m", "m", "m")
        if array != "m":
            return f"{array}[{part}]"
        at = self.inside(self.fill(self.pick(*PLACES), 0))
        return self.pick(f"m[{at}, {part}]", f"m[{at}, {part}]", f"m[{part}, {at}]")

    def new_slice(self):
        ends = [self.fill(self.pick(*ENDS), 0) for _ in range(2)]
        self.slice = f"{ends[0]}:{ends[1]}{self.pick(*STEPS)}"

    def statement(self):
        if self.depth == 0 or self.chance(0.45):
            return super().statement()
        self.other = self.slice
        self.new_slice()
        if self.chance(0.45):
            number = self.fill(self.pick(*self.pick(PRODUCTS, NUMBERS, PLANES, GATHERS)), 1)
            change = self.pick(*CHANGES)
            to = self.pick("t", self.element(self.pick(*PLACES), 1))
            return self.add(f"{to} {change} {number}")
        to = self.row(self.slice)
        if self.chance(0.1):
            self.new_slice()  # of another size, most of the time
        value = self.fill(self.pick(*ROWS), 1)
        # NumPy copies parts of one axis within an array element by element (docs/python.md).
        if value.startswith(f"{to[0]}["):
            value = f"+{value}"
        return self.add(f"{to} {self.pick(*CHANGES)} {value}")
