"""Sizes that only the run of a graph makes known: how often a mask holds, for one."""

from typing import Any

from braze.record.specs import TYPICAL


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
        self.spanned.add(size.symbol)
        return size

    def known_in_run(self, size: Any) -> bool:
        """Tell whether only the run knows a size."""
        if isinstance(size, int) or not self.run_sizes:
            return False
        known = {name: n for name, n in self.sizes.items() if name not in self.run_sizes}
        return size.evaluate(known) is None

    def number_of(self, size: Any) -> Any:
        """Return a size that only the run knows as a Python int."""
        made = self.add("extent", [], size=size)
        self.sizes_of[made.ref] = size
        return made
