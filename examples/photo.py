"""Functions on photographs, as a NumPy user writes them. `make demo` runs them on real ones."""

import numpy as np

import braze


@braze.jit
def grade(red, green, blue, gamma):
    """Linear light, a warm colour matrix, a soft shoulder, and back to display values."""
    r, g, b = (red / 255.0) ** 2.2, (green / 255.0) ** 2.2, (blue / 255.0) ** 2.2
    warm = 1.10 * r + 0.06 * g - 0.02 * b
    plain = 0.02 * r + 1.00 * g + 0.01 * b
    cold = 0.01 * r + 0.08 * g + 0.82 * b
    luminance = 0.2126 * warm + 0.7152 * plain + 0.0722 * cold
    shoulder = 1.0 / (1.0 + 0.35 * luminance)
    out = []
    for channel in (warm, plain, cold):
        lit = np.clip(channel * shoulder * 1.25, 0.0, 1.0)
        out.append((255.0 * lit ** (1.0 / gamma) + 0.5).astype(np.uint8))
    return out[0], out[1], out[2]


@braze.jit
def edges(gray):
    """Sobel gradient magnitude by slices, inverted to look like a drawing."""
    nw, n, ne = gray[:-2, :-2], gray[:-2, 1:-1], gray[:-2, 2:]
    w, e = gray[1:-1, :-2], gray[1:-1, 2:]
    sw, s, se = gray[2:, :-2], gray[2:, 1:-1], gray[2:, 2:]
    gx = (ne + 2.0 * e + se) - (nw + 2.0 * w + sw)
    gy = (sw + 2.0 * s + se) - (nw + 2.0 * n + ne)
    return 1.0 - np.tanh(1.5 * np.sqrt(gx * gx + gy * gy))


@braze.jit
def standardise(table):
    """Standard score of every column; columns that never vary become 0."""
    deviation = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(deviation > 0.0, deviation, 1.0)


@braze.jit
def softmax(scores):
    """Softmax of every row."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
