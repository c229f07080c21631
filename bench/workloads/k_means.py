"""Lloyd's k-means: 10000 points of 4 dimensions, 8 centres, 5 rounds."""

RTOL = 1e-9


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
