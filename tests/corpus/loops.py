"""for over ranges, arrays, zip, enumerate, reversed, dict items; while; break, continue, else."""

import numpy as np

from corpus.cases import EMPTY, INTS, LONG, ONE, SQUARE, M, N, V, W, case


@case((V, 3), (V, 0), (V, 100))
def repeated_average(x, n):
    for _ in range(n):
        x = 0.5 * (x + x.mean())
    return x


@case((M,), (M[:1],), (SQUARE,))
def over_rows(m):
    total = np.zeros(m.shape[1])
    for row in m:
        total += row * row
    return total


@case((M,), (N,))
def by_row_number(m):
    out = np.empty_like(m)
    for i in range(m.shape[0]):
        out[i] = m[i] - m[i].mean()
    return out


@case((V, W), (W, V), (ONE, ONE))
def over_a_zip_of_arrays(a, b):
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
    return total


@case(([V, W],), ((V, W, V),), ([],))
def over_a_list_of_arrays(arrays):
    total = 0.0
    for a in arrays:
        total = total + a
    return total


@case((V, [1.0, 2.0, 3.0]), (V, (0.5,)), (V, []))
def polynomial(x, coefficients):
    result = np.zeros_like(x)
    for c in reversed(coefficients):
        result = result * x + c
    return result


@case((V, [1.0, 2.0, 3.0]), (M, (0.5, 0.25)))
def over_enumerate(x, weights):
    y = x * 0
    for i, w in enumerate(weights):
        y = y + w * x**i
    return y


@case((V, [1, 2], [3.0, 4.0]), (V, (1,), (2,)))
def over_a_zip_of_lists(x, a, b):
    for p, q in zip(a, b):
        x = x * p + q
    return x


@case(({"a": V, "b": W},), ({"x": 1.0, "y": V},), ({},))
def over_dict_items(d):
    total = 0
    for key, value in d.items():
        if key != "b":
            total = total + value
        else:
            total = total - value
    return total


@case(({"a": V, "b": W},), ({"x": M},))
def over_dict_keys(d):
    result = {}
    for key in d:
        result[key] = d[key] * 2
    return result


@case(({"a": V, "b": W},), ({"x": V},))
def over_dict_values(d):
    best = None
    for value in d.values():
        best = value if best is None else np.maximum(best, value)
    return best


@case((V,), (V * 1000,), (V * 0,))
def halve_until_small(x):
    steps = 0
    while np.abs(x).max() > 1:
        x = x / 2
        steps += 1
    return x, steps


@case((2.0,), (10.0,), (1e-8,))
def newton_square_root(a):
    x = a
    while abs(x * x - a) > 1e-12 * a:
        x = 0.5 * (x + a / x)
    return x


@case((27,), (1,), (97,))
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@case((V, 0.5), (V, 100.0), (EMPTY, 0.0))
def first_above(x, limit):
    found = -1
    for i in range(len(x)):
        if x[i] > limit:
            found = i
            break
    return found


@case((V, 0.5), (V, 100.0))
def first_above_with_else(x, limit):
    for i in range(len(x)):
        if x[i] > limit:
            break
    else:
        i = -1
    return i


@case((INTS,), (INTS[:2],))
def skip_negative(x):
    total = 0
    for i in range(len(x)):
        if x[i] < 0:
            continue
        total += x[i]
    return total


@case((V, 5), (V, 0), (V, 1))
def else_after_a_loop(x, n):
    for i in range(n):
        x = x + i
    else:
        x = x * 10
    return x


@case((M,), (N,))
def nested_with_break(m):
    count = 0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] < 0:
                break
            count += 1
    return count


@case((LONG,), (V,))
def backwards(x):
    out = np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        out[i] = x[i] * 2 + (out[i + 1] if i + 1 < len(x) else 0.0)
    return out


@case((V, 2), (LONG, 7), (V, 1))
def range_with_a_step(x, step):
    total = 0.0
    for i in range(0, len(x), step):
        total += x[i]
    return total


