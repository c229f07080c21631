"""Programs whose slices have bounds that only the loop knows, most of them as in npbench."""

import numpy as np


def random(*shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).random(shape).astype(dtype)


def positive(n):
    """Return a matrix that has a Cholesky factor."""
    a = random(n, n)
    return a @ a.T + n * np.eye(n)


def cholesky(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])


def lu(A):
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]


def ludcmp(A, b):
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    N = A.shape[0]
    for i in range(N):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, N):
            A[i, j] -= A[i, :i] @ A[:i, j]
    for i in range(N):
        y[i] = b[i] - A[i, :i] @ y[:i]
    for i in range(N - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x, y


def trisolv(L, x, b):
    for i in range(x.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]


def gramschmidt(A):
    Q = np.zeros_like(A)
    R = np.zeros((A.shape[1], A.shape[1]), dtype=A.dtype)
    for k in range(A.shape[1]):
        nrm = np.dot(A[:, k], A[:, k])
        R[k, k] = np.sqrt(nrm)
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, A.shape[1]):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]
    return Q, R


def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


def covariance(M, float_n, data):
    mean = np.mean(data, axis=0)
    data -= mean
    cov = np.zeros((M, M), dtype=data.dtype)
    for i in range(M):
        cov[i:M, i] = data[:, i] @ data[:, i:M] / (float_n - 1.0)
        cov[i, i:M] = cov[i:M, i]
    return cov


def conv2d(input, weights):
    K = weights.shape[0]
    N = input.shape[0]
    H_out = input.shape[1] - K + 1
    W_out = input.shape[2] - K + 1
    C_out = weights.shape[3]
    output = np.empty((N, H_out, W_out, C_out), dtype=np.float32)
    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(
                input[:, i : i + K, j : j + K, :, np.newaxis] * weights[np.newaxis, :, :, :],
                axis=(1, 2, 3),
            )
    return output


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]], dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, :], axis=(1, 2))
    return output


def moving(x, n):
    out = np.empty(x.shape[0] - n + 1)
    for i in range(out.shape[0]):
        out[i] = x[i : i + n].mean()
    return out


def moving_max(x):
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        out[i] = x[max(0, i - 3) : i + 4].max()
    return out


def blocks(x, y):
    for i in range(0, x.shape[0], 4):
        y[i : i + 4] = np.sin(x[i : i + 4]) + y[i : i + 4].sum()
    return y


def prefix(x):
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        out[i] = x[:i].sum() + x[i:].sum()
    return out


def negative(x):
    s = np.zeros(x.shape)
    for i in range(x.shape[0]):
        s[-i:] += x[-i:] * 2
        s[:-i] -= x[i:] if i else 0.0
    return s


def strided(x):
    s = np.zeros(x.shape)
    for i in range(1, x.shape[0]):
        s[i::2] += x[i::2]
        s[:i:3] *= 2
        s[i::-1] += x[i::-1]
        s[i:0:-2] -= 1.5
    return s


def overlap(x):
    for i in range(1, x.shape[0]):
        x[i:] += x[:-i]
        x[:i] = x[:i][::-1]
        v = x[i - 1 :]
        v[1:] += v[:-1]
    return x


def gauss(A, b):
    n = A.shape[0]
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        for j in range(n):
            t = A[k, j]
            A[k, j] = A[p, j]
            A[p, j] = t
        t = b[k]
        b[k] = b[p]
        b[p] = t
        for i in range(k + 1, n):
            f = A[i, k] / A[k, k]
            A[i, k:] -= f * A[k, k:]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def views(A):
    out = np.zeros(A.shape)
    for i in range(A.shape[0]):
        row = out[i]
        row[:i] = A[i, :i]
        row[i:] -= A[i:, i].T
        col = out[:, i][::-1]
        col[i:] += 1
        block = out[i:, i:]
        block *= 2
        block[0] += 3
        block.T[0, :] -= 1
    return out


def seidel(A, T):
    N = A.shape[0]
    for _ in range(T):
        for i in range(1, N - 1):
            A[i, 1:-1] += (
                A[i - 1, :-2]
                + A[i - 1, 1:-1]
                + A[i - 1, 2:]
                + A[i, 2:]
                + A[i + 1, :-2]
                + A[i + 1, 1:-1]
                + A[i + 1, 2:]
            )
            for j in range(1, N - 1):
                A[i, j] += A[i, j - 1]
                A[i, j] /= 9.0


def cumulative(x):
    out = np.zeros(x.shape)
    for i in range(1, x.shape[0] + 1):
        out[i - 1] = x[:i].std()
    return out


def medianlike(x):
    best = -1.0
    at = 0
    for i in range(x.shape[0] - 2):
        m = x[i : i + 3].sum()
        if m > best:
            best = m
            at = i
    return best, at


