"""Short programs of scientists: iterations with an end, pivots, spectra, grids, fits, draws."""

import numpy as np

from corpus.cases import LONG, SQUARE, M, V, W, case


@case((SQUARE, 50), (SQUARE.T @ SQUARE, 200), ulps=8)
def power_iteration(a, most):
    x = np.ones(a.shape[0])
    size = 0.0
    for k in range(most):
        y = a @ x
        size = np.sqrt((y * y).sum())
        y /= size
        if np.abs(y - x).max() < 1e-10:
            break
        x = y
    return size, x, k


@case((SQUARE, V[:4]), (SQUARE[::-1].copy(), W[:4]), ulps=8)
def elimination_with_pivots(a, b):
    a, b = a.copy(), b.copy()
    n = len(b)
    for k in range(n):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            f = a[i, k] / a[k, k]
            a[i, k:] -= f * a[k, k:]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


@case((10.0, 0.1), (5.0, 0.3))
def predator_and_prey(prey, step):
    def slope(t, y):
        return np.array([y[0] * (1 - 0.1 * y[1]), y[1] * (0.075 * y[0] - 1.5)])

    y = np.array([prey, 5.0])
    path = [y]
    for i in range(20):
        t = i * step
        a = slope(t, y)
        b = slope(t + step / 2, y + step / 2 * a)
        c = slope(t + step / 2, y + step / 2 * b)
        d = slope(t + step, y + step * c)
        y = y + step / 6 * (a + 2 * b + 2 * c + d)
        path.append(y)
    return np.array(path)


@case((6, 0.4), (9, 0.25), ulps=8)
def heat_by_matrices(n, r):
    ahead = np.diag((1 + r) * np.ones(n))
    ahead += np.diag(-r / 2 * np.ones(n - 1), 1) + np.diag(-r / 2 * np.ones(n - 1), -1)
    u = np.sin(np.linspace(0, np.pi, n))
    for _ in range(5):
        u = np.linalg.solve(ahead, u)
    return u


@case((8, 1.5), (5, 0.5), ulps=64)
def newton_fractal(n, width):
    x = np.linspace(-width, width, n)
    z = x[None, :] + 1j * x[:, None]
    for _ in range(4):
        z = z - (z**3 - 1) / (3 * z**2 + 1e-3)
    return np.angle(z)


@case((LONG, 0.2), (V, 0.3), ulps=64)
def low_pass(x, limit):
    spectrum = np.fft.fft(x)
    frequencies = np.fft.fftfreq(len(x))
    spectrum[np.abs(frequencies) > limit] = 0
    return np.fft.ifft(spectrum).real


@case((LONG,), (V,), ulps=64)
def spectrum_through_a_window(x):
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    return np.fft.rfftfreq(len(x), 0.1)[np.argmax(power)], power


@case((M,), (SQUARE,))
def lines_made_smooth(m):
    return np.apply_along_axis(lambda row: np.convolve(row, [0.25, 0.5, 0.25], "same"), 1, m)


@case((LONG, 5), (V, 3))
def moving_average(x, n):
    total = np.cumsum(np.insert(x, 0, 0))
    return (total[n:] - total[:-n]) / n


@case((1.0, 0.1), (2.0, 0.25))
def steps_of_time(end, step):
    t = np.arange(0, end, step)
    x = np.zeros(len(t))
    for i in range(len(t) - 1):
        x[i + 1] = x[i] + step * (t[i] - x[i])
    return t, x


@case((V,), (LONG,), ulps=64)
def without_its_trend(y):
    x = np.arange(len(y))
    slope, start = np.polyfit(x, y, 1)
    return y - (slope * x + start)


@case((V,), (M,))
def in_pieces(x):
    return np.piecewise(x, [x < -1, x > 1], [-1, 1, lambda v: v * v * v])


@case((M,), (SQUARE,))
def place_of_the_largest(m):
    i, j = np.unravel_index(np.argmax(m), m.shape)
    return int(i), int(j), m[i, j]


@case((SQUARE,), (M[:4] @ M[:4].T,))
def above_the_diagonal(m):
    i, j = np.triu_indices(len(m), 1)
    return m[i, j].mean(), m[np.tril_indices_from(m)].sum()


@case((M,), ulps=64)
def principal_axes(m):
    centred = m - m.mean(axis=0)
    w, v = np.linalg.eigh(np.cov(centred, rowvar=False))
    order = np.argsort(w)[::-1]
    return np.abs(centred @ v[:, order[:2]]), w[order]


@case((3, 20), (7, 5), ulps=64)
def correlated_draws(seed, n):
    rng = np.random.default_rng(seed)
    x = rng.multivariate_normal([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]], n)
    shares = rng.dirichlet([1.0, 2.0, 3.0])
    return x.mean(axis=0), shares / shares.max()


@case((0.5, 3.0), (0.1, 2.0))
def root_with_its_calls(lo, hi):
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        return x * x - 2.0

    while hi - lo > 1e-6:
        middle = (lo + hi) / 2
        if f(middle) > 0:
            hi = middle
        else:
            lo = middle
    return lo, calls


@case((LONG,), (V,))
def extremes_by_a_list(x):
    best = -np.inf
    for value in x.tolist():
        if value > best:
            best = value
    return best


@case((M, 3), (SQUARE, 2))
def nearest_centres(x, k):
    centres = x[:k].copy()
    for _ in range(10):
        distances = ((x[:, None] - centres[None]) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        new = np.array([x[labels == j].sum(axis=0) for j in range(k)])
        if np.abs(new - centres).max() < 1e-12:
            break
        centres = new / (1 + np.abs(new).max())
    return centres, labels
