"""Random formulas over arrays that are put together of parts: rolled, padded, joined, bordered.

A program is a function `f(x, y, z, p, q)` of two rows of one size, one of another, and two
matrices; its calls differ in sizes, so that the ends of parts come in other orders.
"""

import numpy as np

from fuzz.given import values
from fuzz.writer import Writer

# Of rows as long as x: {r}; of rows of any length: {s}; of matrices as large as p: {m}.
ROWS = [
    "np.roll({r}, {c})", "np.roll({r}, -{c})", "np.concatenate([{r}[{c}:], {r}[:{c}]])",
    "np.concatenate([{r}[:1], {r}[:-1]])", "np.concatenate([{r}[1:], {r}[-1:]])",
    "np.concatenate([z, {r}])[len(z):]", "np.pad({r}, {c})[:-{c}][{c}:]", "np.pad({r}[1:-1], 1)",
    "np.hstack([{r}[-1:], {r}[:-1]])", "{r}[::-1]", "np.flip({r})", "np.append({r}[1:], {r}[0])",
    "np.roll({m}, {c}, axis=1)[0]", "np.pad({r}, (0, {c}), mode='edge')[{c}:]", "{r}",
    "np.pad({r}, {c}, constant_values=3)[2 * {c}:]", "np.where({r} > 1, np.roll({r}, 1), {r})",
    "np.concatenate([[0.5], {r}[:-1]])", "np.concatenate(({r}[:{c}], np.zeros(len(x) - {c})))",
    "np.roll(np.roll({r}, 1), {c})", "np.cumsum({r})",
]  # fmt: skip
MATRICES = [
    "np.roll({m}, {c}, axis=0)", "np.roll({m}, -{c}, axis=1)", "np.roll({m}, (1, {c}), (0, 1))",
    "np.pad({m}, 1)[1:-1, 1:-1]", "np.pad({m}, 1)[2:, 1:-1]",
    "np.pad({m}, {c})[:-2 * {c}, {c}:-{c}]", "np.concatenate([{m}[1:], {m}[:1]])",
    "np.concatenate([{m}[:, -1:], {m}[:, :-1]], axis=1)", "np.vstack([{r}, {m}[:-1]])", "{m}",
    "{m}[::-1]", "np.roll({m}, {c})", "{m} * {r}", "np.pad({m}[1:-1, 1:-1], 1, mode='edge')",
    "np.where({m} > 0, np.roll({m}, 1, 0), 1)", "np.pad({m}, ((1, 0), (0, 2)))[1:, :-2]",
    "np.stack([np.roll({r}, 1)] * len(p))",
]  # fmt: skip
PARTS = [
    "[1:-1]", "[{c}:]", "[:-{c}]", "[:{c}]", "[-{c}:]", "[len(z):]", "[:len(z)]",
    "[len(z) // 2:]", "[len(z) - 1:len(x) - 1]", "[0]", "[-1]", "[1:len(z)]", "[:]", "[{c}:-1]",
]  # fmt: skip
BLOCKS = [
    "[1:-1, 1:-1]", "[0]", "[-1]", "[:, 0]", "[:, -1]", "[{c}:]", "[:, :-{c}]", "[:{c}, {c}:]",
    "[1:]",
]  # fmt: skip
FORMULAS = [
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} * 2 - {b}", "np.maximum({a}, {b})", "-{a}",
    "abs({a}) + {b}", "{a} * {a} - {b} + 1", "({a} > {b}) * 1.0", "{a} / 4 + {b}",
]  # fmt: skip
STARTS = [
    "np.zeros({shape})", "np.ones({shape})", "np.full({shape}, 7.0)", "np.zeros_like({like})",
]  # fmt: skip


class Seams(Writer):
    """A random function."""

    def __init__(self, seed):
        super().__init__(seed)
        self.rows, self.matrices = ["x", "y"], ["p", "q"]
        for number in range(self.random.randint(2, 5)):
            self.pick(self.formula, self.formula, self.assembled)(number)
        self.add(f"return {self.pick(*self.rows)}, {self.pick(*self.matrices)}, {self.value(1)}")
        self.finish("def f(x, y, z, p, q):")

    def statement(self):
        raise NotImplementedError

    def fill(self, form, depth=0):
        """Return a form with values in its places."""
        for name, pool in (("{r}", self.rows), ("{m}", self.matrices)):
            while name in form:
                form = form.replace(name, self.pick(*pool), 1)
        return form.replace("{c}", self.pick("1", "2", "3", "1"))

    def value(self, rank, depth=2):
        """Return a formula over parts of rows or matrices."""
        if depth == 0:
            return self.fill(self.pick(*(ROWS if rank == 1 else MATRICES)))
        a, b = self.value(rank, depth - 1), self.value(rank, depth - 1)
        return f"({self.pick(*FORMULAS).format(a=a, b=b)})"

    def formula(self, number):
        rank = self.pick(1, 1, 2)
        name = f"{'vw'[rank - 1]}{number}"
        self.add(f"{name} = {self.value(rank)}")
        (self.rows if rank == 1 else self.matrices).append(name)

    def assembled(self, number):
        rank = self.pick(1, 1, 2)
        name = f"{'vw'[rank - 1]}{number}"
        like = self.pick(*(self.rows if rank == 1 else self.matrices))
        shape = "len(x)" if rank == 1 else "p.shape"
        self.add(f"{name} = {self.pick(*STARTS).format(like=like, shape=shape)}")
        for _ in range(self.random.randint(1, 4)):
            part = self.fill(self.pick(*(PARTS if rank == 1 else BLOCKS)))
            other = self.pick(*(self.rows if rank == 1 else self.matrices))
            value = self.pick(f"{other}{part}", f"{other}{part} * 2", "0.5", f"{name}{part} + 1")
            self.add(f"{name}{part} = {value}")
        (self.rows if rank == 1 else self.matrices).append(name)


DTYPES = ["f8", "f8", "f8", "f4", "i4", "i8", "u1", "f2", "?", "c16"]
LAYOUTS = ["plain", "plain", "plain", "every second", "turned", "backwards", "one array"]


def kinds(seed):
    """Give descriptions of calls, of many sizes."""
    rng = np.random.default_rng(seed)
    dtype = str(rng.choice(DTYPES))
    for number in range(7):
        yield {
            "seed": int(rng.integers(1 << 30)),
            "dtype": dtype,
            "sizes": [int(rng.integers(4 if number < 3 else 0, 41)) for _ in range(2)],
            "height": int(rng.integers(3 if number < 3 else 0, 9)),
            "how": str(rng.choice(LAYOUTS)),
        }


def arguments(kind):
    """Return the arguments that a description says."""
    rng = np.random.default_rng(kind["seed"])
    (n, other), height, how = kind["sizes"], kind["height"], kind["how"]
    x, y, z = (values(rng, size, kind["dtype"], False) for size in (n, n, min(other, n)))
    p, q = (values(rng, (height, n), kind["dtype"], False) for _ in range(2))
    if how == "every second":
        x, p = np.repeat(x, 2)[::2], np.repeat(p, 2, axis=1)[:, ::2]
    elif how == "turned":
        p, q = np.ascontiguousarray(p.T).T, np.asfortranarray(q)
    elif how == "backwards" and kind["dtype"] != "c16":
        x, q = x[::-1], q[::-1]
    elif how == "one array":
        y, q = x, p
    return [x, y, z, p, q]
