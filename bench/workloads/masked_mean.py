"""Mean and deviation of the readings that pass a threshold, 2M float64."""

RTOL = 1e-10
EXACT = True


def run(readings, quality, limit):
    good = quality > limit
    mean = readings[good].mean()
    spread = ((readings[good] - mean) ** 2).mean() ** 0.5
    return mean, spread, readings[~good].sum(), good.sum()


def inputs(rng, scale=1.0):
    n = max(int(2_000_000 * scale), 50)
    return rng.standard_normal(n) * 2.0 + 5.0, rng.random(n), 0.3
