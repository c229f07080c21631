"""Which arrays are one: results and arguments share memory as in plain Python, and in no other way.

Above all where a loop runs no round, or a branch gives what another name shows.
"""

import linecache

import numpy as np
import pytest
from exact import check

import braze

PROGRAMS = {
    "a copy through a loop": """
        y = x.copy()
        for i in range(n): y = y + 1
        x[1] = 7
        return y
    """,
    "a copy that a loop may change": """
        y = x.copy()
        for i in range(n):
            if x[i % 3] > i: y[i % 3] = x[i % 3] + i
        return y
    """,
    "a copy through a while loop": """
        y = x.copy()
        while y.sum() > n: y = y - 1
        return y
    """,
    "a copy of what is a result too": """
        y = x * 2
        z = y.copy()
        for i in range(n): z = z * 0.5
        return y, z
    """,
    "a copy in each round": """
        y = x * 2
        z = x * 3
        for i in range(n): z = y.copy()
        return y, z
    """,
    "a copy that a branch changes": """
        y = x * 2
        z = y.copy()
        if x.sum() > n: z[0] = 5
        return y, z
    """,
    "equal arrays through a loop": """
        y = np.zeros(3)
        z = np.zeros(3)
        for i in range(n):
            y = y + 1
            z[0] += 2
        return y, z
    """,
    "equal arrays from a branch": """
        y, z = x * 1, x * 2
        if x.sum() > n:
            y = np.zeros(3)
            z = np.zeros(3)
        return y, z
    """,
    "equal arrays that change in a branch": """
        y = np.zeros(3)
        z = np.zeros(3)
        if x.sum() > n:
            y[0] = 1
            z[0] = 1
        return y, z
    """,
    "several copies that change places": """
        y, z, w = x + 0, +x, x * 1.0
        for i in range(n): y, z = z, y
        return y, z, w, x.T.copy()
    """,
    "another name that a branch binds anew": """
        y = x * 1
        z = y
        if x.sum() > n: z = x * 2
        z += 1
        return y, z
    """,
    "a name chosen by an expression": """
        y = x * 2
        z = y if x.sum() > n else x * 3
        z += 1
        return y, z
    """,
    "one of two names": """
        y, w = x * 2, x * 3
        z = y if x.sum() > n else w
        z[0] = 100
        return y, z, w
    """,
    "a view chosen by an expression": """
        y = x * 1
        z = y[1:] if x.sum() > n else x[1:] * 2
        z += 1
        return y, z
    """,
    "a name or an equal array": """
        y = np.zeros(3)
        z = y if x.sum() > n else np.zeros(3)
        return y, z
    """,
    "what an inner function returns": """
        def g(a):
            if a.sum() > n: return a
            return a * 2
        y = x * 1
        z = g(y)
        z += 1
        return y, z
    """,
    "an array squeezed of nothing": """
        y = x.squeeze()
        y += n
        return x, y
    """,
    "an array converted to what it is": """
        y = np.float64(x)
        y += n
        return x, y
    """,
}


def function_of(body):
    lines = [line[8:] for line in body.strip("\n").split("\n")]
    source = "def f(x, n):\n" + "\n".join("    " + line for line in lines) + "\n"
    name = f"<identity {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"np": np}
    exec(compile(source, name, "exec"), scope)
    return scope["f"]


def sharing(result, x):
    arrays = [x, *(result if isinstance(result, tuple) else (result,))]
    return [[(np.shares_memory(a, b), a is b) for a in arrays] for b in arrays]


@pytest.mark.parametrize("name", PROGRAMS)
def test_results_share_memory_as_in_python(name):
    plain = function_of(PROGRAMS[name])
    compiled = braze.jit(plain)
    for n in (0, 1, 2, 5, -100, 100):
        for shape in ((3,), (4, 3)):
            given, wanted = (np.arange(np.prod(shape)).reshape(shape) * 7.0 % 11 for _ in "ab")
            if shape == (4, 3) and "i % 3" in PROGRAMS[name]:
                continue  # rows as conditions
            result, expected = compiled(given, n), plain(wanted, n)
            # What may be a view, as a branch decides, is shown as one.
            check(result, expected, f"n={n}", owned=False)
            check(given, wanted, f"the argument, n={n}")
            assert sharing(result, given) == sharing(expected, wanted), f"n={n}"


LIKE = {
    "like what is computed": "return np.zeros_like(x * 2), np.full_like(x.T * 2, 3)",
    "joins of what is computed": "return np.concatenate([x * 2, x * 3]), np.stack([x, x * 2], -1)",
    "a sum over it": "y = np.zeros_like(x * 2)\ny += x\nreturn y.sum(), y.sum(0), y.sum(1)",
    "padded": "return np.pad(x, 1), np.pad(x * 2, 1)",
}


@pytest.mark.parametrize("name", LIKE)
def test_orders_in_memory_follow_computed_arrays(name):
    plain = function_of("\n".join(" " * 8 + line for line in LIKE[name].split("\n")))
    compiled = braze.jit(plain)
    base = np.random.default_rng(1).standard_normal((7, 9))
    for x in (base, base.T, np.asfortranarray(base), base[::2, ::-1], base[1:], base):
        check(compiled(x, 0), plain(x, 0))
