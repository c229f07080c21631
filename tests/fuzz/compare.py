"""Runs a program plainly and compiled and says where they differ: everything a caller can see."""

import contextlib
import io
import re
import traceback
import warnings

import numpy as np
from exact import check
from same import assert_same

import braze
from fuzz.writer import function_of

# Of zeros that differ in sign NumPy returns either here, as the loop for a layout has it.
EITHER_ZERO = re.compile(r"max|min|clip|sort|bounded|ends")
# Results of functions that neither rounds correctly.
INEXACT = re.compile(r"np\.(exp|sin|cos|log|log1p|tanh|arctan|cbrt)\(")
ULPS = 8


def outcome(function, args):
    """Return what a call gives: its result, or the type, text and line of its error."""
    try:
        return function(*args)
    except RecursionError:
        raise
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        # Python itself gives another line where it joins two instructions.
        unbound = isinstance(error, UnboundLocalError)
        return "raised", type(error).__name__, str(error), 0 if unbound else line


def arrays_in(result):
    if isinstance(result, np.ndarray):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (tuple, list)):
        return [a for part in result for a in arrays_in(part)]
    return []


def sharing(result, args):
    """Return which arrays of a result are the same, or show the same memory, as which others."""
    found = [a for a in arrays_in(result) if a.size]
    known = [*found, *(a for a in args if isinstance(a, np.ndarray))]
    return [[(x is y, np.shares_memory(x, y)) for y in known] for x in found]


def without_signs(result):
    """Return a result whose zeros and infinities have no sign."""
    if isinstance(result, (tuple, list)):
        return type(result)(map(without_signs, result))
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype.kind == "f":
        plain = np.where((result == 0) | np.isinf(result), np.abs(result), result)
        return plain if isinstance(result, np.ndarray) else result.dtype.type(plain)
    return abs(result) if type(result) is float and result == 0 else result


def matches(got, wanted, what, source, layout):
    ulps = ULPS if INEXACT.search(source) else 0
    try:
        check(got, wanted, what, ulps, layout)
    except AssertionError:
        if not EITHER_ZERO.search(source):
            raise
        check(without_signs(got), without_signs(wanted), what, ulps, layout=False)


def run(function, args, errors):
    """Return what a call gives and does besides: lines printed, the global COUNT, warnings."""
    printed = io.StringIO()
    space = getattr(function, "__wrapped__", function).__globals__
    space["COUNT"] = 0
    with (
        contextlib.redirect_stdout(printed),
        warnings.catch_warnings(record=True) as caught,
        np.errstate(all=errors, under="ignore"),
    ):
        warnings.simplefilter("ignore" if errors == "ignore" else "always")
        result = outcome(function, args)
    told = [(str(w.message), w.lineno) for w in caught if w.category is RuntimeWarning]
    return result, printed.getvalue().count("\n"), space["COUNT"], told


def compare_calls(family, source, compiled, plain):
    """Fail unless two functions, each given with its arguments, do the same."""
    text = source[source.rindex("def f(") :]
    layout = family.layout
    (wanted, *done), (got, *did) = (run(*call, family.errors) for call in (plain, compiled))
    got, wanted = family.contents(got), family.contents(wanted)
    mine, theirs = family.contents(compiled[1]), family.contents(plain[1])
    if family.ulps:
        assert_same(got, wanted, family.ulps, "result")
        assert_same(mine, theirs, family.ulps, "arguments")
    else:
        matches(got, wanted, "result", text, layout)
        matches(mine, theirs, "arguments", text, True)
    assert did == done, f"lines printed, COUNT, warnings: {did} instead of {done}"
    assert sharing(got, mine) == sharing(wanted, theirs), "memory is shared otherwise"


def difference(family, source, kinds, mode):
    """Return how compiled and plain differ, and at which call; None if they agree."""
    try:
        plain = function_of(source)
    except SyntaxError:  # a `global` behind a use of the name
        return None
    compiled = braze.jit(plain, mode=mode)
    for number, kind in enumerate(kinds):
        mine, theirs = family.prepare(kind), family.prepare(kind)
        for _ in range(family.times):
            try:
                compare_calls(family, source, (compiled, mine), (plain, theirs))
            except AssertionError as error:
                return str(error), number
    faults = [r for r in compiled.stats()["reasons"] if "a fault of braze" in r]
    return (faults[0], len(kinds) - 1) if faults else None
