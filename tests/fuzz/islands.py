"""Random programs with statements in them that are not compiled.

A program is a function ``f(a, b, s, k, log)`` of two matrices, a float, an int and a list of
events.
"""

import numpy as np

from fuzz.writer import Writer

PRELUDE = """
import numpy as np
import contextlib

LIMIT = 3.0
COUNT = 0


class Box:
    def __init__(self, value):
        self.value = value
        self.seen = []


def helper(x, y=2.0):
    return x * y + 1


def noisy(log, x):
    log.append(("noisy", np.sum(x)))
    return x


def fails(log, x, when):
    log.append("fails?")
    if when:
        raise ValueError("as wanted")
    return x


def bump():
    global COUNT
    COUNT += 1
    return COUNT


@contextlib.contextmanager
def swallowing(log):
    log.append("enter")
    try:
        yield 2.0
    except ValueError as error:
        log.append(str(error))
    finally:
        log.append("leave")
"""


class Islands(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.names = ["a", "b"]
        self.maybe = []
        self.loops = 0
        for _ in range(self.random.randint(3, 7)):
            self.statement()
        results = self.random.sample(self.names, min(3, len(self.names)))
        self.add(f"return {', '.join(results)}, {self.expression(2)}")
        self.finish("def f(a, b, s, k, log):", f"{PRELUDE}\n\n")

    def name(self):
        if self.maybe and self.chance(0.04):
            return self.pick(*self.maybe)  # which may not be bound
        return self.pick(*self.names)

    def expression(self, depth):
        if depth == 0 or self.chance(0.15):
            return self.pick(self.name(), self.name(), self.name(), "s", "k", "2", "0.5", "LIMIT")
        x, y = self.expression(depth - 1), self.expression(depth - 1)
        form = self.pick(
            "({x} + {y})", "({x} - {y})", "({x} * {y})", "({x} * 0.5 + {y})",
            "np.maximum({x}, {y})",
            "np.where({n} > 0, {x}, {y})", "np.abs({x})", "helper({n})", "helper({x}, y={y})",
            "{n}.sum(axis=0)", "{n}.mean()", "np.sqrt(np.abs({x}))", "{n} * {n} + 1", "{n}[::-1]",
            "-{n}", "({x} if k > 1 else {y})", "({x} if {n}.sum() > 0 else {y})", *ISLANDS,
        )  # fmt: skip
        return form.format(x=x, y=y, n=self.name())

    def island(self):
        target = f"v{self.random.randint(0, 4)}"
        x = self.expression(1)
        line = self.pick(
            "log.append(('event', {x}))", "print({x})", "print(f'{{{n}.sum():.3f}}', {x})",
            "{t} = np.sort({x}, axis=-1) * 2 + {n}", "{t} = np.copy({n})",
            "{t} = Box({x}).value * 2 + {n}", "{t} = fails(log, {x}, k == 2)",
            "{t} = noisy(log, {x}) + noisy(log, {n} * 3)", "{t} = bump() * {n} + COUNT",
            "{t} = [{n}, {x}][k % 2]", "{t} = (lambda q: q * {n} + 1)({x})",
            "{t} = sum(q * 1.5 for q in ({n}, {x}))", "{t} = [q + 1 for q in ({n}, {n} * 2)][-1]",
            "{t} = {n}[np.argsort({n}, axis=None) % 1]", "{t} = np.cumsum({x} * 2 + 1)",
            "{t} = {n} = {n} + 1", "{t} = {n} * 1; {t} += {n}",
            "{t} = np.ones(3); {t}[1] = np.sum({x})",
            "import math as {t}m; {t} = {n} * {t}m.pi", "assert k < 5, log.append('assert')",
            "{t} = {{'x': {n} * 2, 'y': {x}}}['x']", "{t}, *rest = {n}, {x}, s; {t} = {t} * 2 + 1",
            "{t} = np.linalg.norm({n} * 2 + 1) * {n} + 1",
            "box = Box({n}); box.value = {x} + 1; {t} = box.value",
            "def {t}d(q): return q * 2 + {n}; {t} = {t}d({x}) + {n} * 1",
            "{t}w = {n} * 2 + 1; {t}g = lambda: {t}w + 1; {t}w = {t}w * 3; {t} = {t}g()",
            "def {t}c(): nonlocal_free = {n} * 2; return nonlocal_free + 1; {t} = {t}c()",
            "{t}h = {n} * 2; del {t}h; {t} = {n} + 1",
            "global COUNT; COUNT = COUNT + 2; {t} = {n} * COUNT",
            "a[0] = s; log.append(a.sum()); {t} = a * {n} + 1", "{t} = {n}; {t} += 1",
            "{t} = b[1:]; {t} *= 2; log.append(b.sum()); {t} = {t} + s", "b[:, 1:] += k; a = a + b",
            "{t} = {n}; {t}k = {t} is {n}; log.append({t}k)", "log.append(({n} * 2 + 1).shape)",
            "if (m := np.sum({n})) > 0: log.append(m)",
            "{t} = {n}.copy(); {t}[0] = 1.5; {t} = {t} * 2",
        )  # fmt: skip
        text = line.format(t=target, x=x, n=self.name())
        self.add(*text.split("; "))
        if f"{target} = " in text:
            self.bind(target)

    def bind(self, name):
        known = self.maybe if self.depth else self.names
        if name not in self.names and name not in known:
            known.append(name)

    def statement(self):
        kind = self.random.random()
        deep = self.depth >= 2
        if kind < 0.4 or (deep and kind < 0.6):
            target = f"v{self.random.randint(0, 4)}"
            self.add(f"{target} = {self.expression(2)}")
            self.bind(target)
        elif kind < 0.65 or deep:
            self.island()
        elif kind < 0.77:
            test = self.pick("k > 0", "s > 0.6", f"np.sum({self.name()}) > 1", "log", "bump() % 2")
            self.block(f"if {test}:")
            if self.chance(0.5):
                self.block("else:")
        elif kind < 0.9:
            self.loop()
        elif kind < 0.95:
            self.block("try:")
            caught = self.pick("ValueError", "(ValueError, TypeError)", "UnboundLocalError")
            self.block(f"except {caught} as error:", "log.append(repr(error))")
            if self.chance(0.3):
                self.block("finally:")
        else:
            manager = self.pick(
                "np.errstate(all='ignore')", "swallowing(log)", "swallowing(log) as w"
            )
            self.block(f"with {manager}:")

    def loop(self):
        over = self.pick(
            "i in range(3)", "i in range(k)", "q in (a, b)", "i, q in enumerate([a, b])"
        )
        self.loops += 1
        if self.chance(0.25):
            counter = f"c{self.loops}"
            self.add(f"{counter} = 0")
            self.block(f"while {counter} < 3:", f"{counter} += 1")
        else:
            self.block(f"for {over}:")
        self.loops -= 1

    def end_block(self, header):
        if self.chance(0.2) and self.loops and header.startswith(("if", "for", "while")):
            self.add(self.pick("break", "continue"))
        elif self.chance(0.12):
            value = self.pick(self.expression(2), self.expression(1), "None", "a, log[-1:]")
            self.add(f"return {value}")


ISLANDS = ("np.sort({x}, axis=None)", "noisy(log, {x})", "np.fft.fft({n}, axis=0).real",
           "{n}[{n} > 0].sum()", "float(np.median({n}))", "np.array(sorted([{n}.sum(), s]))[0]",
           "fails(log, {x}, False)")  # fmt: skip


CALLS = [(3, 4, "f8"), (3, 4, "f8"), (2, 2, "f4"), (3, 4, "f8"), (1, 3, "i8")]


def kinds(seed):
    return [(seed, number) for number in range(len(CALLS))]


def arguments(kind):
    """Return the arguments of one of the calls of a seed: a few types, shapes and values."""
    seed, number = kind
    rng = np.random.default_rng(seed)
    for n, m, dtype in CALLS[: number + 1]:
        x, y = ((rng.random((n, m)) * 6 - 3).astype(dtype) for _ in range(2))
        given = [x, y, 0.75, int(rng.integers(0, 4)), []]
    return given
