"""Gamma, white balance and a colour matrix of a 1080 x 1920 RGB picture, bytes to bytes."""

import numpy as np

RTOL = 1e-2


def run(picture, gamma, gains):
    linear = (picture / np.float32(255.0)) ** gamma * gains
    r, g, b = linear[..., 0], linear[..., 1], linear[..., 2]
    warm = 0.393 * r + 0.769 * g + 0.189 * b
    plain = 0.349 * r + 0.686 * g + 0.168 * b
    cold = 0.272 * r + 0.534 * g + 0.131 * b
    scale = np.float32(255.0)
    return (
        (np.clip(warm, 0.0, 1.0) * scale).astype(np.uint8),
        (np.clip(plain, 0.0, 1.0) * scale).astype(np.uint8),
        (np.clip(cold, 0.0, 1.0) * scale).astype(np.uint8),
    )


def inputs(rng, scale=1.0):
    height = max(int(1080 * scale), 2)
    picture = rng.integers(0, 256, (height, 1920, 3), dtype=np.uint8)
    gains = np.array([1.1, 1.0, 0.9], dtype=np.float32)
    return picture, np.float32(0.8), gains


def torch(picture, gamma, gains):
    import torch as t

    linear = (picture / 255.0) ** float(gamma) * gains
    r, g, b = linear[..., 0], linear[..., 1], linear[..., 2]
    warm = 0.393 * r + 0.769 * g + 0.189 * b
    plain = 0.349 * r + 0.686 * g + 0.168 * b
    cold = 0.272 * r + 0.534 * g + 0.131 * b
    return tuple((t.clip(c, 0.0, 1.0) * 255.0).to(t.uint8) for c in (warm, plain, cold))


def numba(threads):
    from numba import njit, prange

    @njit
    def byte(x):
        return np.uint8(min(max(x, np.float32(0.0)), np.float32(1.0)) * np.float32(255.0))

    @njit(parallel=threads > 1, error_model="numpy")
    def grade(picture, gamma, gains):
        height, width = picture.shape[:2]
        out = np.empty((3, height, width), dtype=np.uint8)
        f = np.float32
        for y in prange(height):
            for x in range(width):
                r = (picture[y, x, 0] / f(255.0)) ** gamma * gains[0]
                g = (picture[y, x, 1] / f(255.0)) ** gamma * gains[1]
                b = (picture[y, x, 2] / f(255.0)) ** gamma * gains[2]
                out[0, y, x] = byte(f(0.393) * r + f(0.769) * g + f(0.189) * b)
                out[1, y, x] = byte(f(0.349) * r + f(0.686) * g + f(0.168) * b)
                out[2, y, x] = byte(f(0.272) * r + f(0.534) * g + f(0.131) * b)
        return out[0], out[1], out[2]

    return grade


def numexpr(picture, gamma, gains):
    import numexpr as ne

    full, zero, one = np.float32(255.0), np.float32(0.0), np.float32(1.0)
    floats = picture.astype(np.float32)
    linear = ne.evaluate("(floats / full) ** gamma * gains")
    r, g, b = linear[..., 0], linear[..., 1], linear[..., 2]
    channels = []
    for p, q, s in ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131)):
        p, q, s = np.float32(p), np.float32(q), np.float32(s)
        mixed = ne.evaluate("minimum(maximum(p * r + q * g + s * b, zero), one) * full")
        channels.append(mixed.astype(np.uint8))
    return tuple(channels)
