"""Whether two results are the same: structure, types, dtypes, shapes, and values to a few ulps."""

import numpy as np


def assert_same(got, wanted, ulps=4, what=""):
    """Fail unless `got` is what NumPy gave, `ulps` apart."""
    assert type(got) is type(wanted), f"{what}: {type(got)} instead of {type(wanted)}"
    if isinstance(wanted, (tuple, list)):
        assert len(got) == len(wanted), what
        for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
            assert_same(g, w, ulps, f"{what}[{i}]")
    elif isinstance(wanted, dict):
        assert list(got) == list(wanted), what
        for key in wanted:
            assert_same(got[key], wanted[key], ulps, f"{what}[{key!r}]")
    elif isinstance(wanted, (np.ndarray, np.generic)):
        assert got.dtype == wanted.dtype, f"{what}: {got.dtype} instead of {wanted.dtype}"
        assert got.shape == wanted.shape, f"{what}: {got.shape} instead of {wanted.shape}"
        if wanted.dtype.kind == "f":
            scale = np.abs(wanted).max(initial=0, where=np.isfinite(wanted))
            tolerance = ulps * np.finfo(wanted.dtype).eps
            np.testing.assert_allclose(got, wanted, tolerance, tolerance * scale, err_msg=what)
        else:
            np.testing.assert_array_equal(got, wanted, err_msg=what)
    else:
        assert got == wanted or (got != got and wanted != wanted), what
