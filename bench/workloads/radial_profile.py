"""Mean brightness in 60 rings around the centre of a picture, 200000 pixels."""

import numpy as np

RTOL = 1e-10
EXACT = True


def run(brightness, radius, rings):
    largest = radius.max()
    profile = np.zeros(rings)
    for i in range(rings):
        inner = largest * i / rings
        outer = largest * (i + 1) / rings
        ring = np.logical_and(inner <= radius, radius < outer)
        profile[i] = brightness[ring].mean()
    return profile


def inputs(rng, scale=1.0):
    n, rings = max(int(200_000 * scale), 600), max(int(60 * scale), 5)
    return rng.random(n), rng.random(n), rings
