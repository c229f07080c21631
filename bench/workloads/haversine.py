"""Great-circle distance between 1M pairs of points, float64."""

import numpy as np

RTOL = 1e-12


def run(lat1, lon1, lat2, lon2):
    lat1, lon1, lat2, lon2 = np.deg2rad(lat1), np.deg2rad(lon1), np.deg2rad(lat2), np.deg2rad(lon2)
    a = (
        np.sin((lat2 - lat1) / 2.0) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2.0) ** 2
    )
    return 6371.0 * 2.0 * np.arcsin(np.sqrt(a))


def inputs(rng, scale=1.0):
    n = max(int(1_000_000 * scale), 3)
    lat1, lat2 = rng.uniform(-85.0, 85.0, (2, n))
    lon1, lon2 = rng.uniform(-180.0, 180.0, (2, n))
    return lat1, lon1, lat2, lon2


def numexpr(lat1, lon1, lat2, lon2):
    import numexpr as ne

    r = np.pi / 180.0
    return ne.evaluate(
        "6371.0 * 2.0 * arcsin(sqrt(sin((lat2 * r - lat1 * r) / 2.0) ** 2 + cos(lat1 * r) * "
        "cos(lat2 * r) * sin((lon2 * r - lon1 * r) / 2.0) ** 2))"
    )


def torch(lat1, lon1, lat2, lon2):
    import torch as t

    lat1, lon1, lat2, lon2 = map(t.deg2rad, (lat1, lon1, lat2, lon2))
    a = (
        t.sin((lat2 - lat1) / 2.0) ** 2
        + t.cos(lat1) * t.cos(lat2) * t.sin((lon2 - lon1) / 2.0) ** 2
    )
    return 6371.0 * 2.0 * t.arcsin(t.sqrt(a))


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def haversine(lat1, lon1, lat2, lon2):
        out = np.empty_like(lat1)
        r = np.pi / 180.0
        for i in prange(lat1.size):
            p, q = lat1[i] * r, lat2[i] * r
            north = np.sin((q - p) * 0.5)
            east = np.sin((lon2[i] * r - lon1[i] * r) * 0.5)
            out[i] = (
                6371.0
                * 2.0
                * np.arcsin(np.sqrt(north * north + np.cos(p) * np.cos(q) * east * east))
            )
        return out

    return haversine
