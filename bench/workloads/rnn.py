"""A recurrent network over 200 time steps: batch 32, 128 hidden units, float32."""

import numpy as np

RTOL = 1e-3
STEPS = True


def run(x, h, w_input, w_hidden, bias):
    steps, batch = x.shape[0], x.shape[1]
    outputs = np.empty((steps, batch, h.shape[1]), dtype=x.dtype)
    for t in range(steps):
        h = np.tanh(x[t] @ w_input + h @ w_hidden + bias)
        outputs[t] = h
    return outputs, h


def inputs(rng, scale=1.0):
    steps, batch, size, hidden = max(int(200 * scale), 4), 32, 64, 128
    x = rng.standard_normal((steps, batch, size), dtype=np.float32)
    w_input = rng.standard_normal((size, hidden), dtype=np.float32) * np.float32(0.1)
    w_hidden = rng.standard_normal((hidden, hidden), dtype=np.float32) * np.float32(0.05)
    bias = rng.standard_normal(hidden, dtype=np.float32)
    return x, np.zeros((batch, hidden), dtype=np.float32), w_input, w_hidden, bias


def numba(threads):
    from numba import njit

    @njit
    def rnn(x, h, w_input, w_hidden, bias):
        steps, batch, _ = x.shape
        outputs = np.empty((steps, batch, h.shape[1]), dtype=x.dtype)
        for t in range(steps):
            left, right = x[t] @ w_input, h @ w_hidden
            h = np.empty_like(h)
            for i in range(batch):
                for j in range(h.shape[1]):
                    h[i, j] = np.tanh(left[i, j] + right[i, j] + bias[j])
                    outputs[t, i, j] = h[i, j]
        return outputs, h

    return rnn


def jax():
    import jax
    import jax.numpy as jnp

    def rnn(x, h, w_input, w_hidden, bias):
        def step(h, row):
            h = jnp.tanh(row @ w_input + h @ w_hidden + bias)
            return h, h

        h, outputs = jax.lax.scan(step, h, x)
        return outputs, h

    return jax.jit(rnn)


def torch(x, h, w_input, w_hidden, bias):
    import torch as t

    outputs = t.empty((x.shape[0], x.shape[1], h.shape[1]), dtype=x.dtype)
    for i in range(x.shape[0]):
        h = t.tanh(x[i] @ w_input + h @ w_hidden + bias)
        outputs[i] = h
    return outputs, h
