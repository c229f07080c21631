"""What must hold when the function runs: a call for which it does not runs the plain function."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

from braze import _core
from braze.errors import refuse
from braze.record.slots import MISSING, Kept, Slot
from braze.record.value import Value

CHECKS = "checks"  # what holds the sum of the checks in branches and loops


def changes_more(state: list) -> bool:
    """Tell whether a body has changed anything but what it has checked."""
    return any(not isinstance(t, Slot) or t.key != CHECKS for t, *_ in state)


class Checks:
    """Part of the recorder (record/recorder.py)."""

    body: int
    operand: Any
    add: Any
    guard: Any
    copies: bool
    unaligned: bool
    graph: Any
    seen: dict
    storage: Any
    risks: Any
    tracing: bool
    keeping: frozenset
    kept: set

    def assume_less(self, first: Any, last: Any) -> None:
        """Take a number for less than another; outside of all loops, if they are known there."""
        known = not any(isinstance(n, Value) and n.body != 0 for n in (first, last))
        with self.outside() if known else nullcontext():
            numbers = [self.operand(last), self.operand(first)]
            self.assume_false(self.add("less_equal", numbers))

    def assume_false(self, condition: Value) -> bool:
        """Take a run-time condition for false; a call for which it holds runs the plain function.

        The check is an index that is out of range where the condition holds. In branches and loops
        it is part of a number that they carry, so that it is made where Python comes by.
        """
        if condition.is_array and (len(condition.dims) or condition.dtype_name != "b1"):
            raise refuse("a decision on an array")
        truth = self.add("cast", [condition], dtype="b1")
        zero = self.operand(0)
        probe = self.add("full", [self.add("cast", [zero], dtype="i8")], shape=[1])
        if truth.is_array:
            truth = self.add("scalar", [truth])
        if self.body != 0 and not self.tracing:
            self.check_here(truth)
        else:
            self.add("index", [probe, self.add("cast", [truth], dtype="i64")], axis=0)
        return False

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Record outside of all loops and branches."""
        body = self.body
        self.body = 0
        try:
            yield
        finally:
            self.body = body

    def outside_of_loops(self, size: int) -> Value:
        """Return an array of zeros that no round of a loop makes anew."""
        with self.outside():
            return self.add("full", [self.operand(np.int64(0))], shape=[size])

    def sum_of_checks(self) -> Slot:
        """Return what holds the sum of the checks in branches and loops, zero before them."""
        slot = self.storage.slot(Kept, self, CHECKS)
        if slot.value is MISSING:
            with self.outside():
                slot.value = self.operand(0)
        return slot

    def check_here(self, wrong: Value) -> None:
        """Check a condition in a branch or loop: it may not hold there."""
        slot = self.sum_of_checks()
        with self.risks.sure():
            self.storage.assign(slot, self.checked(slot.value, wrong))

    def keep(self, noted: list) -> None:
        """Have values in branches and loops be computed that nothing uses, since Python may raise.

        Only those at places where one was refused, when the function was recorded before.
        """
        for node, body, place in noted:
            if body != self.body or place is None or place.key not in self.keeping:
                continue
            if node in self.kept:
                continue
            self.kept.add(node)
            value = Value(self, node)
            if self.graph.op(node) == "index":
                array, index = (Value(self, ref) for ref in self.graph.operands(node))
                size = Value.of_size(self, array.dims[self.graph.attrs(node)["axis"]])
                with self.risks.sure():
                    low = self.add("less", [index, self.operand(-size)])
                    high = self.add("less_equal", [self.operand(size), index])
                self.check_here(self.add("logical_or", [low, high]))
            else:
                self.need(value)

    def need(self, value: Value) -> None:
        """Have a value be computed: it says which of two zeros is added to the checks."""
        slot = self.sum_of_checks()
        with self.risks.sure():
            zeros = self.outside_of_loops(2)
            some = self.add("cast", [value], dtype="b1")
            if value.dims:
                some = self.add("any", [some], axes=[*range(len(value.dims))], keepdims=False)
            found = self.add("index", [zeros, self.add("cast", [some], dtype="i64")], axis=0)
            zero = self.add("scalar", [found]) if found.is_array else found
            added = self.add("number", [zero], dtype="i64", finite=False, fits="i64")
            self.storage.assign(slot, self.add("add", [slot.value, added]))

    def close_checks(self) -> None:
        """Have the checks in branches and loops be made, though nothing needs their sum of zero."""
        slot = self.storage.slots.get((id(self), CHECKS))
        if slot is not None and slot.value.constant is None:
            probe = self.add("full", [self.add("cast", [self.operand(0)], dtype="i8")], shape=[1])
            self.add("index", [probe, slot.value], axis=0)

    def checked(self, number: Value, wrong: Value) -> Value:
        """Return an int that is used only where a condition does not hold, in loops too.

        Where it holds, the index that is added as zero is out of range.
        """
        none = self.outside_of_loops(1)
        at = self.add("cast", [wrong], dtype="i64")
        found = self.add("index", [none, at], axis=0)
        zero = self.add("scalar", [found]) if found.is_array else found
        added = self.add("number", [zero], dtype="i64", finite=False, fits="i64")
        return self.add("add", [number, added])

    def check_spread(self) -> None:
        """Guard that no argument repeats its elements, where NumPy lays copies like them.

        A copy of an array with a stride of 0 has that axis as the fastest; in kernels it has not.
        """
        if not self.copies:
            return
        for value in list(self.seen.values()):
            if isinstance(value, Value) and value.source is not None and len(value.dims) > 1:
                if value.repeats:
                    raise refuse(
                        "a copy, or a transpose, in the order of an array whose elements repeat"
                    )
                self.guard(value.source, "spread", None)

    def check_aligned(self) -> None:
        """Refuse what NumPy computes in another order where arrays are not aligned."""
        if self.unaligned:
            for node in self.graph.nodes():
                op = self.graph.op(node)
                if _core.ops[op]["kind"] not in ALIGNED_OR_NOT and op != "eager":
                    raise refuse(f"{op} of arrays that are not aligned")


# Kinds of ops that are the same wherever elements lie.
ALIGNED_OR_NOT = ("elementwise", "view", "make", "control")


def repeats(array: np.ndarray) -> bool:
    """Tell whether elements of an array are those beside them, along an axis of stride 0."""
    moves = zip(array.shape, array.strides, strict=True)
    return array.size > 0 and any(n > 1 and stride == 0 for n, stride in moves)
