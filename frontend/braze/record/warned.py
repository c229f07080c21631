"""Warnings are no part of a recording: what would issue one is left to the plain function.

A filter in front of the program's tells what becomes of the warnings of this thread. It goes round
`warnings.catch_warnings`, which is for all threads, and after which warnings are shown again that a
program has seen.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_here = threading.local()


class _InThread(type):
    """The type of categories that hold all warnings of a thread, while it wants that."""

    def __subclasscheck__(cls, category: type) -> bool:
        return getattr(_here, "action", None) == cls.action


class _Raised(Warning, metaclass=_InThread):
    action = "error"


class _Muted(Warning, metaclass=_InThread):
    action = "ignore"


@contextmanager
def warnings_here(action: str) -> Iterator[None]:
    """Have warnings of this thread raise ("error"), or not be seen ("ignore")."""
    filters = warnings.filters
    entry = (action, None, _Raised if action == "error" else _Muted, None, 0)
    filters.insert(0, entry)
    before, _here.action = getattr(_here, "action", None), action
    try:
        yield
    finally:
        _here.action = before
        with suppress(ValueError):  # a program may have put other filters in their place
            filters.remove(entry)
