"""Random Python programs over NumPy: compiled and plain must agree, values, types and arguments.

A failure prints the program. ``BRAZE_FUZZ=5000 pytest tests/python/test_random_programs.py`` tries
more seeds.
"""

import linecache
import os
import random

import numpy as np
import pytest
from same import assert_same

import braze

SEEDS = int(os.environ.get("BRAZE_FUZZ", "60"))
DTYPES = ["f8", "f4", "i8", "i4", "u1", "?"]


class Program:
    """A random function `f(a, b, r, s, k)`: two matrices, a row, a float and an int."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = ["a", "b", "r"]
        self.lines = []
        for _ in range(self.random.randint(2, 6)):
            self.statement("    ", 0)
        results = self.random.sample(self.names, min(3, len(self.names)))
        self.lines.append(f"    return {', '.join(results)}, {self.expression(1)}")
        self.source = "def f(a, b, r, s, k):\n" + "\n".join(self.lines) + "\n"

    def pick(self, *options):
        return self.random.choice(options)

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

    def statement(self, indent, depth):
        name = f"v{self.random.randint(0, 4)}"
        kind = self.random.random()
        if kind < 0.6 or depth > 1:
            self.lines.append(f"{indent}{name} = {self.expression(2)}")
        elif kind < 0.7 and len(self.names) > 3:
            name = self.pick(*self.names[3:])
            self.lines.append(f"{indent}{name} {self.pick('+=', '*=', '-=')} {self.expression(1)}")
        elif kind < 0.85:
            source = self.pick(*self.names)
            test = self.pick(
                f"np.sum({source}) > 3",
                f"np.ndim({source}) > 1",
                "k > 1",
                "s > 0.6",
                f"len(a) == {self.pick('2', '3')} and np.max({source}) > 0",
            )
            self.lines.append(f"{indent}{name} = {self.expression(1)}")
            self.lines.append(f"{indent}if {test}:")
            self.lines.append(f"{indent}    {name} = {name} * {self.pick('2', '0.5', '1')}")
            self.lines.append(f"{indent}else:")
            self.lines.append(f"{indent}    {name} = {name} {self.pick('+ 1', '* 3', '- s')}")
        else:
            bound = self.pick("3", "k", "a.shape[0]", "70")
            self.lines.append(f"{indent}{name} = {self.pick(*self.names)} * 0.5")
            self.lines.append(f"{indent}for i in range({bound}):")
            step = self.pick("i", "0.125", f"{self.pick(*self.names)} * 0.1", "s")
            self.lines.append(f"{indent}    {name} = {name} * 0.5 + {step}")
        if name not in self.names:
            self.names.append(name)

    def function(self, name):
        lines = self.source.splitlines(True)
        linecache.cache[name] = (len(self.source), None, lines, name)
        space = {"np": np}
        exec(compile(self.source, name, "exec"), space)
        return space["f"]


def arguments(seed):
    rng = np.random.default_rng(seed)
    for n, m in [(3, 4), (2, 5), (3, 4), (1, 3), (4, 1)]:
        dtypes = rng.choice(DTYPES[: 3 if seed % 3 else None], 3)
        arrays = [
            (rng.random(shape) * 6 - (0 if t == "u1" else 3)).astype(t)
            for shape, t in zip([(n, m), (n, m), (m,)], dtypes, strict=True)
        ]
        if rng.random() < 0.3:
            arrays[0] = np.asfortranarray(arrays[0])
        yield *arrays, 0.75, int(rng.integers(0, 3))


def outcome(function, given):
    try:
        return function(*given)
    except Exception as error:
        return type(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_program(seed):
    program = Program(seed)
    plain = program.function(f"random program {seed}")
    for mode in ("hybrid", "trace"):
        compiled = braze.jit(plain, mode=mode)
        for given in arguments(seed):
            mine = [np.copy(x, order="K") if isinstance(x, np.ndarray) else x for x in given]
            theirs = [np.copy(x, order="K") if isinstance(x, np.ndarray) else x for x in given]
            wanted, got = outcome(plain, theirs), outcome(compiled, mine)
            note = f"{mode}\n{program.source}\n{given}\n{compiled.stats()}"
            assert_same(got, wanted, ulps=64, what=note)
            assert_same(mine, theirs, ulps=0, what=f"arguments of {note}")
