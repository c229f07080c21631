"""Conjugate gradients on a dense 1000 x 1000 system until the residual is small."""

import numpy as np

RTOL = 1e-6


def run(a, b, tolerance):
    x = np.zeros_like(b)
    r = b - a @ x
    p = r.copy()
    old = r @ r
    for _ in range(len(b)):
        ap = a @ p
        alpha = old / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        new = r @ r
        if np.sqrt(new) < tolerance:
            break
        p = r + (new / old) * p
        old = new
    return x


def inputs(rng, scale=1.0):
    n = max(int(1000 * scale), 20)
    factor = rng.standard_normal((n, n))
    return factor @ factor.T / n + np.eye(n) * 0.3, rng.standard_normal(n), 1e-9
