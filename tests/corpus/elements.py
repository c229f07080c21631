"""Functions of an element: numpy.vectorize with all kinds of functions and arguments."""

import math

import numpy as np

from corpus.cases import BYTES, EMPTY, F32, FLAGS, INTS, M, N, V, W, case


@case((V,), (M,), (M.T,), (np.asfortranarray(M),), (M[::2, ::-1],))
def half_of_the_negative(x):
    return np.vectorize(lambda v: v if v > 0 else v * 0.5)(x)


@case((V,), (-V,), (V[3:],))
def first_result_is_an_int(x):
    return np.vectorize(lambda v: 0 if v < 0 else v * 0.5)(x)


@case((INTS,), (BYTES,), (FLAGS,), (F32,))
def of_several_types(x):
    return np.vectorize(lambda v: v + v)(x), np.vectorize(lambda v: v > 1)(x)


@case((V, W), (M, N), (M, M[0]), (M, 2.0), (V, 3), (V, np.float64(0.5)))
def of_two_arguments(a, b):
    return np.vectorize(lambda p, q: p if p > q else q - 1.0)(a, b)


@case((V,), (INTS,), ulps=2)
def with_functions_of_math(x):
    def f(v):
        if v <= 0:
            return 0.0
        return math.sqrt(v) + math.log(v)

    return np.vectorize(f)(x)


@case((V,), (F32,), ulps=2)
def with_functions_of_numpy(x):
    return np.vectorize(lambda v: np.exp(v) * 2)(x)


@case((EMPTY,), (np.float64(2.0),), (2.0,), (np.array(3.0),))
def of_nothing_and_numbers(x):
    return np.vectorize(lambda v: v * 2)(x)


@case((V,), (V * 0,))
def that_may_raise(x):
    return np.vectorize(lambda v: 1 / v)(x)


@case((V,), (M,))
def with_a_loop_inside(x):
    def steps(v):
        n = 0
        while abs(v) > 0.1:
            v = v / 2
            n += 1
        return n

    return np.vectorize(steps)(x)


@case((V,), (M,))
def with_two_results(x):
    return np.vectorize(lambda v: (v, v * 2))(x)


@case((V,), (M,))
def with_otypes(x):
    return np.vectorize(lambda v: v * 2, otypes=[np.float32])(x)


@case((V, 0.5), (M, -0.5))
def with_a_closure(x, limit):
    def above(v):
        return v - limit if v > limit else 0.0

    return np.vectorize(above)(x) * 2


@case((INTS,), (INTS * 10**17,))
def of_large_integers(x):
    return np.vectorize(lambda v: v * 100)(x)


@case((V, 3), (V, 9))
def assertion_in_a_loop(x, n):
    for i in range(n):
        x = x * 2
        assert x.max() < 1000, f"round {i}"
    return x


@case((V,), (V + 10,))
def assertion_after_a_change(x):
    x -= 1
    assert x.min() > 0
    x *= 2
    return x


@case((V,), (V + 10,), (-V,))
def raise_in_the_else(x):
    if x.sum() > 4:
        y = x * 2
    else:
        x[0] = 5
        raise ValueError(f"the sum is {x.sum()}")
    return y


@case((V,), (V + 10,))
def raise_between_changes(x):
    x[0] = 1.0
    if x.sum() > 50:
        raise OverflowError("large")
    x[1] = 2.0
    return x.sum()


@case((V, 1), (V + 10, 2))
def raise_in_a_helper(x, k):
    def checked(y):
        if y.max() > 10:
            raise ValueError(k)
        return y

    return checked(x) * k


@case((V, W), (V, 0.5), (M, M[0]), (M[:, :1].copy(), V))
def of_broadcast_arguments(x, y):
    return np.vectorize(lambda a, b: a * 2.0 if a < b else b - a)(x, y)


@np.vectorize
def between(v, low=0.0, high=1.0):
    if v < low:
        return low
    if v > high:
        return high
    return v


@case((V,), (M,))
def by_name(x):
    return between(x, high=2.0, low=-1.0) + between(x)


@case((F32,), (INTS.astype("i2"),), (FLAGS,), (BYTES,))
def signs_of_small_numbers(x):
    return np.vectorize(lambda v: 1 if v > 0 else -1)(x)


product = np.frompyfunc(lambda a, b: a * b + 1, 2, 1)


@case((V, W), (INTS, INTS), (INTS, 2), (BYTES, BYTES), (F32, F32))
def objects(x, y):
    return product(x, y)


@case((V, W), (INTS, INTS), (INTS, 2))
def objects_as_floats(x, y):
    return product(x, y).astype(float)


@case((V,), (M,))
def objects_of_two_types(x):
    positive = np.frompyfunc(lambda v: max(v, 0), 1, 1)
    return positive(x).astype(np.float64) * 2


@case((INTS,))
def steps_to_one(numbers):
    def steps(k):
        k = abs(k) + 1
        n = 0
        while k != 1:
            k = k // 2 if k % 2 == 0 else 3 * k + 1
            n += 1
        return n

    return np.frompyfunc(steps, 1, 1)(numbers).astype(int)
