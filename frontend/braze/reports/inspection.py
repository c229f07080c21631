"""What a function becomes, stage by stage: the object that `Function.inspect` returns."""

import copy
import functools
from typing import Any

import numpy as np

from braze import _core
from braze.record.dtypes import TO_NUMPY
from braze.record.specs import Spec


class Text(str):
    """Text that a notebook or prompt shows as it is."""

    def __repr__(self) -> str:
        return str(self)


class Inspection:
    """The stages of one compilation.

    Attributes
    ----------
    graph : Graph
        As the frontend recorded it.
    optimized : Graph
        After all passes.
    kernels : Text
        The fused loops of the optimized graph.
    llvm, asm : Text
        LLVM IR and machine code of the kernels, and of the loops over numbers and elements, that a
        call with these arguments uses.
    """

    def __init__(self, attempt: Any, given: list[Any]) -> None:
        self._recording = attempt.recording
        self._given = given
        self.graph = attempt.recording.graph
        self.optimized = attempt.optimized

    @property
    def mode(self) -> str:
        """``"script"`` or ``"trace"``."""
        return self._recording.mode

    @property
    def guards(self) -> Text:
        """What must hold at a later call for this code to be used."""
        lines = [str(guard) for guard in self._recording.guards]
        return Text("\n".join(lines + self.graph.checks))

    @property
    def notes(self) -> list[str]:
        """Decisions of the frontend."""
        return self._recording.notes

    @property
    def kernels(self) -> Text:
        """The kernel nodes of the optimized graph."""
        lines, inside = [], False
        for line in str(self.optimized).splitlines():
            inside = inside or " = kernel " in line
            if inside:
                lines.append(line.removeprefix("  "))
            inside = inside and line != "  }"
        return Text("\n".join(lines))

    @functools.cached_property
    def _compiled(self) -> list[dict[str, Any]]:
        plan = _core.Plan(self.optimized)
        with np.errstate(all="ignore"):
            plan.run(*arguments_of(self._recording, tuple(self._given)))
        return plan.kernels()

    @property
    def llvm(self) -> Text:
        """LLVM IR of the kernels."""
        return Text("\n".join(kernel["llvm"] for kernel in self._compiled))

    @property
    def asm(self) -> Text:
        """Machine code of the kernels."""
        return Text("\n".join(kernel["asm"] for kernel in self._compiled))

    def __repr__(self) -> str:
        return f"{self.graph}\n{self.optimized}"


# A size for each symbol of a spec, where an array is needed to choose a kernel's variant.
EXAMPLE_SIZE = 64


def example(value: Any, graph: Any, param: int) -> Any:
    """Return an array or number of a spec's type; other arguments are their own example."""
    if not isinstance(value, Spec):
        return value
    dtype = TO_NUMPY[value.dtype]
    if value.kind == "array":
        dims = graph.type(param).dims
        sizes = [size if isinstance(size, int) else EXAMPLE_SIZE for size in dims]
        return np.ones(sizes, dtype)
    one = dtype.type(1)
    return one.item() if value.kind == "python" else one


def arguments_of(recording: Any, given: tuple[Any, ...]) -> list[Any]:
    """Return what a plan takes for a call: copies, so that neither arrays nor generators change."""
    graph = recording.graph
    copies: dict[int, Any] = {}
    arguments = []
    for source, param in zip(recording.inputs, graph.params(), strict=True):
        value = source.read(given)
        if id(value) not in copies:
            copies[id(value)] = copied(example(value, graph, param))
        arguments.append(copies[id(value)])
    return arguments


def copied(value: Any) -> Any:
    """Return an array that lies in memory as this one, or a generator of the same numbers."""
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
        return copy.deepcopy(value)
    if not isinstance(value, np.ndarray):
        return value
    if value.size == 0:
        return value.copy()
    low, high = np.lib.array_utils.byte_bounds(value)
    offset = value.__array_interface__["data"][0] - low
    memory = np.empty(high - low, np.uint8)
    made = np.ndarray(value.shape, value.dtype, memory, offset, value.strides)
    made[...] = value
    made.flags.writeable = value.flags.writeable
    return made
