"""Whole specialisations on disk serve another process at once, and only where they are right.

Each program computes compiled and plainly, where it is compiled and elsewhere with changes.
"""

import json
import os
import subprocess
import sys

import pytest

HEAD = """
import copy, json, sys
import numpy as np
import braze
how = sys.argv[1]
x = np.linspace(0.1, 2.0, 7)

def shown(value):
    if isinstance(value, dict):
        return {str(k): shown(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(shown, value)]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.tolist()]
    return [type(value).__name__, repr(value)]

def check(function, *args, **kwargs):
    given = copy.deepcopy((args, kwargs))
    got = shown((function(*args, **kwargs), args))
    wanted = shown((function.__wrapped__(*given[0], **given[1]), given[0]))
    assert got == wanted, (how, got, wanted)
    print(json.dumps({
        "loaded": "braze.dispatch.compiler" in sys.modules,
        "compiled": function.__getattribute__("_counters")()["compiled_calls"],
    }))
"""


def run(tmp_path, program, how="", **environment):
    path = tmp_path / "program.py"
    path.write_text(HEAD + program)
    env = os.environ | {"BRAZE_CACHE": str(tmp_path / "cache")} | environment
    out = subprocess.run([sys.executable, path, how], env=env, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout.splitlines()[-1])


def served(tmp_path, program, how="", **environment):
    """Tell whether a process is served by what others have compiled."""
    told = run(tmp_path, program, how, **environment)
    return told["compiled"] == 1 and not told["loaded"]


KEPT = {
    "arithmetic": """
@braze.jit
def f(a, b):
    return np.sqrt(a * a + b) - a.sum(), a > b
check(f, x, x + 1)
""",
    "results": """
@braze.jit
def f(a, n=3, *, scale=2.0):
    y = a * n
    return {"sum": y.sum() * scale, "parts": [y, (a, None, "text")], "n": n}
check(f, x, scale=4.0)
""",
    "outside": """
c, table, names = 2.5, np.arange(7.0), (1, 2.0, "three")
@braze.jit
def f(a):
    return a * c + table * np.pi + names[1] + abs(a).max()
check(f, x)
""",
    "helpers": """
offset = 3
def helper(a, k=2.0, *, m=1):
    return a * k + offset + m
@braze.jit
def inner(a):
    return a - 1
@braze.jit
def f(a):
    return helper(a) + helper(a, m=4) + inner(a)
check(f, x)
""",
    "variables": """
def outer(w, z):
    @braze.jit
    def f(a):
        return a * w + z
    return f
check(outer(np.full(7, 2.0), 5), x)
""",
    "containers": """
@braze.jit
def f(parts, options):
    return parts[0] * options["scale"] + parts[1]
check(f, [x, x], {"scale": 3.0})
""",
    "loops": """
@braze.jit
def f(n):
    total = 0
    for i in range(n):
        total += i * i
    return total
check(f, 40)
""",
    "constants": """
@braze.jit
def f(a):
    return a * np.array([1.0, 2, 3, 4, 5, 6, 7]) + np.float32(1.5)
check(f, x)
""",
    "arguments": """
@braze.jit
def f(a):
    a[1:] = a[:-1] * 2
    a[0] = 1.0
    return a
check(f, x)
""",
}


@pytest.mark.parametrize("name", KEPT)
def test_another_process_is_served(tmp_path, name):
    assert not served(tmp_path, KEPT[name])
    assert served(tmp_path, KEPT[name])


