"""Random programs over objects with state and lists that grow: `f(s, x, n, Part)`."""

import numpy as np

from fuzz.writer import Writer

ROUNDS = (4, 4, 70, 2, 0, 9)


class Part:
    def __init__(self, x):
        self.a = x * 1.0
        self.k = 0.5

    def bump(self, by):
        self.k += by
        self.a = self.a + self.k
        return self.k


class Whole:
    def __init__(self):
        self.a = np.arange(1.0, 5.0)
        self.b = np.ones(4)
        self.k = 1.5
        self.n = 0
        self.c = Part(self.b)
        self.d = Part(self.a)

    def move(self):
        self.b *= 0.5
        self.a = self.a + self.b
        self.c.bump(0.25)

    def turn(self, by):
        if by > 1:
            return self.c
        self.c, self.d = self.d, self.c
        return self.d


ARRAYS = ["s.a*0.5", "s.b + 1", "x*2", "s.c.a", "s.d.a - x", "s.a", "np.sqrt(np.abs(s.b))", "y",
          "y + s.k", "s.c.a*s.c.k", "s.b[::-1]", "s.a + s.b[0]"]  # fmt: skip
NUMBERS = ["s.k*0.5", "s.c.k", "1.25", "s.a.sum()*0.01", "x[1]", "s.b[2]", "s.k + s.d.k",
           "float(x.max())", "t", "t*0.5", "len(kept)", "sum(more)*0.1"]  # fmt: skip
# With {a} for an array, {n} for a number.
STATEMENTS = [
    "s.a = {a}*0.5", "s.k = {n}*0.5", "s.c.a = {a}*0.75", "s.c.k += {n}*0.1", "s.b += {n}",
    "kept.append({n})", "more.append({n})", "rows.append({a}*0.5)", "s.move()",
    "s.d.bump({n}*0.01)", "y = {a}*0.5", "t = {n}", "s.n += 1", "x = x*0.5 + {n}",
    "d['v'] = {n}*0.5", "q.a = q.a*0.5 + {a}", "for v in more: t = t*0.5 + v", "add({n})",
    "kept.append({n}); t = t*0.5 + kept[-1]", "s.b[1:] = {n}", "s.a[0] += {n}", "q = s.turn({n})",
    "rows.append((kept, {n}))", "if kept: t = kept.pop()", "d['w'] = {a}", "s.a = s.b",
    "kept.extend([{n}, 1.0])", "y = rows[-1] if rows else {a}", "q = Part({a})",
    "setattr(s, 'k', {n}*0.25)", "t = getattr(s, 'k') + {n}", "more[0] = {n}",
]  # fmt: skip
RESULTS = ["kept, more, t, y", "np.array(kept), more, d", "rows, t", "np.array(rows), kept, s.k",
           "y, q.a, d, len(kept)", "more, x, q.a", "q.a is s.c.a, q is s.c, y"]  # fmt: skip


class Objects(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.loops = 0
        self.add("def add(v): more.append(v*0.5)")
        self.add("kept = []; more = [0.5]; rows = []; d = {'v': 1.0}")
        self.add("t = 0.5; y = x + 1; q = Part(x)")
        for _ in range(self.random.randint(3, 7)):
            self.statement()
        self.add(f"return {self.pick(*RESULTS)}")
        self.finish("def f(s, x, n, Part):")

    def number(self):
        return self.pick(*NUMBERS)

    def statement(self):
        depth = self.depth
        if depth >= 2 or self.chance(0.75):
            line = self.pick(*STATEMENTS)
            self.add(line.format(a=self.pick(*ARRAYS), n=self.number()))
        elif self.chance(0.4):
            self.block(f"if {self.number()} > {self.pick('0.5', '1.0', 's.k', 't')}:")
            if self.chance(0.6):
                self.block("else:")
        elif self.chance(0.7):
            self.block(f"for i{depth} in range({self.pick('n', '3', '7')}):")
        else:
            self.add(f"c{depth} = 0")
            self.block(f"while c{depth} < {self.pick('n', '3')}:", f"c{depth} += 1")

    def end_block(self, header):
        if header.startswith("for") and self.chance(0.3):
            leave = self.pick("break", "break", "continue", "return kept, t, s.k")
            self.add(f"if {self.number()} > 2.0: {leave}")


def kinds(seed):
    return ROUNDS


def arguments(n):
    """Return the arguments of a call."""
    return [Whole(), np.linspace(0.1, 0.9, 4), n, Part]


def contents(value, seen=None):
    """Return a value with dicts in place of objects; one that was seen before is its number."""
    seen = {} if seen is None else seen
    if isinstance(value, (Part, Whole)):
        if id(value) in seen:
            return "seen", seen[id(value)]
        seen[id(value)] = len(seen)
        parts = {name: contents(held, seen) for name, held in vars(value).items()}
        return {"type": type(value).__name__, **parts}
    if isinstance(value, (tuple, list)):
        return type(value)(contents(held, seen) for held in value)
    if isinstance(value, dict):
        return {name: contents(held, seen) for name, held in value.items()}
    return value
