"""Comprehensions of lists, dicts and sets, and generators that are consumed on the spot."""

import numpy as np

from corpus.cases import INTS, M, N, V, W, case


@case((V, [1, 2, 3]), (V, []), (M, (0.5,)))
def powers(x, exponents):
    return [x**k for k in exponents]


@case((V,), (M,))
def stacked_powers(x):
    return np.stack([x**k for k in range(4)])


@case(([V, W],), ([V],))
def scaled(arrays):
    return [a / a.max() for a in arrays if a.size]


@case(({"a": V, "b": W},), ({},))
def dict_of_means(d):
    return {name: values.mean() for name, values in d.items()}


@case(({"w": M, "b": V, "n": 3},), ({"w": N},))
def only_matrices(d):
    return {k: v * 2 for k, v in d.items() if np.ndim(v) == 2}


@case((M,), (N[:2],))
def row_sums(m):
    return [row.sum() for row in m]


@case((M,), (N[:2],))
def row_sums_as_an_array(m):
    return np.array([row.sum() for row in m])


@case((V, 3), (V, 1))
def nested(x, n):
    return [[x * i + j for j in range(i)] for i in range(n)]


@case((V, W), (W, V))
def over_pairs(a, b):
    return [p * q for p, q in zip((a, b), (b, a))]


@case((V, 4), (M, 2))
def sum_of_a_generator(x, n):
    return sum(x**k for k in range(n))


@case(([V, W],), ([M, N, M],))
def sum_of_means(arrays):
    return sum(a.mean() for a in arrays) / len(arrays)


@case(([V, W],), ([W],))
def largest(arrays):
    return max(float(a.max()) for a in arrays)


@case(([V, W],), ([V, M],), ([],))
def all_of_one_shape(arrays):
    if all(a.shape == arrays[0].shape for a in arrays):
        return sum(arrays)
    return None


@case(([V, W],), ([-np.abs(V)],))
def any_positive(arrays):
    return any(a.sum() > 0 for a in arrays)


@case((V, (1, 2, 2, 3)), (V, ()))
def set_of_numbers(x, numbers):
    return x * len({n % 2 for n in numbers})


@case((V,), (M,))
def tuple_of_a_generator(x):
    return tuple(x + k for k in range(3))


@case((V,), (INTS,))
def join_of_a_generator(x):
    return np.concatenate([x[i::2] for i in range(2)])


@case((M,), (N,))
def comprehension_of_elements(m):
    return [m[i, i] for i in range(min(m.shape))]


@case((V, "abc"), (V, ""))
def letters(x, names):
    return {name: x * i for i, name in enumerate(names)}


@case((V, {"a": 1.0, "b": 2.0}))
def dict_turned_around(x, d):
    other = {value: key for key, value in d.items()}
    return x * sorted(other)[0], other


@case((V, 5), (V, 0))
def with_several_conditions(x, n):
    return [x + i for i in range(n) if i % 2 if i > 1]


@case((V, 3), (V, 2))
def two_loops(x, n):
    return [x * i + j for i in range(n) for j in range(i)]


@case((M,))
def dict_by_zip(m):
    return dict(zip("abcde", [row.max() for row in m]))


@case((V, 3))
def walrus_in_a_comprehension(x, n):
    last = None
    all_of_them = [last := x * i for i in range(n)]
    return all_of_them, last


@case(([V, W],))
def sorted_by_a_number(arrays):
    return sorted(arrays, key=lambda a: float(a.sum()))


@case(([V, W],))
def next_of_a_generator(arrays):
    return next((a for a in arrays if a.size > 3), None)


@case((V, [3, 1, 2]))
def order_of_static_numbers(x, order):
    return [x * k for k in sorted(order)]


@case((V, [1, 2, 3]))
def map_and_filter(x, numbers):
    return [x + k for k in map(lambda n: n * 2, filter(lambda n: n != 2, numbers))]
