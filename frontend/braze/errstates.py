"""`numpy.errstate` in compiled code: what is recorded in it carries what NumPy is told there."""

import ast
from typing import Any

import numpy as np

from braze import expressions
from braze.errors import refuse
from braze.frame import Frame

# The bits of ir/raises.h.
BITS = {"divide": 1, "over": 2, "invalid": 4, "under": 8}
ACTIONS = ("ignore", "warn", "raise", "call", "print", "log")


class Errstate:
    """A context in which nodes are recorded with other settings."""

    def __init__(self, recorder: Any, **settings: Any) -> None:
        self.recorder = recorder
        self.settings = dict.fromkeys(BITS, settings.pop("all", None)) | {
            kind: what for kind, what in settings.items() if kind not in BITS or what is not None
        }
        unknown = [kind for kind in self.settings if kind not in BITS]
        if unknown:
            raise refuse(f"numpy.errstate with {unknown[0]}=")
        for what in self.settings.values():
            if what is not None and what not in ACTIONS:
                raise refuse(f"numpy.errstate with {what!r}")

    def __enter__(self) -> None:
        recorder = self.recorder
        self.before = recorder.silenced, recorder.reported
        for kind, what in self.settings.items():
            if what is None:
                continue
            bit, ignored = BITS[kind], what == "ignore"
            recorder.silenced = recorder.silenced & ~bit | (bit if ignored else 0)
            recorder.reported = recorder.reported & ~bit | (0 if ignored else bit)

    def __exit__(self, *_: object) -> None:
        self.recorder.silenced, self.recorder.reported = self.before


def entered(frame: Frame, node: ast.With) -> Errstate:
    """Return the context of a `with` statement; Unsupported if it is another one."""
    if len(node.items) != 1 or not looks_known(node):
        raise frame.refuse(node, "the statement `with`")
    call = node.items[0].context_expr
    settings = {}
    if expressions.evaluate(frame, call.func) is not np.errstate or call.args:
        raise frame.refuse(node, "the statement `with`")
    for keyword in call.keywords:
        what = expressions.evaluate(frame, keyword.value)
        if keyword.arg is None or not (what is None or type(what) is str):
            raise frame.refuse(node, "numpy.errstate with settings that are not known")
        settings[keyword.arg] = what
    return frame.perform(node, Errstate, frame.recorder, **settings)


def looks_known(node: ast.With) -> bool:
    """Tell whether a `with` may be compiled, by its text."""
    return all(
        item.optional_vars is None
        and isinstance(call := item.context_expr, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", None)) == "errstate"
        for item in node.items
    )
