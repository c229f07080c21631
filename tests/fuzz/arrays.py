"""Random functions `f(a, b, r, s, k)` of two matrices, a row, a float and an int.

A value is known by its shape: "nm" a matrix of the arguments' shape, "m" a row, "n1" a column,
"" a number; all of them broadcast. What `ROUNDED` lists is not rounded correctly by NumPy, so it
stands only in results.
"""

from fuzz.writer import Writer

PRELUDE = """import math

import numpy as np

SCALE = 1.5
TABLE = np.arange(3.0)


def scaled(x, by=2):
    return x * by + 1


def changed(x, v):
    x[0] = v
    return x


def ends(x):
    return x.min(axis=0), x.max()


def bounded(x, limit):
    if limit > 1:
        return np.minimum(x, limit)
    return x


"""
BINARY = ["+", "-", "*", "+", "-", "*", "/", "//", "%"]
COMPARE = ["<", ">", "<=", "==", "!="]
UNARY = ["-{x}", "abs({x})", "np.abs({x})", "np.square({x})", "np.sign({x} * 1)",
         "np.rint({x} * 1)",
         "np.floor({x} * 1)", "np.sqrt(np.abs({x}))", "{x} * 1", "+({x} * 1)", "({x} * 1) ** 2",
         "np.isnan({x})", "np.negative({x} * 1)", "np.trunc({x} * 1)", "np.ceil({x} * 1)",
         "np.logical_not({x})", "np.isfinite({x})", "scaled({x})", "scaled({x}, by=3)",
         "np.reciprocal({x} * 1.0)", "np.positive({x} * 1)", "np.signbit({x} * 1.0)"]  # fmt: skip
PAIRS = ["np.maximum({x}, {y})", "np.minimum({x}, {y})", "np.where({x} > {y}, {x}, {y})",
         "np.where({y} > 0, {x}, 0)", "np.logical_and({x}, {y})", "np.copysign({x} * 1.0, {y})",
         "np.fmax({x}, {y})", "np.logical_xor({x}, {y})", "scaled({x}, {y})", "bounded({x}, {y1})",
         "np.hypot({x}, 0 * {x})", "np.heaviside({x} * 1.0, {y})", "np.add({x}, {y})",
         "np.clip({x}, -1, 2)", "np.multiply({x}, {y})"]  # fmt: skip
ROUNDED = ["np.exp({x} * 0.1)", "np.sin({x} * 1.0)", "np.log(np.abs({x}) + 0.5)",
           "np.tanh({x} * 1.0)",
           "np.arctan({x} * 1.0)", "np.cos({x} * 1.0)", "np.log1p(np.abs({x}))",
           "np.cbrt({x} * 1.0)"]  # fmt: skip
