"""Functions called with many arguments, plain and compiled: results, errors, changed arguments."""

import copy
import linecache
import warnings
from itertools import count

import numpy as np
from exact import check

import braze

NAMES = count()
SEED = 7
DTYPES = ("f8", "f4", "i8", "u1", "?", "c16")


def function(text, arguments, **names):
    """Make a function of statements; the last one is what it returns."""
    file = f"<adversarial {next(NAMES)}>"
    lines = text.strip("\n").split("\n")
    if not lines[-1].startswith((" ", "return")):
        lines[-1] = f"return {lines[-1]}"
    source = f"def f({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = {"np": np, **names}
    exec(compile(source, file, "exec"), space)
    return space["f"]


def outcome(f, args):
    """Return what a call gives or raises, and the arguments after it."""
    np.random.seed(SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = f(*args)
        except Exception as error:
            result = (type(error).__name__, str(error))
    return result, args


def agree(text, arguments, all_args, ulps=0, compiled=True, **names):
    """Fail unless calls give what plain ones give; each is made twice, and one compiled if so."""
    f = function(text, arguments, **names)
    fast = braze.jit(f)
    for args in all_args:
        for _ in range(2):
            wanted = outcome(f, copied(args))
            got = outcome(fast, copied(args))
            check(got, wanted, f"{text} of {args!r}", ulps)
    stats = fast.stats()
    if compiled:
        assert stats["compiled_calls"] > 0, stats["reasons"]


def copied(args):
    """Copy arguments with their layouts; two that are one stay one."""
    done = {}

    def one(a):
        if not isinstance(a, np.ndarray):
            return copy.deepcopy(a)
        if id(a) not in done:
            base = a if a.base is None else a.base
            fresh = base.copy(order="K")
            first = a.__array_interface__["data"][0] - base.__array_interface__["data"][0]
            done[id(a)] = np.ndarray(a.shape, a.dtype, fresh, first, a.strides)
        return done[id(a)]

    return tuple(one(a) for a in args)


def numbers(shape, dtype="f8", seed=0):
    """Make an array with some negative, some equal and some zero elements."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(-4, 5, shape)
    if np.dtype(dtype).kind in "fc":
        drawn = drawn * 0.75
    if np.dtype(dtype).kind == "c":
        drawn = drawn + 1j * rng.integers(-3, 4, shape)
    return drawn.astype(dtype)


def vectors(dtypes=DTYPES, sizes=(3, 0, 1, 2, 8)):
    """Vectors of several types and sizes, and with other strides."""
    made = [numbers(n, dtype) for dtype in dtypes for n in sizes]
    long = numbers(9, dtypes[0])
    return [*made, long[::2], long[::-1], long[7:1:-3]]


def matrices(dtypes=("f8", "i4"), shapes=((3, 3), (2, 4), (4, 2), (1, 3), (3, 1), (0, 3))):
    """Matrices of several types, shapes and orders in memory."""
    made = [numbers(shape, dtype) for dtype in dtypes for shape in shapes]
    wide = numbers((4, 6), dtypes[0])
    return [*made, np.asfortranarray(wide), wide.T, wide[:, ::2], wide[::-1], wide[1:, 1:]]
