"""Options: what the environment variable BRAZE and the arguments of `braze.jit` say, in one place.

``BRAZE=off`` runs the plain functions. ``BRAZE=dump:fuse:simplify,verify,time`` prints the graph
after the named passes (all of them for a bare ``dump``), checks every invariant after every pass,
and prints how long compilation took.
"""

import os
from dataclasses import dataclass

from braze.errors import GraphError

MODES = ("hybrid", "script", "trace")
FP = ("exact", "reassoc", "contract", "approx")


@dataclass(frozen=True)
class Debug:
    """What BRAZE asks for."""

    off: bool = False
    dump: tuple[str, ...] = ()
    verify: bool = False
    time: bool = False


def parse_debug(text: str) -> Debug:
    """Read the grammar of the environment variable; GraphError on a word it does not have."""
    off = verify = time = False
    dump: tuple[str, ...] = ()
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, *rest = word.split(":")
        if name == "dump":
            dump += tuple(rest) or ("all",)
        elif rest or name not in ("off", "verify", "time"):
            raise GraphError(
                f"BRAZE={text}: unknown word '{word}'; known are off, dump:PASS, verify, time"
            )
        else:
            off, verify, time = (
                off or name == "off",
                verify or name == "verify",
                (time or name == "time"),
            )
    return Debug(off, dump, verify, time)


def debug() -> Debug:
    """Return what the environment says now."""
    return parse_debug(os.environ.get("BRAZE", ""))


@dataclass(frozen=True)
class Options:
    """The arguments of `braze.jit`."""

    mode: str = "hybrid"
    fallback: bool = True
    fp: str | tuple[str, ...] = "exact"
    threads: int | None = None
    background: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {self.mode!r}")
        relaxed = (self.fp,) if isinstance(self.fp, str) else tuple(self.fp)
        for name in relaxed:
            if name not in FP:
                raise ValueError(f"fp is of {', '.join(FP)}, not {name!r}")
        if self.threads is not None and (not isinstance(self.threads, int) or self.threads < 1):
            raise ValueError(f"threads is a positive int or None, not {self.threads!r}")
