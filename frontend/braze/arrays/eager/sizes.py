"""The sizes of what NumPy functions give, from those of their operands (eager/rows.py).

Each rule takes a call (eager/steps.py) and returns the sizes of its result, or a tuple of such
lists where there are several results.
"""

from collections.abc import Callable
from typing import Any

from braze.arrays.reductions import as_axis
from braze.arrays.shapes import broadcast_shape, known_sizes, product, smaller
from braze.errors import refuse

Rule = Callable[[Any], Any]


def like(name: str) -> Rule:
    """The sizes of an operand."""
    return lambda call: call.dims(name)


def flat(name: str) -> Rule:
    """The number of elements of an operand."""
    return lambda call: [product(call.dims(name))]


def along(name: str) -> Rule:
    """The sizes of an operand, in one dimension if there is no axis."""

    def rule(call: Any) -> list:
        dims = call.dims(name)
        if call.option("axis") is None:
            return [product(dims)]
        as_axis(call.option("axis"), len(dims))
        return dims

    return rule


def first_of(name: str) -> Rule:
    """The sizes of the first of several operands, or of an item of one."""

    def rule(call: Any) -> list:
        keys = call.argument(name)
        return call.sizes_of(keys[0]) if isinstance(keys, (list, tuple)) else call.dims(name)[1:]

    return rule


def reduced(name: str, axes: tuple[str, ...] = ("axis",)) -> Rule:
    """The sizes of an operand without some axes, or with 1 in their places."""

    def rule(call: Any) -> list:
        dims = call.dims(name)
        given = [call.option(axis) for axis in axes]
        if len(given) == 1:
            given = given[0] if isinstance(given[0], tuple) else given
        gone = range(len(dims)) if given == [None] else [as_axis(a, len(dims)) for a in given]
        if call.has("keepdims") and call.option("keepdims"):
            return [1 if k in gone else d for k, d in enumerate(dims)]
        return [d for k, d in enumerate(dims) if k not in gone]

    return rule


def at_each(name: str, rule: Rule) -> Rule:
    """Those of an operand, then others."""
    return lambda call: [*call.dims(name), *rule(call)]


# Histograms, sets


def count(call: Any, name: str, index: int | None = None) -> int:
    """Return a constant number of elements."""
    given = call.option(name)
    if index is not None and isinstance(given, (tuple, list)):
        given = given[index]
    if type(given) is not int:
        raise refuse(f"a numpy.{call.row.name} without a constant number of {name}")
    return given


def histogram(call: Any) -> tuple:
    return [count(call, "bins")], [count(call, "bins") + 1]


def edges(call: Any) -> list:
    return histogram(call)[1]


def histogram2d(call: Any) -> tuple:
    bins = [count(call, "bins", k) for k in range(2)]
    return bins, [bins[0] + 1], [bins[1] + 1]


def told(call: Any) -> list:
    """As many as the result tells."""
    return [call.size()]


def unique(call: Any) -> Any:
    dims = call.dims("ar")
    inverse, first = dims, told(call)
    if call.option("axis") is not None:
        axis = as_axis(call.option("axis"), len(dims))
        inverse, first = [dims[axis]], [*dims[:axis], *told(call), *dims[axis + 1 :]]
    found = [first]
    if call.option("return_index"):
        found.append(told(call))
    if call.option("return_inverse"):
        found.append(inverse)
    if call.option("return_counts"):
        found.append(told(call))
    return tuple(found) if len(found) > 1 else found[0]


def unique_all(call: Any) -> tuple:
    return told(call), told(call), call.dims("x"), told(call)


# Linear algebra: stacks of matrices, the last two axes


def matrix(call: Any, name: str) -> tuple[list, Any, Any]:
    """Return the sizes of a stack, and those of its matrices."""
    dims = call.dims(name)
    if len(dims) < 2:
        raise refuse(f"numpy.{call.row.name} of arrays of less than 2 dimensions")
    return dims[:-2], dims[-2], dims[-1]


def square(call: Any, name: str) -> tuple[list, Any]:
    """Return the sizes of a stack and that of its matrices, which are square."""
    stack, rows, columns = matrix(call, name)
    return stack, call.same(rows, columns)


