"""Options: what the environment variable BRAZE and the arguments of `braze.jit` say, in one place.

``BRAZE=off`` runs the plain functions. ``BRAZE=dump:fuse:simplify,verify,time`` prints the graph
after the named passes (all of them for a bare ``dump``), checks every invariant after every pass,
and prints how long compilation took. ``BRAZE=compare`` traces what was read from source, too, and
prints how the two graphs differ.

``BRAZE_REGULATE=off`` keeps calls with compiled code even where the plain function is faster.
"""

import os
from typing import NamedTuple

from braze._core import GraphError

MODES = ("hybrid", "script", "trace")
FP = ("exact", "reassoc", "contract", "approx")


FLAGS = ("off", "verify", "time", "compare")


class Debug(NamedTuple):
    """What BRAZE asks for."""

    off: bool = False
    dump: tuple[str, ...] = ()
    verify: bool = False
    time: bool = False
    compare: bool = False


def parse_debug(text: str) -> Debug:
    """Read the grammar of the environment variable; GraphError on a word it does not have."""
    dump: tuple[str, ...] = ()
    flags: set[str] = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, *rest = word.split(":")
        if name == "dump":
            dump += tuple(rest) or ("all",)
        elif rest or name not in FLAGS:
            known = ", ".join(("dump:PASS", *FLAGS))
            raise GraphError(f"BRAZE={text}: unknown word '{word}'; known are {known}")
        flags.add(name)
    return Debug(dump=dump, **{name: name in flags for name in FLAGS})


def debug() -> Debug:
    """Return what the environment says now."""
    return parse_debug(os.environ.get("BRAZE", ""))


def regulates() -> bool:
    """Tell whether functions made now measure what is faster, compiled or plain."""
    return os.environ.get("BRAZE_REGULATE", "") != "off"


class Options(NamedTuple):
    """The arguments of `braze.jit`."""

    mode: str = "hybrid"
    fallback: bool = True
    fp: str | tuple[str, ...] = "exact"
    threads: int | None = None
    background: bool = False


def check(options: Options) -> None:
    """Raise ValueError where an argument is none of those there are."""
    if options.mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {options.mode!r}")
    relaxed = (options.fp,) if isinstance(options.fp, str) else tuple(options.fp)
    for name in relaxed:
        if name not in FP:
            raise ValueError(f"fp is of {', '.join(FP)}, not {name!r}")
        if name != "exact":
            raise ValueError(f"fp={name!r} is not available yet: all results are exact")
    if options.background and not options.fallback:
        raise ValueError("background=True needs fallback=True: meanwhile the plain function runs")
    threads = options.threads
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise ValueError(f"threads is a positive int or None, not {threads!r}")
