"""Random loops over small arrays, numbers and rows, plain against compiled, bit for bit.

BRAZE_FUZZ=n tries n programs instead of some.
"""

import linecache
import os
import random
import warnings

import numpy as np
import pytest
from exact import check

import braze

PROGRAMS = int(os.environ.get("BRAZE_FUZZ", "40"))
SIZE = 3


class Writer:
    """Writes one program: vectors v, w of 3, a plane m of 2 by 3, numbers x, k, a table t."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []

    def vector(self, depth: int = 0) -> str:
        r = self.r
        kinds = ["name"] * 3 + (["op"] * 4 + ["made", "view", "where", "call"]) * (depth < 3)
        match r.choice(kinds):
            case "name":
                return r.choice(["v", "w", "m[0]", "m[1]", "t[i % 4]", "a[i % len(a), :3]"])
            case "op":
                other = self.vector(depth + 1) if r.random() < 0.5 else self.number(depth + 1)
                return f"({self.vector(depth + 1)} {r.choice('+-*')} {other})"
            case "made":
                items = ", ".join(self.number(depth + 1) for _ in range(SIZE))
                return f"np.array([{items}])"
            case "view":
                return r.choice(["v[::-1]", "m.T[:, 0]", "w[[0]]", "m[1][::-1]", "m[:, 1:2].T[0]"])
            case "where":
                return f"np.where({self.vector(depth + 1)} > {self.number(depth + 1)}, v, w)"
        return f"np.{r.choice(['abs', 'negative', 'sign', 'floor'])}({self.vector(depth + 1)})"

    def number(self, depth: int = 0) -> str:
        r = self.r
        kinds = ["leaf"] * 3 + (["op"] * 2 + ["element"] * 2 + ["sum"]) * (depth < 3)
        match r.choice(kinds):
            case "leaf":
                return r.choice(["x", "0.5", "2", "i", "k", "0.1"])
            case "op":
                return f"({self.number(depth + 1)} {r.choice('+-*')} {self.number(depth + 1)})"
            case "element":
                return r.choice(["v[0]", "w[-1]", "m[1, 2]", "t[i % 4, 1]", "v[1]", "m[0][0]"])
        return f"({self.vector(depth + 1)} * 1).sum()"

    def statement(self, depth: int) -> list[str]:
        r = self.r
        kinds = ["assign"] * 5 + ["change"] * 4 + ["number"] * 2 + ["if", "loop"] * (depth < 2)
        match r.choice(kinds):
            case "assign":
                return [f"{r.choice('vw')} = ({self.vector()}) * 0.5"]
            case "change":
                target = r.choice(
                    ["v[0]", "w[1]", "m[0, 1]", "t[i % 4, 2]", "m[1, 0]", "t[k % 4, 0]"]
                )
                if r.random() < 0.5:
                    return [f"{target} = {self.number()}"]
                target = r.choice(["m[0]", "t[i % 4]", "v[:]", "w[::-1]", "m[:, :]", "v", "w"])
                sign = r.choice(["+=", "*=", "-="]) if target in "vw" or r.random() < 0.5 else "="
                return [f"{target} {sign} ({self.vector()}) * 0.25"]
            case "number":
                return [r.choice([f"x = ({self.number()}) * 0.5", "k += 1"])]
            case "if":
                block = self.block(depth + 1)
                other = self.block(depth + 1) if r.random() < 0.5 else ["pass"]
                test = f"if {self.number()} {r.choice('<>')} {self.number()}:"
                return [test, *block, "else:", *["    " + o.removeprefix("    ") for o in other]]
        return [f"for j in range({r.choice(['2', '5', 'n'])}):", *self.block(depth + 1)]

    def block(self, depth: int) -> list[str]:
        lines = [s for _ in range(self.r.randint(1, 3)) for s in self.statement(depth)]
        return ["    " + line for line in lines]

    def program(self) -> str:
        r = self.r
        start = r.choice(["np.array([0.5, -1.0, 2.0])", "np.zeros(3)", "a[0, :3].copy()", "b"])
        lines = [f"v = {start}", "w = np.array([x, 1.0, -0.5])", "m = np.ones((2, 3))"]
        lines += ["t = np.zeros((4, 3))", "k = 0", "for i in range(n):", *self.block(0)]
        ends = ["v[0], w[1], m[1, 2], t, x, k", "v, t", "w, x, k", "t.sum(), v * 2", "m, v", "b, v"]
        lines.append(f"return {r.choice(ends)}")
        return "def f(a, b, n, x):\n" + "".join(f"    {line}\n" for line in lines)


def compiled(source: str, seed: int):
    name = f"<small arrays {seed}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict = {"np": np}
    exec(compile(source, name, "exec"), names)
    return names["f"]


def outcome(function, seed: int, layout: int, n: int):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((5, 4)), rng.standard_normal(3)
    a, b = [(a, b), (np.asfortranarray(a), b[::-1]), (a[::-1, ::-1], b)][layout]
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            result = function(a, b, n, 0.75)
        return result, a, b, sorted({str(w.message) for w in told})
    except (IndexError, ValueError, TypeError) as error:
        return type(error), str(error), a, b


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_loops_over_small_arrays(seed):
    source = Writer(seed).program()
    function = compiled(source, seed)
    jitted = braze.jit(function)
    for layout in range(3):
        for n in (0, 1, 6):
            got, wanted = (outcome(f, seed, layout, n) for f in (jitted, function))
            check(got, wanted, f"n = {n}, layout {layout} of\n{source}")
