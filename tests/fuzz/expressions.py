"""Random expressions over two matrices and a row, with a few branches and loops."""

import numpy as np

from fuzz.writer import Writer

DTYPES = ["f8", "f4", "i8", "i4", "u1", "?"]


class Expressions(Writer):
    """A random function `f(a, b, r, s, k)`: two matrices, a row, a float and an int."""

    def __init__(self, seed):
        super().__init__(seed)
        self.names = ["a", "b", "r"]
        for _ in range(self.random.randint(2, 6)):
            self.statement()
        results = self.random.sample(self.names, min(3, len(self.names)))
        self.add(f"return {', '.join(results)}, {self.expression(1)}")
        self.finish("def f(a, b, r, s, k):")

    def expression(self, depth):
        r = self.random.random()
        if depth == 0 or r < 0.15:
            return self.pick(*self.names, *self.names, "s", "k", "2", "0.5", "-1", "np.float32(3)")
        x, y = self.expression(depth - 1), self.expression(depth - 1)
        form = self.pick(
            "({x} + {y})", "({x} - {y})", "({x} * {y})", "({x} * {y} + {x})", "({x} / {y})",
            "({x} // {y})", "({x} % {y})", "np.maximum({x}, {y})", "np.where({x} > {y}, {x}, {y})",
            "np.sqrt(np.abs({x}))", "np.rint({x} * 1)", "({x} > {y})", "({x} == {y})", "abs({x})",
            "np.negative({x} * 1)", "({x} * 1) ** 2", "np.clip({x}, -1, 1)",
            "{n}.sum(axis=-1, keepdims=True)", "{n}.max()", "{n}.mean(axis=0)", "{n}.sum()",
            "{n}[::-1]", "{n}[..., 1:]", "{n}[..., :-1]", "{n}[0]", "{n}[None]", "{n}.T",
            "{n}.shape[0]", "{n}.astype(np.float64)", "len({n})", "{n}.reshape(-1)", "{n}[k]",
            "np.floor({x} * 1)", "np.zeros_like({n})", "np.logical_and({x}, {y})",
            "np.minimum({x}, 3)",
        )  # fmt: skip
        return form.format(x=x, y=y, n=self.pick(*self.names))

    def statement(self):
        name = f"v{self.random.randint(0, 4)}"
        kind = self.random.random()
        if kind < 0.6:
            self.add(f"{name} = {self.expression(2)}")
        elif kind < 0.7 and len(self.names) > 3:
            name = self.pick(*self.names[3:])
            self.add(f"{name} {self.pick('+=', '*=', '-=')} {self.expression(1)}")
        elif kind < 0.85:
            source = self.pick(*self.names)
            test = self.pick(
                f"np.sum({source}) > 3",
                f"np.ndim({source}) > 1",
                "k > 1",
                "s > 0.6",
                f"len(a) == {self.pick('2', '3')} and np.max({source}) > 0",
            )
            self.add(f"{name} = {self.expression(1)}")
            self.add(f"if {test}:")
            self.add(f"    {name} = {name} * {self.pick('2', '0.5', '1')}")
            self.add("else:")
            self.add(f"    {name} = {name} {self.pick('+ 1', '* 3', '- s')}")
        else:
            bound = self.pick("3", "k", "a.shape[0]", "70")
            self.add(f"{name} = {self.pick(*self.names)} * 0.5")
            self.add(f"for i in range({bound}):")
            step = self.pick("i", "0.125", f"{self.pick(*self.names)} * 0.1", "s")
            self.add(f"    {name} = {name} * 0.5 + {step}")
        if name not in self.names:
            self.names.append(name)


def kinds(seed):
    return [(seed, number) for number in range(5)]


def arguments(kind):
    """Return the arguments of one of the calls of a seed."""
    seed, number = kind
    rng = np.random.default_rng(seed)
    for n, m in [(3, 4), (2, 5), (3, 4), (1, 3), (4, 1)][: number + 1]:
        dtypes = rng.choice(DTYPES[: 3 if seed % 3 else None], 3)
        arrays = [
            (rng.random(shape) * 6 - (0 if t == "u1" else 3)).astype(t)
            for shape, t in zip([(n, m), (n, m), (m,)], dtypes, strict=True)
        ]
        if rng.random() < 0.3:
            arrays[0] = np.asfortranarray(arrays[0])
        given = [*arrays, 0.75, int(rng.integers(0, 3))]
    return given
