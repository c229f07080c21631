"""Lists of run-time items in each use that Python has for lists: the same values and types."""

import collections
import itertools  # noqa: F401 (of the programs)
import linecache

import numpy as np
import pytest

import braze

MADE = {
    "sorted": "sorted(x)",
    "sorted by a key": "sorted(x, key=lambda v: -v)",
    "comprehension": "[v * 2 for v in x]",
    "list": "list(x)",
    "appended": "appended(x, n)",
    "filtered": "[v for v in x if v > 0]",
    "accumulated": "list(itertools.accumulate(x))",
    "mapped": "list(map(abs, x))",
    "pairs": "[(v, 1) for v in x]",
    "zipped": "list(zip(x, x))",
    "deque": "collections.deque(x)",
    "text": "[ord(c) for c in s]",
    "counted": "[i for i in range(n)]",
    "tuple": "tuple(v for v in x)",
    "popped": "popped(n)",
    "assigned": "assigned(n)",
}
USES = """L | L[:2] | L[1:] | L[::-1] | L[-2:] | L[:n] | L[n:] | L[0:0] | L + L | L + [1] | L * 2
[*L, 1] | L[:1] + L[1:] | list(L) | tuple(L) | L[0] | L[-1] | len(L) | L.copy() | sorted(L)
list(reversed(L)) | L[:2][0] | np.array(L) | np.array(L[:2]) | sum(L[:2]) | max(L) | (L, L[:2])
[L] | {"a": L[:2]} | L == L | bool(L) | L.index(L[0]) | L.count(L[0]) | str(L) | f"{L}"
[v for v in L[:2]] | isinstance(L, list) | type(L[:2]).__name__ | L[0] in L | any(L[:1])
list(enumerate(L[:2])) | list(zip(L[:2], L[1:])) | [*L[:2]] | np.asarray(L[:2]) * 2"""
ARGUMENTS = [
    (np.array([3.0, -1, 2, 5]), 3, "abc"),
    (np.array([3.0, -1, 2, 5]), 3, "abc"),
    (np.array([1.0, 2]), 2, "xyzzy"),
    (np.arange(9.0), 5, "q"),
]


def appended(x, n):
    made = []
    for i in range(n):
        made.append(x[i % 2])
    return made


def popped(n):
    made = []
    for i in range(n + 3):
        made.append(i * i)
    made.pop()
    made.pop(0)
    return made


def assigned(n):
    made = [1.5] * 4
    for i in range(n):
        made[i % 4] = made[(i + 1) % 4] + i
    return made


def described(value):
    """Return all that a caller can see of a value, types included."""
    if isinstance(value, (list, tuple, collections.deque)):
        return type(value), [described(v) for v in value]
    if isinstance(value, dict):
        return dict, described(list(value.items()))
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return type(value), repr(value)


def outcome(function, arguments):
    try:
        return described(function(*arguments))
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("made", MADE)
def test_uses(made):
    for use in (u.strip() for line in USES.split("\n") for u in line.split(" | ")):
        name = f"<{made}: {use}>"
        source = f"def f(x, n, s):\n    L = {MADE[made]}\n    return {use}\n"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), space := dict(globals()))
        compiled = braze.jit(space["f"])
        for arguments in ARGUMENTS:
            assert outcome(compiled, arguments) == outcome(space["f"], arguments), use
