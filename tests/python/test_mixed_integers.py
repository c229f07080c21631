"""Python ints that only the run knows meet small integers: they fit, or NumPy says so."""

import copy

import numpy as np
import pytest

import braze


def scaled(x, k):
    return x * k + k


def rounds(x, k):
    for i in range(k if k < 4 else 3):
        x = x + i
    return x


def running(x, k):
    t = np.zeros(len(x), x.dtype)
    for i in range(len(x)):
        t[i] = max(t[i - 1], x[i] + i)
    return t


def compared(x, k):
    return x < k, k >= x, x == k


def sizes(x, k):
    return x + len(x), x * x.size


def read(x, k):
    n = int(x[0]) if len(x) else 0
    return x + n, np.maximum(x, n * k)


def mixed(x, k):
    return x + x.astype("B") * k, np.maximum(x, k), np.where(x > 3, x, k)


def in_place(x, k):
    x += k
    x[1:] *= k
    return x


def outcome(function, *arguments):
    given = copy.deepcopy(arguments)
    try:
        return function(*given), given[0]
    except (OverflowError, TypeError, ValueError, IndexError) as error:
        return type(error), str(error), given[0]


def same(a, b):
    if isinstance(a, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (np.ndarray, np.generic)):
        return type(a) is type(b) and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return a == b


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "function", [scaled, rounds, running, compared, sizes, read, mixed, in_place]
)
@pytest.mark.parametrize("dtype", "bBhHiIlL")
def test_ints_that_meet_small_integers(function, dtype):
    compiled = braze.jit(function)
    for x in (np.arange(1, 9), np.arange(0), np.arange(300) % 256):
        for k in (1, 2, -1, 200, 300, 70000, 2**31, 2**40, -(2**40), 2**63 - 1, 2**64):
            given = x.astype(dtype)
            assert same(outcome(compiled, given, k), outcome(function, given, k)), (x.size, k)
    assert compiled.stats()["compiled_calls"] > 0


def test_a_table_of_small_integers_is_compiled_whole():
    def table(seq):
        t = np.zeros((len(seq), len(seq)), np.int32)
        for i in range(len(seq) - 1, -1, -1):
            for j in range(i + 1, len(seq)):
                t[i, j] = max(t[i + 1, j], t[i, j - 1] + (1 if seq[i] + seq[j] == 3 else 0))
        return t

    seq = np.random.default_rng(2).integers(0, 4, 30).astype(np.int32)
    found = braze.jit(table, fallback=False)(seq)
    assert found.dtype == np.int32 and found.tobytes() == table(seq).tobytes()
