"""What a graph is worth compiling for."""

from typing import Any

from braze import _core
from braze.errors import Unsupported, let_go

LEAST_WORK = 2  # operations on arrays of a region
# What control nodes are worth besides what stands in them.
WORK_OF = {"for": LEAST_WORK, "while": LEAST_WORK, "update": 1, "cast": 1}


def array_work(graph: Any) -> int:
    """Count the operations of a graph that run faster compiled than one by one."""

    def count(body: int) -> int:
        total = 0
        for node in graph.nodes(body):
            kind = _core.ops[graph.op(node)]["kind"]
            inner = sum(map(count, graph.bodies_of(node)))
            if kind == "control":
                small = graph.op(node) == "cast" and graph.type(node).kind != "array"
                total += inner + (0 if small else WORK_OF.get(graph.op(node), 0))
            elif kind in ("elementwise", "reduce", "macro"):
                total += graph.type(node).kind == "array" or kind != "elementwise"
        return total

    return count(0)


AGAIN = 2  # calls that are asked for again


def is_asked_again(compiler: Any, attempt: Any, error: Unsupported) -> bool:
    """Tell whether what was refused may be compiled once the plain function has run."""
    passing = hasattr(getattr(error, "by_script", error), "passing")
    asked = getattr(compiler, "asked_again", 0)
    if not passing or not compiler.options.fallback or asked == AGAIN:
        return False
    compiler.asked_again = asked + 1
    compiler.attempts.remove(attempt)
    let_go(error)
    return True
