"""What stays Python between compiled regions: print, files, try, unknown calls, other objects."""

import collections
import contextlib
import io
import json
import math
import os
import re
import statistics
import tempfile
import time
import warnings

import numpy as np

from corpus.cases import INTS, LONG, M, N, V, W, case


@case((V,), (M,))
def prints(x):
    y = x * 2 + 1
    print("the sum is", y.sum())
    z = y / 3 - x
    print("done", z.shape)
    return z


@case((V, 3), (V, 0))
def prints_in_a_loop(x, n):
    for i in range(n):
        x = x * 0.5 + i
        print(i, float(x.max()))
    return x


@case((V,), (-V,))
def prints_in_a_branch(x):
    if x.sum() > 0:
        print("positive")
        y = x * 2 + x
    else:
        print("negative")
        y = x - 1 + x * 2
    return y


@case((V,), (V * 0,), (M,))
def try_and_except(x):
    y = x * 2 + 1
    try:
        z = 1 / int(x.sum() > 1)
    except ZeroDivisionError:
        z = -1.0
    return y * z - x


@case((V, 3), (V, 30))
def except_index_error(x, i):
    try:
        return x[i] * 2 + x.sum()
    except IndexError as error:
        print(type(error).__name__, error)
        return x * 0 + x.min()


@case((V,), (M,))
def try_and_finally(x):
    try:
        y = x * 3 - 1
        return y + y * x
    finally:
        print("finally")


@case((V, "a"), (V, "z"))
def lookup_by_exception(x, key):
    table = {"a": 2.0}
    try:
        k = table[key]
    except KeyError:
        k = 1.0
    return x * k + x**2


@case((V,))
def to_a_file(x):
    y = x * 2 + 1
    path = os.path.join(tempfile.gettempdir(), f"corpus-{os.getpid()}.npy")
    np.save(path, y)
    z = np.load(path)
    os.remove(path)
    return z * 2 - y


@case((V,), (M,))
def through_json(x):
    y = x * x + 1
    text = json.dumps({"shape": list(y.shape), "total": float(y.sum())})
    back = json.loads(text)
    return y / back["total"] + x


@case((INTS,), (INTS * 2,))
def through_collections(x):
    y = x * 2 + 1
    counts = collections.Counter(y.tolist())
    return y + x * len(counts)


DIGITS = re.compile(r"\d+")


@case((V, "a12b3"), (V, ""))
def through_re(x, text):
    numbers = [int(n) for n in DIGITS.findall(text)]
    return x * sum(numbers) + x**2 - 1


@case((LONG,), (V,))
def through_statistics(x):
    y = x * 2 + x**2
    m = statistics.median(y.tolist())
    return (y - m) / (np.abs(y).max() + 1)


@case((M,), (N,))
def sorts_in_the_middle(x):
    y = x * 2 + 1
    y = np.sort(y, axis=1)
    return y - y.mean(axis=1, keepdims=True)


@case((V,), (M,))
def writes_to_a_buffer(x):
    out = io.StringIO()
    y = x * 2 + 1
    out.write(str(y.shape))
    z = y * y - x
    out.write(str(z.ndim))
    return z, out.getvalue()


@case((V,))
def warns(x):
    y = x * 2 + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("nothing", stacklevel=1)
        z = y * y - x
    return z


@case((V,), (M,))
def measures_time(x):
    start = time.perf_counter()
    y = x * 2 + x**2
    seconds = time.perf_counter() - start
    return y - 1, seconds >= 0


@case((V,))
def imports_inside(x):
    import fractions

    k = fractions.Fraction(1, 2)
    return x * float(k) + x**2


@case((V,), (M,))
def suppresses(x):
    y = x * 2 + 1
    with contextlib.suppress(ValueError):
        y = y + np.ones(1000)
    return y * 2 - x


@case((V,), (V + 1,), (V,), made=True)
def appends_to_a_log():
    log = []

    def appends_to_a_log(x):
        y = x * 2 + 1
        log.append(float(y.sum()))
        return y - x, len(log), log[-1]

    return appends_to_a_log


@case((V,), (V,), (V + 1,), made=True)
def counts_in_a_global():
    globals()["COUNT"] = 0

    def counts_in_a_global(x):
        global COUNT
        COUNT += 1
        return x * COUNT + 1

    return counts_in_a_global


@case((V,), (V + 1,), made=True)
def memo_by_hand():
    memo = {}

    def memo_by_hand(x):
        key = x.tobytes()
        if key not in memo:
            memo[key] = (x * 2 + 1).sum()
        return x * memo[key]

    return memo_by_hand


@case((V, W))
def a_class_inside(x, y):
    class Pair:
        a = 2.0

        def mix(self, p, q):
            return p * self.a + q

    return Pair().mix(x, y) - x * y


@case((V,))
def local_names(x):
    y = x * 2
    return sorted(locals()), y


@case((V,))
def evaluates_text(x):
    k = 3.0
    return eval("x * k + 1")


@case((M,), (N,))
def an_unknown_function_of_numpy(x):
    y = x * 2 + 1
    q, r = np.linalg.qr(y)
    return np.abs(q @ r - y).max() < 1e-12, y * x - 1


@case((V, 0.5), (V, 100.0))
def with_math(x, a):
    k = math.gcd(12, 18) + math.floor(a) + math.sin(a)
    return x * k + math.pi


@case((V,), (M,))
def object_array(x):
    y = x * 2 + 1
    o = np.array([y, "text", None], dtype=object)
    return o[0] * 2 - x


@case((V,))
def walks_a_generator(x):
    def halves(y, n):
        for _ in range(n):
            yield y
            y = y / 2

    total = 0
    for h in halves(x, 4):
        total = total + h
    return total


@case((V,))
def uses_an_iterator(x):
    it = iter([x, x * 2, x * 3])
    first = next(it)
    return first + sum(it)


@case((V, 3), (V, 4))
def a_set_of_results(x, n):
    seen = set()
    for i in range(n):
        seen.add(float((x * (i % 2)).sum()))
    return sorted(seen), x * len(seen)


@case((V, W), (W, V))
def swaps_through_a_temporary_print(a, b):
    c = a * b + 1
    print(c[0] > 0)
    a[:] = c
    print(a.max() > b.max())
    b += a
    return a - b
