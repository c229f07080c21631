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
