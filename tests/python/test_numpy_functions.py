"""NumPy functions in one-line programs against NumPy: dtypes, shapes, layouts, options, errors."""

import warnings

import functions
import numpy as np
import pytest
from edges import define, edge_values
from exact import check
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ops_numpy import outcome

import braze

DTYPES = ["f8", "f4", "f2", "i8", "i4", "u1", "?"]
SHAPES = [(), (0,), (1,), (4,), (9,), (3, 4), (1, 3), (3, 1), (0, 3), (2, 3, 4), (300,)]
# Programs whose steps call what is exact to 1 ulp only, or sum in an order of their own.
NEAR = (
    "sinc", "geomspace", "logspace", "unwrap", "angle", "dot", "inner", "outer", "vec", "mat",
    "norm", "cov", "corrcoef", "tensordot", "m @ v", "convolve", "float_power", "average",
)  # fmt: skip
# Of zeros that differ in sign NumPy returns either, as the loop for a layout has it.
EITHER_ZERO = ("max", "min")
REDUCTIONS = ["sum", "prod", "mean", "var", "std", "max", "min", "any", "all"]


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def layouts(x):
    """Return the array in orders of memory that NumPy's results depend on."""
    yield x
    if x.ndim:
        yield x[::-1]
        yield np.repeat(x, 2, -1)[..., ::2]
    if x.ndim > 1:
        yield np.asfortranarray(x)
        yield np.ascontiguousarray(x.swapaxes(0, -1)).swapaxes(0, -1)


def operands(shape, dtype, seed):
    """Return small whole numbers, and the edges of the dtype."""
    count = int(np.prod(shape))
    small = np.random.default_rng(seed).integers(0, 6, count).astype(dtype)
    edges = np.resize(edge_values(dtype, 37, seed), count)
    return [a.reshape(shape).copy() for a in (small, edges)]


@st.composite
def arrays(draw, shapes=SHAPES):
    values = operands(
        draw(st.sampled_from(shapes)), draw(st.sampled_from(DTYPES)), draw(st.integers(0, 3))
    )
    choices = [a for x in values for a in layouts(x)]
    return draw(st.sampled_from(choices))


def compare(text, names, examples):
    plain = define(f"def f({names}):\n    return {text}\n")
    compiled = braze.jit(plain)
    for args in examples:
        wanted, error = outcome(plain, args)
        got, got_error = outcome(compiled, args)
        what = f"{text} {args[0].dtype}{args[0].shape}{args[0].strides}"
        assert got_error == error, f"{what}: {got_error} instead of {error}"
        if error is None:
            if any(word in text for word in EITHER_ZERO):
                got, wanted = unsigned_zeros(got), unsigned_zeros(wanted)
            ulps = tolerance(text, args)
            got = got if ulps == 0 else without_cancellation(got, wanted, args)
            check(got, wanted, what, ulps=ulps, layout=keeps_layout(text, args))
    return compiled


def without_cancellation(got, wanted, args):
    """Return `got` with what differs by less than a rounding of the largest operand as wanted.

    Sums of large values that cancel tell another order of summation by all of their digits.
    """
    if not isinstance(got, (np.ndarray, np.floating)) or got.dtype.kind != "f":
        return got
    if type(got) is not type(wanted) or got.shape != wanted.shape or got.dtype != wanted.dtype:
        return got
    finite = [np.abs(a[np.isfinite(a)].astype("f8")) for a in args if a.dtype.kind == "f"]
    largest = max((a.max() for a in finite if a.size), default=0.0)
    rounding = 64 * float(np.finfo(got.dtype).eps) * largest
    near = np.isfinite(got) & np.isfinite(wanted)
    near &= np.abs(np.subtract(got, wanted, dtype="f8")) <= rounding
    if isinstance(got, np.floating):
        return wanted if near else got
    if not got.flags.writeable:
        return got
    np.copyto(got, wanted, where=near)
    return got


def unsigned_zeros(result):
    """Return a result of floats with no zero but +0.0."""
    floats = isinstance(result, (np.ndarray, np.floating)) and result.dtype.kind == "f"
    return result + result.dtype.type(0) if floats else result


def tolerance(text, args):
    """Return the ulps that results may differ by."""
    near = any(word in text for word in NEAR)
    ordered = all(a.flags.c_contiguous for a in args)
    return 0 if ordered and not near else 1 << 12


def keeps_layout(text, args):
    """Tell whether the order of the result in memory is NumPy's: see docs/python.md."""
    fills = any(word in text for word in ("pad", "gradient", "prepend"))
    return not fills or all(a.flags.c_contiguous for a in args)


@pytest.mark.parametrize("text", functions.ANY + functions.OPTIONS)
@settings(max_examples=12, deadline=None)
@given(st.lists(arrays(), min_size=1, max_size=4))
def test_functions(text, xs):
    compare(text, "x, y", [(x, x) for x in xs])


@pytest.mark.parametrize("op", REDUCTIONS)
@settings(max_examples=4, deadline=None)
@given(st.lists(arrays(), min_size=1, max_size=3))
def test_reductions(op, xs):
    for text in functions.REDUCING:
        compare(text.format(f=f"np.{op}", m=op), "x, y", [(x, x) for x in xs])


@pytest.mark.parametrize("text", functions.VECTORS)
@settings(max_examples=10, deadline=None)
@given(arrays([(3,), (5,), (1,), (0,)]))
def test_products_and_makers(text, v):
    w = v[::-1] + v.dtype.type(1)
    table = np.resize(v, (3, len(v))) if len(v) else np.zeros((3, 0), v.dtype)
    compare(text, "v, w, m", [(v, w, table)])
