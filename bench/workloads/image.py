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