# What is changed is another answer, or another type of it, than the one that was kept.
CHANGED = {
    "a number": """
c = 3.0 if how else 2.0
@braze.jit
def f(a):
    return a * c
""",
    "the type of a number": """
c = 2 if how else 2.0
@braze.jit
def f(a):
    return a.astype(np.int64) * c
""",
    "the sign of zero": """
c = -0.0 if how else 0.0
@braze.jit
def f(a):
    return np.copysign(a, c)
""",
    "the code of a helper": """
if how:
    def helper(a):
        return a + 1
else:
    def helper(a):
        return a + 2
@braze.jit
def f(a):
    return helper(a)
""",
    "what a helper reads": """
k = 5 if how else 4
def helper(a):
    return a * k
@braze.jit
def f(a):
    return helper(a)
""",
    "a default of a helper": """
def helper(a, k=5.0 if how else 4.0):
    return a * k
@braze.jit
def f(a):
    return helper(a)
""",
    "a keyword default of a helper": """
def helper(a, *, k=5.0 if how else 4.0):
    return a * k
@braze.jit
def f(a):
    return helper(a)
""",
    "a default": """
@braze.jit
def f(a, k=5.0 if how else 4.0):
    return a * k
""",
    "a helper for a compiled one": """
def one(a):
    return a + 1
def two(a):
    return a + 2
helper = braze.jit(one if how else two)
@braze.jit
def f(a):
    return helper(a)
""",
    "a variable": """
def outer(k):
    @braze.jit
    def f(a):
        return a * k
    return f
f = outer(3.0 if how else 4.0)
""",
    "the type of an array": """
table = np.arange(7) if how else np.arange(7.0)
@braze.jit
def f(a):
    return table * 2
""",
    "a function of NumPy": """
@braze.jit
def f(a):
    return np.sqrt(a)
if how:
    np.sqrt = np.square
""",
    "a name for a builtin": """
if how:
    def abs(a):
        return a * 3
@braze.jit
def f(a):
    return abs(a)
""",
    "builtins": """
if how:
    def mine(a):
        return a * 3
    __builtins__ = dict(vars(__builtins__), abs=mine)
@braze.jit
def f(a):
    return abs(a)
""",
    "an item": """
items = [x, 2.0, 3 if how else 4]
@braze.jit
def f(a):
    return items[0] * items[1] + items[2]
""",
    "a length": """
items = [x, x, x] if how else [x, x]
@braze.jit
def f(a):
    total = a
    for item in items:
        total = total + item
    return total
""",
    "text": """
kind = "b" if how else "a"
@braze.jit
def f(a):
    return a * 2 if kind == "a" else a * 3
""",
    "a module": """
import types
settings = types.ModuleType("settings")
sys.modules["settings"] = settings
settings.k = 3.0 if how else 2.0
@braze.jit
def f(a):
    return a * settings.k
""",
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_has_changed_is_compiled_anew(tmp_path, name):
    program = CHANGED[name] + "\ncheck(f, x)\n"
    assert not served(tmp_path, program)
    assert served(tmp_path, program)
    run(tmp_path, program, "changed")  # a number may be an input; the answer is checked there
    run(tmp_path, program, "changed")
    assert served(tmp_path, program)


def test_values_and_types_of_arguments(tmp_path):
    program = """
@braze.jit
def f(a, n, kind="sum"):
    for i in range(n):
        a = a * 2 + i
    return a.sum() if kind == "sum" else a
n, dtype, kind = eval(how)
check(f, x.astype(dtype), n, kind)
"""
    calls = ["(2, 'f8', 'sum')", "(2, 'f8', 'all')", "(2, 'f4', 'all')"]
    assert not served(tmp_path, program, calls[0])
    for call in calls:
        run(tmp_path, program, call)
    assert all(served(tmp_path, program, call) for call in calls)


def test_sizes_that_it_is_not_for(tmp_path):
    program = """
@braze.jit
def f(a):
    b = a[: len(a) // 2 + 1]
    return b[1:] - b[:-1], len(a) > 3
check(f, x[: int(how)])
"""
    for size in ("7", "3", "7", "2", "1", "0"):
        run(tmp_path, program, size)


UNNAMED = {
    "a class": """
class Body:
    k = 2.0
    def __init__(self):
        self.m = 3.0
body = Body()
@braze.jit
def f(a):
    return a * body.k + body.m
""",
    "a set": """
@braze.jit
def f(a):
    for name in {"one", "two", "three"}:
        a = a * len(name) + 1
    return a
""",
    "a call of Python": """
@braze.jit
def f(a):
    return np.linalg.norm(np.sort(a)) + a
""",
}


@pytest.mark.parametrize("name", UNNAMED)
def test_what_has_no_name_is_not_kept(tmp_path, name):
    program = UNNAMED[name] + "\ncheck(f, x)\n"
    assert run(tmp_path, program)["loaded"]
    assert run(tmp_path, program)["loaded"]
    assert not [*tmp_path.glob("cache/function_*")]


@pytest.mark.parametrize("options", ["threads=1", "mode='script'", "fallback=False"])
def test_options_are_told_apart(tmp_path, options):
    program = """
@braze.jit(%s)
def f(a):
    return a * 2
check(f, x)
"""
    assert not served(tmp_path, program % "")
    assert not served(tmp_path, program % options)
    assert served(tmp_path, program % options)


@pytest.mark.parametrize("settings", [{"BRAZE": "verify"}, {"BRAZE_CACHE": "off"}])
def test_settings_that_look_at_compiling(tmp_path, settings):
    assert not served(tmp_path, KEPT["arithmetic"])
    assert not served(tmp_path, KEPT["arithmetic"], **settings)


def test_many_processes_at_once(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(HEAD + KEPT["helpers"])
    env = os.environ | {"BRAZE_CACHE": str(tmp_path / "cache")}
    running = [subprocess.Popen([sys.executable, path, ""], env=env) for _ in range(4)]
    assert not any(process.wait() for process in running)
    assert served(tmp_path, KEPT["helpers"])


def test_bytes_that_are_no_specialisation(tmp_path):
    """What has a good hash but makes no sense is compiled anew."""
    assert not served(tmp_path, KEPT["arithmetic"])
    program = """
import marshal
from braze import _core
from braze.dispatch import kept
@braze.jit
def f(a, b):
    return np.sqrt(a * a + b) - a.sum(), a > b
args = (x, x + 1)
key = kept.key_of(f.__wrapped__, f._options, kept.signature_of({}, args))
f(*args)
good = _core.kept(kept.in_slot(key, 0))
graph = marshal.loads(good)[1][-1][0]
bad = [b"", b"x", marshal.dumps((key,)), marshal.dumps((key, 1)), marshal.dumps((b"", ()))]
bad += [marshal.dumps((key, [[], [], [], (("result", 5, 0, 0), [], True), (graph[:n], 0)]), 2)
        for n in (0, 9, len(graph) // 2, len(graph))]
for data in bad:
    _core.keep(kept.in_slot(key, 0), data)
    assert kept.find(f.__wrapped__, f._options, args, {}) is None, data
_core.keep(kept.in_slot(key, 0), good)
assert kept.find(f.__wrapped__, f._options, args, {}) is not None
print("{}")
"""
    run(tmp_path, program)
