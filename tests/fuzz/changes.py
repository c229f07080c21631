"""Random changes of arrays: views, branches, loops, elements."""

import numpy as np

from fuzz.writer import Writer

PARTS = [
    "[1:-1]", "[:-2]", "[2:]", "[::2]", "[::-1]", "[:, 1:]", "[:, :-1]", "[0]", "[-1]", "[:, 0]",
    "[:, -1]", "[1:3, 1:3]", "[...]", "[k]", "[1, :]", "[:, k]", "[None, 1]", "", "", ".T",
]  # fmt: skip
# Parts whose bounds a loop's counter gives, and ones that may end outside of the array.
WINDOWS = [
    "[{0}:]", "[:{0}]", "[:, {0}:]", "[:, :-{0}]", "[{0}:{0} + 2]", "[{0} - 2:{0} + 2]",
    "[{0}, :{0}]", "[:{0}, {0}]", "[-{0}:, 1]", "[{0}::2]", "[{0}::-1]", "[{0}:0:-1, {0}:]",
    "[k:{0}]", "[{0}:9, ::-1]", "[{0}:, 0][1:]", "[::-1][:{0}]", "[{0}:{0} + 1, 1:]",
    "[1, {0}:][::-1]", "[1:].T[:{0}]",
]  # fmt: skip
ELEMENTS = ["[0, 0]", "[1, -1]", "[k, 1]", "[-1, k]"]


