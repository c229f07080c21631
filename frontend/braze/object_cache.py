"""The object code on disk, which lets a second process start without compiling.

``BRAZE_CACHE=off`` keeps nothing; ``BRAZE_CACHE=DIRECTORY`` keeps it there instead of in
``$XDG_CACHE_HOME/braze`` or ``~/.cache/braze``. ``codegen/object_store.h`` says what a file is.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from braze import _core

LIMIT_BYTES = 128 << 20


def directory() -> Path | None:
    """Return where objects are kept; None if nowhere."""
    chosen = os.environ.get("BRAZE_CACHE", "")
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "braze"
    except RuntimeError:  # no home
        return None


def install() -> None:
    """Tell the compiler, which opens the directory at the first compile."""
    _core.keep_objects(str(directory() or ""), LIMIT_BYTES)


@dataclass(frozen=True)
class Contents:
    """How much is kept."""

    directory: Path | None
    files: int
    bytes: int


def objects() -> list[Path]:
    """List the files: finished entries and what a stopped process left."""
    where = directory()
    if where is None or not where.is_dir():
        return []
    return [p for p in where.iterdir() if p.suffix in (".o", ".new") and not p.is_dir()]


def contents() -> Contents:
    """Count the files and their bytes."""
    sizes = []
    for path in objects():
        try:
            sizes.append(path.lstat().st_size)
        except FileNotFoundError:  # another process trims
            continue
    return Contents(directory(), len(sizes), sum(sizes))


def clear() -> int:
    """Remove all entries; return how many there were."""
    paths = objects()
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
