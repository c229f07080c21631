"""100000 particles in a box with gravity, 20 steps: those that leave it bounce back."""

import numpy as np

RTOL = 1e-10
EXACT = True
STEPS = True


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


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def move(position, velocity, dt, steps):
        position, velocity = position.copy(), velocity.copy()
        bounces = 0
        for i in prange(position.shape[0]):
            for k in range(2):
                x, v = position[i, k], velocity[i, k]
                for _ in range(steps):
                    if k == 1:
                        v -= 9.81 * dt
                    x += v * dt
                    if x < 0.0 or x > 1.0:
                        x = -x if x < 0.0 else 2.0 - x
                        v *= -0.9
                        bounces += 1
                position[i, k], velocity[i, k] = x, v
        return position, velocity, bounces

    return move


def jax():
    import jax
    import jax.numpy as jnp

    def move(position, velocity, dt, steps):
        def step(_, state):
            position, velocity, bounces = state
            velocity = velocity.at[:, 1].add(-9.81 * dt)
            position = position + velocity * dt
            low, high = position < 0.0, position > 1.0
            bounces = bounces + jnp.count_nonzero(low | high)
            position = jnp.where(low, -position, position)
            position = jnp.where(high, 2.0 - position, position)
            return position, jnp.where(low | high, velocity * -0.9, velocity), bounces

        return jax.lax.fori_loop(0, steps, step, (position, velocity, 0))

    return jax.jit(move)


def torch(position, velocity, dt, steps):
    position, velocity = position.clone(), velocity.clone()
    bounces = 0
    for _ in range(steps):
        velocity[:, 1] -= 9.81 * dt
        position += velocity * dt
        low, high = position < 0.0, position > 1.0
        bounces += (low | high).sum()
        position[low] *= -1.0
        position[high] = 2.0 - position[high]
        velocity[low | high] *= -0.9
    return position, velocity, bounces
