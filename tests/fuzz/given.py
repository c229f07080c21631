"""Arguments of random programs: arrays of all dtypes and layouts, overlapping, with odd values."""

import numpy as np
from edges import edge_values, unaligned

FLOATS = ["f8", "f4", "f2"]
DTYPES = ["f8", "f8", "f8", "f8", "f4", "f4", "f2", "i8", "i8", "i4", "i2", "i1", "u1", "u2", "u4",
          "u8", "?", "c16", "c8", ">f8"]  # fmt: skip
SHAPES = [(3, 4), (3, 4), (5, 4), (2, 3), (4, 4), (1, 4), (4, 1), (1, 1), (9, 17), (3, 150)]


def values(rng, shape, dtype, special):
    """Return an array in C order of moderate numbers, or of a dtype's edges."""
    if special:
        pool = edge_values(dtype, 40)
        return rng.choice(pool, shape)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (rng.integers(-12, 13, shape) / rng.choice([1, 2, 3])).astype(dtype)
    low = 0 if dtype.kind in "u?b" else -5
    found = rng.integers(low, 2 if dtype.kind == "b" else 7, shape).astype(dtype)
    return found + 1j * rng.integers(-5, 7, shape) if dtype.kind == "c" else found


def laid_out(array, how):
    """Return an array of the same values in another layout of memory."""
    if how == "fortran":
        return np.asfortranarray(array)
    if how == "transposed":
        return np.ascontiguousarray(array.T).T
    if how == "reversed":
        return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
    if how == "upside down":
        return np.ascontiguousarray(array[::-1])[::-1]
    if how == "every second":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if how == "rows apart":
        return np.repeat(array, 3, axis=0)[1::3]
    if how == "unaligned":
        return unaligned(array)
    if how == "repeated":
        return np.broadcast_to(array[:1], array.shape)
    if how == "read-only":
        array.flags.writeable = False
    return array


LAYOUTS = ["plain", "fortran", "transposed", "reversed", "upside down", "every second",
           "rows apart", "unaligned", "repeated", "read-only"]  # fmt: skip


def calls(seed, empty=True):
    """Give a few functions, each of which makes the arguments (a, b, r, s, k) anew."""
    rng = np.random.default_rng(seed)
    first = None
    for number in range(6):
        if number in (1, 3) and first is not None:
            kind = dict(first, seed=int(rng.integers(1 << 30)))
        else:
            kind = {
                "seed": int(rng.integers(1 << 30)),
                "shape": SHAPES[rng.integers(len(SHAPES))],
                "dtypes": list(rng.choice(DTYPES, 3)),
                "layouts": list(rng.choice(LAYOUTS, 3)) if rng.random() < 0.6 else ["plain"] * 3,
                "special": rng.random() < 0.15,
                "together": None if rng.random() < 0.85 else str(rng.choice(["same", "shifted"])),
            }
            kind["numpy"] = bool(rng.random() < 0.15)
            if rng.random() < 0.5:
                kind["dtypes"] = [kind["dtypes"][0]] * 3
            if empty and rng.random() < 0.05:
                kind["shape"] = [(0, 4), (3, 0)][rng.integers(2)]
        first = first or kind
        yield kind


def arguments(kind):
    """Return the arguments that a description says."""
    rng = np.random.default_rng(kind["seed"])
    n, m = kind["shape"]
    shapes = [(n, m), (n, m), (m,)]
    arrays = [
        laid_out(values(rng, shape, dtype, kind["special"]), how)
        if len(shape) == 2 or how not in ("rows apart", "upside down")
        else values(rng, shape, dtype, kind["special"])
        for shape, dtype, how in zip(shapes, kind["dtypes"], kind["layouts"], strict=True)
    ]
    if kind["together"] == "same":
        arrays[1] = arrays[0]
    elif kind["together"] == "shifted":
        memory = values(rng, (n + 1, m), kind["dtypes"][0], kind["special"])
        arrays[:2] = memory[:-1], memory[1:]
    s, k = float(rng.choice([0.5, 0.75, -1.5, 2.0])), int(rng.integers(0, 3))
    if kind["numpy"]:  # numbers that are NumPy's, or arrays without axes
        s = [np.float32(s), np.float64(s), np.array(s), np.int8(s), np.array(s, "f4")][k]
        k = [np.int64(k), k, np.int32(k)][int(rng.integers(3))]
    return [*arrays, s, k]
