"""Primes below 3M by Eratosthenes' sieve, with strided slices."""

import numpy as np

RTOL = 0.0
EXACT = True


def run(n):
    prime = np.ones(n, dtype=bool)
    prime[:2] = False
    i = 2
    while i * i < n:
        if prime[i]:
            prime[i * i :: i] = False
        i += 1
    return np.flatnonzero(prime)


def inputs(rng, scale=1.0):
    return (max(int(3_000_000 * scale), 200),)
