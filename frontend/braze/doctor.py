"""What there is to know about an installation, for people and bug reports."""

import os
import platform
from typing import Any

import numpy as np

from braze import _core
from braze.options import debug


class Diagnosis(dict):
    """Facts by name, printable."""

    def __repr__(self) -> str:
        width = max(map(len, self))
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self.items())


def doctor(measure: bool = True) -> Diagnosis:
    """Return versions, the target of the code generator, and what the environment asks for.

    Parameters
    ----------
    measure : bool
        Also measure the streaming limit, which takes about half a second and 200 MB.
    """
    facts: dict[str, Any] = {
        "braze": _core.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "target": _core.target(),
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "ops": len(_core.ops),
        "BRAZE": os.environ.get("BRAZE", "") or "not set",
        "settings": debug(),
    }
    if measure:
        from braze.bench import stream

        facts["streaming limit"] = f"{stream.bandwidth() / 1e9:.1f} GB/s"
    return Diagnosis(facts)