def autocorr(x, lags):
    n = x.shape[0]
    r = np.zeros(lags)
    for k in range(lags):
        r[k] = (x[: n - k] * x[k:]).sum()
    return r


def fir(x, h):
    y = np.zeros_like(x)
    m = h.shape[0]
    for i in range(m - 1, x.shape[0]):
        y[i] = (x[i - m + 1 : i + 1] * h[::-1]).sum()
    return y


def blur(img, r):
    out = np.zeros_like(img)
    h, w = img.shape
    for i in range(h):
        for j in range(w):
            out[i, j] = img[
                max(0, i - r) : min(h, i + r + 1), max(0, j - r) : min(w, j + r + 1)
            ].mean()
    return out


def erode(img):
    out = img.copy()
    for i in range(1, img.shape[0] - 1):
        for j in range(1, img.shape[1] - 1):
            out[i, j] = img[i - 1 : i + 2, j - 1 : j + 2].min()
    return out


def qr_house(A):
    m, n = A.shape
    for k in range(n):
        x = A[k:, k].copy()
        s = np.sqrt((x * x).sum())
        if s > 0:
            x[0] += s if x[0] > 0 else -s
            v = x / np.sqrt((x * x).sum())
            A[k:, k:] -= 2.0 * np.outer(v, v @ A[k:, k:])
    return A


def tri_inv(L):
    n = L.shape[0]
    X = np.zeros_like(L)
    for j in range(n):
        X[j, j] = 1.0 / L[j, j]
        for i in range(j + 1, n):
            X[i, j] = -(L[i, j:i] * X[j:i, j]).sum() / L[i, i]
    return X


def lens(x):
    t = 0
    for i in range(x.shape[0]):
        t += len(x[i : i + 4]) + x[:i].shape[0] + x[i:].size
    return t


def while_window(x):
    i = 0
    s = np.zeros(x.shape)
    while i < x.shape[0]:
        s[i : i + 2] += x[i : i + 2].sum()
        i += 2
    return s


def broadcast_one(A):
    for i in range(A.shape[1]):
        A[:, i : i + 1] *= 2
        A -= A[:, i : i + 1]
    return A


def zeros_like_window(x):
    out = np.zeros(x.shape)
    for i in range(1, x.shape[0]):
        z = np.zeros_like(x[:i])
        z[:] = 3
        z += x[:i]
        out[:i] += z
        out[i:] += np.ones(x[i:].shape) * 2
    return out


def any_all(x):
    c = 0
    for i in range(x.shape[0]):
        if (x[i : i + 3] > 0.5).all():
            c += 1
        if (x[:i] > 0.9).any():
            c += 10
    return c


def arg(x):
    p = np.zeros(x.shape, dtype=np.int64)
    for i in range(x.shape[0]):
        p[i] = i + np.argmin(x[i:])
    return p


def durbin(r):
    y = np.zeros_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + r[:k][::-1] @ y[:k]) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return y


# The function, and its arguments for a size.
PROGRAMS = {
    cholesky: lambda n: (positive(n),),
    lu: lambda n: (positive(n),),
    ludcmp: lambda n: (positive(n), random(n)),
    trisolv: lambda n: (positive(n), random(n), random(n, seed=1)),
    durbin: lambda n: (random(n),),
    gramschmidt: lambda n: (random(n + 3, n),),
    syrk: lambda n: (1.5, 1.2, random(n, n), random(n, n + 2, seed=1)),
    covariance: lambda n: (n, float(n + 5), random(n + 5, n)),
    gauss: lambda n: (positive(n), random(n)),
    qr_house: lambda n: (random(n + 2, n),),
    tri_inv: lambda n: (positive(n),),
    conv2d: lambda n: (
        random(2, n + 3, n + 3, 3, dtype=np.float32),
        random(3, 3, 3, 4, dtype=np.float32),
    ),
    maxpool2d: lambda n: (random(2, n, n, 3),),
    moving: lambda n: (random(n + 4), 3),
    moving_max: lambda n: (random(n),),
    blocks: lambda n: (random(n), random(n, seed=1)),
    prefix: lambda n: (random(n),),
    negative: lambda n: (random(n),),
    strided: lambda n: (random(n),),
    overlap: lambda n: (random(n),),
    views: lambda n: (random(n, n),),
    seidel: lambda n: (random(n, n), 2),
    cumulative: lambda n: (random(n),),
    medianlike: lambda n: (random(n),),
    autocorr: lambda n: (random(n), n),
    fir: lambda n: (random(n), random(3, seed=2)),
    blur: lambda n: (random(n, n), 2),
    erode: lambda n: (random(n, n),),
    lens: lambda n: (random(n),),
    while_window: lambda n: (random(n),),
    broadcast_one: lambda n: (random(n, n),),
    zeros_like_window: lambda n: (random(n),),
    any_all: lambda n: (random(n),),
    arg: lambda n: (random(n),),
}
