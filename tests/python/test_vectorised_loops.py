"""Loops over elements whose rounds are done several at once, beside plain Python."""

import random
import warnings

import numpy as np
import pytest
from exact import check
from test_loop_registers import compiled_from

import braze

DTYPES = [np.float64, np.float64, np.float32, np.int64, np.int32, np.uint8, np.int8, np.float16]
# Those that are NumPy's to the bit: what follows would make more of an ulp.
FUNCTIONS = ["np.sqrt({})", "abs({})", "np.maximum({}, y[i])", "np.floor({})", "np.fmin({}, one)"]
SIZES = [0, 1, 7, 33, 70, 130]


class Program:
    """A function with loops over elements, most of which read and write at the counter."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.whole = self.r.random() < 0.4
        self.shift = self.r.choice([0, 0, 1])

    def element(self):
        shift = self.r.choice(["", "", f" + {self.shift}"])
        return self.r.choice(["x[i]", f"x[i{shift}]", "y[i]", f"y[i{shift}]", "z[i]"])

    def value(self, depth=0):
        kind = self.r.random()
        if kind < 0.35 or depth == 3:
            return self.element()
        if kind < 0.45:
            return self.r.choice(["one", "c", "2", "0.5", "i"])
        if kind < 0.6 and not self.whole:
            return self.r.choice(FUNCTIONS).format(self.value(depth + 1))
        op = self.r.choice("+-*+-*/" if not self.whole else "+-*+-&|")
        return f"({self.value(depth + 1)} {op} {self.value(depth + 1)})"

    def condition(self):
        sign = self.r.choice(["<", ">=", "!=", "=="])
        simple = f"{self.element()} {sign} {self.r.choice(['one', '0', self.element()])}"
        return self.r.choice([simple, simple, f"i % 3 {sign} 1", f"{simple} and i > 2"])

    def statement(self, ind, level=0):
        kind = self.r.random()
        if kind < 0.45 or level == 2:
            target = self.r.choice(["z[i]", "z[i]", "z[i]", "w[i]", "x[i]"])
            return [f"{ind}{target} {self.r.choice(['=', '=', '+='])} {self.value()}"]
        if kind < 0.55:
            return [f"{ind}c += {self.r.choice([1, -1, 3, 16])}"]
        if kind < 0.65:
            return [f"{ind}s = s + {self.element()}"]
        lines = [f"{ind}if {self.condition()}:", *self.statement(ind + "    ", level + 1)]
        if self.r.random() < 0.6:
            lines += [f"{ind}else:", *self.statement(ind + "    ", level + 1)]
        return lines

    def source(self):
        lines = ["def f(x, y, z, w, n, one):", "    s = one", "    c = 0"]
        ind = "    "
        if self.r.random() < 0.3:
            lines.append("    for r in range(3):")
            ind += "    "
        most = f"n - {self.shift}" if self.shift else "n"
        counter = self.r.choice([f"range({most})", f"range({most})", f"range(1, {most})",
                                 f"range(0, {most}, 2)", f"range({most} - 1, -1, -1)"])  # fmt: skip
        lines.append(f"{ind}for i in {counter}:")
        for _ in range(self.r.randint(1, 3)):
            lines += self.statement(ind + "    ")
        return "\n".join([*lines, "    return s, c"]) + "\n"


LAYOUTS = {
    "plain": lambda a: a,
    "strided": lambda a: np.repeat(a, 2)[::2],
    "short": lambda a: a[: max(len(a) - 1, 0)],
}


def outcome(function, size, dtypes, layout, special):
    rng = np.random.default_rng(size)
    arrays = [rng.integers(-3, 5, size).astype(dtype) for dtype in dtypes]
    if special:
        for a in arrays:
            if a.dtype.kind == "f":
                a[::5] = [np.nan, np.inf, -0.0, 1e4, 0][size % 5]
    arrays[1] = LAYOUTS[layout](arrays[1])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            result = function(*arrays, size, dtypes[0](1))
        except Exception as error:
            result = type(error), str(error)
    return result, [a.copy() for a in arrays], {str(w.message) for w in told}


@pytest.mark.parametrize("seed", range(160))
def test_random_programs(seed):
    program = Program(seed)
    source = program.source()
    plain = compiled_from(source, f"<vectors {seed}>")
    compiled = braze.jit(plain)
    dtypes = [d for d in DTYPES if not program.whole or np.dtype(d).kind in "iu"]
    chosen = [program.r.choice(dtypes)] * 4
    if program.r.random() < 0.4:
        chosen = [program.r.choice(dtypes) for _ in range(4)]
    for size in SIZES:
        for layout in LAYOUTS:
            for special in (False, True):
                got, wanted = (outcome(f, size, chosen, layout, special) for f in (compiled, plain))
                check(got, wanted, f"{source}{size} {layout} {special} {chosen}")


def count_above(x, limit):
    count = 0
    for i in range(len(x)):
        if x[i] > limit:
            count += 1
    return count


def rectify(x, out):
    for i in range(len(x)):
        if x[i] > 0:
            out[i] = x[i]
        else:
            out[i] = 0.01 * x[i]
    return out


def smooth(x, out):
    for i in range(len(x)):
        out[i] = x[i]
        if i + 1 < len(x):
            out[i] += x[i + 1]
    return out


def sums(x, out):
    total = x[0]
    for i in range(1, len(x)):
        total += x[i]
        out[i] = total
    return total


def counts_down(x, out):
    left = 2**61
    for i in range(len(x)):
        if x[i] > 0:
            left -= 16
        out[i] = x[i] + left
    return left


def soft(x, out):
    for i in range(len(x)):
        out[i] = np.log(x[i]) if x[i] > 0.5 else np.exp(x[i])
    return out


# More rounds than the host lets go by unasked.
@pytest.mark.parametrize("size", [65535, 65536, 65537, 131073, 200001])
@pytest.mark.parametrize("function", [count_above, rectify, smooth, sums, counts_down, soft])
def test_many_rounds(function, size):
    compiled = braze.jit(function)
    x = np.sin(np.arange(size) * 0.37)
    for _ in range(2):
        other, again = (0.25 if function is count_above else np.zeros(size) for _ in range(2))
        check(compiled(x, other), function(x, again), f"{function.__name__} {size}", ulps=1)
        check(other, again, f"{function.__name__} {size} changed", ulps=1)
    assert compiled.stats()["compiled_calls"] == 2


def test_sums_of_whole_numbers_that_wrap_are_told():
    x = np.array([2**62] * 40 + [-(2**62)] * 40)
    compiled = braze.jit(sums)
    for _ in range(2):
        out, wanted = np.zeros_like(x), np.zeros_like(x)
        with pytest.warns(RuntimeWarning, match="overflow encountered in scalar add"):
            check(sums(x, wanted), compiled(x, out))
        check(out, wanted)


def quotients(x, y, out):
    for i in range(len(x)):
        if y[i] != 0:
            out[i] = x[i] / y[i]
    return out


def test_what_is_not_done_warns_of_nothing():
    x = np.arange(100.0)
    y = x % 3
    compiled = braze.jit(quotients)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            check(compiled(x, y, np.zeros(100)), quotients(x, y, np.zeros(100)))
    assert compiled.stats()["compiled_calls"] == 3


def test_machine_code_of_loops_is_shown():
    inspection = braze.jit(rectify).inspect(np.ones(64), np.ones(64))
    assert "define void @scalar_loop" in inspection.llvm
    assert "ret" in inspection.asm
