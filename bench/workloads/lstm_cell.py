"""The element work and products of one LSTM step: batch 256, 512 hidden units, float32."""

import numpy as np

RTOL = 1e-4


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def run(x, h, c, w_input, w_hidden, bias):
    gates = x @ w_input + h @ w_hidden + bias
    hidden = h.shape[1]
    i = sigmoid(gates[:, :hidden])
    f = sigmoid(gates[:, hidden : 2 * hidden])
    g = np.tanh(gates[:, 2 * hidden : 3 * hidden])
    o = sigmoid(gates[:, 3 * hidden :])
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c


def inputs(rng, scale=1.0):
    batch, hidden = max(int(256 * scale), 2), 512
    x, h, c = rng.standard_normal((3, batch, hidden), dtype=np.float32)
    w_input, w_hidden = rng.standard_normal((2, hidden, 4 * hidden), dtype=np.float32) * np.float32(
        0.04
    )
    bias = rng.standard_normal(4 * hidden, dtype=np.float32)
    return x, h, c, w_input, w_hidden, bias


def torch(x, h, c, w_input, w_hidden, bias):
    import torch as t

    gates = x @ w_input + h @ w_hidden + bias
    i, f, g, o = gates.chunk(4, 1)
    c = t.sigmoid(f) * c + t.sigmoid(i) * t.tanh(g)
    return t.sigmoid(o) * t.tanh(c), c


def numba(threads):
    from numba import njit, prange

    @njit
    def logistic(x):
        return np.float32(1.0) / (np.float32(1.0) + np.exp(-x))

    @njit(parallel=threads > 1, error_model="numpy")
    def cell(x, h, c, w_input, w_hidden, bias):
        left, right = x @ w_input, h @ w_hidden
        batch, n = h.shape
        new_h, new_c = np.empty_like(h), np.empty_like(c)
        for r in prange(batch):
            for k in range(n):
                i = logistic(left[r, k] + right[r, k] + bias[k])
                f = logistic(left[r, n + k] + right[r, n + k] + bias[n + k])
                g = np.tanh(left[r, 2 * n + k] + right[r, 2 * n + k] + bias[2 * n + k])
                o = logistic(left[r, 3 * n + k] + right[r, 3 * n + k] + bias[3 * n + k])
                new_c[r, k] = f * c[r, k] + i * g
                new_h[r, k] = o * np.tanh(new_c[r, k])
        return new_h, new_c

    return cell


def numexpr(x, h, c, w_input, w_hidden, bias):
    import numexpr as ne

    gates, one = x @ w_input + h @ w_hidden + bias, np.float32(1.0)
    i, f, g, o = np.split(gates, 4, axis=1)
    c = ne.evaluate("c / (one + exp(-f)) + tanh(g) / (one + exp(-i))")
    return ne.evaluate("tanh(c) / (one + exp(-o))"), c
