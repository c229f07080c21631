"""Loops over numbers and elements, Python's ints and floats, dtypes and their conversions."""

import math

import numpy as np

from corpus.cases import BYTES, F32, FLAGS, INTS, LONG, M, N, V, W, case


@case((LONG,), (V,), (F32,))
def running_sum(x):
    out = np.empty_like(x)
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i]
        out[i] = total
    return out


@case((M, N), (N, M))
def matrix_product_by_hand(a, b):
    n, k = a.shape
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            s = 0.0
            for p in range(k):
                s += a[i, p] * b[j, p]
            out[i, j] = s
    return out


@case((INTS, INTS[::-1].copy()), (INTS[:3], INTS))
def edit_distance(a, b):
    n, m = len(a), len(b)
    d = np.zeros((n + 1, m + 1), np.int64)
    for i in range(n + 1):
        d[i, 0] = i
    for j in range(m + 1):
        d[0, j] = j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
    return d[n, m]


@case((0.1, 0.2, 50), (2.0, 2.0, 50), (0.3, 0.5, 200))
def escape_time(cr, ci, limit):
    x = y = 0.0
    for i in range(limit):
        x, y = x * x - y * y + cr, 2 * x * y + ci
        if x * x + y * y > 4:
            return i
    return limit


@case((LONG, 0.3), (LONG, 2.0), (LONG, -2.0))
def binary_search(x, value):
    low, high = 0, len(x)
    while low < high:
        middle = (low + high) // 2
        if x[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@case((48, 36), (17, 5), (0, 3))
def greatest_common_divisor(a, b):
    while b:
        a, b = b, a % b
    return a


@case((INTS,), (INTS[::-1].copy(),))
def bubble_sort(x):
    x = x.copy()
    n = len(x)
    for i in range(n):
        for j in range(n - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    return x


@case((LONG, 5), (V, 3))
def histogram(x, bins):
    counts = np.zeros(bins, int)
    low, high = x.min(), x.max()
    for v in x:
        k = int((v - low) / (high - low) * bins)
        counts[min(k, bins - 1)] += 1
    return counts


@case((10,), (2,), (100,))
def sum_of_squares(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


@case((100,), (64,))
def grows_out_of_64_bits(n):
    product = 1
    for i in range(1, n):
        product *= i
    return product


@case((7, 3), (-7, 3), (7, -3))
def integer_arithmetic(a, b):
    return a // b, a % b, a / b, a**2, -a, abs(a), divmod(a, b)


@case((7.5, 2.0), (-7.5, 2.0))
def float_arithmetic(a, b):
    return a // b, a % b, a / b, a**b, round(a), int(a), float(b)


@case((0.5,), (2.0,), ulps=2)
def functions_of_math(x):
    return math.sqrt(x) + math.exp(x) * math.log(x) - math.atan2(x, 1.0)


@case((BYTES,), (BYTES[:2],))
def bytes_wrap(x):
    return x + x, x * np.uint8(3), x // 2


@case((F32,), (V,))
def stays_float32(x):
    return x * 2 + 1, x / 3, x.astype(np.float64) * 0.1


@case((INTS,), (F32,), (FLAGS,))
def to_other_types(x):
    return x.astype(float), x.astype(np.int8), x.astype(bool)


@case((INTS, V[:1]), (INTS.astype(np.int8), V[:1]))
def promotes(i, f):
    return i + f, i + 1, i * 2.0, i / 2, i + np.float32(1)


@case((FLAGS, ~FLAGS), (FLAGS, FLAGS))
def logic(a, b):
    return a & b, a | b, a ^ b, ~a, a.sum(), a + b


@case((INTS,), (INTS.astype(np.uint16),))
def bits(x):
    return x & 3, x | 8, x ^ x, x << 2, x >> 1, ~x


@case((V, 2), (V, 2.0), (V, np.float32(2)), (V, True))
def weak_and_strong(x, k):
    return x.astype(np.float32) * k, x * k


@case((np.float64(2.5),), (np.int32(7),), (np.uint8(200),))
def scalar_of_numpy(s):
    return s + 1, s * s, s / 2, -s


@case((V,), (F32,))
def to_python_numbers(x):
    return float(x[0]), int(x[-1]), bool(x[0] > 0), x.sum().item()


@case((LONG,), (V,))
def local_maxima(x):
    count = 0
    for i in range(1, x.size - 1):
        if x[i - 1] < x[i] > x[i + 1]:
            count += 1
    return count


@case((LONG, 3), (V, 2))
def moving_average(x, w):
    out = np.zeros(len(x) - w + 1)
    for i in range(len(out)):
        out[i] = x[i : i + w].mean()
    return out


@case((V, W), (LONG, LONG[::-1].copy()))
def time_warping(a, b):
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d = abs(a[i - 1] - b[j - 1])
            cost[i, j] = d + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]


@case((12345,), (7,))
def random_numbers(seed):
    state = seed
    out = []
    for _ in range(5):
        state = (1103515245 * state + 12345) % 2147483648
        out.append(state / 2147483648)
    return out


@case((INTS,), (INTS[:1],))
def last_index(x):
    return x[-1], x[len(x) - 1], x[-len(x)]


@case((INTS, 3), (INTS, 99))
def elements_beyond_the_end(x, n):
    total = 0
    for i in range(n):
        total += x[i]
    return total