def squares(name: str) -> Rule:
    """Square matrices."""

    def rule(call: Any) -> list:
        stack, n = square(call, name)
        return [*stack, n, n]

    return rule


def numbers(name: str) -> Rule:
    """A number for each square matrix."""
    return lambda call: square(call, name)[0]


def two_numbers(name: str) -> Rule:
    return lambda call: (square(call, name)[0], square(call, name)[0])


def values(name: str) -> Rule:
    """A vector for each square matrix."""

    def rule(call: Any) -> list:
        stack, n = square(call, name)
        return [*stack, n]

    return rule


def pairs(name: str) -> Rule:
    """A vector and a square matrix."""
    return lambda call: (values(name)(call), squares(name)(call))


def solve(call: Any) -> list:
    stack, n = square(call, "a")
    right = call.dims("b")
    if len(right) == 1:
        call.same(n, right[0])
        return [*stack, n]
    others, rows, columns = matrix(call, "b")
    call.same(n, rows)
    return [*broadcast_shape(call.recorder, [stack, others]), n, columns]


def qr(call: Any) -> Any:
    stack, m, n = matrix(call, "a")
    k = smaller(m, n)
    shapes = {"reduced": ([m, k], [k, n]), "complete": ([m, m], [m, n])}
    if call.option("mode") == "r":
        return [*stack, k, n]
    if call.option("mode") not in shapes:
        raise refuse("numpy.linalg.qr with this mode")
    q, r = shapes[call.option("mode")]
    return [*stack, *q], [*stack, *r]


def svd(call: Any) -> Any:
    stack, m, n = matrix(call, "a")
    k = smaller(m, n)
    if not call.option("compute_uv"):
        return [*stack, k]
    whole = call.option("full_matrices")
    return [*stack, m, m if whole else k], [*stack, k], [*stack, n if whole else k, n]


def svdvals(call: Any) -> list:
    stack, m, n = matrix(call, "x")
    return [*stack, smaller(m, n)]


def lstsq(call: Any) -> tuple:
    _, m, n = matrix(call, "a")
    right = call.dims("b")
    call.same(m, right[0])
    return [n, *right[1:]], told(call), [], [smaller(m, n)]


def turned(name: str) -> Rule:
    """Matrices with rows and columns exchanged."""

    def rule(call: Any) -> list:
        stack, m, n = matrix(call, name)
        return [*stack, n, m]

    return rule


def stack_of(name: str) -> Rule:
    """A number for each matrix."""
    return lambda call: call.dims(name)[:-2]


def chain(call: Any) -> list:
    """A product of several matrices."""
    arrays = call.argument("arrays")
    first, last = call.sizes_of(arrays[0]), call.sizes_of(arrays[-1])
    return [*first[:-1], *last[1:]]


def einsum(call: Any) -> list:
    """The sizes that the letters behind the arrow stand for; dots are the axes that are left."""
    text = call.option("subscripts")
    if type(text) is not str:
        raise refuse("numpy.einsum without subscripts as letters")
    left, arrow, right = text.replace(" ", "").partition("->")
    operands = call.argument("operands")
    ranks = [len(call.sizes_of(given)) for given in operands]
    if len(left.split(",")) != len(operands):
        raise refuse("numpy.einsum")
    terms = [letters_of(term, rank) for term, rank in zip(left.split(","), ranks, strict=True)]
    every = [letter for term in terms for letter in term]
    dots = max((sum(c < 0 for c in term) for term in terms), key=int)
    if arrow:
        wanted = letters_of(right, len(right.replace("...", "")) + dots * ("..." in right))
    else:
        once = sorted(c for c in set(every) if c >= 0 and every.count(c) == 1)
        wanted = [*range(-dots, 0), *once]
    if len(terms) == 1 and set(wanted) == set(every):
        raise refuse(f"numpy.einsum of {text!r}, which is a view")
    if not set(wanted) <= set(every):
        raise refuse("numpy.einsum")
    sizes: dict[int, Any] = {}
    for term, given in zip(terms, operands, strict=True):
        for letter, size in zip(term, call.sizes_of(given), strict=True):
            known = sizes.setdefault(letter, size)
            if isinstance(known, int) and known == 1:
                sizes[letter] = size
            elif not (isinstance(size, int) and size == 1):
                call.same(known, size)
    return [sizes[letter] for letter in wanted]


