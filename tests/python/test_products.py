"""Products of all layouts: `dot` copies what BLAS does not take, `matmul` does not."""

import itertools

import numpy as np
import pytest

import braze


def vectors(n, dtype):
    base = np.random.default_rng(n).random(4 * n + 1).astype(dtype)
    yield base[:n].copy()
    yield base[: 2 * n : 2]
    yield base[:n][::-1]
    yield np.broadcast_to(base[:1], n)


def matrices(n, m, dtype):
    base = np.random.default_rng(n).random((2 * n, 2 * m)).astype(dtype)
    yield base[:n, :m].copy()
    yield np.asfortranarray(base[:n, :m])
    yield base[:n, :m]
    yield np.asfortranarray(base)[:n, :m]
    yield base[::2, ::2]
    yield base[:n, :m][::-1]
    yield base[:n, :m][:, ::-1]
    yield np.broadcast_to(base[0, :m], (n, m))


FUNCTIONS = {
    "dot": lambda a, b: np.dot(a, b),
    "matmul": lambda a, b: a @ b,
    "inner": lambda a, b: np.inner(a, b.T),
    "method": lambda a, b: a.dot(b),
}


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i4", "f2"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_products_of_all_layouts(name, dtype):
    function = FUNCTIONS[name]
    compiled = braze.jit(function)
    for n, k, m in ((1, 7, 1), (5, 33, 9), (33, 33, 33)):
        pairs = [
            (vectors(k, dtype), vectors(k, dtype)),
            (matrices(n, k, dtype), vectors(k, dtype)),
            (vectors(k, dtype), matrices(k, m, dtype)),
            (matrices(n, k, dtype), matrices(k, m, dtype)),
        ]
        for a, b in itertools.chain.from_iterable(itertools.product(*pair) for pair in pairs):
            expected, found = function(a, b), compiled(a, b)
            assert type(found) is type(expected)
            assert found.dtype == expected.dtype and found.shape == expected.shape
            assert found.tobytes() == expected.tobytes(), (a.strides, b.strides)
    assert compiled.stats()["compiled_calls"] > 0


def test_vdot_of_strided_vectors():
    compiled = braze.jit(lambda a, b: np.vdot(a, b))
    for a, b in itertools.product(vectors(100, "f8"), vectors(100, "f8")):
        assert compiled(a, b) == np.vdot(a, b)


MAKERS = {
    "argument": lambda a: a,
    "array": lambda a: np.array(a),
    "copy": lambda a: a.copy(),
    "positive": lambda a: +a,
    "times one": lambda a: a * 1,
    "sum": lambda a: a + 1,
    "reversed": lambda a: (a * 2)[::-1],
    "every other": lambda a: (a - 1)[..., ::2],
    "transposed twice": lambda a: (a + 1).T.T,
}


@pytest.mark.parametrize("second", MAKERS)
@pytest.mark.parametrize("first", MAKERS)
def test_operands_lie_as_numpy_lays_them(first, second):
    a_of, b_of = MAKERS[first], MAKERS[second]
    for name in ("dot", "matmul"):

        def function(a, b, product=FUNCTIONS[name]):
            left, right = a_of(a), b_of(b)
            n = min(left.shape[-1], right.shape[0])
            return product(left[..., :n], right[:n])

        compiled = braze.jit(function)
        for a in (*matrices(6, 33, "f8"), *vectors(33, "f8")):
            for b in (*matrices(33, 9, "f8"), *vectors(33, "f8")):
                found, expected = compiled(a, b), function(a, b)
                assert found.tobytes() == expected.tobytes(), (name, a.strides, b.strides)
        assert compiled.stats()["compiled_calls"] > 0


TWICE = {
    "sums": lambda a: np.dot((a + 1).T, (a + 1)),
    "slices": lambda a: (a[:, :-1] * 1.0) @ (a[:, :-1] * 1.0).T,
    "centred": lambda a: (a - a.mean(0)).T @ (a - a.mean(0)),
    "one array": lambda a: (lambda b: b @ b.T)(a - 1),
    "an argument": lambda a: a.T @ a,
    "its copy": lambda a: np.array(a) @ a.T,
}


@pytest.mark.parametrize("name", TWICE)
def test_equal_operands_are_two_arrays_unless_they_are_one(name):
    """BLAS multiplies an array with itself by another routine."""
    function = TWICE[name]
    compiled = braze.jit(function)
    for a in matrices(7, 33, "f8"):
        assert compiled(a).tobytes() == function(a).tobytes(), a.strides
    assert compiled.stats()["compiled_calls"] > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_operands_that_are_cast(name):
    function = FUNCTIONS[name]
    compiled = braze.jit(function)
    for single, double in itertools.product(matrices(5, 33, "f4"), matrices(33, 9, "f8")):
        found, expected = compiled(single, double), function(single, double)
        assert found.tobytes() == expected.tobytes(), (single.strides, double.strides)
        found, expected = compiled(double.T, single.T), function(double.T, single.T)
        assert found.tobytes() == expected.tobytes(), (single.strides, double.strides)


ONE_BY_ONE = {
    "vectors": lambda a, b: np.dot(a, b),
    "inner": lambda a, b: np.inner(a[:, None], b[:, None]),
    "outer": lambda a, b: np.dot(a[:, None], b[None]),
}


def growing(a, b):
    for i in range(len(a)):
        a[i] = a[: i + 1].dot(b[: i + 1])
    return a


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "f2", "i8"])
@pytest.mark.parametrize("name", [*ONE_BY_ONE, "growing"])
def test_products_of_single_numbers(name, dtype):
    """`numpy.dot` multiplies two numbers without a sum: zeros keep their sign."""
    function = ONE_BY_ONE.get(name, growing)
    compiled = braze.jit(function)
    rng = np.random.default_rng(3)
    for n in (1, 2, 4):
        pairs = [([-0.0] * n, [1.0] * n), ([0.0] * n, [-1.0] * n)]
        pairs += [rng.standard_normal((2, n)) * 9 + 1j * rng.standard_normal((2, n))] * 6
        for a, b in pairs:
            real = dtype[0] != "c"
            a, b = (np.array(np.real(v) if real else v).astype(dtype) for v in (a, b))
            found, expected = compiled(a.copy(), b), function(a.copy(), b)
            assert np.asarray(found).tobytes() == np.asarray(expected).tobytes(), (a, b)
    assert compiled.stats()["compiled_calls"] > 0
