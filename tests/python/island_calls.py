"""Functions that call what cannot be compiled, in the middle of array code."""

import re

import numpy as np
from island_functions import EVENTS

LIMIT = 0.5


class Box:
    def __init__(self, value):
        self.value = value

    def doubled(self):
        return self.value * 2


def arbitrary_objects(x, y):
    box = Box(x * 2 + y)
    box.value = box.value * 3 + 1
    return box.doubled() * y + box.value


def random_numbers(x, y):
    rng = np.random.default_rng(7)
    noise = rng.standard_normal(x.shape)
    return x + 0.1 * noise * y - noise


def linear_algebra(x, y):
    gram = x @ x.T + np.eye(3) * 5
    return np.linalg.solve(gram, y) * 2 + x


def fourier(x, y):
    low = np.fft.irfft(np.fft.rfft(x * 2 + y, axis=1)[:, :2], n=4, axis=1)
    return low * 2 - x * y


def sorts(x, y):
    order = np.argsort(x[0] * -2 + y[0])
    return x[:, order] * 2 + y[:, order]


def masks(x, y):
    keep = x * 2 + y > LIMIT
    return (x[keep] * 2 + 1).sum() + np.where(keep, x, y)


def contains(x, y):
    if 2.0 in x * 1.0:
        return x * 2 + y
    return y * 2 - x


def formats(x, y):
    text = f"{x.sum():.3f} {(x * y + 1).max()!r:.5}"
    EVENTS.append(text)
    return x * len(text) + y


def unknown_library(x, y):
    a = x * 2 + y
    words = re.split("[, ]+", "one, two three")
    return a * len(words) + y
