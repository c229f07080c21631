"""Gravity between 300 bodies, all pairs, 15 leapfrog steps."""

import numpy as np

RTOL = 1e-6
STEPS = True


def acceleration(position, mass, gravity, softening):
    x, y, z = position[:, 0:1], position[:, 1:2], position[:, 2:3]
    dx, dy, dz = x.T - x, y.T - y, z.T - z
    inverse = dx**2 + dy**2 + dz**2 + softening**2
    inverse[inverse > 0] = inverse[inverse > 0] ** (-1.5)
    ax = gravity * (dx * inverse) @ mass
    ay = gravity * (dy * inverse) @ mass
    az = gravity * (dz * inverse) @ mass
    return np.hstack((ax, ay, az))


def run(position, velocity, mass, dt, steps):
    position = position.copy()
    velocity = velocity - np.mean(mass * velocity, axis=0) / np.mean(mass)
    pull = acceleration(position, mass, 1.0, 0.1)
    energy = np.zeros(steps)
    for i in range(steps):
        velocity += pull * dt / 2.0
        position += velocity * dt
        pull = acceleration(position, mass, 1.0, 0.1)
        velocity += pull * dt / 2.0
        energy[i] = 0.5 * np.sum(mass * velocity**2)
    return position, velocity, energy


def inputs(rng, scale=1.0):
    n, steps = max(int(300 * scale), 9), max(int(15 * scale), 3)
    mass = 20.0 * np.ones((n, 1)) / n
    return rng.standard_normal((n, 3)), rng.standard_normal((n, 3)), mass, 0.01, steps


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def pulls(position, mass, gravity, softening, out):
        for i in prange(position.shape[0]):
            ax = ay = az = 0.0
            for j in range(position.shape[0]):
                dx = position[j, 0] - position[i, 0]
                dy = position[j, 1] - position[i, 1]
                dz = position[j, 2] - position[i, 2]
                square = dx * dx + dy * dy + dz * dz + softening * softening
                factor = gravity * mass[j, 0] / (square * np.sqrt(square))
                ax += dx * factor
                ay += dy * factor
                az += dz * factor
            out[i, 0], out[i, 1], out[i, 2] = ax, ay, az

    @njit
    def n_body(position, velocity, mass, dt, steps):
        n = position.shape[0]
        position = position.copy()
        velocity = velocity.copy()
        for k in range(3):
            velocity[:, k] -= np.sum(mass[:, 0] * velocity[:, k]) / n / np.mean(mass)
        pull = np.empty_like(position)
        pulls(position, mass, 1.0, 0.1, pull)
        energy = np.zeros(steps)
        for s in range(steps):
            for i in range(n):
                for k in range(3):
                    velocity[i, k] += pull[i, k] * dt / 2.0
                    position[i, k] += velocity[i, k] * dt
            pulls(position, mass, 1.0, 0.1, pull)
            for i in range(n):
                for k in range(3):
                    velocity[i, k] += pull[i, k] * dt / 2.0
                    energy[s] += 0.5 * mass[i, 0] * velocity[i, k] ** 2
        return position, velocity, energy

    return n_body


def numexpr(position, velocity, mass, dt, steps):
    import numexpr as ne

    def pulls(position, softening):
        x, y, z = position[:, 0:1], position[:, 1:2], position[:, 2:3]
        xt, yt, zt = x.T, y.T, z.T
        inverse = ne.evaluate(
            "((xt - x) ** 2 + (yt - y) ** 2 + (zt - z) ** 2 + softening ** 2) ** (-1.5)"
        )
        axes = [
            ne.evaluate("(xt - x) * inverse") @ mass,
            ne.evaluate("(yt - y) * inverse") @ mass,
            ne.evaluate("(zt - z) * inverse") @ mass,
        ]
        return np.hstack(axes)

    position = position.copy()
    velocity = velocity - np.mean(mass * velocity, axis=0) / np.mean(mass)
    pull = pulls(position, 0.1)
    energy = np.zeros(steps)
    for i in range(steps):
        velocity += pull * dt / 2.0
        position += velocity * dt
        pull = pulls(position, 0.1)
        velocity += pull * dt / 2.0
        energy[i] = 0.5 * np.sum(mass * velocity**2)
    return position, velocity, energy


def jax():
    import jax
    import jax.numpy as jnp

    def pulls(position, mass, gravity, softening):
        apart = position[None, :, :] - position[:, None, :]
        inverse = ((apart**2).sum(axis=2) + softening**2) ** -1.5
        return gravity * jnp.einsum("ijk,ij,j->ik", apart, inverse, mass[:, 0])

    def n_body(steps, position, velocity, mass, dt):
        velocity = velocity - jnp.mean(mass * velocity, axis=0) / jnp.mean(mass)

        def step(state, _):
            position, velocity, pull = state
            velocity = velocity + pull * dt / 2.0
            position = position + velocity * dt
            pull = pulls(position, mass, 1.0, 0.1)
            velocity = velocity + pull * dt / 2.0
            return (position, velocity, pull), 0.5 * jnp.sum(mass * velocity**2)

        start = position, velocity, pulls(position, mass, 1.0, 0.1)
        state, energy = jax.lax.scan(step, start, length=steps)
        return state[0], state[1], energy

    compiled = jax.jit(n_body, static_argnums=0)
    return lambda position, velocity, mass, dt, steps: compiled(steps, position, velocity, mass, dt)


def torch(position, velocity, mass, dt, steps):
    import torch as t

    def pulls(position, softening):
        x, y, z = position[:, 0:1], position[:, 1:2], position[:, 2:3]
        dx, dy, dz = x.T - x, y.T - y, z.T - z
        inverse = (dx**2 + dy**2 + dz**2 + softening**2) ** -1.5
        return t.hstack([(dx * inverse) @ mass, (dy * inverse) @ mass, (dz * inverse) @ mass])

    position = position.clone()
    velocity = velocity - (mass * velocity).mean(0) / mass.mean()
    pull = pulls(position, 0.1)
    energy = t.zeros(steps, dtype=position.dtype)
    for i in range(steps):
        velocity += pull * dt / 2.0
        position += velocity * dt
        pull = pulls(position, 0.1)
        velocity += pull * dt / 2.0
        energy[i] = 0.5 * (mass * velocity**2).sum()
    return position, velocity, energy
