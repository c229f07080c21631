"""Standard score of every column of a 100000 x 32 float64 table."""

RTOL = 1e-10


def run(table):
    return (table - table.mean(axis=0)) / table.std(axis=0)


def inputs(rng, scale=1.0):
    return (rng.standard_normal((max(int(100_000 * scale), 3), 32)) * 3.0 + 1.0,)


def torch(table):
    return (table - table.mean(0)) / table.std(0, unbiased=False)
