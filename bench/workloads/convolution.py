"""A 3 x 3 convolution layer with ReLU: 4 images of 32 x 32, 3 to 16 channels, float32."""

import numpy as np

RTOL = 1e-4


def run(images, weights, bias):
    k = weights.shape[0]
    height, width = images.shape[1] - k + 1, images.shape[2] - k + 1
    output = np.empty((images.shape[0], height, width, weights.shape[3]), dtype=np.float32)
    for i in range(height):
        for j in range(width):
            output[:, i, j, :] = np.sum(
                images[:, i : i + k, j : j + k, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    return np.maximum(output + bias, 0)


def inputs(rng, scale=1.0):
    size = max(int(32 * scale), 6)
    images = rng.random((4, size, size, 3), dtype=np.float32)
    weights = rng.random((3, 3, 3, 16), dtype=np.float32) - np.float32(0.5)
    return images, weights, rng.random(16, dtype=np.float32)
