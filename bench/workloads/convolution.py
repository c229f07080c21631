"""A 3 x 3 convolution layer with ReLU: 4 images of 32 x 32, 3 to 16 channels, float32."""

import numpy as np

RTOL = 1e-4
STEPS = True


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


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def convolution(images, weights, bias):
        n, rows, columns, channels = images.shape
        k, outputs = weights.shape[0], weights.shape[3]
        out = np.empty((n, rows - k + 1, columns - k + 1, outputs), dtype=np.float32)
        for image in prange(n):
            for i in range(rows - k + 1):
                for j in range(columns - k + 1):
                    sums = bias.copy()
                    for di in range(k):
                        for dj in range(k):
                            for c in range(channels):
                                value = images[image, i + di, j + dj, c]
                                for o in range(outputs):
                                    sums[o] += value * weights[di, dj, c, o]
                    for o in range(outputs):
                        out[image, i, j, o] = max(sums[o], np.float32(0.0))
        return out

    return convolution


def jax():
    import jax
    import jax.numpy as jnp

    def convolution(images, weights, bias):
        out = jax.lax.conv_general_dilated(
            images, weights, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        return jnp.maximum(out + bias, 0)

    return jax.jit(convolution)


def torch(images, weights, bias):
    import torch as t

    out = t.nn.functional.conv2d(images.permute(0, 3, 1, 2), weights.permute(3, 2, 0, 1), bias)
    return t.relu(out).permute(0, 2, 3, 1)
