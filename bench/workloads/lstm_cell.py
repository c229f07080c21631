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
