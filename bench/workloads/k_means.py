"""Lloyd's k-means: 10000 points of 4 dimensions, 8 centres, 5 rounds."""

import numpy as np

RTOL = 1e-9
STEPS = True


def run(points, centres, rounds):
    centres = centres.copy()
    for _ in range(rounds):
        distances = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        for k in range(centres.shape[0]):
            members = points[labels == k]
            if len(members) > 0:
                centres[k] = members.mean(axis=0)
    return centres, labels


def inputs(rng, scale=1.0):
    n, k = max(int(10_000 * scale), 40), 8
    points = rng.standard_normal((n, 4)) + rng.integers(0, 4, (n, 1)) * 2.0
    return points, points[:k].copy(), max(int(5 * scale), 2)


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1)
    def assign(points, centres, labels):
        for i in prange(points.shape[0]):
            best = np.inf
            for k in range(centres.shape[0]):
                total = 0.0
                for j in range(points.shape[1]):
                    total += (points[i, j] - centres[k, j]) ** 2
                if total < best:
                    best = total
                    labels[i] = k

    @njit
    def k_means(points, centres, rounds):
        centres = centres.copy()
        labels = np.zeros(points.shape[0], dtype=np.int64)
        for _ in range(rounds):
            assign(points, centres, labels)
            sums = np.zeros_like(centres)
            counts = np.zeros(centres.shape[0])
            for i in range(points.shape[0]):
                counts[labels[i]] += 1
                for j in range(points.shape[1]):
                    sums[labels[i], j] += points[i, j]
            for k in range(centres.shape[0]):
                if counts[k] > 0:
                    centres[k] = sums[k] / counts[k]
        return centres, labels

    return k_means


def torch(points, centres, rounds):
    centres = centres.clone()
    for _ in range(rounds):
        distances = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(dim=2)
        labels = distances.argmin(dim=1)
        for k in range(centres.shape[0]):
            members = points[labels == k]
            if len(members) > 0:
                centres[k] = members.mean(dim=0)
    return centres, labels


def jax():
    import jax
    import jax.numpy as jnp

    def k_means(points, centres, rounds):
        def step(_, state):
            centres = state[0]
            distances = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
            labels = distances.argmin(axis=1)
            member = labels[:, None] == jnp.arange(centres.shape[0])
            count = member.sum(axis=0)
            sums = member.astype(points.dtype).T @ points
            new = jnp.where(count[:, None] > 0, sums / jnp.maximum(count, 1)[:, None], centres)
            return new, labels

        start = centres, jnp.zeros(points.shape[0], dtype=jnp.int64)
        return jax.lax.fori_loop(0, rounds, step, start)

    return jax.jit(k_means)


def numexpr(points, centres, rounds):
    import numexpr as ne

    centres, p = centres.copy(), points[:, None, :]
    for _ in range(rounds):
        c = centres[None, :, :]
        labels = ne.evaluate("sum((p - c) ** 2, axis=2)").argmin(axis=1)
        for k in range(centres.shape[0]):
            members = points[labels == k]
            if len(members) > 0:
                centres[k] = members.mean(axis=0)
    return centres, labels
