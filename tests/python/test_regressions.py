"""Programs that once gave another answer than NumPy, each in as few lines as show it."""

import warnings

import numpy as np
import pytest
from edges import define
from exact import check

import braze


def outcome(function, args):
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


def twin(a):
    return a.copy(order="K") if isinstance(a, np.ndarray) else a


def same(source, *args, ulps=0):
    """Fail unless the function of a text gives what it gives plainly, twice."""
    plain = define(source)
    compiled = braze.jit(plain)
    for _ in range(2):
        mine, theirs = [twin(a) for a in args], [twin(a) for a in args]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            wanted, got = outcome(plain, theirs), outcome(compiled, mine)
        check(got, wanted, source, ulps)
        check(mine, theirs, f"arguments of {source}")


def body(lines, parameters="x"):
    return f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in lines.split("; "))


@pytest.mark.parametrize("columns", [128, 129, 256, 1000, 2000])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_integer_sum_beside_a_sum_of_floats(columns, dtype):
    x = np.ones((3, columns), dtype)
    same(body("m = ~np.isnan(x); return m.sum(axis=1), (x * 2).sum(axis=1), x.max(axis=1)"), x)
    same(body("i = x.astype('i8') + 2; return i.prod(axis=1), i.sum(axis=1), x.sum(axis=1)"), x)
    same(body("return np.nanmean(x, axis=1)"), x)