class Changes(Writer):
    """A random function `f(a, b, s, k)` of two arrays of 5 x 5, a float and an int."""

    def __init__(self, seed):
        super().__init__(seed)
        self.arrays = ["a", "b"]
        self.counters = []
        self.totals = []
        for _ in range(self.random.randint(3, 9)):
            self.statement()
        results = self.random.sample(self.arrays, min(len(self.arrays), 3))
        views = [f"{self.pick(*self.arrays)}{self.pick('[1:]', '.T', '[0]', '[:, 1]')}"]
        self.add(f"return {', '.join(results + views)}, {self.number()}")
        self.finish("def f(a, b, s, k):")

    def array(self):
        return self.pick(*self.arrays)

    def number(self):
        element = self.pick(*ELEMENTS, *(f"[{i}, {i}]" for i in self.counters))
        total = self.pick("s", *self.totals)
        return self.pick(total, "0.5", "2", f"{self.array()}{element}", f"{self.array()}.sum()")

    def part(self, parts):
        """Return a part of an array; inside of a loop often one that its counter gives."""
        if self.counters and self.pick(True, False):
            return self.pick(*WINDOWS).format(self.pick(*self.counters))
        return self.pick(*parts)

    def value(self, part):
        """Return something that is as large as the part, or a number."""
        return self.pick(
            self.number(),
            f"{self.array()}{part}",
            f"({self.array()}{part} * {self.number()} + {self.array()}{part})",
            f"({self.array()}{part} - 1)",
            f"{self.array()}{part}.copy()",
        )

    def statement(self):
        kinds = [self.assign, self.assign, self.augment, self.augment, self.element, self.view]
        kinds.append(self.scratch)
        if not self.counters:
            kinds += [self.copy, self.fresh, self.mask]
        if not self.depth:
            kinds.append(self.total)
        if self.depth < 2:
            kinds += [self.branch, self.loop, self.elements]
        self.pick(*kinds)()

    def assign(self):
        part = self.part(PARTS[:-3])
        self.add(f"{self.array()}{part} = {self.value(part)}")

    def augment(self):
        part = self.part(PARTS[:-1])
        operator = self.pick("+=", "-=", "*=")
        self.add(f"{self.array()}{part} {operator} {self.value(part)}")

    def element(self):
        self.add(f"{self.array()}{self.pick(*ELEMENTS)} {self.pick('=', '+=')} {self.number()}")

    def mask(self):
        one = self.array()
        self.add(f"{one}[{self.array()} > {self.number()}] {self.pick('=', '+=')} s")

    def view(self):
        # A view is changed at once, and sometimes what it shows after it.
        part = self.part(PARTS)
        shown = self.array()
        name = f"w{len(self.lines)}"
        self.add(f"{name} = {shown}{part}")
        self.add(f"{name} {self.pick('+=', '*=')} {self.pick('s', '2', name)}")
        if self.pick(True, False):
            inner = self.pick("[0]", "[-1]", "[1:]", "[::-1][:1]", "[-2:]", ".T[0]", "[k]")
            self.add(f"{name}{inner} {self.pick('=', '-=')} {self.pick('s', '3')}")
        if self.pick(True, False):
            self.add(f"{shown}[1:] = {name}.sum()")
            self.add(f"{self.array()}[0, 0] = {name}.max()")

    def total(self):
        # Python's number until something is added to it, if ever.
        name = f"t{len(self.totals)}_"
        one, limit = self.array(), self.number()
        change = self.pick(f"{name} +=", f"{name} -=", f"{name} =", f"{name} *=")
        self.add(f"{name} = {self.pick('0.0', '1.5', '0')}")
        self.add(f"for p in range({self.pick('k', 'a.shape[0]')}):")
        self.add(f"    if {one}[p, 1] > {limit}:")
        self.add(f"        {change} {self.array()}[1, p]")
        self.totals.append(name)

    def scratch(self):
        # A step of time: a new array, changed in part, whose contents replace another's.
        name, part = f"t{len(self.lines)}", self.pick("[1:-1]", "[1:]", "[:, 1]", "[0]", "[...]")
        self.add(f"{name} = {self.pick('2', 's')} * {self.array()} - {self.array()}")
        self.add(f"{name}{part} {self.pick('=', '+=', '*=')} {self.value(part)}")
        if self.pick(True, False):
            self.add(f"{self.array()}[:] = {self.array()}")
        whole = self.pick("[:]", "[...]", "[1:]")
        self.add(f"{self.array()}{whole} = {name}{whole}")

    def copy(self):
        if self.depth:
            return self.assign()
        name = f"c{len(self.arrays)}"
        self.add(f"{name} = {self.array()}{self.pick('.copy()', ' * 2', '')}")
        return self.arrays.append(name)

    def fresh(self):
        if self.depth:
            return self.augment()
        name = f"z{len(self.arrays)}"
        self.add(f"{name} = np.{self.pick('zeros', 'ones')}((5, 5))")
        return self.arrays.append(name)

    def branch(self):
        test = self.pick("k > 1", "s > 0.6", f"{self.array()}.sum() > {self.number()}")
        self.block(f"if {test}:")
        if self.pick(True, False):
            self.block("else:")

    def loop(self):
        counter = f"i{self.depth}"
        over = self.pick("3", "k", "4", "a.shape[0]")
        self.counters.append(counter)
        self.block(f"for {counter} in range({over}):")
        self.counters.pop()

    def end_block(self, header):
        if header.startswith("for") and self.chance(0.3):
            self.add(f"if {self.number()} > 3:", f"    {self.pick('break', 'continue')}")
            self.assign()

    def elements(self):
        one, other = self.array(), self.array()
        self.add("for p in range(1, a.shape[0]):")
        self.add("    for q in range(a.shape[1] - 1):")
        self.add(f"        if {other}[p, q] > {one}[q, p]:")
        self.add(f"            {one}[p, q] = {other}[p - 1, q + 1] * 0.5 + {one}[q, -p]")
        self.add("        else:")
        self.add(f"            {other}[-p, q] -= {one}[p, q]")


def kinds(seed):
    return [(seed, number) for number in range(4)]


def arguments(kind):
    """Return the arguments of one of the calls of a seed."""
    seed, number = kind
    rng = np.random.default_rng(seed)
    for _ in range(number + 1):
        a, b = (rng.integers(-4, 5, (5, 5)).astype(np.float64) for _ in range(2))
        if rng.random() < 0.3:
            a = np.asfortranarray(a)
        if rng.random() < 0.3:
            b = np.repeat(b, 2, axis=1)[:, ::2]
        given = [a, b, float(rng.choice([0.5, 0.75])), int(rng.integers(0, 4))]
    return given
