"""What NumPy code may do to an array while it is recorded, against NumPy itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from same import assert_same

import braze
from braze import _core

RNG = np.random.default_rng(7)
X = RNG.random((4, 5)) * 4 - 2
Y = RNG.random((4, 5)) + 0.5
INTS = RNG.integers(-9, 9, (4, 5))
B = X > 0
FLOATS = {np.float16: 2e-3, np.float32: 1e-6, np.float64: 1e-14}


def check(function, *arguments, ulps=8):
    """Compile from source and from a trace, run both, and compare with NumPy."""
    wanted = function(*arguments)
    for mode in ("script", "trace"):
        got = braze.jit(function, mode=mode, fallback=False)(*arguments)
        assert_same(got, wanted, ulps, mode)


# One line each: the name says what is tried.
EXPRESSIONS = {
    "reflected": lambda x: (2 - x, 2 / x, 1 + x, 3 * x, 2**x, 5 % x, 7 // x),
    "comparisons": lambda x: (x < 1, x <= 1, x > 1, x >= 0, x == x, x != 0),
    "signs": lambda x: (-x, +x, abs(x), np.sign(x), np.abs(x), np.fabs(x)),
    "rounding": lambda x: (np.floor(x), np.ceil(x), np.trunc(x), np.rint(x), x.round()),
    "attributes": lambda x: (x.shape, x.ndim, x.size, x.T, x.nbytes, x.mT, len(x)),
    "dtype": lambda x: x.astype(x.dtype) if x.dtype == np.float64 else x,
    "reductions": lambda x: (x.sum(), x.mean(0), x.max(axis=1), x.min(axis=(0, 1)), x.prod(-1)),
    "keepdims": lambda x: (np.sum(x, axis=0, keepdims=True), np.max(x, 1, keepdims=True)),
    "deviations": lambda x: (x.var(), x.std(axis=0), np.var(x, axis=1, ddof=1), np.std(x)),
    "truths": lambda x: ((x > 0).any(), (x > 0).all(axis=0), np.any(x > 1, axis=1)),
    "places": lambda x: (x.argmax(), x.argmin(axis=0), np.argmax(x, axis=-1)),
    "ufunc_reduce": lambda x: (np.add.reduce(x), np.maximum.reduce(x, axis=1)),
    "where": lambda x: (np.where(x > 0, x, 0), np.where(x > 0, 1.0, 2.0), np.where(x > 0, 1, 0)),
    "clip": lambda x: (np.clip(x, -1, 1), x.clip(0, None), np.clip(x, None, 0.5), x.clip(min=0)),
    "min_max": lambda x: (np.maximum(x, 0), np.minimum(x, x.T.T), np.fmax(x, 1), np.fmin(x, -1)),
    "rows": lambda x: (x[0], x[-1], x[1:3], x[:, 2], x[..., -1], x[::2, ::-1], x[2, 3]),
    "new_axes": lambda x: (x[:, None], x[None], x[..., None], np.expand_dims(x, 1), x[0, None, :]),
    "reshape": lambda x: (x.reshape(5, 4), x.reshape(-1), x.reshape((2, -1)), x.ravel() + 1),
    "reshape_sizes": lambda x: x.reshape(x.shape[1], x.shape[0]) + x.reshape(-1, x.shape[0]),
    "transpose": lambda x: (x.transpose(), x.transpose(1, 0), np.transpose(x, (1, 0)),
                            x.swapaxes(0, 1), np.moveaxis(x, 0, 1)),
    "squeeze": lambda x: (x[:, :1].squeeze(1), np.squeeze(x[:1]), x[:1, :1].squeeze()),
    "flip": lambda x: (np.flip(x), np.flip(x, 0), x[::-1]),
    "broadcast_to": lambda x: np.broadcast_to(x[0], (3, 5)) + 1,
    "dot": lambda x: (x @ x.T, np.dot(x, x.T), x[0] @ x[1], np.matmul(x.T, x), x.dot(x[0])),
    "diff": lambda x: (np.diff(x), np.diff(x, axis=0)),
    "norm": lambda x: np.linalg.norm(x, axis=1),
    "makers": lambda x: (np.zeros(3) + x[:3, 0], np.ones_like(x), np.full_like(x, 7)),
    "arange": lambda x: (np.arange(x.shape[0]) + x.T, np.arange(1, 4), np.arange(0, 1, 0.25)),
    "constants": lambda x: x[:, :3] * np.array([0.299, 0.587, 0.114]) + np.pi - np.e,
    "lists": lambda x: x[:, :3] + [1, 2, 3],
    "casts": lambda x: (x.astype(np.float32), x.astype(int), np.float32(x), np.int64(x[0, 0])),
    "numpy_scalars": lambda x: (x * np.float32(2), x + np.int8(1), np.float64(3) * x),
    "weak_ufuncs": lambda x: (np.sqrt(2) * x, np.exp(1.0), np.sqrt(x.shape[0]) * x, np.add(1, 2)),
    "scalar_chain": lambda x: (x.sum() * 2 + 1) / x.size - x.mean(),
    "zero_d": lambda x: np.exp(x.sum()) + x[0, 0] * x[1, 1],
    "degrees": lambda x: (np.degrees(x), np.radians(x), np.rad2deg(x), np.deg2rad(x)),
    "divmod": lambda x: divmod(x, 1.5),
    "atleast": lambda x: (np.atleast_1d(x.sum()), np.atleast_2d(x[0]), np.asarray(x) + 1),
    "copies": lambda x: (x.copy(), x.flatten(), np.zeros((2, 2)), np.copy(x), np.array(x), +x),
    "sizes": lambda x: (x.shape[0] * 2, x.shape[0] // 2 + x.shape[1] % 3, -x.shape[0], x.size - 1),
    "two_floats": lambda x: x * (x.shape[0] > 3) + (x.shape == (4, 5)),
    "scalar_methods": lambda x: (x[0, 0].T, x.sum().transpose(), x.max().squeeze(), x.sum().copy()),
    "scalar_arrays": lambda x: (x[0, 0].reshape(-1), x.sum().ravel(), np.ndim(x[0, 0])),
    "rounded_sizes": lambda x: (np.floor(len(x)), np.ceil(x.shape[1] * 2), np.rint(3)),
    "min_of_sizes": lambda x: x[: min(x.shape), : max(2, 3)],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression(name):
    with np.errstate(all="ignore"):
        check(EXPRESSIONS[name], X)


@pytest.mark.parametrize("dtype", FLOATS)
def test_float_dtypes(dtype):
    x = X.astype(dtype)
    check(lambda x: (x + 1, x * 0.5, x / 3, x**2, x.max(), x > 0, np.sqrt(np.abs(x))), x)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint32])
def test_integer_dtypes(dtype):
    i = INTS.astype(dtype)
    check(lambda i: (i + 1, i * 3, i // 2, i % 3, -i, i**3, i**0, i & 3, i | 1, i ^ 2, ~i), i)
    check(lambda i: (i << 1, i >> 1, i / 2, i * 0.5, i.sum(), i.max(), i.mean(), i > 2, abs(i)), i)


def test_bools():
    check(lambda b, c: (b & c, b | c, b ^ c, ~b, b.sum(), b + c, b * 2, b * 1.5, b == c), B, ~B)


def test_logic():
    check(lambda x, y: (np.logical_and(x > 0, y > 1), np.logical_not(x > 0), np.isnan(x)), X, Y)


@pytest.mark.parametrize(
    "exponent",
    [
        0,
        1,
        2,
        3,
        -1,
        -2,
        0.5,
        -0.5,
        1.0,
        2.0,
        -1.0,
        2.5,
        True,
        np.float64(2),
        np.float32(0.5),
        np.int64(2),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_powers_of_floats(exponent, dtype):
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 2.0, 0.3], dtype)
    exact = exponent in (0, 1, 2, -1, 0.5)
    with np.errstate(all="ignore"):
        check(lambda x, e=exponent: x**e, special, ulps=0 if exact else 2)
        check(lambda x, e=exponent: np.power(x, e), special, ulps=0 if exact else 2)


def test_the_power_of_an_argument():
    compiled = braze.jit(lambda x, p: x**p, fallback=False)
    for p in (2, 0.5, 3, -1, 2.5):
        assert_same(compiled(Y, p), Y**p, ulps=2)


def test_integers_to_negative_powers_raise():
    with pytest.raises(ValueError, match="negative integer powers"):
        braze.jit(lambda i: i**-1)(INTS)


def test_small_integers_meet_python_ints():
    i = INTS.astype(np.int8)
    check(lambda i, k: i + k, i, 3)
    with pytest.raises(OverflowError):
        braze.jit(lambda i, k: i + k)(i, 300)


bounds = st.none() | st.integers(-9, 9)
steps = st.none() | st.integers(-4, 4).filter(bool)
slices = st.builds(slice, bounds, bounds, steps)


@settings(max_examples=150, deadline=None)
@given(slices, slices, st.integers(0, 6), st.integers(0, 6))
def test_slices_are_pythons(rows, columns, n, m):
    x = np.arange(n * m, dtype=float).reshape(n, m)
    compiled = braze.jit(lambda x: x[rows, columns], fallback=False, mode="script")
    assert_same(compiled(x), x[rows, columns])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=4), slices)
def test_one_specialisation_never_lies(sizes, part):
    """Other sizes reuse the code only where its checks hold."""
    compiled = braze.jit(lambda x: x[part] * 2)
    for n in sizes:
        x = np.arange(float(n))
        assert_same(compiled(x), x[part] * 2)


def test_every_elementwise_op_has_numpys_name():
    missing = [
        name
        for name, row in _core.ops.items()
        if row["kind"] == "elementwise" and not hasattr(np, name)
    ]
    parts = {"real_part", "imag_part", "from_parts", "modulus"}  # of complex numbers
    own = {"whole_power", "erf", "mantissa", "exponent", "c_copy", "laid_as"}
    assert set(missing) == own | parts


UNARY = [
    n
    for n, r in _core.ops.items()
    if r["kind"] == "elementwise" and r["arity"] == 1 and isinstance(getattr(np, n, None), np.ufunc)
]
BINARY = [
    n
    for n, r in _core.ops.items()
    if r["kind"] == "elementwise" and r["arity"] == 2 and isinstance(getattr(np, n, None), np.ufunc)
]


@pytest.mark.parametrize("name", UNARY + BINARY)
def test_every_ufunc_of_the_table(name):
    ufunc = getattr(np, name)
    integers = _core.ops[name]["rule"] in ("bits", "shift")
    operands = [np.abs(INTS) % 5, np.abs(INTS) % 3] if integers else [Y / 3, Y / 2]
    if name == "ldexp":
        operands[1] = np.asarray_chkfinite(INTS)
    names = {"f": ufunc}
    exec(
        f"def g({'x' if ufunc.nin == 1 else 'x, y'}):\n"
        f"    return f({'x' if ufunc.nin == 1 else 'x, y'})",
        names,
    )
    arguments = operands[: ufunc.nin]
    got = braze.jit(names["g"], fallback=False, mode="trace")(*arguments)
    assert_same(got, ufunc(*arguments), ulps=4)


def test_values_do_not_outlive_their_recording():
    kept = []

    def f(x):
        kept.append(x)
        return x

    assert_same(braze.jit(f)(X), X)
    assert kept[0] is X


def test_the_dtype_of_a_ufunc():
    check(lambda x: (np.add(x, 1, dtype=np.float32), np.exp(x, dtype=np.float32)), X)
    check(lambda i: (np.sqrt(abs(i), dtype=np.float64), np.add(i, i, dtype=np.float32)), INTS)
    with pytest.raises(TypeError):
        braze.jit(lambda x: np.add(x, 1, dtype=np.int64))(X)


def test_unsupported_functions_are_named():
    with pytest.raises(braze.CompileError, match="numpy.asarray_chkfinite"):
        braze.script(lambda x: np.asarray_chkfinite(x))(X)
    with pytest.raises(braze.CompileError, match="with where= and no out="):
        braze.script(lambda x: np.add(x, x, where=x > 0))(X)
