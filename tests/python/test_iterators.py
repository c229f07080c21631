"""Iterators: what is asked of them when, what changes meanwhile, and what uses them up."""

import collections
import itertools
import linecache

import numpy as np
import pytest
from test_uses_of_lists import described

import braze

MADE = {
    "generator": "(q * k for q in x)",
    "generator over a list": "(q * k for q in log)",
    "generator that changes a list": "(log.append(q) or q * k for q in [1, 2, 3])",
    "generator under a condition": "(q for q in log if q < k)",
    "generator of two": "(q * r + k for q in [1, 2] for r in range(2))",
    "map": "map(lambda q: q * k, x)",
    "map that changes a list": "map(lambda q: log.append(q) or q, [1, 2, 3])",
    "filter": "filter(lambda q: q >= k, log)",
    "zip": "zip(log, x)",
    "zip of itself": "(lambda h: zip(h, h))(iter(log))",
    "enumerate": "enumerate(log)",
    "reversed": "reversed(log)",
    "iterator": "iter(log)",
    "iterator of a dict": "iter(names)",
    "items": "names.items()",
    "chain": "itertools.chain(log, x)",
    "islice": "itertools.islice(log, k)",
    "accumulate": "itertools.accumulate(log)",
    "sums": "itertools.accumulate(x)",
    "product": "itertools.product(log, log)",
    "combinations": "itertools.combinations(x, 2)",
    "pairwise": "itertools.pairwise(log)",
    "starmap": "itertools.starmap(lambda a, b: a * b + k, zip(log, [n, 3]))",
}
USES = [
    "return list(g), log",
    "return next(g), list(g), log",
    "k = 5; return list(g), log",
    "log.append(4); return list(g), log",
    "log.clear(); names['c'] = 1; return list(g), log",
    "x[0] = 9; return list(g), log",
    "r = []\n    for v in g: k += 1; r.append(v)\n    return r, k, log",
    "r = []\n    for v in g: r.append((v, len(log)))\n    return r",
    "r = []\n    for v in g: r.append(v); len(log) < 6 and log.append(v)\n    return r, log",
    "r = []\n    for v in g: r.append(v); x[1] += 1\n    return r, x",
    "for v in g: break\n    return v, list(g), log",
    "t = 0\n    for i in range(n):\n        for v in g: t += 1\n    return t",
    "return any(g), list(g), log",
    "return all(g), log",
    "return any(v == 2 for v in g), log",
    "return next((v for v in g), None), log",
    "return list(zip(g, range(2))), list(g), log",
    "return [len(list(g)) + k for k in (1,)], log",
    "m = map(str, g); k = 9; log.append(7); return list(m), log",
    "return isinstance(g, list), type(g).__name__",
]
MODULES = {"itertools": itertools, "collections": collections}
ARGUMENTS = [(np.array([3.0, -1, 2, 5]), 3), (np.array([2.0, 1]), 2), (np.array([0.0, 4, 1]), 7)]


def made_of(source, name):
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    exec(compile(source, name, "exec"), space := {"np": np, **MODULES})
    return space["f"]


def outcome(function, x, n):
    x = x.copy()
    try:
        return described(function(x, n)), x.tobytes()
    except Exception as error:
        return type(error), str(error), x.tobytes()


@pytest.mark.parametrize("made", MADE)
def test_iterators(made):
    before = "k = 2; log = [1, 2, 3]; names = {'a': n, 'b': 2}"
    for use in USES:
        name = f"<{made}: {use}>"
        function = made_of(f"def f(x, n):\n    {before}\n    g = {MADE[made]}\n    {use}\n", name)
        compiled = braze.jit(function)
        for arguments in ARGUMENTS:
            assert outcome(compiled, *arguments) == outcome(function, *arguments), use


