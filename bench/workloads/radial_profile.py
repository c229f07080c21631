"""Mean brightness in 60 rings around the centre of a picture, 200000 pixels."""

import numpy as np

RTOL = 1e-10
EXACT = True
STEPS = True


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


def numba(threads):
    from numba import njit

    @njit(error_model="numpy")
    def profile(brightness, radius, rings):
        largest = radius.max()
        sums, counts = np.zeros(rings), np.zeros(rings)
        for i in range(radius.size):
            ring = int(radius[i] / largest * rings)
            while ring < rings and radius[i] >= largest * (ring + 1) / rings:
                ring += 1
            while ring > 0 and radius[i] < largest * ring / rings:
                ring -= 1
            if ring < rings:
                sums[ring] += brightness[i]
                counts[ring] += 1
        return sums / counts

    return profile


def torch(brightness, radius, rings):
    import torch as t

    largest = radius.max()
    profile = t.zeros(rings, dtype=brightness.dtype)
    for i in range(rings):
        inner = largest * i / rings
        outer = largest * (i + 1) / rings
        profile[i] = brightness[(inner <= radius) & (radius < outer)].mean()
    return profile


def jax():
    import jax
    import jax.numpy as jnp

    def profile(rings, brightness, radius):
        edges = radius.max() * jnp.arange(1, rings + 1) / rings
        ring = jnp.searchsorted(edges, radius, side="right")
        sums = jax.ops.segment_sum(brightness, ring, rings)
        return sums / jax.ops.segment_sum(jnp.ones_like(brightness), ring, rings)

    compiled = jax.jit(profile, static_argnums=0)
    return lambda brightness, radius, rings: compiled(rings, brightness, radius)
