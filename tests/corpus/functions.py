"""Helpers, closures with nonlocal, lambdas, defaults, *args, **kwargs, stars, recursion."""

import functools
import operator

import numpy as np

from corpus.cases import SQUARE, M, N, V, W, call, case

SCALE = 2.5
TABLE = {"relu": lambda x: np.maximum(x, 0), "square": lambda x: x * x}


def helper(x, k=1.0, *, shift=0.0):
    return x * k + shift


def halve_in_place(x):
    x *= 0.5


def both(x):
    return x + 1, x - 1


@case((V,), (M,))
def calls_a_helper(x):
    return helper(x, 2.0) + helper(x, shift=3.0)


@case((V,), (M,))
def a_helper_that_changes(x):
    y = x + 1
    halve_in_place(y)
    halve_in_place(x)
    return y


@case((V,), (M,))
def unpacks_a_helper(x):
    up, down = both(x)
    return up * down


@case((V, W), (M, N))
def a_lambda(x, y):
    mix = lambda a, b: a * 0.25 + b * 0.75  # noqa: E731
    return mix(x, y) - mix(y, x)


@case((V,), (M,))
def a_closure(x):
    mean = x.mean()

    def centred(y):
        return y - mean

    return centred(x) * centred(x * 2)


@case((V, 3), (V, 0))
def nonlocal_counter(x, n):
    count = 0

    def step(y):
        nonlocal count
        count += 1
        return y * 0.5 + count

    for _ in range(n):
        x = step(x)
    return x, count


@case((V,), (M,))
def nonlocal_array(x):
    total = np.zeros_like(x)

    def add(y):
        nonlocal total
        total = total + y

    add(x)
    add(x * x)
    return total


@case((V,), (V,), (V,), made=True)
def keeps_a_count():
    count = 0

    def keeps_a_count(x):
        nonlocal count
        count += 1
        return x * count

    return keeps_a_count


@case((V,), (V + 1,), (V,), made=True)
def keeps_the_last():
    last = None

    def keeps_the_last(x):
        nonlocal last
        before, last = last, x * 2
        return x if before is None else x + before

    return keeps_the_last


@case((V,), call(V, k=2.0), call(x=V, k=3), call(V, 4.0, b=1.0))
def keyword_arguments(x, k=1.0, *, b=0.5):
    return x * k + b


@case((V, W), (V,), (V, W, V, W))
def star_arguments(*arrays):
    total = arrays[0]
    for a in arrays[1:]:
        total = total * a
    return total


@case(call(V, a=1.0, b=2.0), call(V), call(V, c=W))
def keyword_dict(x, **options):
    for name, value in options.items():
        x = x + value if name != "b" else x * value
    return x


@case(call(V, 1, 2, k=3.0), call(V))
def all_kinds(x, *numbers, k=1.0, **rest):
    return x * k + sum(numbers) + len(rest)


@case((V, (2.0, 0.5)), (V, [3.0]))
def passes_stars(x, options):
    return helper(x, *options[:1], **{"shift": 1.0})


@case(([V, W, V + 1],), ((V, W),))
def starred_unpacking(arrays):
    first, *rest = arrays
    return first + sum(rest)


@case((V,), (np.arange(3.0),))
def unpacks_an_array(x):
    first, *_, last = x
    return first, last


@case((np.array([1.0, 2.0, 3.0]),), (np.array([3.0, -2.0, 0.5]),))
def unpacks_three(v):
    a, b, c = v
    return a * b - c


@case((V, "relu"), (V, "square"))
def from_a_table(x, name):
    return TABLE[name](x)


@case((V, np.exp), (V, np.tanh), (V, helper), ulps=2)
def function_argument(x, f):
    return f(x) * 2


@case((V,), (M,))
def composed(x):
    def compose(*functions):
        def run(y):
            for f in functions:
                y = f(y)
            return y

        return run

    return compose(lambda y: y + 1, np.square, lambda y: y / 2)(x)


@case((V,), (M,))
def by_partial(x):
    double = functools.partial(helper, k=2.0)
    return double(x) + double(x, shift=1.0)


@case((V,), (M,), made=True)
def a_partial():
    return functools.partial(helper, k=3.0, shift=-1.0)


@case((V,), (M,))
def by_reduce(x):
    return functools.reduce(operator.add, [x, x * 2, x * 3])


@functools.lru_cache
def coefficient(n):
    return 1.0 / (n + 1)


@case((V, 3), (V, 1))
def by_lru_cache(x, n):
    total = 0
    for k in range(n):
        total = total + coefficient(k) * x**k
    return total


@case((V, 7), (V, 7), (V, 1), made=True)
def changes_what_a_cache_keeps():
    @functools.lru_cache
    def window(n):
        return np.hanning(n)

    def changes_what_a_cache_keeps(x, n):
        w = window(n)
        w += 1.0
        return x * w

    return changes_what_a_cache_keeps


@case((V, 3.0), (V, 3))
def a_cached_function_of_an_array(x, k):
    return x * coefficient(k) + coefficient(x.size)


def twice(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(f(*args, **kwargs))

    return wrapper


@case((V,), (M,))
@twice
def decorated(x):
    return x * 2 + 1


@twice
def decorated_helper(x):
    return x * 3 - 1


@case((V,), (M,))
def calls_a_decorated_helper(x):
    return decorated_helper(x) * 2


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


@case((V, 5), (V, 0))
def recursion_on_a_number(x, n):
    return x / factorial(n)


def tree_sum(tree):
    if isinstance(tree, (list, tuple)):
        return sum(tree_sum(t) for t in tree)
    return tree.sum()


@case(([V, (W, [V])],), ([V],))
def recursion_over_a_tree(tree):
    return tree_sum(tree)


@case((SQUARE, 5), (SQUARE, 1), (SQUARE, 0))
def matrix_power(a, n):
    def power(k):
        if k == 0:
            return np.eye(a.shape[0])
        half = power(k // 2)
        return half @ half @ a if k % 2 else half @ half

    return power(n)


@case((V,), (M,))
def reads_a_global(x):
    return x * SCALE


@case((V, 2), (V, 5))
def default_of_an_inner_function(x, n):
    fs = [lambda y, k=k: y * k for k in range(n)]
    return sum(f(x) for f in fs)


@case((V,))
def annotated(x: np.ndarray, k: float = 2.0) -> np.ndarray:
    y: np.ndarray = x * k
    z: np.ndarray
    z = y + 1
    return z


@case((V, 3), (V, 9))
def late_binding(x, n):
    k = 1

    def f(y):
        return y * k

    k = n
    return f(x)


@case((V,), (M,))
def imports_a_module(x):
    import math
    from math import erf
    from math import pi as half_turn

    import numpy.linalg as la

    return math.sqrt(2.0) * x + erf(0.5) * half_turn + la.norm(x)


@case((V,), (M,))
def imports_what_is_not_there(x):
    from math import nothing_of_this_name

    return nothing_of_this_name(x)


@case((V, True), (V, False))
def imports_in_a_branch(x, down):
    if down:
        from math import floor as whole
    else:
        from math import ceil as whole
    return whole(x[0])
