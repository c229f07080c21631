"""Random reads from outside, and random changes between calls: the next call sees them all."""

import linecache
import random
import types

import numpy as np
import pytest

import braze

X = np.linspace(0.5, 1.5, 4)
SPACE = """
import math
import types
import numpy as np
class A:
    rate = 2.0
    pair = [1.0, 2.0]
    table = {"k": 1.5}
    def method(self, x): return x * self.rate
    @property
    def more(self): return self.rate + 1
    @staticmethod
    def shifted(x): return x + 1
    @classmethod
    def scaled(cls, x): return x * cls.rate
    def __mul__(self, other): return other * self.rate
    def __len__(self): return 3
    def __getitem__(self, i): return i + self.rate
class B(A):
    def method(self, x): return super().method(x) - 1
class Mixed:
    def extra(self, x): return x * 7
class C(B, Mixed): pass
a, b, c = A(), B(), C()
a.child, b.weight, c.function = b, 3.0, lambda x: x * 2
module = types.ModuleType("module")
module.value, module.function = 1.0, lambda x: x - 2
number, values, names, flag, nothing = 2.0, [1.0, 2.0], {"a": 1.0, "b": 2.0}, True, None
array = np.ones(4)
def helper(x, k=2.0, *, z=0.5): return x * k + z
def outer(x): return helper(x) + number
"""
READS = [
    "a.rate", "a.more", "a.method(x)", "b.method(x)", "c.method(x)", "c.extra(x)", "A.shifted(x)",
    "B.scaled(x)", "a.scaled(x)", "a * x", "len(b)", "c[2]", "a.child.weight", "c.function(x)",
    "module.value", "module.function(x)", "number", "values[0]", "len(values)", "sum(values)",
    "names['a']", "names.get('c', 9.0)", "1 if flag else 2", "0 if nothing is None else 5",
    "array", "helper(x)", "outer(x)", "helper(x, z=1)", "math.sqrt(2.0)", "abs(x)", "B.rate",
    "a.pair[1]", "A.table['k']", "isinstance(c, A)", "hasattr(a, 'other')", "type(b) is B",
    "getattr(b, 'perhaps', 4.0)", "float(number)", "x if number > 1 else -x",
]  # fmt: skip
OWNERS = {
    "A": ("rate", "method", "more", "shifted", "scaled", "__mul__", "pair", "other", "__getattr__"),
    "B": ("rate", "method", "more", "perhaps", "scaled"),
    "C": ("method", "extra"),
    "Mixed": ("extra",),
    "a": ("rate", "method", "shifted", "scaled", "child", "other", "__class__"),
    "b": ("rate", "method", "weight", "perhaps", "__class__"),
    "c": ("rate", "function", "extra", "__class__"),
    "module": ("value", "function"),
    "helper": ("__defaults__", "__kwdefaults__", "__code__"),
    "math": ("sqrt",),
    "": ("number", "values", "names", "flag", "nothing", "array", "helper", "outer", "abs", "len"),
}


def new_value(choose, space, name):
    """Return something else for a name; not always of the kind that it was."""
    number = choose([1.0, 2.0, 3, -1.5, True, np.float32(2)])
    function = choose([lambda *given: 5.0, lambda *given: given[-1] * 3])
    special = {
        "__class__": choose([space["A"], space["B"], space["C"]]),
        "__defaults__": (number,), "__kwdefaults__": {"z": number},
        "__code__": (lambda x, k=1.0, *, z=2.0: x - k * z).__code__,
        "more": property(lambda self: number), "child": space["c"], "values": [number, 1.0],
        "pair": (number, number), "names": {"a": number, "c": number}, "flag": not space["flag"],
        "array": choose([np.arange(4.0), np.arange(4), np.ones((2, 4))]),
        "shifted": staticmethod(function), "scaled": classmethod(lambda cls, x: x * number),
        "__getattr__": lambda self, name: 6.5,
    }  # fmt: skip
    if name in special:
        return special[name]
    known = name in ("rate", "weight", "perhaps", "other", "value", "number", "nothing")
    return number if known else function


def change(choose, space):
    owner = choose(list(OWNERS))
    name = choose(OWNERS[owner])
    try:
        if owner == "math":
            space["math"] = types.SimpleNamespace(sqrt=new_value(choose, space, "function"))
        elif choose([0, 0, 0, 1]):
            space.pop(name, None) if owner == "" else delattr(space[owner], name)
        elif owner == "":
            space[name] = new_value(choose, space, name)
        else:
            setattr(space[owner], name, new_value(choose, space, name))
        space["values"].append(1.5) if choose([0, 0, 0, 1]) else None
    except (AttributeError, KeyError, TypeError):
        pass  # it was not there


def described(function):
    """Return what a program sees of a call."""
    try:
        with np.errstate(all="ignore"):
            results = function(X)
    except Exception as error:
        return type(error), str(error)
    return [(type(r), np.asarray(r).dtype, np.asarray(r).tolist()) for r in results]


@pytest.mark.parametrize("seed", range(60))
def test_all_changes_are_seen(seed):
    choose = random.Random(seed)
    space = {"__name__": "of_a_test"}
    exec(SPACE, space)
    reads = choose.sample(READS, choose.randint(1, 5))
    source = f"def f(x):\n    return ({', '.join(reads)},)\n"
    file = f"<patched {seed}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)
    jitted = [braze.jit(space["f"], mode=mode) for mode in ("hybrid", "trace")]
    for step in range(10):
        wanted = described(space["f"])
        for compiled in jitted:
            assert described(compiled) == wanted, (step, source)
        change(choose.choice, space)
