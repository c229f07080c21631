"""Arrays that find mistakes: edge values of each dtype, in every layout that NumPy has."""

import linecache

import numpy as np

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
NAMES = {d: np.dtype(d).name for d in DTYPES}


def edge_values(dtype, count=37, seed=0):
    """Return `count` values, the edges of the dtype first."""
    dtype = np.dtype(dtype)
    if dtype.kind == "c":
        values = np.empty(count, dtype)
        values.real = edge_values(values.real.dtype, count, seed)
        values.imag = np.random.default_rng(seed).permutation(values.real)
        return values
    rng = np.random.default_rng(seed)
    if dtype.kind == "b":
        return rng.random(count) < 0.5
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        edges = [0, 1, 2, 3, 7, info.max, info.max - 1, info.min, info.min + 1, info.max // 2]
        edges += [-1, -2, -3, -7] if dtype.kind == "i" else [5, 6]
        rest = rng.integers(info.min, info.max, count, dtype, endpoint=True)
        rest[::2] = rng.integers(0, 20, len(rest[::2]))
    else:
        info = np.finfo(dtype)
        edges = [0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, np.nan, np.inf, -np.inf]
        edges += [info.max, info.min, info.tiny, info.smallest_subnormal, info.eps, 1 + info.eps]
        rest = rng.standard_normal(count) * 3
    values = np.concatenate([np.array(edges, dtype), rest.astype(dtype)])[:count]
    assert len(values) == count
    return values


def unaligned(values):
    """Return the same values, each one byte off its place."""
    memory = np.zeros(values.nbytes + 1, np.uint8)
    array = memory[1:].view(values.dtype).reshape(values.shape)
    array[...] = values
    return array


def layouts(values):
    """Return the values, or some of them, in every layout; by name."""
    n = len(values) // 6 * 6
    table = values[:n].reshape(6, -1)
    return {
        "0-d": values[3:4].reshape(()),
        "empty": values[:0],
        "empty 2-d": values[:0].reshape(0, 3),
        "one": values[4:5].copy(),
        "odd": values.copy(),
        "every second": np.repeat(values, 2)[::2],
        "reversed": values[::-1],
        "back by three": np.repeat(values, 3)[::-3],
        "unaligned": unaligned(values),
        "repeated rows": np.broadcast_to(values, (3, len(values))),
        "repeated columns": np.broadcast_to(values[:, None], (len(values), 3)),
        "one everywhere": np.broadcast_to(values[2], (3, 5)),
        "2-d": table.copy(),
        "transposed": table.T,
        "fortran": np.asfortranarray(table),
        "window": table[1:-1, ::2],
        "flipped": table[::-1, ::-1],
        "one row": table[:1].copy(),
        "one column": table[:, 1:2],
        "3-d": values[: n // 12 * 12].reshape(2, 3, -1).transpose(1, 2, 0),
    }


_made = 0


def define(text, name="f", **names):
    """Run source text and return one of its names, with source that `inspect` finds."""
    global _made
    _made += 1
    file = f"<made {_made}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {"np": np, **names}
    exec(compile(text, file, "exec"), names)
    return names[name]
