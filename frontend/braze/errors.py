"""Failures in words: what braze does not compile, where, why, and what to do about it."""

import linecache
import sys
import traceback
from dataclasses import dataclass

from braze._core import GraphError, InternalError, Unsupported

__all__ = [
    "CompileError",
    "GraphError",
    "InternalError",
    "Place",
    "Reason",
    "Unsupported",
    "caller_place",
    "refuse",
]


@dataclass(eq=False, repr=False)
class Place:
    """A stretch of source: lines and columns count from 1, the end column is behind the last."""

    file: str
    line: int
    column: int
    end_column: int = 0
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def key(self) -> tuple:
        return self.file, self.line, self.column, self.end_column

    def excerpt(self) -> str:
        """Return the source line with a caret under the place, or nothing if there is none."""
        text = linecache.getline(self.file, self.line).rstrip("\n")
        if not text.strip():
            return ""
        indent = len(text) - len(text.lstrip())
        if not self.end_column:
            return f"    {text.strip()}"
        width = max(1, min(self.end_column - 1, len(text)) - (self.column - 1))
        caret = " " * max(0, self.column - 1 - indent) + "^" * width
        return f"    {text.strip()}\n    {caret}"


@dataclass(frozen=True)
class Reason:
    """Why something is not compiled: what, where, and a remedy where one is known."""

    what: str
    place: Place | None = None
    remedy: str = ""

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"{self.what}{where}"


class CompileError(Exception):
    """A function that must be compiled cannot be.

    Raised by `braze.script`, and by `braze.jit` with ``fallback=False``. The message names the
    line, marks the place, and says what is not supported and what to do.

    Attributes
    ----------
    reason : Reason
        What, where, and the remedy.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        lines = []
        place = self.reason.place
        if place:
            function = f", in {place.function}" if place.function else ""
            lines.append(f'\n  File "{place.file}", line {place.line}{function}')
            if excerpt := place.excerpt():
                lines.append(excerpt)
        lines.append(f"not compiled: {self.reason.what}")
        remedy = self.reason.remedy or "use braze.jit, which runs the plain function instead"
        lines.append(f"what to do: {remedy}")
        return "\n".join(lines)


def refuse(what: str, remedy: str = "") -> Unsupported:
    """Return the exception that says that `what` is not compiled."""
    error = Unsupported(what)
    error.remedy = remedy
    return error


# What the classes stand for that stand for objects of the program while it is compiled.
STANDS_FOR = {
    "Value": "array or number",
    "Vector": "list",
    "Grown": "list",
    "Row": "list",
    "Table": "list of lists",
    "Deque": "deque",
    "Text": "text",
    "Char": "character",
    "OneOf": "value that is one of several",
    "Sometimes": "value that may be missing",
    "Frozen": "list or dict",
    "Range": "range",
    "Items": "iterator",
    "Generator": "generator",
    "Append": "method",
    "VectorMethod": "method",
    "TextMethod": "method",
    "Made": "random generator",
}


def said(value: object) -> str:
    """Return the name of the type of an object, as a message has it."""
    kind = type(value)
    name = kind.__name__
    return STANDS_FOR.get(name, name) if kind.__module__.startswith("braze.") else name


def raised(error: BaseException) -> str:
    """Return what an exception of compiled code says, about the program's own objects."""
    text = str(error)
    for name, what in STANDS_FOR.items():
        text = text.replace(f"'{name}'", f"'{what}'")
    if text == "unhashable type: 'array or number'":
        return "a key that only the run knows, of a dict or set"
    return f"code that raises {type(error).__name__}: {text}"


def let_go(error: BaseException | None) -> None:
    """Free what the frames of a failure hold: the arguments of the call, among others.

    An exception that was being handled when the call was made is the user's.
    """
    if error is None:
        return
    traceback.clear_frames(error.__traceback__)
    error.__traceback__ = None
    let_go(getattr(error, "by_script", None))
    let_go(error.__cause__)
    if isinstance(error.__context__, Unsupported) and error.__context__ is not error.__cause__:
        let_go(error.__context__)


def reason_of(error: BaseException, prefix: str = "") -> Reason:
    """Return what an `Unsupported` carries, as a `Reason`."""
    place = getattr(error, "place", None)
    return Reason(prefix + str(error), place, getattr(error, "remedy", ""))


def caller_place() -> Place | None:
    """Return the innermost line of user code that is running: neither braze's nor NumPy's."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.split(".")[0] not in ("braze", "numpy"):
            code = frame.f_code
            return Place(code.co_filename, frame.f_lineno, 1, 0, code.co_name)
        frame = frame.f_back
    return None
