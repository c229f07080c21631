"""What there is to know about an installation, for people and bug reports."""

import os
import platform
import time
from typing import Any

import numpy as np

from braze import _core
from braze.dispatch import object_cache

MEASURED_BYTES = 1 << 26


class Diagnosis(dict):
    """Facts by name, printable."""

    def __str__(self) -> str:
        width = max(map(len, self))
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self.items())

    __repr__ = __str__


def doctor() -> Diagnosis:
    """Describe the installation and the machine.

    Returns
    -------
    Diagnosis
        A printable dict: versions, the target of the code generator, processors, memory, caches,
        the measured bandwidth of one thread, and what the environment asks for.
    """
    machine = _core.machine()
    facts: dict[str, Any] = {
        "braze": _core.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "target": _core.target(),
        "threads": f"up to {machine['processors']}, started when first needed",
        "memory": f"{machine['memory'] / 2**30:.1f} GiB",
        "last-level cache": f"{machine['cache'] / 2**20:.1f} MiB for one thread",
        "bandwidth": f"{bandwidth() / 1e9:.1f} GB/s with one thread, in a copy",
        "ops": len(_core.ops),
        "object cache": str(object_cache.directory() or "off"),
        "BRAZE": os.environ.get("BRAZE") or "not set",
    }
    return Diagnosis(facts)


def bandwidth() -> float:
    """Return the bytes that a copy reads and writes in a second; the best of five."""
    source, target = np.ones((2, MEASURED_BYTES // 8))
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - start)
    return 2 * MEASURED_BYTES / best