MORE = {
    "a list that grows": "L = [*x]\n    for v in L: len(L) < 9 and L.append(v)\n    return L",
    "a list that shrinks": "L = [1, 2, 3]\n    for v in L: L.remove(v)\n    return L",
    "a dict that grows": "d = {'a': n}\n    for k in d: d[k + 'x'] = 1\n    return d",
    "names of a comprehension": "k = 2; g = (v * k for v in x)\n    return [k for k in g], k",
    "a sum": "k = 2; g = (v * k for v in x)\n    return [k + sum(g) for k in (1,)]",
    "nested": "return [[a * b for a in x] for b in (1, n)], {b: [a + b for a in x] for b in (3,)}",
    "late binding": "g = [(v * k for v in x) for k in (1, 2)]\n    return [list(q) for q in g]",
    "in a loop": "g = iter([1, 2]); t = 0\n    for i in range(n): t += sum(g) * i\n    return t",
    "rows in a loop": "g = (v for v in x); t = 0\n    for i in range(n): t += sum(g)\n    return t",
    "walrus": "L = [(y := v) for v in (1, n)]\n    return L, y, any((w := q) > 1 for q in L), w",
    "reversed set": "return list(reversed({1, n}))",
    "an empty list": "L = [i for i in range(n) if i > 5]\n    return np.array(L), np.sum(L)",
    "is": "v = n > 2; return v is True, v is not False, (x[0] > 0) is np.True_, v is None",
    "list": "L = sorted(x); return type(L) is list, type(range(n)), isinstance(L, list)",
    "NaN in a list": "L = [v * np.inf * 0 for v in x]; return [v in L for v in L], x[0] in L",
    "text of nested": "return '{a}'.format(**{'a': {'b': n}}), str([x[0]])",
    "round": "return np.round(n), np.round(len(x)), np.around(int(x[0]))",
    "deque": "L = collections.deque([1, n]); g = (q for q in L); L.append(3); return list(g)",
    "backwards": "for v in reversed(x):\n        x += v\n        assert v < 40\n    return x",
    "hasattr": "L = sorted(x); return hasattr(L, 'append'), hasattr(x, '__call__')",
    "of a range": "return np.shape(range(n)), hasattr(range(n), '__len__'), range(n)[0]",
    "truth of a range": "return bool(range(n)), bool(range(len(x) - 2)), not range(n)",
    "not iterable": "g = map(abs, x[0]); return 1",
    "twice in one": "g = (v * 2 for v in x); return list(zip(g, g)), list(g)",
    "sizes": "v = len(x); return v * 2**62 + v, 2**62 + v * 2**60, v**5, v * 2**60 > v",
}


@pytest.mark.parametrize("made", MORE)
@pytest.mark.filterwarnings("ignore")
def test_as_python_does(made):
    function = made_of(f"def f(x, n):\n    {MORE[made]}\n", f"<{made}>")
    compiled = braze.jit(function)
    for x, n in [*ARGUMENTS, (np.zeros(70000), 1), (np.array([0.0, np.nan]), 5)]:
        if len(x) < 99 or made == "sizes":
            assert outcome(compiled, x, n) == outcome(function, x, n)


DRAWING = {
    "any": "any(RNG.random() > 0.7 for v in x)",
    "all": "all(x[i] > RNG.random() for i in range(n))",
    "next": "next(RNG.random() + v for v in x)",
    "list": "[RNG.random() for v in x if v > 0]",
    "map": "list(map(lambda v: v + RNG.random(), [1, 2, 3]))",
    "later": "(lambda g: (RNG.random(), list(g)))(RNG.random() for _ in range(3))",
}


@pytest.mark.parametrize("drawn", DRAWING)
def test_no_number_is_drawn_by_an_attempt_that_is_given_up(drawn):
    source = f"def f(x, n):\n    a = {DRAWING[drawn]}\n    return a, RNG.random()\n"
    function = made_of(source, f"<drawn by {drawn}>")
    compiled = braze.jit(function)
    for x, n in ARGUMENTS * 2:
        function.__globals__["RNG"] = np.random.default_rng(n)
        wanted = outcome(function, x, n), function.__globals__["RNG"].random()
        function.__globals__["RNG"] = np.random.default_rng(n)
        assert (outcome(compiled, x, n), function.__globals__["RNG"].random()) == wanted


def test_defaults_that_change_are_not_traced():
    space = {}
    exec("def h(v, kept=[]):\n    kept.append(v)\n    return list(kept)", space)
    function = made_of("def f(x, n):\n    return h(n), h(1)", "<defaults>")
    function.__globals__["h"] = space["h"]
    wanted = [function(None, 3), function(None, 4)]
    space["h"].__defaults__[0].clear()
    compiled = braze.jit(function)
    assert [compiled(None, 3), compiled(None, 4)] == wanted
