"""Histogram equalisation of a 1024 x 1024 picture of bytes."""

import numpy as np

RTOL = 0.0
EXACT = True


def run(picture):
    histogram = np.bincount(picture.ravel(), minlength=256)
    total = histogram.cumsum()
    low = total[total > 0].min()
    table = np.round((total - low) / max(picture.size - low, 1) * 255.0)
    return np.clip(table, 0, 255).astype(np.uint8)[picture]


def inputs(rng, scale=1.0):
    n = max(int(1024 * scale), 24)
    return ((rng.beta(2.0, 5.0, (n, n)) * 255.0).astype(np.uint8),)
