"""Random numbers as eager steps: a row for each method of numpy.random's generators.

Imported when a function draws its first number, since numpy.random is not imported with NumPy.
"""

from typing import Any

import numpy as np

from braze.arrays.eager import calls as eager_calls
from braze.arrays.eager.rows import ROWS, Row
from braze.arrays.shapes import broadcast_shape, known_sizes
from braze.errors import refuse

KINDS = {"Generator": np.random.Generator, "RandomState": np.random.RandomState}


def given(*names: str) -> Any:
    """As many numbers as are asked for, or one for each of the parameters' elements."""

    def rule(call: Any) -> list:
        if call.shape is not None:
            return call.shape
        shapes = [call.dims(name) for name in names]
        return broadcast_shape(call.recorder, shapes) if shapes else []

    return rule


def chosen(call: Any) -> list:
    """Elements along an axis, or numbers below one."""
    dims = call.dims("a")
    axis = call.option("axis") if call.has("axis") else 0
    if axis != 0:
        raise refuse("random choices along another axis than the first")
    return [*(call.shape or []), *dims[1:]]


def permuted(call: Any) -> list:
    dims = call.dims("x")
    if call.has("axis") and call.option("axis") != 0:
        raise refuse("random permutations along another axis than the first")
    return dims or known_sizes(call.recorder, call.argument("x"))


def shuffled(call: Any) -> list:
    return permuted(call) if call.dims("x") else refused(call)


def refused(call: Any) -> Any:
    raise refuse(f"numpy.{call.row.name} of what is no array")


def of_vectors(name: str) -> Any:
    """As many vectors as are asked for, each as long as a parameter."""

    def rule(call: Any) -> list:
        length = call.dims(name)
        if call.has("n") and call.dims("n"):
            raise refuse("random vectors of several totals")
        return [*(call.shape or []), length[-1]] if length else refused(call)

    return rule


# What differs between the two kinds of generators stands behind the parameters that they share.
BOTH = {
    "normal": "loc=0.0, scale=1.0",
    "uniform": "low=0.0, high=1.0",
    "laplace": "loc=0.0, scale=1.0",
    "logistic": "loc=0.0, scale=1.0",
    "gumbel": "loc=0.0, scale=1.0",
    "lognormal": "mean=0.0, sigma=1.0",
    "exponential": "scale=1.0",
    "rayleigh": "scale=1.0",
    "poisson": "lam=1.0",
    "gamma": "shape, scale=1.0",
    "beta": "a, b",
    "binomial": "n, p",
    "negative_binomial": "n, p",
    "geometric": "p",
    "weibull": "a",
    "pareto": "a",
    "power": "a",
    "chisquare": "df",
    "standard_t": "df",
    "f": "dfnum, dfden",
    "wald": "mean, scale",
    "vonmises": "mu, kappa",
    "triangular": "left, mode, right",
    "standard_cauchy": "",
    "hypergeometric": "ngood, nbad, nsample",
    "logseries": "p",
    "noncentral_chisquare": "df, nonc",
    "noncentral_f": "dfnum, dfden, nonc",
    "zipf": "a",
    "multinomial": "n, pvals",
    "dirichlet": "alpha",
}
OWN = {
    "Generator": {
        "random": "size=None, dtype=None",
        "standard_normal": "size=None, dtype=None",
        "standard_exponential": "size=None, dtype=None, method='zig'",
        "standard_gamma": "shape, size=None, dtype=None",
        "integers": "low, high=None, size=None, dtype=None, endpoint=False",
        "choice": "a, size=None, replace=True, p=None, axis=0, shuffle=True",
        "permutation": "x, axis=0",
        "shuffle": "x, axis=0",
        "permuted": "x, *, axis=None",
        "multivariate_normal": "mean, cov, size=None, check_valid='warn', tol=1e-8, *, "
                               "method='svd'",
    },
    "RandomState": {
        "random": "size=None",
        "random_sample": "size=None",
        "rand": "*d",
        "randn": "*d",
        "standard_normal": "size=None",
        "standard_exponential": "size=None",
        "standard_gamma": "shape, size=None",
        "randint": "low, high=None, size=None, dtype=None",
        "choice": "a, size=None, replace=True, p=None",
        "permutation": "x",
        "shuffle": "x",
        "seed": "seed=None",
        "multivariate_normal": "mean, cov, size=None, check_valid='warn', tol=1e-8",
    },
}  # fmt: skip
SIZES = {"choice": chosen, "permutation": permuted, "shuffle": shuffled,
         "permuted": lambda call: call.dims("x") or refused(call),
         "multivariate_normal": of_vectors("mean"), "multinomial": of_vectors("pvals"),
         "dirichlet": of_vectors("alpha")}  # fmt: skip
CONSTANT = (
    "check_valid",
    "tol",
    "size",
    "dtype",
    "method",
    "endpoint",
    "replace",
    "axis",
    "shuffle",
    "d",
    "seed",
)
# What calls nothing of NumPy's that may report floating-point errors.
QUIET = {"random", "random_sample", "rand", "randn", "standard_normal", "standard_exponential",
         "normal", "exponential", "seed"}  # fmt: skip
# What numbers are in the trial of the types, so that NumPy accepts them.
TRIED = {"a": 50, "high": 5, "left": 0, "right": 2, "p": 0.5}


def row(kind: str, name: str, parameters: str) -> Row:
    names = [p.split("=")[0].strip() for p in parameters.split(",") if p]
    operands = [n for n in names if n not in CONSTANT and not n.startswith("*")]
    return Row(
        f"random.{kind}.{name}",
        f"self, {parameters}",
        " ".join(["self", *operands, *(["seed"] if name == "seed" else [])]),
        SIZES.get(name) or given(*operands),
        draws="draws",
        copies=1 if name == "shuffle" else -1,
        kinds="biuf",
        quiet=name in QUIET,
    )


def add(made: Row, function: Any) -> None:
    if function is not None:
        ROWS[made.name] = made
        eager_calls.ORIGINALS[made.name] = function


for _kind, _class in KINDS.items():
    _shared = {n: ", ".join(filter(None, (p, "size=None"))) for n, p in BOTH.items()}
    for _name, _parameters in (_shared | OWN[_kind]).items():
        add(row(_kind, _name, _parameters), getattr(_class, _name, None))
for _name in ("default_rng", "RandomState"):
    _row = Row(f"random.{_name}", "seed=None", "seed", lambda call: [], draws="makes", kinds="iu")
    add(_row, _row.function())
