"""Softmax over the last axis of 4096 x 1024 float32."""

import numpy as np

RTOL = 1e-5


def run(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def inputs(rng, scale=1.0):
    return (rng.standard_normal((max(int(4096 * scale), 3), 1024), dtype=np.float32),)


def torch(x):
    import torch as t

    return t.softmax(x, dim=-1)
