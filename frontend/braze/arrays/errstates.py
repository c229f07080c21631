"""`numpy.errstate` in compiled code: what is recorded in it carries what NumPy is told there."""

from typing import Any

from braze.errors import refuse

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
