"""Strings: f-strings, formats, docstrings; assert and raise; del, pass, match."""

import numpy as np

from corpus.cases import EMPTY, INTS, ONE, M, V, W, case


@case((V, 3), (V, 0))
def f_string_of_a_number(x, n):
    return x * n, f"scaled by {n}"


@case((V,), (M,))
def f_string_of_a_shape(x):
    return f"{x.ndim}d array of {x.dtype}, shape {x.shape}", x + 1


@case((V,), (M,))
def f_string_of_a_result(x):
    s = x.sum()
    return f"{s:.3f}"


@case(({"w0": V, "w1": W}, 2), ({"w0": M}, 1))
def f_string_as_a_key(parameters, n):
    return sum(parameters[f"w{i}"].sum() for i in range(n))


@case((V, "mean"), (V, "sum"), (V, "max"))
def getattr_by_name(x, name):
    return getattr(x, name)()


@case((V, "x"), (V, "Y "))
def string_methods(x, name):
    return x * 2 if name.strip().lower() == "y" else x


@case((V,), (M,))
def percent_format(x):
    return "%d axes" % x.ndim, x * 2


@case((V, 2), (V, 7), (V, -1))
def match_on_numbers(x, k):
    match k:
        case 1 | 2:
            return x * 2
        case n if n > 5:
            return x * n
        case _:
            return x


@case((V, "up"), (V, "down"), (V, "left"))
def match_on_strings(x, way):
    match way:
        case "up":
            y = x + 1
        case "down":
            y = x - 1
        case _:
            y = x
    return y * 2


@case(((V,),), ((V, W),), ((V, W, V),), ([V, W],))
def match_on_sequences(parts):
    match parts:
        case (a,):
            return a
        case (a, b):
            return a + b
        case (a, *rest):
            return a * len(rest)


@case(({"op": "add", "x": V},), ({"op": "scale", "x": V, "k": 3.0},), ({"op": "?"},))
def match_on_mappings(d):
    match d:
        case {"op": "add", "x": x}:
            return x + 1
        case {"op": "scale", "x": x, "k": k}:
            return x * k
        case _:
            return None


@case((V,), (2,), (2.5,), ("text",))
def match_on_classes(x):
    match x:
        case int():
            return "int"
        case float(v):
            return v * 2
        case np.ndarray():
            return x * 2
        case str():
            return x
    return None


@case((V,), (M,), (EMPTY,))
def assert_on_the_rank(x):
    assert x.ndim == 1, "a vector is wanted"
    return x * 2


@case((V,), (V + 10,), (V * np.nan,))
def assert_on_contents(x):
    y = x * 2
    assert np.all(y > 0), f"negative: {y.min()}"
    return np.sqrt(y)


@case((V,), (M,), (ONE,))
def raises_for_a_rank(x):
    if x.ndim != 1:
        raise ValueError(f"expected a vector, got shape {x.shape}")
    return x / x.max()


@case((V,), (V * 0,), (V + 10,))
def raises_for_contents(x):
    total = x.sum()
    if total == 0:
        raise ZeroDivisionError("the sum is zero")
    return x / total


@case((V, "a"), (V, "z"))
def raises_for_a_key(x, name):
    return x * {"a": 1.0, "b": 2.0}[name]


@case((V, 2), (V, 70), (V, -70))
def raises_for_an_index(x, i):
    return x[i] * 2


@case((V, W), (V, M), (V, ONE))
def raises_for_shapes(x, y):
    return x + y


@case((V, 1.0), (V, "no"))
def raises_for_types(x, k):
    return x + k


@case((V, 2), (V, 0))
def raises_for_zero(x, n):
    return x * (10 // n)


@case((V, W))
def deletes_names(x, y):
    z = x + y
    del y
    w = z * 2
    del z
    return w


@case((V, [1.0, 2.0]))
def deletes_items(x, items):
    work = list(items)
    del work[0]
    options = {"a": 1, "b": 2}
    del options["a"]
    return x * work[0] + len(options)


@case((V,))
def passes(x):
    """A docstring."""
    if x.ndim == 1:
        pass
    ...
    return x + 1


@case((V,), (INTS,))
def raise_in_a_helper(x):
    def check(y):
        if y.dtype.kind != "f":
            raise TypeError(f"no floats but {y.dtype}")
        return y

    return check(x) * 2


@case((V,), (V * 0,))
def raises_half_way(x):
    x += 1
    if x.max() < 2:
        raise RuntimeError("too small")
    x *= 2
    return x
