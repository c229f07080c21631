"""The graphs that script and trace make of one call, side by side: what `BRAZE=compare` prints."""

import difflib
import sys
from collections.abc import Callable
from typing import Any

from braze import _core
from braze.dispatch.recording import Recording, record
from braze.errors import Unsupported, reason_of


def simplified(graph: Any) -> list[str]:
    """Return the lines of a graph as it is before fusion, which writes equal things alike."""
    graph = graph.copy()
    names = [name for name, _ in _core.pipeline]
    _core.run_passes(graph, only=names[: names.index("fuse")])
    return str(graph).splitlines()


def difference(function: Callable, args: tuple, kwargs: dict, script: Recording) -> str:
    """Return how the trace of a call differs from its script; nothing if it does not."""
    try:
        trace = record(function, args, kwargs, "trace")
    except Unsupported as error:
        return f"there is no trace: {reason_of(error)}"
    pair = simplified(script.graph), simplified(trace.graph)
    lines = list(difflib.unified_diff(*pair, "script", "trace", lineterm=""))
    if script.structure != trace.structure:
        lines.append(f"results: script {script.structure}, trace {trace.structure}")
    return "\n".join(lines)


def report(function: Callable, args: tuple, kwargs: dict, script: Recording) -> None:
    """Print the difference to standard error."""
    found = difference(function, args, kwargs, script) or "script and trace make the same graph"
    print(f"braze: {script.graph.name}: {found}", file=sys.stderr)
