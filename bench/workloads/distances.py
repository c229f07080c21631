"""Squared distances between 500 and 600 points of 16 dimensions, by a broadcast difference."""

RTOL = 1e-12
EXACT = True


def run(x, y):
    return ((x[:, None] - y[None]) ** 2).sum(-1)


def inputs(rng, scale=1.0):
    n, m = max(int(500 * scale), 7), max(int(600 * scale), 9)
    return rng.standard_normal((n, 16)), rng.standard_normal((m, 16))
