"""Sizes that only the run of a graph makes known: how often a mask holds, for one."""

from typing import Any

from braze.record.specs import TYPICAL

# The comparison with zero that asks for a relation, or for its opposite.
QUESTIONS = {"nonnegative": ("less_equal", False), "zero": ("equal", False),
             "nonzero": ("equal", True)}  # fmt: skip


class RunSizes:
    """The part of a recorder that knows such sizes."""

    def bind(self, number: Any) -> tuple[Any, Any]:
        """Make a number that only the run knows a size; return it as that and as a Python int.

        Decisions take it for a large one; the check that such a decision is is made in the run.
        """
        size = self.told_size()
        made = self.add("bind", [number], size=size)
        self.sizes_of[made.ref] = size
        return size, made

    def told_size(self) -> Any:
        """Return a size that a node will make known."""
        size = self.graph.fresh("c")
        self.sizes[str(size)] = TYPICAL[0]
        self.run_sizes.add(str(size))
        self.tells(size)
        return size

    def tells(self, size: Any) -> None:
        """Note that a node of this body makes a size known."""
        self.spanned.add(size.symbol)
        self.given_in[size.symbol] = self.body

    def known_in_run(self, size: Any) -> bool:
        """Tell whether only the run knows a size."""
        if isinstance(size, int) or not self.run_sizes:
            return False
        known = {name: n for name, n in self.sizes.items() if name not in self.run_sizes}
        return size.evaluate(known) is None

    def usual(self, relation: str, size: Any) -> int | None:
        """Return a value that a size given by a span is likely to have, in such a question.

        A slice with run-time bounds is taken to have elements, and enough of them.
        """
        symbols = size.symbols
        if len(symbols) != 1 or symbols[0] not in self.spanned:
            return None
        least = size.evaluate({symbols[0]: 0})
        bare = least is not None and (size - least).symbol is not None
        return 1 if bare and (relation == "nonnegative" or least == 0) else None

    def is_undecided(self, size: Any) -> bool:
        """Tell whether a script leaves a question about a size to the run."""
        if isinstance(size, int) or self.tracing or self.numpy_depth:
            return False
        return self.known_in_run(size) or size.evaluate(self.sizes) is None

    def asks_in_a_way(self, size: Any) -> bool:
        """Tell whether this is a way of an `if` behind the place that makes the size known.

        What must hold there need not hold elsewhere: `if len(part) > 0: part.max()`.
        """
        told = {self.given_in[s] for s in size.symbols if s in self.given_in}
        body = self.body
        while told and body not in told and body != 0:
            if body in self.ways:
                return True
            body = self.risks.parents[body]
        return False

    def check_size(self, relation: str, size: Any, holds: bool) -> None:
        """Check at this place that a size is zero, nonzero or nonnegative, or that it is not."""
        asked = (self.body, relation, str(size), holds)
        if asked in self.asked:
            return
        self.asked.add(asked)
        if relation == "nonzero" and holds and size.never_negative:
            relation, size = "nonnegative", size - 1
        op, negated = QUESTIONS[relation]
        right = self.add(op, [self.operand(0), self.add("extent", [], size=size)])
        self.add("require", [right if holds != negated else self.add("logical_not", [right])])

    def number_of(self, size: Any) -> Any:
        """Return a size that only the run knows as a Python int."""
        made = self.add("extent", [], size=size)
        self.sizes_of[made.ref] = size
        return made
