"""Gravity between 300 bodies, all pairs, 15 leapfrog steps."""

import numpy as np

RTOL = 1e-6


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
