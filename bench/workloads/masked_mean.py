"""Mean and deviation of the readings that pass a threshold, 2M float64."""

RTOL = 1e-10


def run(readings, quality, limit):
    good = quality > limit
    mean = readings[good].mean()
    spread = ((readings[good] - mean) ** 2).mean() ** 0.5
    return mean, spread, readings[~good].sum(), good.sum()


def inputs(rng, scale=1.0):
    n = max(int(2_000_000 * scale), 50)
    return rng.standard_normal(n) * 2.0 + 5.0, rng.random(n), 0.3


def numba(threads):
    from numba import njit, prange

    @njit(parallel=threads > 1, error_model="numpy")
    def statistics(readings, quality, limit):
        total, others, count = 0.0, 0.0, 0
        for i in prange(readings.size):
            if quality[i] > limit:
                total += readings[i]
                count += 1
            else:
                others += readings[i]
        mean = total / count
        square = 0.0
        for i in prange(readings.size):
            if quality[i] > limit:
                square += (readings[i] - mean) ** 2
        return mean, (square / count) ** 0.5, others, count

    return statistics


def numexpr(readings, quality, limit):
    import numexpr as ne

    good = ne.evaluate("quality > limit")
    count = good.sum()
    mean = ne.evaluate("sum(where(good, readings, 0.0))") / count
    square = ne.evaluate("sum(where(good, (readings - mean) ** 2, 0.0))") / count
    return mean, square**0.5, ne.evaluate("sum(where(good, 0.0, readings))"), count


def jax():
    import jax
    import jax.numpy as jnp

    def statistics(readings, quality, limit):
        good = quality > limit
        mean = readings.mean(where=good)
        spread = ((readings - mean) ** 2).mean(where=good) ** 0.5
        return mean, spread, jnp.sum(readings, where=~good), good.sum()

    return jax.jit(statistics)


def torch(readings, quality, limit):
    return run(readings, quality, limit)