SAME = {
    "nm": ["{v}[::-1]", "{v}[:, ::-1]", "np.flip({v}, 0)", "np.roll({v}, 1, axis=1)", "{v}.copy()",
           "np.cumsum({v}, axis=0)", "np.cumsum({v}, axis=1)", "{v}.T.T", "{v} - {v}.mean(axis=0)",
           "np.concatenate([{v}[:1], {v}[1:]])", "np.zeros_like({v})", "{v}[..., :]",
           "np.stack([{v}, {v}])[1]", "np.where({v} > 1)[0].size + {v}", "{v}.reshape({v}.shape)",
           "{v} @ np.eye({v}.shape[1])", "np.triu({v})", "np.full({v}.shape, s)",
           "{v}.astype('f8')",
           "{v}.astype('f4')", "{v}.astype(bool)", "{v} * np.ones_like({v})",
           "np.sort({v}, axis=0)",
           "np.add.outer({v}[:, 0], {v}[0])", "np.multiply.accumulate({v}, axis=0)",
           "np.pad({v}, 1)[1:-1, 1:-1]", "np.nan_to_num({v} * 1.0)", "np.swapaxes({v}.T, 0, 1)",
           "np.take({v}, np.arange({v}.shape[1]), axis=1)", "{v}[np.arange({v}.shape[0])]",
           "np.argsort({v}, axis=1)", "np.partition({v}, 1, axis=0)",
           "np.searchsorted({v}[0], {v})",
           "np.interp({v} * 1.0, [0, 1, 2], [3, 1, 2])", "np.isin({v}, {w})",
           "np.unique({v}).size + {v}", "np.median({v}, axis=0) + {v}",
           "np.percentile({v} * 1.0, 30, axis=1, keepdims=True) + {v}",
           "np.fft.fft({v} * 1.0, axis=0).real", "np.einsum('ij,kj->kj', {v}, {v})",
           "np.linalg.qr({v} * 1.0)[0].sum() + {v}",
           "np.broadcast_to({w}, {v}.shape)", "np.outer({v}[:, 0], {v}[0])"],
    "m": ["{v}[::-1]", "{v}.copy()", "np.cumsum({v})", "np.sort({v})", "np.roll({v}, 1)",
          "np.argsort(-{v})", "np.partition({v}, 0)", "np.median({v}) * {v}",
          "np.unique({v})[:1] + {v}",
          "np.searchsorted(np.sort({v}), {v})", "np.histogram({v} * 1.0, 3)[0].sum() + {v}",
          "np.fft.rfft({v} * 1.0).real[:1] + {v}",
          "np.arange({v}.size)", "np.linspace(0, 1, {v}.size)", "np.hstack([{v}[1:], {v}[:1]])"],
    "n1": ["{v}[::-1]", "{v}.copy()", "np.cumsum({v}, axis=0)"],
    "": ["{v} + 0"],
}  # fmt: skip
REDUCED = ["sum", "max", "min", "mean", "any", "all", "prod", "sum", "std", "var", "argmax"]
PARTS = ["[1:]", "[:-1]", "[::2]", "[::-1]", "[:, 1:]", "[:, ::2]", "[1:-1, 1:-1]", "[0]", "[-1]",
         "[:, 0]", "[:, -1]", "[...]", "[k]", "[:, k]", "[:k]", ".T", "[None, 1]", "[-2:]",
         "[0, :]", "[::-1, ::-1]", "[:, 0:1]"]  # fmt: skip


