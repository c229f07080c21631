"""Whether NumPy's functions and methods take the arguments of a call.

What records a call may know other options than the function has, so that nothing would fail where
NumPy raises a TypeError.
"""

import functools
import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy._core import _methods

from braze.errors import refuse


class Parameters(NamedTuple):
    """Of a function: how many arguments it takes by place, and by which names."""

    places: float
    names: frozenset[str] | None  # None: any


KIND = inspect.Parameter


@functools.cache
def parameters_of(function: Callable) -> Parameters | None:
    """Return the parameters of a function, None where it does not tell."""
    try:
        given = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):  # C functions of older versions of NumPy
        return None
    kinds = [p.kind for p in given]
    by_place = sum(kind in (KIND.POSITIONAL_ONLY, KIND.POSITIONAL_OR_KEYWORD) for kind in kinds)
    named = (KIND.POSITIONAL_OR_KEYWORD, KIND.KEYWORD_ONLY)
    return Parameters(
        float("inf") if KIND.VAR_POSITIONAL in kinds else by_place,
        None if KIND.VAR_KEYWORD in kinds else frozenset(p.name for p in given if p.kind in named),
    )


# The functions in Python behind methods of arrays that pass on whatever they are given.
BEHIND = {"max": "_amax", "min": "_amin"}


@functools.cache
def parameters_of_method(name: str) -> Parameters | None:
    """Return the parameters of a method of arrays, with the array as the first."""
    found = parameters_of(getattr(np.ndarray, name)) if hasattr(np.ndarray, name) else None
    behind = getattr(_methods, BEHIND.get(name, f"_{name}"), None)
    if found is not None and found.names is None and behind is not None:
        return parameters_of(behind)
    return found


def check_call(parameters: Parameters | None, what: str, count: int, kwargs: dict) -> None:
    """Refuse arguments that NumPy refuses."""
    if parameters is None:
        return
    unknown = parameters.names is not None and not parameters.names.issuperset(kwargs)
    if unknown or count > parameters.places:
        raise refuse(f"numpy.{what} with arguments that it does not take")
