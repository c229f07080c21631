"""Lists of lists of one length that are read and changed where only the run knows: arrays.

An item is a `Row`, a part of the array: who changes it changes the list of lists. So the rows must
be nobody else's when they become an array, and none of them is replaced by another list.
"""

import ast
from typing import Any

import numpy as np

from braze.arrays import makers
from braze.arrays.registry import FUNCTIONS
from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.interpreter.lists import mixed
from braze.interpreter.lists.grown import Grown, leaves_of
from braze.interpreter.lists.vector_makers import (
    at_least_zero,
    place_of,
    plain_numbers,
    times_repeated,
)
from braze.interpreter.lists.vectors import Vector, kinds_of
from braze.interpreter.lists.wishes import Wish
from braze.interpreter.loops.rows import rows_of
from braze.record.value import TO_NUMPY, Value, is_value


class Row(Vector):
    """What stands for a list of numbers that is an item of another list."""

    def __init__(self, *rows: Value, site: tuple | None = None) -> None:
        self.recorder = rows[0].recorder
        self.site = site  # of the outermost list
        self.maxlen = None
        item = (0, (("python", rows[0].dtype_name),))
        self.wish = Wish(False, item if len(rows) == 1 else mixed.MIXED)
        self.is_deque = False
        self.held = []
        self.rows = list(rows)
        self.taken: tuple[Table, Any] | None = None  # the list that it is an item of, and where

    def named(self) -> "Row":
        """Return it as a name holds it: its place is looked at even if no item is ever read."""
        if self.taken is None or not is_value(self.taken[1]):
            return self
        (table, key), risks = self.taken, self.recorder.risks
        refs = {row.ref for row in self.rows}
        risks.nodes = [node for node in risks.nodes if node[0] not in refs]
        return table.sure(table.inside(key))

    def place(self, k: Any) -> Any:
        return k

    def count(self) -> Any:
        return Value.of_size(self.recorder, self.rows[0].dims[0])

    def part(self, key: slice) -> Grown:
        return self.as_grown([rows[key] for rows in self.rows])

    def grow(self) -> None:
        raise refuse("a list in a list that changes its length where only the run knows")


class Table(Row):
    """What stands for a list of such lists."""

    def __init__(self, *rows: Value, site: tuple | None = None) -> None:
        super().__init__(*rows, site=site)
        self.wish = Wish(False, ((0,), self.wish.item[1]))

    def read(self, at: Any) -> Row:
        row = part_of([rows[at] for rows in self.rows], self.site)
        row.taken = (self, at)
        return row

    def part(self, key: slice) -> Grown:
        raise refuse("a slice of a list of lists that is read where only the run knows")

    def as_grown(self, rows: list[Value]) -> Grown:
        raise refuse("a list of lists as a whole that is read where only the run knows")

    def put(self, session: Any, key: Any, item: Any) -> None:
        raise refuse("a list in a list that another one replaces where only the run knows")

    def check_method(self, name: str) -> None:
        raise refuse(f"the method {name} of a list of lists that is read where only the run knows")

    def as_array(self) -> Value:
        if len(self.rows) > 1:
            raise refuse("an array of a list of ints and floats")
        return FUNCTIONS[np.copy](self.recorder, self.rows[0])

    def made(self) -> tuple[Any, list[Value]]:
        return lists_of, [FUNCTIONS[np.copy](self.recorder, rows) for rows in self.rows]


def lists_of(array: np.ndarray, is_float: np.ndarray | None = None) -> list:
    """Return the lists of an array; where ints and floats meet, of numbers and flags."""
    if is_float is None or is_float.all():
        return array.tolist()
    numbers = array.astype(object)
    numbers[~is_float] = array[~is_float].astype(np.int64)
    return numbers.tolist()


def part_of(rows: list[Value], site: tuple | None) -> Row:
    return (Table if len(rows[0].dims) > 1 else Row)(*rows, site=site)


