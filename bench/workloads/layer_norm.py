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


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def layer_norm(x, weight, bias):
        out = np.empty_like(x)
        rows, columns = x.shape
        for i in prange(rows):
            total = np.float32(0.0)
            for j in range(columns):
                total += x[i, j]
            mean = total / np.float32(columns)
            total = np.float32(0.0)
            for j in range(columns):
                total += (x[i, j] - mean) * (x[i, j] - mean)
            scale = np.float32(1.0) / np.sqrt(total / np.float32(columns) + np.float32(1e-5))
            for j in range(columns):
                out[i, j] = (x[i, j] - mean) * scale * weight[j] + bias[j]
        return out

    return layer_norm


def numexpr(x, weight, bias):
    import numexpr as ne

    mean, small = x.mean(axis=1, keepdims=True), np.float32(1e-5)
    deviation = ne.evaluate("(x - mean) ** 2").mean(axis=1, keepdims=True)
    return ne.evaluate("(x - mean) / sqrt(deviation + small) * weight + bias")
