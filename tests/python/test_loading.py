"""The frontend is loaded with the first call that is compiled, whatever goes on at the time."""

import subprocess
import sys

import pytest

START = """
import builtins, linecache, math, sys, threading, unittest.mock
import numpy as np, numpy.fft
import braze

def compiled(text):
    linecache.cache["made.py"] = (len(text), None, text.splitlines(True), "made.py")
    exec(compile(text, "made.py", "exec"), globals())
    return braze.jit(f)

def loaded():
    return "braze.dispatch.compiler" in sys.modules

x = np.array([[2.0, 1.0], [0.5, 3.0]])
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", START + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_program_that_calls_nothing_loads_no_frontend():
    told = run(
        "g = compiled('def f(x): return x + 1')\n"
        "print(g, loaded(), len([n for n in sys.modules if n.startswith('braze.')]) < 15)\n"
        "g(x)\n"
        "print(loaded())"
    )
    assert told == "<braze.Function f> False True\nTrue\n"


def test_names_that_are_loaded_later_are_there():
    told = run(
        "print(all(hasattr(braze, n) for n in braze.__all__), {*braze.__all__} <= {*dir(braze)})\n"
        "from braze import CompileError, spec\n"
        "print(spec('f32[n]'), issubclass(CompileError, Exception), hasattr(braze, 'nothing'))"
    )
    assert told == "True True\nf32[n] True False\n"


REPLACED = [
    ("numpy.sum", "numpy.prod", "np.sum(x) + x"),
    ("numpy.linalg.norm", "numpy.linalg.det", "np.linalg.norm(x) + x"),
    ("numpy.maximum", "numpy.minimum", "np.maximum(x, 1.5) + x"),
    ("numpy.sum", "lambda *_: 7.0", "np.sum(x) + x"),
    ("numpy.fft.fftshift", "lambda *_: 7.0", "np.fft.fftshift(x) + x"),
    ("math.sqrt", "math.exp", "math.sqrt(2.0) + x"),
    ("math.sqrt", "lambda *_: 7.0", "math.sqrt(x[0, 1]) + x"),
    ("builtins.abs", "float", "abs(-3.0) + x"),
]


@pytest.mark.parametrize(("name", "other", "expression"), REPLACED)
def test_what_replaces_a_function_while_the_frontend_is_loaded_is_called(name, other, expression):
    told = run(
        f"g = compiled('def f(x):\\n  return {expression}\\n')\n"
        "import numpy\n"
        f"with unittest.mock.patch({name!r}, {other}) as now:\n"
        "    for _ in range(3):\n"
        "        assert np.array_equal(g(x), f(x)), (g(x), f(x))\n"
        f"    assert {name} is now and loaded()\n"
        "assert np.array_equal(braze.jit(f)(x), f(x)), (braze.jit(f)(x), f(x))\n"
    )
    assert told == ""


def test_names_that_a_program_adds_are_no_replacements():
    told = run(
        "g = compiled('def f(x): return np.total(x) + reduce(np.add, [x, x]) + np.sum(x)')\n"
        "import functools\n"
        "np.total = np.sum\n"
        "builtins.reduce = functools.reduce\n"
        "builtins._ = np.sum\n"
        "assert np.array_equal(g(x), f(x))\n"
        "print(g.explain(x).data['compiled'])"
    )
    assert told == "True\n"


def test_the_stack_may_be_nearly_full():
    """Loading needs more of it than a call does: the plain function runs, and later calls load."""
    told = run(
        "g = compiled('def f(x): return x + 1')\n"
        "def deep(left):\n"
        "    return deep(left - 1) if left else g(x)\n"
        "def room():\n"
        "    try:\n"
        "        return 1 + room()\n"
        "    except RecursionError:\n"
        "        return 0\n"
        "assert np.array_equal(deep(room() - 25), f(x))\n"
        "print(loaded(), np.array_equal(g(x), f(x)), loaded(), g.stats()['compiled_calls'])"
    )
    assert told == "False True True 1\n"


def test_many_threads_may_call_first():
    told = run(
        "g = compiled('def f(x): return np.sin(x) + 1')\n"
        "ready, found = threading.Barrier(6), []\n"
        "def work():\n"
        "    ready.wait()\n"
        "    found.append(np.array_equal(g(x), np.sin(x) + 1))\n"
        "threads = [threading.Thread(target=work) for _ in range(6)]\n"
        "for t in threads: t.start()\n"
        "for t in threads: t.join()\n"
        "print(found)"
    )
    assert told == f"{[True] * 6}\n"


def test_calls_while_python_ends():
    """Nothing can be imported any more then."""
    told = run(
        "g = compiled('def f(x): return x + x')\n"
        "import os\n"
        "class Last:\n"
        "    def __del__(self, g=g, x=1.5, write=os.write):\n"
        "        write(1, f'{g(x)} {sys is None or sys.meta_path is None}'.encode())\n"
        "builtins.last = Last()"
    )
    assert told == "3.0 True"


def test_a_frontend_that_cannot_be_loaded_is_no_silent_loss():
    told = run(
        "g = compiled('def f(x): return x + 1')\n"
        "sys.modules['braze.dispatch.recording'] = None\n"
        "try:\n"
        "    g(x)\n"
        "except ImportError:\n"
        "    print('told')"
    )
    assert told == "told\n"
