"""log(sum(exp)) over the last axis of 2000 x 1000 float64."""

import numpy as np

RTOL = 1e-11


def run(x):
    top = x.max(axis=1, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=1)) + top[:, 0]


def inputs(rng, scale=1.0):
    return (rng.standard_normal((max(int(2000 * scale), 3), 1000)) * 5.0,)


def torch(x):
    import torch as t

    return t.logsumexp(x, dim=1)
