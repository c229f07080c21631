"""Primes below 3M by Eratosthenes' sieve, with strided slices."""

import numpy as np

RTOL = 0.0
EXACT = True
STEPS = True


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


def numba(threads):
    from numba import njit

    @njit
    def sieve(n):
        prime = np.ones(n, dtype=np.bool_)
        prime[:2] = False
        i = 2
        while i * i < n:
            if prime[i]:
                for j in range(i * i, n, i):
                    prime[j] = False
            i += 1
        return np.flatnonzero(prime)

    return sieve
