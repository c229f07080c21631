"""Early returns, several results, and results that are arguments."""

import numpy as np

from corpus.cases import EMPTY, INTS, M, V, W, case


@case((V,), (EMPTY,), (M,))
def guard_clause(x):
    if x.size == 0:
        return None
    if x.ndim > 1:
        return x.sum()
    return x / x.size


@case((V, W), (W, V))
def two_results(a, b):
    return a + b, a - b


@case((V,), (M,))
def statistics(x):
    return {"mean": x.mean(), "max": x.max(), "shape": x.shape, "n": x.size}


@case((V,), (-V,), (V * 0,))
def returns_in_branches(x):
    if x[0] > 0:
        return x
    if x[-1] > 0:
        return x[::-1]
    return x * 2


@case((V,), (INTS,))
def returns_the_argument(x):
    return x


@case((V, W), (V, V))
def returns_both(x, y):
    return x, y, x


@case((V,), (M,))
def returns_a_view(x):
    return x[1:]


@case((M,), (M[:2],))
def returns_views_in_a_list(m):
    return [m[0], m[-1], m.T]


@case((V,), (M,))
def returns_none(x):
    x * 2


@case((V, 3), (V, -1), (V, 100))
def returns_a_flag(x, i):
    if i < 0 or i >= len(x):
        return False
    return True


@case((V,), (M,))
def nested_results(x):
    return (x + 1, [x * 2, {"a": x.sum()}], None, "done")


@case((V, 1), (V, 2), (V, 3))
def returns_different_types(x, k):
    if k == 1:
        return x
    if k == 2:
        return [x, x]
    return "none"


@case((V, 2.0), (V, -1.0))
def return_in_a_while(x, limit):
    n = 0
    while True:
        if x.sum() > limit or n > 50:
            return n
        x = x + 0.5
        n += 1


@case((INTS, 4), (INTS, 77))
def linear_search(x, value):
    for i in range(len(x)):
        if x[i] == value:
            return i
    return -1


@case((V,), (-V,))
def return_of_a_conditional(x):
    return x.max() if x.sum() > 0 else x.min()


@case((V,), (M,))
def the_same_array_twice(x):
    y = x * 2
    return y, y


@case((V,), (M,))
def equal_arrays(x):
    return x * 2, x * 2


@case((V,), (M,))
def a_tuple_of_scalars(x):
    return x.min(), x.max(), x.sum(), float(x.sum())


@case((V, W), (-V, W))
def first_that_fits(x, y):
    for a in (x, y):
        if a.sum() > 0:
            return a * 1.0
    return np.zeros(3)


@case((0.5,), (2.5,), (-1.0,))
def piecewise_scalar(x):
    if x < 0:
        return 0.0
    if x < 1:
        return x
    if x < 2:
        return 1.0
    return x * x


@case((V, 1.0), (V, 50.0))
def first_above_or_nothing(x, limit):
    for i in range(len(x)):
        if x[i] > limit:
            return i, x[i]


@case((V,), (-V,))
def only_if_positive(x):
    if x.sum() > 0:
        return x


@case((V, 0), (V, 3), (V - 9.0, 0))
def the_first_of_three_places(x, shift):
    for k in (5, 1, 3):
        if x[k] > shift:
            return k, x * k
        elif x[k] < -8:
            return None
    raise ValueError("nothing is large")
