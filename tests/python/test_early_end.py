"""Reductions over bools that end at the first element that decides, on rows of many pieces."""

import numpy as np
import pytest
from exact import check

import braze

N = 40_000  # some pieces of 16384 elements, or of 2048 where elements are apart


def reductions(m):
    return np.any(m), np.all(m), m.max(), m.min(), m.any(), (~m).all()


def of_values(x):
    return np.any(x > 3), np.all(x <= 3), np.isfinite(x).all(), (x == x).min()


def rows(m):
    return m.any(axis=1), m.all(axis=0), m.any(axis=1, keepdims=True)


def with_rest(m, x):
    return m.any(), np.where(m, x, 0).sum(), (m & (x > 0)).all()


@pytest.mark.parametrize("step", [1, 2, -1])
@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize("at", [None, 0, 1, 2047, 2048, 16_383, 16_384, 30_000, N - 1])
def test_one_element_decides(at, value, step):
    m = np.full(N * abs(step), value)[::step]
    x = np.where(m, 1.0, 2.0)
    if at is not None:
        m[at] = not value
        x[at] = np.nan
    check(braze.script(reductions)(m), reductions(m), "bools")
    check(braze.script(of_values)(x), of_values(x), "values")
    check(braze.script(with_rest)(m, x), with_rest(m, x), "with others")
    table = m.reshape(2, -1) if step == 1 else m[:N].reshape(-1, 4)
    check(braze.script(rows)(table), rows(table), "rows")


def test_sizes_change_between_calls():
    compiled = braze.script(reductions)
    for n in (N, 3, 16_384, 16_385, 1, N):
        m = np.zeros(n, bool)
        check(compiled(m), reductions(m), f"{n}")
        m[-1] = True
        check(compiled(m), reductions(m), f"{n}, the last")
