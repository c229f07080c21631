"""Calls with the warnings that they give."""

import os
import warnings

import numpy as np


def cast(values, dtype):
    with np.errstate(all="ignore"):
        return np.array(values).astype(dtype)


def told(function, *args):
    """Return a call's result, or the error, and its warnings: category, text, line and file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function(*args)
        except FloatingPointError as error:
            line = error.__traceback__
            while line.tb_next:
                line = line.tb_next
            result = str(error), line.tb_lineno
    return result, [
        (w.category, str(w.message), w.lineno, os.path.basename(w.filename)) for w in caught
    ]


def same(compiled, plain):
    assert compiled[1] == plain[1]
    if isinstance(plain[0], tuple) and isinstance(plain[0][0], str):
        assert compiled[0] == plain[0]
    else:
        np.testing.assert_allclose(compiled[0], plain[0], rtol=1e-2)


def floats(*values, count=20, dtype="f8"):
    out = cast([1.0 + 0.125 * i for i in range(count)], dtype)
    out[5 : 5 + len(values)] = values
    return out
