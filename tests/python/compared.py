"""Calls of compiled functions beside those of the plain ones."""

import copy
import warnings

import numpy as np
from exact import check

import braze


def compiled(function, *calls):
    """Compare calls, and what they change, with the plain function's; count the compiled ones."""
    ours = braze.jit(function)
    for args in calls:
        mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
        check(ours(*mine), function(*theirs))
        check(mine, theirs)
    return ours.stats()["compiled_calls"]


def outcome(call, *args):
    """What a call gives, or the exception that it raises, and what it warns of."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            result = call(*args)
        except Exception as error:
            result = repr(error)
    return result, sorted({str(w.message) for w in seen})


def same_bits(x, y):
    """Whether two results have the same types and bits."""
    assert type(x) is type(y)
    if isinstance(x, tuple):
        return all(map(same_bits, x, y))
    assert np.asarray(x).dtype == np.asarray(y).dtype
    return np.asarray(x).tobytes() == np.asarray(y).tobytes()


def alike(function, compiled, *args):
    """Compare what two functions give, bit by bit, and what they warn of; return the first's."""
    want, got = outcome(function, *args), outcome(compiled, *args)
    assert want[1] == got[1]
    assert same_bits(want[0], got[0])
    return want
