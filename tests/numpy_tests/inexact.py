"""How far results may be from NumPy's, by the name of a function: 0 for all but a few."""

# Functions that NumPy does not round correctly: braze is within 1 ulp of the true value.
ROUNDED = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "hypot", "sin", "cos", "tan",
    "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "power", "arcsinh", "arccosh",
    "arctanh", "cbrt", "logaddexp", "logaddexp2", "pow", "float_power", "**", "asin", "acos",
    "atan", "atan2", "asinh", "acosh", "atanh", "sinc", "logspace", "geomspace", "angle", "i0",
    "vander", "unwrap", "kaiser", "hanning", "hamming", "blackman",
}  # fmt: skip
ULPS = 8


def ulps_of(name):
    """Return the distance that is allowed for results of a function."""
    return ULPS if name in ROUNDED else 0