def letters_of(term: str, rank: int) -> list[int]:
    """Return the letters of a term as numbers, and negative ones for the axes that dots are."""
    before, dots, after = term.partition("...")
    left = rank - len(before) - len(after)
    if "." in before + after or left < 0 or (left and not dots):
        raise refuse("numpy.einsum with other numbers of subscripts than axes")
    return [*map(ord, before), *range(-left, 0), *map(ord, after)]


def correlate(call: Any) -> list:
    m, n = call.dims("a")[0], call.dims("v")[0]
    mode = call.option("mode")
    if mode == "full":
        return [m + n - 1]
    less = smaller(m, n)
    if mode == "same":
        return [m + n - less]
    if mode != "valid":
        raise refuse("numpy.correlate with this mode")
    return [m + n - less - less + 1]


# Fourier transforms


def transform(kind: str) -> Rule:
    """One axis: as before, or `n` long; half as long where real numbers come in, twice to these."""

    def rule(call: Any) -> list:
        dims = call.dims("a")
        axis = as_axis(call.option("axis"), len(dims))
        dims[axis] = transformed(kind, dims[axis], call.option("n"))
        return dims

    return rule


def transformed(kind: str, size: Any, n: int | None) -> Any:
    if kind == "to real":
        return n if n is not None else 2 * (size - 1)
    whole = size if n is None else n
    return whole // 2 + 1 if kind == "of real" else whole


def transforms(kind: str) -> Rule:
    """Several axes; the last one as a transform of real numbers."""

    def rule(call: Any) -> list:
        dims = call.dims("a")
        axes, s = call.option("axes"), call.option("s")
        if axes is None:
            if s is not None:
                raise refuse("Fourier transforms with s= and without axes=")
            axes = range(len(dims))
        axes = [as_axis(a, len(dims)) for a in axes]
        given = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
        if len(given) != len(axes) or len(set(axes)) != len(axes):
            raise refuse("Fourier transforms of these axes")
        for k, (axis, n) in enumerate(zip(axes, given, strict=True)):
            last = kind if k == len(axes) - 1 else "complex"
            dims[axis] = transformed(last, dims[axis], n)
        return dims

    return rule


def packed(call: Any) -> list:
    dims = along("a")(call)
    axis = call.option("axis")
    axis = 0 if axis is None else as_axis(axis, len(dims))
    packs = call.row.name == "packbits"
    dims[axis] = (dims[axis] + 7) // 8 if packs else dims[axis] * 8
    return dims


# Others


def together(*names: str) -> Rule:
    """The sizes to which operands broadcast."""
    return lambda call: broadcast_shape(call.recorder, [call.dims(name) for name in names])


def shaped(call: Any) -> list:
    """The sizes that are given."""
    return known_sizes(call.recorder, call.argument("M" if call.has("M") else "shape"))


def between(name: str) -> Rule:
    """One less than there are bounds."""

    def rule(call: Any) -> list:
        bounds = call.dims(name)
        if len(bounds) != 1 or call.option("range") is not None:
            raise refuse(f"numpy.{call.row.of} of these bounds")
        if not call.recorder.decide("nonnegative", bounds[0] - 2):
            raise refuse(f"numpy.{call.row.of} of fewer than two bounds")
        return [bounds[0] - 1]

    return rule


def polynomial(call: Any) -> list:
    degree = count(call, "deg")
    if len(call.dims("x")) != 1 or len(call.dims("y")) != 1 or degree < 0:
        raise refuse("numpy.polyfit of several data sets")
    call.same(call.dims("x")[0], call.dims("y")[0])
    return [degree + 1]


def solved_tensor(call: Any) -> list:
    a, b = call.dims("a"), call.dims("b")
    if len(a) <= len(b):
        raise refuse("numpy.linalg.tensorsolve of these ranks")
    return a[len(b) :]


def divided(call: Any) -> tuple:
    """A quotient of polynomials, whose degree is the difference, and as much as is left over."""
    m, n = (flat(name)(call)[0] for name in ("u", "v"))
    if not all(call.recorder.decide("nonnegative", k - 1) for k in (m, n)):
        raise refuse("numpy.polydiv of nothing")
    return [m - n + 1] if call.recorder.decide("nonnegative", m - n) else [1], told(call)
