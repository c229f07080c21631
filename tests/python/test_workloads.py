"""Every workload of the collection against NumPy, on inputs in every layout."""

import warnings

import numpy as np
import pytest
from exact import check
from same import assert_same

import braze
from braze.bench import workload

SCALE = 1e-4


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def every_second(a):
    """Return the same elements, two apart along each axis."""
    for axis in range(a.ndim):
        a = np.repeat(a, 2, axis=axis)
    return a[(slice(None, None, 2),) * a.ndim]


def backwards(a):
    """Return the same elements with negative strides."""
    everywhere = (slice(None, None, -1),) * a.ndim
    return np.ascontiguousarray(a[everywhere])[everywhere]


LAYOUTS = {
    "contiguous": lambda a: a,
    "transposed": np.asfortranarray,
    "strided": every_second,
    "negative": backwards,
    "broadcast": lambda a: np.broadcast_to(a[:1], a.shape),
    "one element everywhere": lambda a: np.broadcast_to(a.ravel()[0], a.shape),
    "one row": lambda a: a[:1],
    "empty": lambda a: a[:0],
    "empty along the last axis": lambda a: a[..., :0],
    "three elements": lambda a: a[:3],
    "float64": lambda a: a.astype(np.float64) if a.dtype.kind == "f" else a,
    "half": lambda a: a.astype(np.float16) if a.dtype.kind == "f" else a,
    "unaligned": lambda a: shifted(a),
}


def shifted(a):
    memory = np.zeros(a.nbytes + 1, np.uint8)
    moved = memory[1:].view(a.dtype).reshape(a.shape)
    moved[...] = a
    return moved


def small(work):
    """Return the workload's inputs, long axes cut: rows of 1024 stay 1024."""
    values = work.inputs(np.random.default_rng(3), SCALE)
    return tuple(v.copy() if isinstance(v, np.ndarray) else v for v in values)


def outcome(f, args):
    try:
        return f(*args), None
    except Exception as error:
        return None, (type(error), str(error))


def changed(args, layout):
    """Return each choice of arguments to change: all of them, and each by itself."""
    arrays = [i for i, a in enumerate(args) if isinstance(a, np.ndarray) and a.ndim]
    for chosen in [arrays, *([i] for i in arrays if len(arrays) > 1)]:
        yield tuple(LAYOUTS[layout](a) if i in chosen else a for i, a in enumerate(args))


@pytest.mark.parametrize("name", workload.names())
def test_workload(name):
    work = workload.load(name, "")
    args = small(work)
    assert max(a.size for a in args if isinstance(a, np.ndarray)) < 2_000_000
    compiled = braze.jit(work.run)
    wanted = work.run(*args)
    mismatch = workload.mismatch(wanted, compiled(*args), work.rtol)
    assert mismatch is None, mismatch
    counters = compiled.stats()
    assert (counters["compiled_calls"], counters["plain_calls"]) == (1, 0), counters["reasons"]
    for layout in LAYOUTS:
        for given in changed(args, layout):
            kept = [a.copy() if isinstance(a, np.ndarray) else a for a in given]
            wanted, error = outcome(work.run, given)
            got, got_error = outcome(compiled, given)
            assert got_error == error, layout
            if error is None:
                half = layout == "half"
                mismatch = workload.mismatch(wanted, got, 2e-2 if half else work.rtol)
                assert mismatch is None, f"{layout}: {mismatch}"
                same_kinds(got, wanted, layout)
            for before, after in zip(kept, given, strict=True):
                check(after, before, f"{layout}: an argument changed", layout=False)


def same_kinds(got, wanted, what):
    """Compare types, dtypes, shapes and order in memory alone."""
    if isinstance(wanted, tuple):
        for g, w in zip(got, wanted, strict=True):
            same_kinds(g, w, what)
        return
    assert type(got) is type(wanted) and got.dtype == wanted.dtype, what
    check(np.zeros_like(got), np.zeros_like(wanted), what)


@pytest.mark.parametrize("name", workload.names())
def test_threads_give_the_same_bits(name):
    work = workload.load(name, "")
    args = small(work)
    one, two = (braze.jit(work.run, threads=n)(*args) for n in (1, 2))
    check(two, one, name)
    assert_same(one, work.run(*args), ulps=64, what=name)
