"""100000 particles in a box with gravity, 20 steps: those that leave it bounce back."""

import numpy as np

RTOL = 1e-10
EXACT = True


def run(position, velocity, dt, steps):
    position, velocity = position.copy(), velocity.copy()
    bounces = 0
    for _ in range(steps):
        velocity[:, 1] -= 9.81 * dt
        position += velocity * dt
        low, high = position < 0.0, position > 1.0
        bounces += np.count_nonzero(low | high)
        position[low] *= -1.0
        position[high] = 2.0 - position[high]
        velocity[low | high] *= -0.9
    return position, velocity, bounces


def inputs(rng, scale=1.0):
    n, steps = max(int(100_000 * scale), 30), max(int(20 * scale), 4)
    return rng.random((n, 2)), rng.standard_normal((n, 2)), 0.02, steps
