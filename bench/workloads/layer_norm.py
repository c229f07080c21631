"""Layer normalisation of 4096 x 1024 float32 over the last axis."""

import numpy as np

RTOL = 1e-4


def run(x, weight, bias):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5) * weight + bias


def inputs(rng, scale=1.0):
    rows, columns = max(int(4096 * scale), 3), 1024
    x = rng.standard_normal((rows, columns), dtype=np.float32)
    weight = rng.standard_normal(columns, dtype=np.float32)
    bias = rng.standard_normal(columns, dtype=np.float32)
    return x, weight, bias


def torch(x, weight, bias):
    import torch as t

    return t.nn.functional.layer_norm(x, (x.shape[-1],), weight, bias, 1e-5)