class Arrays(Writer):
    """One random function."""

    header = "def f(a, b, r, s, k):"

    def __init__(self, seed):
        super().__init__(seed)
        self.known = {"nm": ["a", "b"], "m": ["r"], "n1": [], "": ["s", "k"]}
        self.views = []
        self.loops = []
        self.rounded = self.chance(0.15)
        for _ in range(self.random.randint(2, 8)):
            self.statement()
        self.add(f"return {self.results()}")
        self.finish(self.header, PRELUDE)

    def results(self):
        names = [n for names in self.known.values() for n in names if n not in ("s", "k")]
        chosen = self.random.sample(names, min(len(names), 3))
        if self.views and self.chance(0.5):
            chosen.append(self.pick(*self.views))
        chosen.append(self.expression(self.pick("nm", "m", ""), 2))
        if self.chance(0.3):
            chosen.append(f"{self.name('nm')}{self.pick(*PARTS)}")
        if self.rounded:
            chosen.append(self.pick(*ROUNDED).format(x=self.name("nm")))
        form = self.pick("{}", "{}", "[{}]", "({}, None)")
        return form.format(", ".join(chosen)) if len(chosen) > 1 else chosen[0]

    # Expressions

    def name(self, shape):
        return self.pick(*self.known[shape]) if self.known[shape] else None

    def number(self):
        return self.pick("2", "0.5", "-1", "3", "1", "s", "k", "SCALE", "True", "np.float32(3)",
                         "TABLE[1]", "len(a)", *self.known[""], *self.loops)  # fmt: skip

    def narrower(self, shape):
        options = {"nm": ["nm", "nm", "nm", "m", "n1", ""], "m": ["m", "m", ""], "n1": ["n1", ""],
                   "": [""]}  # fmt: skip
        return self.pick(*options[shape])

    def leaf(self, shape):
        name = self.name(shape)
        if shape == "":
            return self.number()
        if name is None or self.chance(0.1):
            full = self.name("nm")
            return {"nm": full, "m": f"{full}[{self.pick('0', '-1', 'k')}]",
                    "n1": f"{full}[:, :1]"}[shape]  # fmt: skip
        return name

    def expression(self, shape, depth):
        if depth <= 0 or self.chance(0.1):
            return self.leaf(shape)
        kind = self.random.random()
        if kind < 0.35:
            x, y = (
                self.expression(shape, depth - 1),
                self.expression(self.narrower(shape), depth - 1),
            )
            if self.chance(0.3):
                x, y = y, x
            return f"({x} {self.pick(*BINARY)} {y})"
        if kind < 0.4:
            x, y = (
                self.expression(shape, depth - 1),
                self.expression(self.narrower(shape), depth - 1),
            )
            return f"({x} {self.pick(*COMPARE)} {y})"
        if kind < 0.55:
            return f"({self.pick(*UNARY).format(x=self.expression(shape, depth - 1))})"
        if kind < 0.7:
            x, y = (
                self.expression(shape, depth - 1),
                self.expression(self.narrower(shape), depth - 1),
            )
            return self.pick(*PAIRS).format(x=x, y=y, y1=self.number())
        if kind < 0.85 and shape != "nm":
            return self.reduced(shape, depth)
        v = self.leaf(shape)
        if shape == "":
            return self.reduced("", depth)
        return "(" + self.pick(*SAME[shape]).format(v=v, w=self.leaf(self.narrower(shape))) + ")"

    def reduced(self, shape, depth):
        x = self.expression("nm", depth - 1)
        op = self.pick(*REDUCED)
        if shape == "m":
            return self.pick(f"({x}).{op}(axis=0)", f"np.{op}({x}, axis=0)",
                             f"np.add.reduce({x})", f"np.nansum({x}, axis=0)")  # fmt: skip
        if shape == "n1":
            return f"np.{op}({x}, axis=1, keepdims=True)"
        inner = self.pick("nm", "m")
        x = self.expression(inner, depth - 1)
        return self.pick(f"np.{op}({x})", f"np.{op}({x})", f"float(np.sum({x}))",
                         f"np.count_nonzero({x})", f"{self.name('nm')}.size",
                         f"{self.name('nm')}[0, 0]", f"{self.name('nm')}[-1, k]",
                         f"{self.name('nm')}.item(0)")  # fmt: skip

    # Statements

    def statement(self):
        kinds = [self.assign] * 5 + [self.in_place] * 3 + [self.part] * 3 + [self.view, self.call]
        kinds += [self.mask, self.container, self.option]
        if self.depth < 2:
            kinds += [self.branch, self.loop, self.loop, self.leave]
        if self.loops:
            kinds += [self.element]
        self.pick(*kinds)()

    def new(self, shape, prefix="v"):
        """Return a name for a value; in blocks only one that is bound already."""
        if self.depth:
            known = [n for n in self.known[shape] if n not in ("k",)]
            return self.pick(*known) if known else None
        name = f"{prefix}{self.random.randint(0, 5)}{shape}"
        return name

    def assign(self):
        shape = self.pick("nm", "nm", "nm", "m", "n1", "")
        name = self.new(shape)
        if name is None:
            return self.in_place()
        self.add(f"{name} = {self.expression(shape, 3)}")
        if name not in self.known[shape]:
            self.known[shape].append(name)
        return None

    def in_place(self):
        shape = self.pick("nm", "nm", "m")
        x = self.name(shape)
        operator = self.pick("+=", "-=", "*=", "+=", "*=", "/=", "//=")
        self.add(f"{x} {operator} {self.expression(self.narrower(shape), 2)}")

    def part(self):
        x, y = self.name("nm"), self.name("nm")
        part = self.pick(*PARTS[:12], "[k]", "[:k]", "[1:]", "[:-1]")
        other = self.pick(part, part, {"[1:]": "[:-1]", "[:-1]": "[1:]"}.get(part, part))
        value = self.pick(self.expression("", 2), f"{y}{other}", f"{y}{other} * 2 + {x}{part}",
                          f"{x}{other} - {self.number()}", f"np.abs({x}{other})")  # fmt: skip
        self.add(f"{x}{part} {self.pick('=', '=', '+=', '*=')} {value}")

    def mask(self):
        x, y = self.name("nm"), self.name("nm")
        test = self.pick(f"{y} > {self.number()}", f"{y} == {x}", f"np.isnan({y})")
        value = self.pick(self.expression("", 1), "0")
        self.add(f"{x}[{test}] {self.pick('=', '=', '+=')} {value}")

    def view(self):
        name = self.new("nm", "w") if not self.depth else None
        if name is None:
            return self.part()
        x = self.name("nm")
        self.add(f"{name} = {x}{self.pick(*PARTS)}")
        line = self.pick(f"{name} += {self.number()}", f"{name}[...] = {name} * 2", f"{x} *= 2",
                         f"{name}[::2] = {self.number()}", f"{x}[0] = {name}.sum()",
                         f"{name} *= {name}")  # fmt: skip
        self.add(line)
        for names in self.known.values():
            if name in names:
                names.remove(name)
        if name not in self.views:
            self.views.append(name)
        return None

    def call(self):
        if self.depth:
            return self.assign()
        x = self.name("nm")
        lines = [f"p0m, q0 = ends({self.expression('nm', 1)})",
                 f"v9nm = changed({x}, {self.expression(self.pick('m', ''), 1)})",
                 f"v8nm = changed({x} * 1, {self.number()})",
                 f"q0 = math.floor(s * 3) + {self.number()}",
                 f"v7nm = (lambda q: q * {self.number()} + {x})({x} + s)"]  # fmt: skip
        line = self.pick(*lines)
        self.add(line)
        if line.startswith("p0m"):
            self.remember("m", "p0m")
            return self.remember("", "q0")
        return self.remember("nm" if line.startswith("v") else "", line.split(" ")[0])

    def remember(self, shape, name):
        if name not in self.known[shape]:
            self.known[shape].append(name)

    def container(self):
        if self.depth:
            return self.assign()
        x, y = self.expression("nm", 1), self.expression("nm", 1)
        self.add(self.pick(
            f"v6nm = [{x}, {y}][k % 2]", f"v6nm = {{'x': {x}, 'y': {y}}}['y']",
            f"v6nm = sum([q * 2 for q in ({x}, {y})])", f"v6nm, *rest = {x}, {y}",
            f"v6nm = {x} if k > 0 else {y}", f"v6nm = max(k, 1) * {x}",
            f"v6nm = np.array([row * 2 for row in {self.name('nm')}])"))  # fmt: skip
        return self.remember("nm", "v6nm")

    def option(self):
        x = self.name("nm")
        narrow = self.expression(self.narrower("nm"), 1)
        self.add(self.pick(
            f"np.add({x}, {narrow}, out={x})", f"np.copyto({x}, {narrow}, casting='unsafe')",
            f"np.multiply({x}, {narrow}, out={x}, where={x} > 0)",
            f"np.sum({x}, axis=0, out={self.name('m')})",
            f"{x}.fill({self.number()})", f"np.maximum({x}, {narrow}, {x})",
            f"np.subtract({x}[1:], {x}[:-1], out={x}[1:])"))  # fmt: skip

    def branch(self):
        test = self.pick("k > 1", "s > 0.6", f"np.sum({self.name('nm')}) > {self.number()}",
                         f"{self.name('nm')}.shape[0] > 3", f"{self.name('nm')}.ndim == 2",
                         "k", f"np.any({self.name('nm')} > 2)", "not k", "k == 1 or s > 1",
                         f"{self.name('nm')}[0, 0] > 1", "a is b")  # fmt: skip
        self.block(f"if {test}:")
        if self.chance(0.5):
            self.block("else:")

    def loop(self):
        counter = f"i{self.depth}"
        over = self.pick("3", "k", "2", "a.shape[0]", "1, a.shape[0]", "len(r)")
        over = over if self.depth or self.chance(0.9) else "70"
        if self.chance(0.2):
            self.add(f"{counter} = 0")
            test = self.pick("3", "k + 1", f"3 and np.sum({self.name('nm')}) < 50")
            header, first = f"while {counter} < {test}:", [f"{counter} += 1"]
        else:
            header, first = f"for {counter} in range({over}):", []
        self.loops.append(counter)
        self.block(header, *first)
        self.loops.remove(counter)

    def end_block(self, header):
        if self.loops and header.startswith("if") and self.chance(0.25):
            self.add(self.pick("break", "continue"))
        elif header.startswith("if") and self.chance(0.1):
            self.add(f"return {self.name('nm')}, {self.expression('m', 1)}")

    def leave(self):
        self.add(f"if {self.pick('k > 1', 's < 0', 'np.sum(a) > 9')}:")
        self.depth += 1
        self.add(f"return {self.pick(self.name('nm'), self.expression('nm', 1), 'None', 's, k')}")
        self.depth -= 1

    def element(self):
        x, y, i = self.name("nm"), self.name("nm"), self.pick(*self.loops)
        self.add(self.pick(
            f"{x}[{i} % {x}.shape[0], 0] {self.pick('=', '+=')} {y}[0, -1] + {i}",
            f"{x}[{i} % 2] = {self.expression('', 1)}", f"{x}[0, 0] += {i}"))  # fmt: skip
