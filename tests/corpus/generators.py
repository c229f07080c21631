"""Generators and comprehensions over many items, folds with keys, itertools and operator."""

import functools
import itertools
import operator

import numpy as np

from corpus.cases import EMPTY, LONG, M, N, V, W, case

second = operator.itemgetter(1)


@case((V,), (LONG,), (EMPTY,))
def sum_of_squares(x):
    return sum(v * v for v in x if v > 0)


@case((V, W), (LONG, LONG))
def dot(x, y):
    return sum(a * b for a, b in zip(x, y))


@case((V,), (LONG,), (EMPTY,))
def any_and_all(x):
    return any(v > 2 for v in x), all(v < 1 for v in x)


@case((LONG,), (V,))
def any_pair(x):
    return any(u * v > 3 for u in x for v in x)


@case((V,), (LONG,), (EMPTY,))
def largest(x):
    return max(x)


@case((M,), (np.tile(N, (4, 1)),))
def row_of_the_largest_sum(m):
    return max(range(len(m)), key=lambda i: m[i].sum())


@case((V,), (LONG,))
def nearest_to_zero(x):
    return min(x, key=abs)


@case((V,), (LONG,), (np.array([1.0, np.nan, 0.0] * 5),))
def median(x):
    s = sorted(x)
    n = len(s)
    return s[n // 2] if n % 2 else (s[n // 2 - 1] + s[n // 2]) / 2


@case((V, W), (LONG, np.sin(LONG)))
def points_by_height(x, y):
    return np.array(sorted(zip(x, y), key=second, reverse=True))


@case((np.tile(M, (3, 1)),), (M,))
def all_distances(x):
    return np.array([[np.sqrt(((a - b) ** 2).sum()) for b in x] for a in x])


@case((V,), (LONG,))
def differences(x):
    return sum(abs(b - a) for a, b in itertools.pairwise(x))


@case((LONG,), (V,))
def energy_of_pairs(x):
    total = 0.0
    for i, j in itertools.combinations(range(len(x)), 2):
        total += x[i] * x[j]
    return total


@case((V,), (LONG,), (EMPTY,))
def kept_with_places(x):
    return [(i, v) for i, v in enumerate(x) if v > 0.5]


@case((V, W), (W, V))
def running_products(a, b):
    return list(itertools.accumulate([a, b, a + b], operator.mul))


@case((M,), (N,))
def largest_of_each_column(m):
    return functools.reduce(np.maximum, m)


@case((V,), (LONG,))
def mean_of_the_positive(x):
    kept = [v for v in x if v > 0]
    return sum(kept) / len(kept)


@case((12,), (30,))
def primes_below(n):
    return [p for p in range(2, n) if all(p % d for d in range(2, int(p**0.5) + 1))]


@case(([V, W], V), ([W, V, V], V))
def chained(parts, x):
    return [p.sum() for p in itertools.chain(parts, [x])]


@case((V,), (LONG,))
def used_twice(x):
    squares = (v * v for v in x)
    return sum(squares) + sum(squares)
