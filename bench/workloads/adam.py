"""One step of the Adam optimiser on 4M float32 parameters."""

import numpy as np

RTOL = 1e-5


def run(weight, gradient, mean, variance, rate, step):
    mean = 0.9 * mean + 0.1 * gradient
    variance = 0.999 * variance + 0.001 * gradient * gradient
    mean_hat = mean / (1.0 - 0.9**step)
    variance_hat = variance / (1.0 - 0.999**step)
    weight = weight - rate * mean_hat / (np.sqrt(variance_hat) + 1e-8)
    return weight, mean, variance


def inputs(rng, scale=1.0):
    n = max(int(4_000_000 * scale), 3)
    weight, gradient, mean = rng.standard_normal((3, n), dtype=np.float32)
    variance = rng.random(n, dtype=np.float32)
    return weight, gradient, mean, variance, 1e-3, 10


def numexpr(weight, gradient, mean, variance, rate, step):
    import numexpr as ne

    # A float constant would make the arrays float64.
    a, b, c, d, eps = (np.float32(v) for v in (0.9, 0.1, 0.999, 0.001, 1e-8))
    rate = np.float32(rate)
    p, q = np.float32(1.0 - 0.9**step), np.float32(1.0 - 0.999**step)
    mean = ne.evaluate("a * mean + b * gradient")
    variance = ne.evaluate("c * variance + d * gradient * gradient")
    weight = ne.evaluate("weight - rate * (mean / p) / (sqrt(variance / q) + eps)")
    return weight, mean, variance


def torch(weight, gradient, mean, variance, rate, step):
    import torch as t

    mean = 0.9 * mean + 0.1 * gradient
    variance = 0.999 * variance + 0.001 * gradient * gradient
    mean_hat = mean / (1.0 - 0.9**step)
    variance_hat = variance / (1.0 - 0.999**step)
    weight = weight - rate * mean_hat / (t.sqrt(variance_hat) + 1e-8)
    return weight, mean, variance
