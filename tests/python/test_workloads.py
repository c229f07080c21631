"""Every workload of the collection against NumPy, on inputs in every layout."""

import ctypes
import warnings

import numpy as np
import pytest
from exact import check
from same import assert_same

import braze
from braze.bench import workload

SCALE = 1e-4

# Not compiled as one plan yet; all others run without a call of the plain function.
NOT_WHOLE = {
    *("equalise", "gray_scott", "k_means", "mandelbrot_mask", "masked_mean", "n_body"),
    *("particles", "radial_profile", "ray_sphere", "sieve"),
}

# Results made by numpy.zeros_like and the like have C order whatever the operand's.
IN_ANOTHER_ORDER = {"game_of_life", "n_body", "thomas", "vertical_advection"}


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


def twin(a):
    """Return an array of its own memory with the same strides, alignment and flags."""
    if not isinstance(a, np.ndarray):
        return a
    low, high = np.lib.array_utils.byte_bounds(a)
    memory = np.empty(high - low + 64, np.uint8)
    start = (low - memory.ctypes.data) % 64
    memory[start : start + high - low] = np.ctypeslib.as_array(
        (ctypes.c_uint8 * (high - low)).from_address(low)
    )
    first = start + a.ctypes.data - low
    copy = np.ndarray(a.shape, a.dtype, memory.data, first, a.strides)
    copy.flags.writeable = a.flags.writeable
    return copy


def both_ways(work, compiled, args):
    """Call plain and compiled on twins of the arguments: results, errors, arguments after."""
    plain_args, args = tuple(map(twin, args)), tuple(map(twin, args))
    return (*outcome(work.run, plain_args), plain_args), (*outcome(compiled, args), args)


@pytest.mark.parametrize("name", workload.names())
def test_workload(name):
    work = workload.load(name, "")
    args = small(work)
    assert all(a.size < 2_000_000 for a in args if isinstance(a, np.ndarray))
    compiled = braze.jit(work.run)
    (wanted, error, args_wanted), (got, got_error, args_got) = both_ways(work, compiled, args)
    assert error is None and got_error is None, (error, got_error)
    close_enough(work, got, wanted)
    close_enough(work, args_got, args_wanted)
    if name not in NOT_WHOLE:
        counters = compiled.stats()
        assert (counters["compiled_calls"], counters["plain_calls"]) == (1, 0), counters["reasons"]


def close_enough(work, got, wanted):
    """Compare to the bit where the workload has exact operations alone."""
    if work.exact:
        check(got, wanted, work.name)
    mismatch = workload.mismatch(wanted, got, work.rtol, work.strays)
    assert mismatch is None, mismatch


@pytest.mark.parametrize("name", workload.names())
def test_layouts(name):
    work = workload.load(name, "")
    compiled = braze.jit(work.run)
    for layout in LAYOUTS:
        for given in changed(small(work), layout):
            compare_layout(work, both_ways(work, compiled, given), layout)


def compare_layout(work, outcomes, layout):
    (wanted, error, args_wanted), (got, got_error, args_got) = outcomes
    assert got_error == error, layout
    rtol = 2e-2 if layout == "half" else work.rtol
    if error is None:
        mismatch = workload.mismatch(wanted, got, rtol, work.strays)
        assert mismatch is None, f"{layout}: {mismatch}"
        same_kinds(got, wanted, layout, work.name not in IN_ANOTHER_ORDER)
    mismatch = workload.mismatch(args_wanted, args_got, rtol if work.mutates else 0.0)
    assert mismatch is None, f"{layout}: arguments: {mismatch}"


def same_kinds(got, wanted, what, layout=True):
    """Compare types, dtypes, shapes and order in memory alone."""
    if isinstance(wanted, tuple):
        for g, w in zip(got, wanted, strict=True):
            same_kinds(g, w, what, layout)
        return
    assert type(got) is type(wanted), what
    if isinstance(wanted, int | float):
        return
    assert got.dtype == wanted.dtype, what
    check(np.zeros_like(got), np.zeros_like(wanted), what, layout=layout)


def test_many_steps_of_sweeps():
    work = workload.load("adi", "")
    grid = np.random.default_rng(5).random((9, 9))
    for steps in (1, 5, 10):
        plain, jitted = grid.copy(), grid.copy()
        check(braze.jit(work.run)(steps, jitted), work.run(steps, plain), f"{steps} steps")


@pytest.mark.parametrize("name", workload.names())
def test_threads_give_the_same_bits(name):
    work = workload.load(name, "")
    args = small(work)
    one, two = (braze.jit(work.run, threads=n)(*map(twin, args)) for n in (1, 2))
    check(two, one, name)
    assert_same(one, work.run(*map(twin, args)), ulps=64, what=name)
