"""Arrays changed in place: augmented assignment, slices, elements, views, out=, methods."""

import numpy as np

from corpus.cases import FLAGS, INTS, LONG, M, N, V, W, case


@case((V,), (M,), (INTS,))
def doubles(x):
    x *= 2
    return x


@case((V, W), (M, N))
def adds_to_the_first(x, y):
    x += y
    y -= x
    return None


@case((V,), (LONG,))
def differences(x):
    x[1:] -= x[:-1].copy()
    return x


@case((V,), (LONG,))
def overlapping_update(x):
    x[1:] += x[:-1]
    return x


@case((M,), (N,))
def clears_the_border(m):
    m[0] = 0
    m[-1] = 0
    m[:, 0] = m[:, -1] = 1
    return m


@case((M,), (N,))
def sets_elements(m):
    m[1, 2] = 7.0
    m[-1, -1] += 1
    return m[1] * 2


@case((V,), (LONG,))
def sets_by_a_mask(x):
    x[x < 0] = 0
    x[x > 1] *= 0.5
    return x


@case((V, FLAGS), (V, ~FLAGS))
def sets_by_a_given_mask(x, mask):
    x[mask] = -1.0
    return x.sum()


@case((V,), (LONG,))
def through_a_view(x):
    y = x[::2]
    y += 100
    return x, y


@case((M,), (N,))
def through_a_transpose(m):
    t = m.T
    t[0] = 5.0
    return m


@case((M,), (N,))
def through_rows(m):
    for row in m:
        row -= row.mean()
    return m


@case((V, W), (M, N))
def out_argument(x, y):
    np.add(x, y, out=x)
    np.multiply(x, 2.0, out=y)
    return x, y


@case((V,), (M,))
def fills(x):
    y = np.empty_like(x)
    y.fill(3.0)
    y[...] += x
    return y


@case((V, W), (W, V))
def copies_first(x, y):
    x = x.copy()
    x += y
    return x


@case((V, W), (W, V))
def two_names(x, y):
    z = x
    z += y
    return x is z, x


@case((V,), (M,))
def list_of_views(x):
    views = [x[0:1], x[1:2]]
    for v in views:
        v += 10
    return x


@case((M,), (N,))
def swaps_rows(m):
    m[[0, 1]] = m[[1, 0]]
    return m


@case((M,), (N,))
def swaps_rows_by_copies(m):
    first = m[0].copy()
    m[0] = m[1]
    m[1] = first
    return m


@case((LONG, 3), (LONG, 0))
def heat_steps(u, n):
    for _ in range(n):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return u


@case((INTS,), (INTS.astype(np.int16),))
def in_place_integers(x):
    x //= 2
    x <<= 1
    x ^= 3
    return x


@case((INTS,), (V,))
def in_place_with_another_type(x):
    x += 1.5
    return x


@case((V,), (M,))
def sorts_in_place(x):
    y = x * 2 + 1
    y.sort()
    return y - x


@case((LONG,), (V,))
def running_maximum(x):
    for i in range(1, len(x)):
        x[i] = max(x[i], x[i - 1])
    return x


@case((M,), (N,))
def reshaped_in_place(m):
    flat = m.reshape(-1)
    flat[::3] = 0
    return m


@case((V, 2), (V, -1))
def shifts(x, k):
    y = np.roll(x, k)
    y[0] = x[-1]
    x[:] = y
    return x
