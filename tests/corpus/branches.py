"""if, elif, else, conditional expressions, chained comparisons, and, or, not, walrus."""

import numpy as np

from corpus.cases import EMPTY, FLAGS, INTS, ONE, M, N, V, W, case


@case((V,), (M,), (-V,))
def sign_of_the_sum(x):
    if x.sum() > 0:
        y = x * 2
    else:
        y = x - 1
    return y


@case((V,), (-V,), (V * 0,))
def three_ways(x):
    total = x.sum()
    if total > 1:
        return x + 1
    elif total < -1:
        return x - 1
    else:
        return x * 0.5


@case((V,), (M,), (ONE,), (np.float64(3.0),))
def by_rank(x):
    if np.ndim(x) == 2:
        return x.sum(axis=1)
    if np.ndim(x) == 1:
        return x * x
    return x + 1


@case((V, "relu"), (V, "abs"), (V, "square"), (V, "nothing"))
def by_name(x, kind):
    if kind == "relu":
        return np.maximum(x, 0)
    elif kind == "abs":
        return np.abs(x)
    elif kind == "square":
        return x**2
    return x


@case((V, None), (V, W), (V, 2.0))
def optional_weight(x, w=None):
    if w is None:
        w = 1.0
    return x * w


@case((V, True), (V, False), (V, 1), (V, np.bool_(True)))
def flag(x, negate):
    return -x if negate else x + 0.5


@case((V, 0.0, 1.0), (V, -3.0, 5.0), (V, 2.0, 1.0))
def between(x, low, high):
    m = x.mean()
    return x * 2 if low < m < high else x - m


@case((3, V), (0, V), (-7, V))
def sign_of_a_number(k, x):
    return x * (1 if k > 0 else -1 if k < 0 else 0)


@case((V, W), (V, -V), (V * 0, W))
def both_positive(x, y):
    if x.sum() > 0 and y.sum() > 0:
        return x + y
    return x - y


@case((V, W), (V, -V), (V * 0 - 1, W * 0 - 1))
def any_positive(x, y):
    if x.max() > 2.5 or y.max() > 2.5:
        return x * y
    return y / 2


@case((V,), (EMPTY,), (M,))
def not_empty(x):
    if not x.size:
        return 0.0
    return x.max()


@case((V, []), (V, [1, 2]), (V, ()))
def truth_of_a_list(x, extra):
    if extra:
        return x + len(extra)
    return x


@case((V, None), (V, W), (V, 0))
def default_by_or(x, y):
    shift = y if y is not None else 1.5
    return x + shift


@case((V, 0), (V, 3), (V, 2.5))
def number_or_default(x, k):
    k = k or 7
    return x * k


@case((V, 1.0), (V, 0.0), (V, np.nan))
def and_of_numbers(x, k):
    return x * (k and 2.0)


@case((V,), (-V,), (V + 10,))
def walrus_in_a_test(x):
    if (m := x.mean()) > 1:
        return x / m
    return x - m


@case((V,), (M,))
def walrus_inside(x):
    y = (s := x.sum()) + (t := x.max())
    return y, s, t


@case((V,), (-V,), (V + 10,))
def walrus_behind_and(x):
    t = -1.0
    if x.sum() > 0 and (t := x.max()) > 5:
        return x + t
    return x - t


@case((V,), (-V,))
def walrus_in_a_conditional(x):
    t = 0.0
    y = (t := x.max()) * x if x.sum() > 0 else x
    return y, t


@case((V, W), (W, V))
def min_and_max_by_if(a, b):
    low, high = a.min(), b.max()
    if low > high:
        low, high = high, low
    return np.clip(a, low, high)


@case((np.float64(2.0),), (np.float64(-2.0),), (np.float64(0.0),))
def scalar_absolute(x):
    if x < 0:
        return -x
    return x


@case((4.0,), (-4.0,), (0.0,), (float("nan"),))
def python_scalar(x):
    if x > 0:
        return x**0.5
    if x < 0:
        return -x
    return x


@case((V, FLAGS), (V, ~FLAGS), (V, np.zeros(7, bool)))
def any_of_a_mask(x, mask):
    if mask.any():
        return np.where(mask, x, 0.0)
    return x


@case((INTS,), (INTS * 0,), (INTS[:1],))
def all_the_same(x):
    if np.all(x == x[0]):
        return x[0]
    return x.mean()


@case((M, N), (M, N.T), (M, M))
def by_shape(a, b):
    if a.shape == b.shape:
        return a * b
    return a @ b


@case((V,), (V.astype(np.float32),), (INTS,), (FLAGS,))
def by_dtype(x):
    if x.dtype == np.float64:
        return x * 2
    if x.dtype.kind in "iu":
        return x // 2
    if x.dtype == bool:
        return ~x
    return x + x


@case((V,), (3.0,), ([1.0, 2.0],), (None,))
def by_type(x):
    if isinstance(x, np.ndarray):
        return x.sum()
    if isinstance(x, (list, tuple)):
        return sum(x)
    if isinstance(x, float):
        return x + 1
    return -1


@case((V, 1), (V, 2), (V, 3))
def nested_ifs(x, k):
    if k > 1:
        if x.sum() > 0:
            if k > 2:
                return x * 3
            return x * 2
        return x
    else:
        y = x + 1
    return y


@case((V, W), (-V, W))
def names_bound_on_both_ways(x, y):
    if x.sum() > y.sum():
        a, b = x, y
    else:
        a, b = y, x
    return a - b * 2


@case((V,), (-V,), (V * 100,))
def a_name_bound_on_one_way(x):
    scale = 1.0
    if np.abs(x).max() > 10:
        scale = 0.1
    return x * scale


@case((V, 5), (V, 1), (V, -1))
def in_a_tuple(x, k):
    if k in (1, 2, 3):
        return x + k
    if k not in (5, 6):
        return x - k
    return x


@case((V,), (-V,), (V * np.nan,))
def not_of_a_comparison(x):
    if not x.sum() > 0:
        return -x
    return x


@case((V,), (-V,))
def nothing_returned(x):
    if x.sum() > 0:
        x[0] = 100.0


@case((2, V), (2.0, V), (True, V), (np.int8(2), V))
def is_integer(n, x):
    if isinstance(n, int):
        return x[:n]
    return x * n
