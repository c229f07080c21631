"""Random indices: arrays, masks, slices, ints, None and `...` mixed, read and assigned to."""

import random

import numpy as np

SHAPE = (4, 5, 6)
DTYPES = ["f8", "f4", "i4", "i8", "u1", "b1", "f2"]
SLICES = [":", "1:", ":-1", "::2", "::-1", "1:3", "n:", ":k", "n:k", ":-n", "k:n + 2", "n::2"]
# What n and k are in the calls of a seed; a number that has changed becomes a run-time value.
NUMBERS = [(1, 2), (1, 2), (0, 3), (2, 1), (1, 3), (0, 9)]


def entries(index):
    """Return an index as the items of a tuple."""
    items = []
    for item in index.split(", "):
        parts = [part or "None" for part in item.split(":")]
        items.append(f"slice({', '.join(parts)})" if len(parts) > 1 else item)
    return ", ".join(items)


class Selection:
    """A random function of an array x of rank 1 to 3, ints n and k, and index arrays."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.rank = self.random.randint(1, 3)
        self.shape = SHAPE[: self.rank]
        self.names, self.values = [], []
        x = (self.numpy.integers(-9, 9, self.shape) * 0.5).astype(self.random.choice(DTYPES))
        if self.random.random() < 0.3:
            x = np.asfortranarray(x)
        elif self.random.random() < 0.2:
            x = np.ascontiguousarray(x.transpose(*self.random.sample(range(x.ndim), x.ndim)))
            self.shape = x.shape
        self.argument("x", x)
        self.argument("n", 1)
        self.argument("k", 2)
        lines = [self.statement(n) for n in range(self.random.randint(1, 4))]
        lines.append("return x, " + ", ".join(n for n in "abcd" if f"{n} = " in "\n".join(lines)))
        self.source = f"def f({', '.join(self.names)}):\n" + "".join(f"    {t}\n" for t in lines)

    def argument(self, name, value):
        self.names.append(name)
        self.values.append(value)
        return name

    def statement(self, number):
        index = self.index()
        kind = self.random.choice(
            ["read", "read", "reduce", "set", "values", "change", "at", "mix"]
        )
        name = "abcd"[number]
        if kind in ("read", "mix"):
            extra = self.random.choice(
                ["", " * 2", " + x.sum()", "[::-1]", ".copy()", "[..., None]"]
            )
            return f"{name} = (x[{index}]){extra}"
        if kind == "reduce":
            method = self.random.choice(["sum", "max", "min", "any", "mean", "var", "prod"])
            return f"{name} = x[{index}].{method}()"
        if kind == "set":
            return f"x[{index}] = {self.random.choice(['1', '0', 'x[(0,) * x.ndim]'])}"
        if kind == "values":
            value = self.random.choice([f"x[{index}]", f"x[{index}] * 2 + 1", f"x[{index}][::-1]"])
            return f"x[{index}] = {value}"
        if kind == "at":
            return f"np.add.at(x, ({entries(index)},), x.dtype.type(1))"
        return f"x[{index}] {self.random.choice(['+=', '*='])} {self.random.choice(['2', '1'])}"

    def index(self):
        """Return a random index of x as source."""
        if self.random.random() < 0.2:
            mask = self.numpy.random(self.shape) < self.random.choice([0.1, 0.5, 0.9])
            return self.random.choice(["x > 1", self.argument(f"m{len(self.names)}", mask)])
        items, axis, arrays = [], 0, False
        while axis < self.rank:
            kind = self.random.choice(["array", "array", "slice", "int", "mask", "none", "stop"])
            if kind == "stop":
                break
            size = self.shape[axis]
            if kind == "array":
                items.append(self.index_array(size))
            elif kind == "slice":
                items.append(self.random.choice(SLICES))
            elif kind == "int":
                items.append(
                    self.random.choice(["n", "k", str(self.random.randint(-size, size - 1))])
                )
            elif kind == "mask" and not arrays:
                mask = self.numpy.random(size) < 0.6
                items.append(self.argument(f"m{len(self.names)}", mask))
            else:
                items.append("None")
                continue
            arrays = arrays or kind in ("array", "mask")
            axis += 1
        if self.random.random() < 0.2:
            items.insert(self.random.randint(0, len(items)), "...")
        elif not items:
            items.append(":")
        return ", ".join(items)

    def index_array(self, size):
        shape = self.random.choice([(3,), (3,), (2, 3), (1,), (2, 1)])
        dtype = self.random.choice(["i8", "i8", "i4", "u1", "i2"])
        low = 0 if dtype == "u1" else -size
        array = self.numpy.integers(low, size, shape).astype(dtype)
        if self.random.random() < 0.1:
            array = np.asfortranarray(array)
        if self.random.random() < 0.05:
            array.flat[0] = size
        return self.argument(f"i{len(self.names)}", array)


def kinds(seed):
    return [(seed, number) for number in range(len(NUMBERS))]


def arguments(kind):
    """Return the arguments of one of the calls of a seed; from the third on with other values."""
    seed, number = kind
    x, _, _, *indices = Selection(seed).values
    x, *indices = (value.copy(order="K") for value in (x, *indices))
    if number >= 2:
        x[...] = x[(slice(None, None, -1),) * x.ndim].copy()
    return [x, *NUMBERS[number], *indices]
