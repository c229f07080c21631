"""Nodes at which a run may have to give up: dropping one as unused would drop Python's exception.

An index may be out of range, an int may outgrow 64 bits, a divisor may be zero. Such a node of the
main body that no result needs becomes a result that nobody reads; in a branch or loop it is
refused. So does and is one at which NumPy may warn.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from braze import _core
from braze.errors import Place, refuse
from braze.record.dtypes import KIND
from braze.record.value import Value

# Ops that find out whether what follows may be computed, or whether NumPy raises; they last as long
# as their body.
CHECKS = ("span", "bind", "require", "eager")
# Calls that compute: what they report is that of their products and sums.
SUMS = ("matmul", "dot", "cumsum", "cumprod", "add_at", "subtract_at", "multiply_at")


@dataclass(eq=False, repr=False)
class Risks:
    """The nodes of one recording that may give up, and which body lies in which."""

    nodes: list[tuple[int, int, Place | None]] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    controls: list[tuple[int, int]] = field(default_factory=list)
    # The body of each of CHECKS.
    spans: list[tuple[int, Place | None]] = field(default_factory=list)
    # By size that only the run knows, the node that makes it known.
    tellers: dict[str, int] = field(default_factory=dict)
    # Nodes at which NumPy may warn.
    warning: list[tuple[int, int, Place | None]] = field(default_factory=list)
    recorded: int = 0  # operations, each time that they are

    def note(
        self, op: str, attrs: dict, made: Value, place: Place | None, operands: Sequence[Value]
    ) -> None:
        """Remember a node if it may give up, or has bodies."""
        self.recorded += 1
        row = _core.ops[op]
        indexed = op == "index" or (op == "update" and attrs["axes"])
        if indexed or may_raise(row, made, operands):
            self.nodes.append((made._ref, made.body, place))
        if op in CHECKS:
            self.spans.append((made.body, place))
        if op in ("bind", "span") and not isinstance(attrs["size"], int):
            self.tellers[str(attrs["size"])] = made._ref
        if made.kind != "python" and may_warn(op, row, made):
            self.warning.append((made._ref, made.body, place))
        if row["kind"] == "control" and "body" in row["attrs"]:
            self.controls.append((made._ref, made.body))

    def since(self, nodes: int, warning: int) -> list[tuple[int, int, Place | None]]:
        """Return the nodes that may give up, or warn, of those noted since there were so many."""
        return [*self.nodes[nodes:], *self.warning[warning:]]

    def noted(self) -> tuple[int, int]:
        """Return how much there is, for `forget`."""
        return len(self.nodes), len(self.controls)

    def forget(self, nodes: int, controls: int) -> None:
        """Forget what was noted since there was so much: it was an attempt."""
        del self.nodes[nodes:]
        del self.controls[controls:]

    @contextmanager
    def sure(self) -> Iterator[None]:
        """Record what cannot fail, whatever it is."""
        known = len(self.nodes)
        yield
        del self.nodes[known:]

    def refuse_inside(self, body: int) -> None:
        """Refuse a body that is run for nothing, if it may give up, or NumPy may warn in it."""
        noted = [node[1:] for node in (*self.nodes, *self.warning)]
        for where, place in (*noted, *self.spans):
            while where != body and where != 0:
                where = self.parents[where]
            if where == body:
                raise unused(place)

    def settle(self, graph: Any, results: list[int]) -> list[int]:
        """Return the results with the unused nodes that may give up."""
        if not (self.nodes or self.spans or self.warning):
            return results
        live = reached(graph, results, self.tellers)
        attached = {0}
        for node, where in reversed(self.controls):  # outer ones are recorded after inner ones
            if where in attached:
                attached.update(graph.bodies_of(node))
        kept = {0}.union(*(graph.bodies_of(node) for node in live))
        for body, place in self.spans:
            if body in attached and body not in kept:
                raise unused(place)
        indexed = self.indexed(graph, live)
        unread = [w for w in self.warning if w[0] not in live and w[1] in attached]
        for node, body, place in self.nodes:
            if node in live or body not in attached or (body, *index_of(graph, node)) in indexed:
                continue
            unread.append((node, body, place))
        if inner := [w for w in unread if w[1] != 0]:
            raise unused(inner[0][2], last_of(graph, inner))
        return results + [node for node, *_ in unread]

    def indexed(self, graph: Any, live: set[int]) -> set[tuple]:
        """Return the indices that live updates look up: body, index and size of the axis."""
        found: set[tuple] = set()
        for node, body, _ in self.nodes:
            if node in live and graph.op(node) == "update":
                array, _, *indices = graph.operands(node)
                dims = graph.type(array).dims
                axes = graph.attrs(node)["axes"]
                found.update((body, i, str(dims[a])) for a, i in zip(axes, indices, strict=True))
        return found


def may_warn(op: str, row: dict, made: Value) -> bool:
    """Tell whether NumPy may warn where it computes this."""
    sums = row["kind"] == "macro" or op in SUMS
    return row["raises"] != "quiet" or (sums and KIND[made.dtype_name] in "fc")


def may_raise(row: dict, made: Value, operands: Sequence[Value]) -> bool:
    """Tell whether Python may raise where it computes a number.

    Ints that outgrow 64 bits are none of it: where nothing reads them, nobody can tell.
    """
    if row["name"] == "number":
        return made.dtype_name != "f64" or operands[0].dtype_name not in ("i64", "b1")
    if made.kind != "python" or row["kind"] != "elementwise":
        return False
    if row["rule"] == "shift":
        return True
    return row["raises"].removeprefix("ieee_") in ("ratio", "base") and not operands[-1].constant


def index_of(graph: Any, node: int) -> tuple:
    """Return the index that a node looks up, and the size of the axis."""
    if graph.op(node) != "index":
        return ()
    array, index = graph.operands(node)
    return index, str(graph.type(array).dims[graph.attrs(node)["axis"]])


def unused(place: Place | None, keep: frozenset = frozenset()) -> Exception:
    """Return the refusal of a value, with the keys of the places at which values can be kept."""
    error = refuse("a value in a branch or loop that nothing uses, and that may raise or warn")
    error.place, error.keep = place, keep
    return error


def last_of(graph: Any, unread: list[tuple[int, int, Place | None]]) -> frozenset:
    """Return the keys of the places of the nodes that no other of them is computed from."""
    keys, needed = set(), set()
    for node, _, place in reversed(unread):
        if node not in needed and place is not None:
            keys.add(place.key)
        reach(graph, [node], needed)
    return frozenset(keys)


def reached(graph: Any, results: list[int], tellers: dict[str, int] | None = None) -> set[int]:
    """Return all nodes that the results need; of numbers that are sizes, what makes them known."""
    live: set[int] = set()
    reach(graph, results, live, tellers)
    return live


def reach(
    graph: Any, results: list[int], live: set[int], tellers: dict[str, int] | None = None
) -> None:
    """Add to `live` all nodes that the results need."""
    pending = list(results)
    while pending:
        node = pending.pop()
        if node in live:
            continue
        live.add(node)
        pending += graph.operands(node)
        if tellers and graph.op(node) == "extent":
            size = graph.attrs(node)["size"]
            symbols = () if isinstance(size, int) else size.symbols
            pending += [tellers[symbol] for symbol in symbols if symbol in tellers]
        for body in graph.bodies_of(node):
            pending += graph.results(body)
