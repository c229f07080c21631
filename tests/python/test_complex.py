"""Complex numbers against NumPy and Python, to the bit: ops, layouts, promotion, sums, scalars."""

import warnings

import numpy as np
import pytest
from edges import define, edge_values, layouts
from exact import check
from hypothesis import given, settings
from hypothesis import strategies as st

import braze
from braze import _core

DTYPES = ["F", "D"]
ROWS = {
    name: row
    for name, row in _core.ops.items()
    if row["complex"] and isinstance(getattr(np, name, None), np.ufunc)
}


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def values(dtype, count=37, seed=0):
    return edge_values(dtype, count, seed)


def numbers(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)


def both(f, *args, compiled=True, what="", ulps=0):
    """Fail unless the compiled function gives what the plain one gives, without calling it."""
    jitted = braze.jit(f)
    wanted = f(*args)
    check(jitted(*args), wanted, what, ulps)
    check(jitted(*args), wanted, what, ulps)
    stats = jitted.stats()
    plain = stats["plain_calls"] + stats["divided_calls"]
    assert (plain == 0) == compiled, (what, stats["reasons"])


# Ops


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", [n for n, row in ROWS.items() if row["arity"] == 1])
def test_unary(op, dtype):
    f = define(f"def f(x):\n    return np.{op}(x)\n")
    compiled = braze.jit(f)
    for name, x in layouts(values(dtype)).items():
        check(compiled(x), f(x), f"{op} {dtype} {name}")
    both(f, values(dtype, 5000, 3), what=op)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", [n for n, row in ROWS.items() if row["arity"] == 2])
def test_binary(op, dtype):
    f = define(f"def f(x, y):\n    return np.{op}(x, y)\n")
    compiled = braze.jit(f)
    x, y = values(dtype), values(dtype, seed=1)[::-1].copy()
    check(compiled(x[:, None], y), f(x[:, None], y), f"{op} all pairs")
    table = layouts(x)
    for (name, a), b in zip(table.items(), layouts(y).values(), strict=True):
        check(compiled(a, b), f(a, b), f"{op} {dtype} {name}")
    for a, b in [
        (table["transposed"], table["2-d"].reshape(table["transposed"].shape)),
        (table["2-d"], table["one row"]),
        (table["odd"], table["0-d"]),
        (table["empty 2-d"], table["one"]),
    ]:
        check(compiled(a, b), f(a, b), f"{op} {dtype} {a.shape} {b.shape}")
    both(f, values(dtype, 5000, 3), values(dtype, 5000, 4), what=op)


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_and_logic(dtype):
    def f(m, x, y):
        return np.where(m, x, y), np.logical_and(x, y), np.logical_not(x), np.logical_xor(x, y)

    x, y = values(dtype, 200), values(dtype, 200, 1)
    both(f, x.real > 0, x, y)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("other", ["?", "i1", "i4", "u8", "f2", "f4", "f8", "F", "D"])
def test_promotion(dtype, other):
    def f(x, y):
        return x + y, x * y, y - x, x / y, x == y, np.where(y == 0, x, y)

    both(f, numbers(50, dtype), numbers(50, "D", 1).astype(other), what=other)


@pytest.mark.parametrize("dtype", ["?", "i2", "i8", "f2", "f4", "f8", "F", "D"])
def test_python_numbers_are_weak(dtype):
    def f(x, z, r):
        return 1j * x, x + (2 - 1j), x * z, z - x, x / (1 + 2j), x * r, 3 * (x + 0j), x * 2.5

    x = numbers(60, "D").astype(dtype)
    both(f, x, 0.5 - 3j, 1.5, what=dtype)


@pytest.mark.parametrize("source", ["?", "i1", "i8", "u4", "f2", "f4", "f8", "F", "D"])
def test_casts(source):
    x = edge_values(source)
    both(lambda x: (x.astype("F"), x.astype("D"), x.astype(bool)), x, what=source)


def test_a_cast_that_drops_imaginary_parts_is_numpys():
    f = braze.jit(lambda z: (z * 2).astype("f8"))
    z = numbers(9, "D")
    with pytest.warns(np.exceptions.ComplexWarning):
        warnings.simplefilter("always")
        check(f(z), (z * 2).real.copy())


@pytest.mark.parametrize("dtype", DTYPES)
def test_powers(dtype):
    both(lambda z: (z**2, z**1, z**-1), values(dtype, 300))
    z = values(dtype, 300)
    check(braze.jit(lambda z: z**3 + z**0.5 - z**2.0)(z), z**3 + z**0.5 - z**2.0)


# Parts


