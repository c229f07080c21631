"""Whether a floating-point warning that plain NumPy would issue would be seen by anybody.

Python shows a warning once per line and text, unless its filters say otherwise. Where all that a
call would warn of has been shown before, or is ignored, the compiled result can be kept.
"""

import warnings
from collections.abc import Iterable
from typing import Any

from braze import _core

KINDS = {1: "divide by zero", 2: "overflow", 4: "invalid value", 8: "underflow"}

# How NumPy calls an operation in its message, where that is not the op's own name.
NAMES = {"cast": ("cast",), "whole_power": ("power", "square")}
BY_KIND = {"reduce": ("reduce",), "call": ("accumulate",)}

_known: dict[Any, Any] = {}  # a registry of warnings in which the probe has been shown


def _no_category(message: str) -> str:
    return message


_PROBE = ("", _no_category, 0)


def filters_version() -> int | None:
    """Return the number that Python gives to the state of its warning filters, if it can be had.

    A warning that a registry knows, and that was noted at the same number, is not shown. One whose
    category is no class cannot be shown either, but leaves the number in the registry.
    """
    if not warnings.filters:
        return None
    try:
        warnings.warn_explicit("", _no_category, "", 0, "", _known)
    except TypeError:
        _known[_PROBE] = True
    return _known.get("version")


def action(text: str, line: int, module: str) -> str:
    """Return what the filters say about a RuntimeWarning that no registry knows."""

    def fits(pattern: Any, given: str) -> bool:
        if pattern is None or isinstance(pattern, str):
            return pattern is None or pattern == given
        return pattern.match(given) is not None

    for what, message, category, where, at in warnings.filters:
        if (
            issubclass(RuntimeWarning, category)
            and at in (0, line)
            and fits(message, text)
            and fits(where, module)
        ):
            return what
    return warnings.defaultaction


def names(op: str) -> tuple[str, ...]:
    """Return what NumPy's message may call the operation."""
    row = _core.ops[op]
    plain = NAMES.get(op) or BY_KIND.get(row["kind"]) or (op,)
    return plain if row["kind"] in BY_KIND else (*plain, *(f"scalar {name}" for name in plain))


def unseen(function: Any, raised: Iterable[tuple[str, int, str | None, int]]) -> bool:
    """Tell whether nobody would see the warnings of these operations.

    Each is an op, kinds of errors as bits, and the file and line where the operation stands.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    space = function.__globals__
    module = space.get("__name__") or "<string>"
    registry = space.get("__warningregistry__")
    version = filters_version()
    current = registry and version is not None and registry.get("version") == version
    for op, kinds, file, line in raised:
        if file != code.co_filename:
            return False
        for kind, words in KINDS.items():
            if not kinds & kind:
                continue
            texts = [f"{words} encountered in {name}" for name in names(op)]
            if current and any(registry.get((t, RuntimeWarning, line)) for t in texts):
                continue
            if not all(action(t, line, module) == "ignore" for t in texts):
                return False
    return True
