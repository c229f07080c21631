"""Functions that both frontends can take, with arguments: users' code, small and varied."""

import numpy as np


def _arrays(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return tuple((rng.random(shape) * 4 - 1.5).astype(dtype) for shape in shapes)


def multiply_add(a, b, c):
    return a * b + c


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    centred = x - mean
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * gain + bias


def z_score(table):
    return (table - table.mean(axis=0)) / table.std(axis=0, ddof=1)


def stencil(u):
    return 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])


def pairwise(x, y):
    difference = x[:, None, :] - y[None, :, :]
    return np.sqrt((difference**2).sum(axis=-1))


def select(x):
    return np.where(x > 0, x, 0.01 * x)


def clipped(x, low=-1.0, high=1.0):
    return np.clip(x, low, high)


def adam(p, g, m, v, step):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return p - step * m / (np.sqrt(v) + 1e-8), m, v


def lstm(x, h, c, w, u, b):
    gates = x @ w + h @ u + b
    i, f, g, o = (gates[:, k * 4 : (k + 1) * 4] for k in range(4))
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def haversine(lat, lon, lat0, lon0):
    p = np.radians(lat)
    q = np.radians(lat0)
    a = np.sin((p - q) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(lon - lon0) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(a))


def reversed_rows(x):
    return x[::-1] - x[:, ::-1]


def strided(x):
    return x[::2, 1::3] * 2


def statistics(x):
    return {"mean": x.mean(), "spread": [x.max() - x.min(), x.var()], "count": x.size}


def transposed(x):
    return x.T + x.T.sum(axis=0)


def reshaped(x):
    n, m = x.shape
    return x.reshape(m, n) * 2, x.reshape(-1), x.ravel().sum()


def by_rank(x):
    if x.ndim == 1:
        return x.sum()
    total = x[0] * 0
    for k in range(3):
        total = total + k * x.sum(axis=0)
    return total


def helper(x, scale=2.0):
    return x * scale


def calls(x):
    return helper(x) + helper(x, scale=0.5) - helper(scale=x, x=1.0)


def logic(x, y):
    return (x > 0) & ~(y > 0) | np.isnan(x), np.logical_xor(x > 0, y > 0), not_any(x)


def not_any(x):
    return (x > 100).any() | (x < 100).all()


def integers(i, j):
    return i // 3 + j % 5, i << 2, i & j, i**2, -i, i / j, i.sum(axis=0), np.abs(i), ~i


def powers(x):
    return x**2, x**0.5, x**-1, x**1, x**3, np.power(x, 2.0), 2.0**x, x**0


def makers(x):
    n = x.shape[0]
    return np.zeros_like(x[0]) + np.ones(n)[:, None], np.full((n, 2), 3.0), np.arange(n) * 2


def positions(x):
    return x.argmax(axis=0), x.argmin(), np.argmax(x, axis=1)


def accumulate(x):
    total = np.zeros(x.shape[1])
    total += x[0]
    total *= 2
    return total


def outer_product(a, b):
    return np.outer(a, b) + np.add.outer(a, b)


def newton(x):
    guess = x * 0.5 + 1
    for _ in range(6):
        guess = 0.5 * (guess + np.abs(x) / guess)
    return guess


def scalars(x, alpha, k):
    return alpha * x + k, x * (alpha * 2 - 1), x[k], x[:k]


def single_precision(x):
    return x * 2 + np.float32(3), x * np.float64(2), x + 1, x.astype(np.float64), x.mean()


def black_scholes(s, k, t, r, v):
    d1 = (np.log(s / k) + (r + 0.5 * v * v) * t) / (v * np.sqrt(t))
    d2 = d1 - v * np.sqrt(t)

    def cdf(z):
        return 0.5 * (1 + np.tanh(0.79788 * (z + 0.0447 * z * z * z)))

    return s * cdf(d1) - k * np.exp(-r * t) * cdf(d2)


def _integers():
    rng = np.random.default_rng(1)
    return rng.integers(-50, 50, (4, 6)), rng.integers(1, 50, (4, 6))


SQUARE = _arrays((4, 6))
PROGRAMS = {
    multiply_add: _arrays((4, 6), (6,), (4, 1)),
    gelu: SQUARE,
    softmax: SQUARE,
    layer_norm: _arrays((4, 6), (6,), (6,)),
    z_score: SQUARE,
    stencil: SQUARE,
    pairwise: _arrays((4, 3), (5, 3)),
    select: SQUARE,
    clipped: SQUARE,
    adam: (*_arrays((7,), (7,), (7,)), *np.abs(_arrays((7,))), 0.01),
    lstm: _arrays((2, 3), (2, 4), (2, 4), (3, 16), (4, 16), (16,)),
    haversine: (*_arrays((9,), (9,)), 0.5, 0.25),
    reversed_rows: SQUARE,
    strided: SQUARE,
    statistics: SQUARE,
    transposed: SQUARE,
    reshaped: SQUARE,
    by_rank: SQUARE,
    calls: SQUARE,
    logic: _arrays((4, 6), (4, 6)),
    integers: _integers(),
    powers: (np.abs(SQUARE[0]) + 0.1,),
    makers: SQUARE,
    positions: SQUARE,
    accumulate: SQUARE,
    outer_product: _arrays((4,), (5,)),
    newton: SQUARE,
    scalars: (*_arrays((9,)), 0.75, 3),
    single_precision: _arrays((4, 6), dtype=np.float32),
    black_scholes: tuple(a + 3 for a in _arrays((8,), (8,), (8,), (8,), (8,))),
}
