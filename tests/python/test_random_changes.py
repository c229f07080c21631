"""Random programs that change arrays: views, branches, loops, elements; compiled and plain agree.

A failure prints the program. ``BRAZE_FUZZ=5000 pytest tests/python/test_random_changes.py`` tries
more seeds.
"""

import linecache
import os
import random

import numpy as np
import pytest
from exact import check

import braze

SEEDS = int(os.environ.get("BRAZE_FUZZ", "60"))
PARTS = [
    "[1:-1]", "[:-2]", "[2:]", "[::2]", "[::-1]", "[:, 1:]", "[:, :-1]", "[0]", "[-1]", "[:, 0]",
    "[:, -1]", "[1:3, 1:3]", "[...]", "[k]", "[1, :]", "[:, k]", "[None, 1]", "", "", ".T",
]  # fmt: skip
ELEMENTS = ["[0, 0]", "[1, -1]", "[k, 1]", "[-1, k]"]


class Program:
    """A random function `f(a, b, s, k)` of two arrays of 5 x 5, a float and an int."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.arrays = ["a", "b"]
        self.counters = []
        self.lines = []
        for _ in range(self.random.randint(3, 9)):
            self.statement("    ", 0)
        results = self.random.sample(self.arrays, min(len(self.arrays), 3))
        views = [f"{self.pick(*self.arrays)}{self.pick('[1:]', '.T', '[0]', '[:, 1]')}"]
        self.lines.append(f"    return {', '.join(results + views)}, {self.number()}")
        self.source = "def f(a, b, s, k):\n" + "\n".join(self.lines) + "\n"

    def pick(self, *options):
        return self.random.choice(options)

    def array(self):
        return self.pick(*self.arrays)

    def number(self):
        element = self.pick(*ELEMENTS, *(f"[{i}, {i}]" for i in self.counters))
        return self.pick("s", "0.5", "2", f"{self.array()}{element}", f"{self.array()}.sum()")

    def value(self, part):
        """Return something that is as large as the part, or a number."""
        return self.pick(
            self.number(),
            f"{self.array()}{part}",
            f"({self.array()}{part} * {self.number()} + {self.array()}{part})",
            f"({self.array()}{part} - 1)",
            f"{self.array()}{part}.copy()",
        )

    def statement(self, indent, depth):
        kinds = [self.assign, self.assign, self.augment, self.augment, self.element, self.view]
        kinds.append(self.scratch)
        if not self.counters:
            kinds += [self.copy, self.fresh, self.mask]
        if depth < 2:
            kinds += [self.branch, self.loop, self.elements]
        self.pick(*kinds)(indent, depth)

    def add(self, indent, text):
        self.lines.append(indent + text)

    def assign(self, indent, depth):
        part = self.pick(*PARTS[:-3])
        self.add(indent, f"{self.array()}{part} = {self.value(part)}")

    def augment(self, indent, depth):
        part = self.pick(*PARTS[:-1])
        operator = self.pick("+=", "-=", "*=")
        self.add(indent, f"{self.array()}{part} {operator} {self.value(part)}")

    def element(self, indent, depth):
        self.add(
            indent, f"{self.array()}{self.pick(*ELEMENTS)} {self.pick('=', '+=')} {self.number()}"
        )

    def mask(self, indent, depth):
        one = self.array()
        self.add(indent, f"{one}[{self.array()} > {self.number()}] {self.pick('=', '+=')} s")

    def view(self, indent, depth):
        # A view is changed at once, and sometimes what it shows after it.
        part = self.pick(*PARTS)
        shown = self.array()
        name = f"w{len(self.lines)}"
        self.add(indent, f"{name} = {shown}{part}")
        self.add(indent, f"{name} {self.pick('+=', '*=')} {self.pick('s', '2', name)}")
        if self.pick(True, False):
            self.add(indent, f"{shown}[1:] = {name}.sum()")
            self.add(indent, f"{self.array()}[0, 0] = {name}.max()")

    def scratch(self, indent, depth):
        # A step of time: a new array, changed in part, whose contents replace another's.
        name, part = f"t{len(self.lines)}", self.pick("[1:-1]", "[1:]", "[:, 1]", "[0]", "[...]")
        self.add(indent, f"{name} = {self.pick('2', 's')} * {self.array()} - {self.array()}")
        self.add(indent, f"{name}{part} {self.pick('=', '+=', '*=')} {self.value(part)}")
        if self.pick(True, False):
            self.add(indent, f"{self.array()}[:] = {self.array()}")
        whole = self.pick("[:]", "[...]", "[1:]")
        self.add(indent, f"{self.array()}{whole} = {name}{whole}")

    def copy(self, indent, depth):
        if depth:
            return self.assign(indent, depth)
        name = f"c{len(self.arrays)}"
        self.add(indent, f"{name} = {self.array()}{self.pick('.copy()', ' * 2', '')}")
        return self.arrays.append(name)

    def fresh(self, indent, depth):
        if depth:
            return self.augment(indent, depth)
        name = f"z{len(self.arrays)}"
        self.add(indent, f"{name} = np.{self.pick('zeros', 'ones')}((5, 5))")
        return self.arrays.append(name)

    def block(self, indent, depth):
        for _ in range(self.random.randint(1, 3)):
            self.statement(indent, depth)

    def branch(self, indent, depth):
        test = self.pick("k > 1", "s > 0.6", f"{self.array()}.sum() > {self.number()}")
        self.add(indent, f"if {test}:")
        self.block(indent + "    ", depth + 1)
        if self.pick(True, False):
            self.add(indent, "else:")
            self.block(indent + "    ", depth + 1)

    def loop(self, indent, depth):
        counter = f"i{depth}"
        self.add(indent, f"for {counter} in range({self.pick('3', 'k', '4', 'a.shape[0]')}):")
        self.counters.append(counter)
        self.block(indent + "    ", depth + 1)
        if self.pick(True, False, False):
            self.add(indent + "    ", f"if {self.number()} > 3:")
            self.add(indent + "        ", self.pick("break", "continue"))
            self.assign(indent + "    ", depth + 1)
        self.counters.pop()

    def elements(self, indent, depth):
        one, other = self.array(), self.array()
        self.add(indent, "for p in range(1, a.shape[0]):")
        self.add(indent, "    for q in range(a.shape[1] - 1):")
        self.add(indent, f"        if {other}[p, q] > {one}[q, p]:")
        self.add(indent, f"            {one}[p, q] = {other}[p - 1, q + 1] * 0.5 + {one}[q, -p]")
        self.add(indent, "        else:")
        self.add(indent, f"            {other}[-p, q] -= {one}[p, q]")

    def function(self, name):
        lines = self.source.splitlines(True)
        linecache.cache[name] = (len(self.source), None, lines, name)
        space = {"np": np}
        exec(compile(self.source, name, "exec"), space)
        return space["f"]


def arguments(seed):
    rng = np.random.default_rng(seed)
    for _ in range(4):
        a, b = (rng.integers(-4, 5, (5, 5)).astype(np.float64) for _ in range(2))
        if rng.random() < 0.3:
            a = np.asfortranarray(a)
        if rng.random() < 0.3:
            b = np.repeat(b, 2, axis=1)[:, ::2]
        yield a, b, float(rng.choice([0.5, 0.75])), int(rng.integers(0, 4))


def twin(a):
    if not isinstance(a, np.ndarray):
        return a
    memory = np.array(a.base if a.base is not None else a, order="K")
    return memory if a.base is None else memory[:, ::2]


def outcome(function, given):
    try:
        return function(*given)
    except Exception as error:
        return type(error), str(error)


def shared(result, given):
    arrays = [r for r in result if isinstance(r, np.ndarray)] if type(result) is tuple else []
    known = [*arrays, *(g for g in given if isinstance(g, np.ndarray))]
    return [[x is y or np.shares_memory(x, y) for y in known] for x in arrays]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_program(seed):
    program = Program(seed)
    plain = program.function(f"random changes {seed}")
    compiled = braze.jit(plain)
    for given in arguments(seed):
        mine, theirs = tuple(map(twin, given)), tuple(map(twin, given))
        wanted, got = outcome(plain, theirs), outcome(compiled, mine)
        note = f"{program.source}\n{given}\n{compiled.stats()}"
        check(got, wanted, note, layout=False)
        check(mine, theirs, f"arguments of {note}")
        assert shared(got, mine) == shared(wanted, theirs), note