def table_of(recorder: Any, array: Value, wish: Wish, site: tuple) -> Table:
    if wish.item == mixed.MIXED:
        return Table(*mixed.columns_of(recorder, array), site=site)
    return Table(array, site=site)


NEW = (ast.List, ast.ListComp, ast.BinOp)
FEW = 4  # lists that are made one by one


def is_new(node: ast.expr) -> bool:
    """Tell whether an expression makes a list each time, which nothing else holds."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", None) in ("list", "sorted")
    return isinstance(node, NEW)


def of_lists(frame: Frame, node: ast.expr, made: Any, wish: Wish, site: tuple) -> Table | None:
    """Return what stands for a list of lists; None if it is none, or they are not of one length."""
    rows = made if type(made) is list else []
    if not rows or not all(isinstance(row, (list, Vector, Grown)) for row in rows):
        return None
    array = array_of(frame, node, made)
    if array is None or len(array.dims) < 2:
        return None
    return table_of(frame.recorder, array, wish, site)


def array_of(frame: Frame, node: ast.expr, made: Any) -> Value | None:
    """Return an array of its own with the numbers of a list, or of lists in it."""
    if isinstance(made, Table):
        return made.as_array()
    if isinstance(made, (Vector, Grown)):
        return numbers_of(made)
    if not made:
        return None
    if not any(isinstance(item, (list, Vector, Grown)) for item in made):
        return array_of_numbers(frame, made)
    nodes = items_of(node, len(made))
    if nodes is None or len({id(item) for item in made}) < len(made):
        return None
    parts = [array_of(frame, *pair) for pair in zip(nodes, made, strict=True)]
    if any(part is None for part in parts):
        return None
    if len({(part.dtype_name, tuple(part.dims)) for part in parts}) != 1:
        return None
    return FUNCTIONS[np.stack](frame.recorder, parts)


def items_of(node: ast.expr, count: int) -> list[ast.expr] | None:
    """Return the expressions that make the items of a list, if each makes a new one."""
    if isinstance(node, ast.ListComp):
        nodes = [node.elt] * count
    elif isinstance(node, ast.List) and len(node.elts) == count:
        nodes = node.elts
    else:
        return None
    return nodes if all(map(is_new, nodes)) else None


def numbers_of(made: Vector | Grown) -> Value | None:
    """Return the array of a list of one number each, which only the run knows."""
    if isinstance(made, Grown):
        made.check_closed()
        plain = made.skeleton == 0 and made.kinds == ["python"] and not made.before
    else:
        plain = not made.wish.grows and made.wish.item is not None and made.wish.item[0] == 0
        plain = plain and made.kinds == ["python"]
    return FUNCTIONS[np.copy](made.recorder, made.rows[0]) if plain else None


def array_of_numbers(frame: Frame, made: list) -> Value | None:
    recorder = frame.recorder
    if (numbers := plain_numbers(made)) is not None:
        if numbers.tobytes() == numbers[:1].tobytes() * len(numbers):
            return makers.full(recorder, (len(made),), made[0], numbers.dtype)
        return FUNCTIONS[np.copy](recorder, recorder.constant_array(numbers))
    if not all(is_value(item) or type(item) in (int, float, bool) for item in made):
        return None
    values = [value for item in made for value in leaves_of(frame.session, item)[1]]
    kinds = {kinds_of([value]) for value in values}
    if len(kinds) != 1 or values[0].is_array or values[0].kind != "python":
        return None
    given = [v if v.constant is None else v.constant for v in values]
    return FUNCTIONS[np.array](recorder, given)


def repeated(frame: Frame, node: ast.ListComp, first: Any) -> Table | None:
    """Return the list of ``[[0] * n for _ in range(m)]`` for a number that only the run knows.

    It is made where a recording has shown that nothing less will do.
    """
    from braze.interpreter.expressions import evaluate

    recorder = frame.recorder
    times = count_of(frame, first)
    site = place_of(frame, node)
    if times is None or site not in recorder.vectors or not repeats(frame, node):
        return None
    inner = one_repeated(frame, node.elt)
    if inner is None:
        inner = evaluate(frame, node.elt)
    array = array_of(frame, node.elt, inner) if isinstance(inner, (list, Vector, Grown)) else None
    if array is None:
        return None
    sizes = (times, *(Value.of_size(recorder, d) for d in array.dims))
    made = makers.full(recorder, sizes, 0, TO_NUMPY[array.dtype_name])
    made[...] = array
    return table_of(recorder, made, recorder.vectors[site], site)


def one_repeated(frame: Frame, node: ast.expr) -> Grown | None:
    """Return the list of ``[0] * n`` for a size of an array, which is not to be fixed."""
    from braze.interpreter.expressions import evaluate

    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    held, times = evaluate(frame, node.left), evaluate(frame, node.right)
    if type(held) is not list or not is_value(times):
        return None
    return times_repeated(frame, held, times)


def of_constant(frame: Frame, node: ast.ListComp, first: Any) -> list | Grown | None:
    """Return the list of ``[0 for _ in items]``, for which no round need be interpreted."""
    part, *others = node.generators
    plain = isinstance(node.elt, ast.Constant) and type(node.elt.value) in (int, float, bool)
    if others or part.ifs or part.is_async or not plain or not isinstance(part.target, ast.Name):
        return None
    held = [node.elt.value]
    if isinstance(first, (range, list, tuple)):
        return frame.session.own(held * len(first))
    times = count_of(frame, first)
    return None if times is None else times_repeated(frame, held, times)


def written_once(frame: Frame, node: ast.ListComp, first: Any) -> list | None:
    """Return the list of ``[[0] * n for _ in items]`` for known items; None of all else.

    The items are alike: one is interpreted, and the others are lists of the same numbers.
    """
    from braze.interpreter.expressions import evaluate

    if not isinstance(first, range) or len(first) <= FEW or not repeats(frame, node):
        return None
    made = evaluate(frame, node.elt)
    if type(made) is not list or not all(type(v) in (int, float, bool) for v in made):
        return None
    session, sites = frame.session, frame.recorder.sites
    copies = [session.own(list(made)) for _ in first]
    if (known := sites.get(id(made))) is not None:
        sites.update((id(copy), (copy, known[1])) for copy in copies)
    return session.own(copies)


def may_repeat(node: ast.ListComp) -> bool:
    """Tell whether a comprehension makes the same new list again and again."""
    part, *others = node.generators
    if others or part.ifs or part.is_async or not is_new(node.elt):
        return False
    inside = list(ast.walk(node.elt))
    calls = [n.func for n in inside if isinstance(n, ast.Call)]
    if not all(isinstance(f, ast.Name) and f.id in ("range", "len") for f in calls):
        return False
    bound = {n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)}
    read = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return bound.isdisjoint(read) and not any(isinstance(n, ast.NamedExpr) for n in inside)


def repeats(frame: Frame, node: ast.ListComp) -> bool:
    """Tell whether it does so, and the functions that it calls are Python's own."""
    if not may_repeat(node):
        return False
    called = [n.func.id for n in ast.walk(node.elt) if isinstance(n, ast.Call)]
    spaces = (frame.names, frame.globals, frame.cells, frame.locals)
    return not any(name in space for name in called for space in spaces)


def count_of(frame: Frame, items: Any) -> Any:
    """Return how many items there are: a number for lists that are no constants."""
    from braze.interpreter.flow import Range

    if isinstance(items, range) and len(items) > FEW:
        return frame.recorder.operand(len(items))
    if isinstance(items, Range):
        if type(items.start) is not int or items.start or type(items.step) is not int:
            return None
        if items.step != 1 or not is_value(items.stop):
            return None
        return frame.recorder.operand(at_least_zero(frame.recorder, items.stop))
    rows = rows_of(items)
    return rows.count(frame) if rows is not None else None
