"""What a function of the corpus is: what makes it, and the calls that are made of it."""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

V = np.linspace(-2, 3, 7)
W = np.linspace(1.5, -1, 7) ** 3
LONG = np.linspace(-1, 1, 40)
M = np.sin(np.arange(20.0)).reshape(5, 4)
N = np.cos(np.arange(20.0) * 2).reshape(5, 4)
SQUARE = M[:4] + np.eye(4)
F32 = V.astype(np.float32)
INTS = np.array([3, -1, 4, 1, -5, 9, 2, 6])
BYTES = np.array([250, 3, 200, 77], np.uint8)
FLAGS = np.array([True, False, True, True, False, False, True])
ONE = np.array([1.5])
EMPTY = np.empty(0)


@dataclass
class Call:
    """The arguments of a call, copied before each, since the function may change them."""

    args: tuple
    kwargs: dict = field(default_factory=dict)

    def fresh(self) -> tuple[tuple, dict]:
        return copy.deepcopy((self.args, self.kwargs))


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


@dataclass
class Case:
    """One function. `make` returns it, anew where it has a state of its own."""

    name: str
    group: str
    make: Callable
    calls: list[Call]
    ulps: int

    def __str__(self) -> str:
        return f"{self.group}.{self.name}"


CASES: list[Case] = []


def case(*calls: Any, ulps: int = 0, made: bool = False) -> Callable:
    """Add a function to the corpus, with its calls: tuples of arguments, or made by `call`.

    `ulps` is how far its floats may be from NumPy's. If `made`, what is decorated returns the
    function, which has a state that must start anew.
    """

    def add(function: Callable) -> Callable:
        group = function.__module__.rpartition(".")[2]
        given = [c if isinstance(c, Call) else Call(c) for c in calls]
        make = function if made else lambda: function
        CASES.append(Case(function.__name__, group, make, given, ulps))
        return function

    return add


def all_cases() -> list[Case]:
    """Import every group and return its cases."""
    import corpus

    for module in sorted(m.name for m in pkgutil.iter_modules(corpus.__path__)):
        importlib.import_module(f"corpus.{module}")
    return CASES
