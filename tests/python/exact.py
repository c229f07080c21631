"""Whether a result is NumPy's to the bit: types, dtypes, shapes, order in memory, every element."""

import numpy as np


def strides(array):
    """Return the strides along which there is a second element."""
    several = array.size > 0
    return [t for size, t in zip(array.shape, array.strides, strict=True) if several and size > 1]


def ranks(array):
    """Return floats as integers in their order, so that neighbours differ by one."""
    array = array.astype(array.dtype.newbyteorder("="), order="C")
    bits = array.view(f"i{array.dtype.itemsize}").astype(np.int64)
    lowest = np.int64(-1) << np.int64(8 * array.dtype.itemsize - 1)
    return np.where(bits < 0, lowest - bits, bits).reshape(array.shape)


def apart(got, wanted):
    """Return by how many ulps two float arrays differ; NaNs are equal, -0.0 and 0.0 are not."""
    first, second = (ranks(a).astype(np.longdouble) for a in (got, wanted))
    distance = np.abs(first - second)  # exact: the mantissa has 64 bits
    both_nan = np.isnan(got) & np.isnan(wanted)
    odd = (np.signbit(got) != np.signbit(wanted)) & (got == 0) & (wanted == 0)
    special = ~(np.isfinite(got) & np.isfinite(wanted)) & (got != wanted)
    distance = np.where(odd, 1 << 20, np.where(special, 1 << 20, distance))
    return np.where(both_nan, 0, distance)


def check(got, wanted, what="", ulps=0, layout=True, owned=True):
    """Fail unless `got` is `wanted` in everything that a program can see."""
    assert type(got) is type(wanted), f"{what}: {type(got)} instead of {type(wanted)}"
    if isinstance(wanted, (tuple, list)):
        assert len(got) == len(wanted), what
        for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
            check(g, w, f"{what}[{i}]", ulps, layout, owned)
    elif isinstance(wanted, dict):
        assert list(got) == list(wanted), what
        for key in wanted:
            check(got[key], wanted[key], f"{what}[{key!r}]", ulps, layout, owned)
    elif isinstance(wanted, (np.ndarray, np.generic)):
        assert got.dtype == wanted.dtype, f"{what}: {got.dtype} instead of {wanted.dtype}"
        assert got.shape == wanted.shape, f"{what}: {got.shape} instead of {wanted.shape}"
        if layout and isinstance(wanted, np.ndarray):
            check_layout(got, wanted, what, owned)
        check_elements(np.asarray(got), np.asarray(wanted), what, ulps)
    else:
        assert repr(got) == repr(wanted), f"{what}: {got!r} instead of {wanted!r}"


def check_layout(got, wanted, what, owned):
    assert strides(got) == strides(wanted), (
        f"{what}: strides {got.strides} instead of {wanted.strides}, shape {wanted.shape}"
    )
    assert got.flags.writeable == wanted.flags.writeable, f"{what}: writeable"
    assert got.flags.owndata or not (owned and wanted.flags.owndata), f"{what}: owndata"


def check_elements(got, wanted, what, ulps):
    if wanted.dtype.kind == "c" and wanted.dtype.itemsize <= 16:
        check_elements(got.real, wanted.real, f"{what} real part", ulps)
        return check_elements(got.imag, wanted.imag, f"{what} imaginary part", ulps)
    if wanted.dtype.kind == "f" and wanted.dtype.itemsize <= 8:
        distance = apart(got, wanted)
        wrong = distance > ulps
    else:
        wrong = np.asarray((got != wanted) & ~((got != got) & (wanted != wanted)))
    if wrong.any():
        at = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(wrong)))
        g, w = np.atleast_1d(got)[at], np.atleast_1d(wanted)[at]
        count = int(np.count_nonzero(wrong))
        raise AssertionError(f"{what}: {count} of {wrong.size} wrong; at {at} {g!r}, not {w!r}")
