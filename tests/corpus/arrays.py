"""Array code without control flow: formulas, reductions, shapes, selection, as people write it."""

import numpy as np

from corpus.cases import EMPTY, F32, INTS, LONG, ONE, SQUARE, M, N, V, W, case


@case((V,), (M,), (F32,), ulps=4)
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@case((M,), (N,))
def standardised(m):
    return (m - m.mean(axis=0)) / m.std(axis=0)


@case((V, W), (M, N), ulps=2)
def cosine_similarity(a, b):
    return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


@case((M, N), (N, M))
def pairwise_distances(a, b):
    d = a[:, None, :] - b[None, :, :]
    return np.sqrt((d**2).sum(axis=-1))


@case((V,), (INTS,))
def clipped(x):
    return np.clip(x, -1, 1) + np.minimum(x, 0)


@case((V, 0.5), (M, -0.5), ulps=4)
def sigmoid(x, k):
    return 1 / (1 + np.exp(-k * x))


@case((M,), (SQUARE,))
def shapes(m):
    return m.T, m.ravel(), m[None], m.reshape(-1, 2), m[::2, 1:]


@case((V, W), (V, V))
def stacks(a, b):
    return np.stack([a, b]), np.concatenate([a, b]), np.vstack([a, b]), np.hstack([a, b])


@case((V,), (ONE,))
def outer_products(x):
    return np.outer(x, x), x[:, None] * x


@case((SQUARE,), (SQUARE.T,))
def products(a):
    return a @ a, a.dot(a[0]), np.dot(a[0], a[1])


@case((M,), (V,), (EMPTY,))
def sums(x):
    return x.sum(), x.sum(axis=0), x.mean(axis=-1), np.prod(x)


@case((M,), (N,))
def reductions(m):
    return m.max(axis=1), m.argmin(), m.argmax(axis=0), m.any(), (m > 0).all(axis=1)


@case((V, W), (W, V))
def selects(a, b):
    return np.where(a > b, a, b), np.select([a > 1, a > 0], [a, b], 0.0)


@case((M,), (N,))
def cumulative(m):
    return np.cumsum(m, axis=0), m.cumsum()


@case((V,), (np.append(V, np.nan),))
def not_a_number(x):
    return np.nan_to_num(x), np.isnan(x).sum(), np.nanmean(x)


@case((V,), (INTS,))
def rounds(x):
    return np.floor(x), np.ceil(x), np.rint(x), np.sign(x), np.abs(x)


@case((5,), (1,), (0,))
def makers(n):
    return np.arange(n) * 2.0, np.ones((n, 2)), np.linspace(0, 1, n), np.eye(n)


@case((V,), (M,))
def gradients(x):
    return np.diff(x), np.gradient(x)


@case((M, np.array([0, 2, 1])), (N, np.array([4])))
def rows_by_indices(m, i):
    return m[i] * 2


@case((M, 1), (N, -1))
def a_column(m, j):
    return m[:, j] / m[:, j].sum()


@case((V,), (M,))
def compares(x):
    return x > 0, x == x, (x > 0) & (x < 1), np.isclose(x, 1.0), np.array_equal(x, x)


@case((M,), (N,))
def norms(m):
    return np.linalg.norm(m), np.linalg.norm(m, axis=1), np.trace(m[:4])


@case((np.asfortranarray(M),), (np.asfortranarray(N),))
def fortran_order(m):
    return m * 2, m + m.T.copy().T, m.sum(axis=0)


@case((V, 3), (V, 1))
def repeats(x, n):
    return np.repeat(x, n), np.tile(x, n)


@case((V,), (M,))
def broadcasts(x):
    return np.broadcast_to(x[..., :1], x.shape) * 1.0, x + np.ones(1)


@case((M,), (SQUARE,))
def einstein_sum(m):
    return np.einsum("ij,ij->i", m, m), np.einsum("ij->j", m)


@case((V,), (LONG,))
def interpolates(x):
    y = x * 2 + 1
    return np.interp(y, [0.0, 1.0, 5.0], [1.0, 0.0, 3.0]) * 2


@case((V,), (M,))
def vectorized(x):
    def step(v):
        return 1.0 if v > 0 else v * 0.5

    return np.vectorize(step)(x)


@np.vectorize
def clamp(v, low, high):
    if v < low:
        return low
    if v > high:
        return high
    return v


@case((V, -1.0, 1.0), (M, 0.0, 0.5))
def vectorized_outside(x, low, high):
    return clamp(x, low, high) * 2


@case((V, W), (M, N))
def from_a_python_function(a, b):
    larger = np.frompyfunc(lambda p, q: p if p > q else q, 2, 1)
    return larger(a, b).astype(float)


@case((V,), (M,))
def ignoring_errors(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = x / (x - x)
    return np.where(np.isfinite(y), y, 0.0)


@case((V, (0, 1)), (M, (1, 0)))
def axes_of_arguments(x, axes):
    y = x[None] if x.ndim == 1 else x
    return y.transpose(axes).sum(axis=axes[0])


@case((V, slice(1, 3)), (M, slice(None, None, 2)))
def slice_argument(x, s):
    return x[s] * 2


@case((V, np.float32), (V, "int32"), (INTS, np.float64))
def dtype_argument(x, dtype):
    return (x * 2).astype(dtype), np.zeros(3, dtype)


@case((V, -1), (M, 0), (M, None))
def axis_argument(x, axis):
    return x.max(axis=axis)