@pytest.mark.parametrize("dtype", DTYPES)
def test_parts(dtype):
    def f(z):
        return z.real + z.imag, z.real**2 + z.imag**2, np.angle(z), z.conj() * z, np.isreal(z)

    z = numbers((13, 7), dtype)
    both(f, z, ulps=3)  # of arctan2, of which NumPy's own is two ulps off
    both(lambda z: (abs(z), np.abs(z) ** 2, (z * z.conj()).real.sum()), numbers((13, 7), dtype))
    both(lambda z: z.real[1:] + z.imag[:-1].T.sum() + z.T.real.max(), numbers((9, 4), dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_parts_are_views(dtype):
    z = numbers((5, 6), dtype)
    f = braze.jit(lambda z: (z.real, z.imag[1:, ::2], z.T.imag))
    for got, wanted in zip(f(z), (z.real, z.imag[1:, ::2], z.T.imag), strict=True):
        check(got, wanted)
        assert got.strides == wanted.strides and np.shares_memory(got, z)
    assert f.stats()["plain_calls"] == 0, f.stats()["reasons"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_parts_of_computed_arrays(dtype):
    z = numbers((5, 6), dtype)
    f = lambda z: ((z * 2).real, (z * 3).imag, (z + 1).T.real, z.astype("D").real[1:])  # noqa: E731
    both(f, z)
    for part in braze.jit(f)(z):
        assert part.base is not None


def test_changes_of_parts():
    def f(z, x):
        z.real[1:] += x
        z.imag = 2
        return z * 1j

    z, x = numbers(8, "D"), np.arange(7.0)
    a, b = z.copy(), z.copy()
    check(braze.jit(f)(a, x), f(b, x))
    check(a, b)


def test_changes():
    def f(z, w):
        z[1:-1] += w[2:] * z[:-2]
        z[0] = 1
        z[z.real > 0] = 2j
        z *= 0.5 - 1j
        return z + 1

    for dtype in DTYPES:
        z, w = numbers(20, dtype), numbers(20, dtype, 1)
        a, b = z.copy(), z.copy()
        check(braze.jit(f)(a, w), f(b, w))
        check(a, b)


@pytest.mark.parametrize("dtype", DTYPES)
def test_reversed_arrays_are_numpys(dtype):
    def f(z, w):
        return z[::-1] * w, w * z, abs(z[::-1]), abs(z)

    z, w = numbers(101, dtype), numbers(101, dtype, 1)
    check(braze.jit(f)(z, w), f(z, w))
    check(braze.jit(f)(z[::-1], w), f(z[::-1], w))


# Sums


@pytest.mark.parametrize("dtype", DTYPES)
def test_sums_of_all_lengths(dtype):
    f = braze.jit(lambda z: (z.sum(), (z * z).sum(), z.mean()))
    for n in [*range(1, 140), 255, 256, 257, 260, 511, 515, 519, 1000, 1023, 4099, 20011]:
        z = numbers(n, dtype, n)
        check(f(z), (z.sum(), (z * z).sum(), z.mean()), f"{n}")
    assert f.stats()["plain_calls"] == 0, f.stats()["reasons"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [None, 0, 1, 2, (0, 1), (1, 2), (0, 1, 2), -1])
def test_reductions(dtype, axis):
    def f(z):
        return (
            z.sum(axis), np.mean(z, axis), z.sum(axis, keepdims=True) * z, (z + 1).any(axis),
            np.all(z, axis=axis), np.count_nonzero(z, axis=axis), abs(z).sum(axis),
            np.sum(z.real, axis) + np.sum(z, axis),
        )  # fmt: skip

    both(f, numbers((7, 11, 137), dtype), what=str(axis))
    both(lambda z: (np.var(z, axis), np.std(z, axis, ddof=1)), numbers((5, 9, 30), dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_running_sums_and_products_of_matrices(dtype):
    a, b, v = numbers((9, 12), dtype), numbers((12, 5), dtype, 1), numbers(12, dtype, 2)
    both(lambda a: (np.cumsum(a, axis=0), a.cumsum(1), np.cumsum(a)), a)
    both(lambda a, b, v: (a @ b, a @ v, np.dot(v, v), (a * 2j) @ (b + 1)), a, b, v)
    f = lambda a, v: (np.vdot(v, v), a.prod(), a.prod(0), np.cumprod(v), a.max(), np.sort(v))  # noqa: E731
    check(braze.jit(f)(a, v), f(a, v))


# Scalars


@pytest.mark.parametrize("kind", [complex, np.complex128, np.complex64])
def test_scalars(kind):
    def f(z, w, x):
        return z * w, z + w, z - w, z * x, x + z, -z, abs(z), z.real, z.imag, z.conjugate(), z * 2

    for seed in range(40):
        z, w = (kind(c) for c in numbers(2, "D", seed))
        both(f, z, w, float(seed) - 0.5)


def test_powers_of_python_numbers():
    f = braze.jit(lambda z, x: (z**2 + z**5) * x)
    x = np.ones(3)
    for seed in range(30):
        z = complex(numbers(1, "D", seed)[0])
        check(f(z, x), (z**2 + z**5) * x)
    check(f(1e200 + 1e200j, x), ((1e200 + 1e200j) ** 2 + (1e200 + 1e200j) ** 5) * x)
    with pytest.raises(OverflowError):
        braze.jit(lambda z, x: abs(z) * x)(1.7e308 + 1.7e308j, x)


def test_scalars_of_ufuncs():
    z, w = np.complex128(1.1 + 0.3j), np.complex128(-0.7 + 2.3j)
    f = lambda z, w: (np.multiply(z, w), np.square(z), np.abs(z), z / w, z == w, z < w, z**2)  # noqa: E731
    check(braze.jit(f)(z, w), f(z, w))


# Programs


def mandelbrot(c, rounds):
    z = np.zeros_like(c)
    count = np.zeros(c.shape, np.int64)
    for _ in range(rounds):
        z = z * z + c
        count += np.abs(z) <= 2
    return z, count


def mandelbrot_pixels(re, im, most):
    out = np.zeros((im.size, re.size), np.int64)
    for i in range(im.size):
        for j in range(re.size):
            c = complex(re[j], im[i])
            z = 0j
            n = 0
            while n < most and abs(z) <= 2:
                z = z * z + c
                n += 1
            out[i, j] = n
    return out


def julia_elements(z, c, most):
    out = np.zeros(z.shape[0], np.int64)
    for i in range(z.shape[0]):
        w = z[i]
        n = 0
        while n < most and w.real * w.real + w.imag * w.imag < 4:
            w = w * w + c
            n += 1
        out[i] = n
        z[i] = w
    return out


def schroedinger(psi, v, dx, dt, steps):
    for _ in range(steps):
        left = psi.copy()
        left[1:-1] = (psi[2:] - 2 * psi[1:-1] + psi[:-2]) / dx**2
        psi = psi + dt * (0.5j * left - 1j * v * psi)
        psi = psi / np.sqrt((np.abs(psi) ** 2).sum() * dx)
    return psi


def contour(z, a):
    return np.sum((z[1:] - z[:-1]) / ((z[1:] + z[:-1]) / 2 - a)) / (2j * np.pi)


def test_mandelbrot():
    re, im = np.linspace(-2, 1, 61), np.linspace(-1.2, 1.2, 47)
    c = re + 1j * im[:, None]
    both(mandelbrot, c, 30)
    both(mandelbrot, c.astype("F"), 30)
    both(mandelbrot_pixels, re, im, 50)


def test_elements_of_arrays_in_loops():
    for kind in DTYPES:
        z = numbers(50, kind)
        a, b = z.copy(), z.copy()
        f = braze.jit(julia_elements)
        c = a.dtype.type(-0.8 + 0.156j)
        check(f(a, c, 40), julia_elements(b, c, 40))
        check(a, b)


def test_physics():
    x = np.linspace(-5, 5, 200)
    psi = np.exp(-(x**2)) * np.exp(2j * x)
    both(schroedinger, psi, x**2 / 2, x[1] - x[0], 1e-4, 5)
    t = np.linspace(0, 2 * np.pi, 400)
    both(contour, np.cos(t) + 1j * np.sin(t), 0.1 + 0.2j)


# Random expressions


def expressions():
    leaves = st.sampled_from(["x", "y", "z", "w", "z.real", "w.imag", "1j", "2.5", "s", "3"])

    def grow(inner):
        two = st.tuples(inner, st.sampled_from("+-*/"), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        )
        one = st.tuples(
            st.sampled_from(["np.abs", "np.conj", "np.negative", "np.square", "np.real"]),
            inner,
        ).map(lambda t: f"{t[0]}(w + {t[1]})")
        pick = st.tuples(inner, inner).map(lambda t: f"np.where(x > 0, {t[0]}, 2 - {t[1]})")
        return two | one | pick

    return st.recursive(leaves, grow, max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(expressions(), min_size=1, max_size=3), st.sampled_from(["fFD", "dDF", "iFF", "fDd"])
)
def test_random_expressions(texts, kinds):
    body = ", ".join(f"({t}) * w" for t in texts)
    f = define(f"def f(x, y, z, w, s):\n    return {body}, np.sum({texts[0]} + w, axis=1)\n")
    x, z, y = (values("D", 24, i).astype(k).reshape(4, 6) for i, k in enumerate(kinds))
    w = values("D", 24, 7).reshape(4, 6)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(braze.jit(f)(x, y, z, w, 1.5 - 0.5j), f(x, y, z, w, 1.5 - 0.5j), str(texts))
