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


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def adam(weight, gradient, mean, variance, rate, step):
        b1, b2 = np.float32(0.9), np.float32(0.999)
        c1, c2 = np.float32(0.1), np.float32(0.001)
        eps, rate = np.float32(1e-8), np.float32(rate)
        p, q = np.float32(1.0 - 0.9**step), np.float32(1.0 - 0.999**step)
        new_weight, new_mean = np.empty_like(weight), np.empty_like(mean)
        new_variance = np.empty_like(variance)
        for i in prange(weight.size):
            m = b1 * mean[i] + c1 * gradient[i]
            v = b2 * variance[i] + c2 * gradient[i] * gradient[i]
            new_weight[i] = weight[i] - rate * (m / p) / (np.sqrt(v / q) + eps)
            new_mean[i] = m
            new_variance[i] = v
        return new_weight, new_mean, new_variance

    return adam
