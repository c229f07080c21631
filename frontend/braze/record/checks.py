"""What must hold when the function runs: a call for which it does not runs the plain function."""

from typing import Any

import numpy as np

from braze.errors import refuse
from braze.record.value import Value


class Checks:
    """Part of the recorder (record/recorder.py)."""

    body: int
    operand: Any
    add: Any

    def assume_less(self, first: Any, last: Any) -> None:
        """Take a number for less than another; outside of all loops, if they are known there."""
        body = self.body
        if not any(isinstance(n, Value) and n.body != 0 for n in (first, last)):
            self.body = 0
        try:
            numbers = [self.operand(last), self.operand(first)]
            self.assume_false(self.add("less_equal", numbers))
        finally:
            self.body = body

    def assume_false(self, condition: Value) -> bool:
        """Take a run-time condition for false; a call for which it holds runs the plain function.

        The check is an index that is out of range where the condition holds.
        """
        if condition.is_array and (len(condition.dims) or condition.dtype_name != "b1"):
            raise refuse("a decision on an array")
        truth = self.add("cast", [condition], dtype="b1")
        zero = self.operand(0)
        probe = self.add("full", [self.add("cast", [zero], dtype="i8")], shape=[1])
        if truth.is_array:
            truth = self.add("scalar", [truth])
        self.add("index", [probe, self.add("cast", [truth], dtype="i64")], axis=0)
        return False

    def checked(self, number: Value, wrong: Value) -> Value:
        """Return an int that is used only where a condition does not hold, in loops too.

        Where it holds, the index that is added as zero is out of range.
        """
        none = self.add("full", [self.operand(np.int64(0))], shape=[1])
        at = self.add("cast", [wrong], dtype="i64")
        found = self.add("index", [none, at], axis=0)
        zero = self.add("scalar", [found]) if found.is_array else found
        added = self.add("number", [zero], dtype="i64", finite=False, fits="i64")
        return self.add("add", [number, added])
