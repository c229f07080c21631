"""Shorter ways to what NumPy's functions end in: methods and ufuncs written in C.

Each rule takes the types of a call's operands and its arguments, by name, and returns what to call
instead; None where NumPy's own Python code has something to do.
"""

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Given(int):
    """The number of an operand among the arguments of a call."""


class Ways(NamedTuple):
    """What is called, and how (arrays/eager/calls.py)."""

    run: Callable
    arguments: tuple
    keywords: tuple[str, ...] | None = None
    copies: int = -1  # the argument of which a copy is changed, and given
    errors: str = ""


def within(path: str) -> Any:
    """Return something from inside of NumPy; None where this version has it not."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(f"numpy.{module}"), name, None)
    except ImportError:
        return None


def is_array(types: tuple, given: Any, least: int = 0) -> bool:
    """Tell whether an argument is an operand that is an array of that many axes or more."""
    if not isinstance(given, Given):
        return False
    kind, _, rank = types[given]
    return bool(kind == "array" and rank >= least)


def method(name: str, *parameters: str, least: int = 0) -> Callable:
    """The method of arrays; of NumPy's parameters, those that are no longer the default's fail."""
    run = getattr(np.ndarray, name)

    def rule(types: tuple, **arguments: Any) -> Ways | None:
        first, *rest = (arguments.pop(p) for p in parameters)
        if any(value is not None for value in arguments.values()):
            return None
        return Ways(run, (first, *rest)) if is_array(types, first, least) else None

    return rule


def copied(name: str, *parameters: str) -> Callable:
    """A copy that the method of arrays then changes."""
    as_method = method(name, *parameters, least=1)

    def rule(types: tuple, axis: Any, **arguments: Any) -> Ways | None:
        ways = None if axis is None else as_method(types, axis=axis, **arguments)
        return ways and ways._replace(copies=0)

    return rule


def product(name: str, *parameters: str, errors: str = "invalid") -> Callable:
    """The generalized ufunc of matrices of doubles, which gives their type."""
    run = within(f"linalg._umath_linalg.{name}")

    def rule(types: tuple, **arguments: Any) -> Ways | None:
        given = tuple(arguments.pop(p) for p in parameters)
        return matrices(run, types, given, errors)

    return rule


def matrices(run: Any, types: tuple, given: tuple, errors: str) -> Ways | None:
    dtypes = {types[operand][1] for operand in given if is_array(types, operand, 1)}
    whole = run is not None and len(given) == len(types) and is_array(types, given[0], 2)
    doubles = whole and dtypes in ({"f64"}, {"c128"})
    return Ways(run, given, errors=errors) if doubles else None


def solve(types: tuple, a: Any, b: Any) -> Ways | None:
    vector = is_array(types, b) and types[b][2] == 1
    run = within(f"linalg._umath_linalg.{'solve1' if vector else 'solve'}")
    return matrices(run, types, (a, b), "invalid")


def triangle(name: str) -> Callable:
    """What reads one half of a symmetric matrix."""

    def rule(types: tuple, a: Any, UPLO: str) -> Ways | None:  # noqa: N803
        half = {"L": "lo", "U": "up"}.get(UPLO)
        return half and matrices(
            within(f"linalg._umath_linalg.{name}_{half}"), types, (a,), "invalid"
        )

    return rule


def cholesky(types: tuple, a: Any, upper: bool) -> Ways | None:
    name = "cholesky_up" if upper else "cholesky_lo"
    return matrices(within(f"linalg._umath_linalg.{name}"), types, (a,), "invalid")


def interp(types: tuple, x: Any, xp: Any, fp: Any, left: Any, right: Any, period: Any) -> Any:
    run = within("lib._function_base_impl.compiled_interp")
    real = is_array(types, fp, 1) and types[fp][1][0] != "c"
    if run is None or period is not None or not real:
        return None
    return Ways(run, (x, xp, fp, left, right), errors="none")


def einsum(types: tuple, subscripts: str, operands: tuple, optimize: Any) -> Ways | None:
    run = within("_core.multiarray.c_einsum")
    return None if run is None or optimize is not False else Ways(run, (subscripts, *operands))


def correlate(types: tuple, a: Any, v: Any, mode: str) -> Ways | None:
    run = within("_core.multiarray.correlate2")
    return None if run is None else Ways(run, (a, v, mode))


DIRECT: dict[str, Callable] = {
    "sort": copied("sort", "a", "axis", "kind"),
    "argsort": method("argsort", "a", "axis", "kind"),
    "partition": copied("partition", "a", "kth", "axis", "kind"),
    "argpartition": method("argpartition", "a", "kth", "axis", "kind"),
    "searchsorted": method("searchsorted", "a", "v", "side", "sorter", least=1),
    "trace": method("trace", "a", "offset", "axis1", "axis2", least=2),
    "linalg.solve": solve,
    "linalg.inv": product("inv", "a"),
    "linalg.det": product("det", "a", errors="reported"),
    "linalg.slogdet": product("slogdet", "a", errors="reported"),
    "linalg.cholesky": cholesky,
    "linalg.eigh": triangle("eigh"),
    "linalg.eigvalsh": triangle("eigvalsh"),
    "interp": interp,
    "einsum": einsum,
    "correlate": correlate,
}
