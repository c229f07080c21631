"""The object code on disk, which lets a second process start without compiling.

``BRAZE_CACHE=off`` keeps nothing; ``BRAZE_CACHE=DIRECTORY`` keeps it there instead of in
``$XDG_CACHE_HOME/braze`` or ``~/.cache/braze``. ``codegen/object_store.h`` says what a file is.
"""

import contextlib
import os
from typing import NamedTuple

from braze import _core

LIMIT_BYTES = 128 << 20


def directory() -> str | None:
    """Return where objects are kept; None if nowhere."""
    chosen = os.environ.get("BRAZE_CACHE", "")
    if chosen == "off":
        return None
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return os.path.join(base, "braze") if os.path.isabs(base) else None  # there may be no home


def install() -> None:
    """Tell the compiler, which opens the directory at the first compile."""
    _core.keep_objects(directory() or "", LIMIT_BYTES)


class Contents(NamedTuple):
    """How much is kept."""

    directory: str | None
    files: int
    bytes: int


def objects() -> list[str]:
    """List the files: finished entries and what a stopped process left."""
    where = directory()
    if where is None or not os.path.isdir(where):
        return []
    paths = [os.path.join(where, name) for name in os.listdir(where)]
    return [p for p in paths if p.endswith((".o", ".new")) and not os.path.isdir(p)]


def contents() -> Contents:
    """Count the files and their bytes."""
    sizes = []
    for path in objects():
        try:
            sizes.append(os.lstat(path).st_size)
        except FileNotFoundError:  # another process trims
            continue
    return Contents(directory(), len(sizes), sum(sizes))


def clear() -> int:
    """Remove all entries; return how many there were."""
    paths = objects()
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    return len(paths)