@case((V, 3), (V, 0))
def while_with_a_counter(x, n):
    i = 0
    while i < n:
        x = np.sqrt(np.abs(x) + i)
        i += 1
    return x


@case((V,), (-V,))
def while_true(x):
    while True:
        x = x * 0.9 + 0.01
        if np.abs(x).sum() < 5:
            break
    return x


@case((M,), (M[:2],))
def over_columns(m):
    best = -np.inf
    for column in m.T:
        best = max(best, column.sum())
    return best


@case((M,), (SQUARE,))
def enumerate_rows(m):
    out = m.copy()
    for i, row in enumerate(m):
        out[i] = row * i
    return out


@case((V, ["+", "-", "*"]), (V, ["*"]))
def over_strings(x, operations):
    for name in operations:
        if name == "+":
            x = x + 1
        elif name == "-":
            x = x - 2
        else:
            x = x * 3
    return x


@case((V, "abba"), (V, ""))
def over_a_string(x, letters):
    for letter in letters:
        x = x + (1 if letter == "a" else -1)
    return x


@case((M, 2), (M, 0), (SQUARE, 30))
def jacobi(u, n):
    for _ in range(n):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
    return u


@case((SQUARE, 5), (SQUARE, 50))
def power_iteration(a, n):
    v = np.ones(a.shape[0])
    for _ in range(n):
        v = a @ v
        v = v / np.abs(v).max()
    return v


@case((V, 4), (LONG, 2))
def range_from_one(x, n):
    term = np.ones_like(x)
    total = np.ones_like(x)
    for k in range(1, n + 1):
        term = term * x / k
        total = total + term
    return total


@case((10,), (0,), (45,))
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@case((100,), (3,), (2,))
def sieve(n):
    prime = np.ones(n, bool)
    prime[:2] = False
    for i in range(2, int(n**0.5) + 1):
        if prime[i]:
            prime[i * i :: i] = False
    return prime


@case((M, N), (N, M))
def three_arrays_by_zip(a, b):
    out = np.zeros(a.shape[0])
    for i, (p, q) in enumerate(zip(a, b)):
        out[i] = (p * q).sum()
    return out


@case((V, 3), (V, 5))
def a_loop_with_a_return(x, n):
    for i in range(n):
        x = x + 1
        if x.sum() > 20:
            return i
    return -1


GRID = np.array([[2, 1, 9, 9], [3, 9, 8, 7], [9, 8, 5, 6], [8, 7, 6, 7]])


@case((GRID,), (GRID[:1],), (GRID * 0.5,))
def low_points(grid):
    height, width = grid.shape
    total = 0
    for i in range(height):
        for j in range(width):
            low = True
            for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                a, b = i + di, j + dj
                if 0 <= a < height and 0 <= b < width and grid[a, b] <= grid[i, j]:
                    low = False
                    break
            if low:
                total += 1 + grid[i, j]
    return total


@case((GRID,), (-GRID,))
def low_points_by_else(grid):
    count = 0
    for i in range(1, grid.shape[0] - 1):
        for j in range(1, grid.shape[1] - 1):
            for di, dj in [(0, 1), (1, 0), (0, -1), (-1, 0)]:
                if grid[i + di, j + dj] <= grid[i, j]:
                    break
            else:
                count += 1
    return count


@case((V,), (V + 1.0,), (V - 9.0,))
def the_last_that_was_tried(x):
    for level in (0.1, 0.7, 0.9):
        if x.mean() < level:
            break
        x = x * 0.9
    else:
        level = -level
    return level, x


@case((V, W, V * 0), (V * 0, V * 0, V * 0), (V * 0, V * 0, V + 9))
def the_name_of_the_first(x, y, z):
    for name, values in zip(("x", "y", "z"), (x, y, z), strict=True):
        if values.sum() > 1:
            return name
    return "none"
