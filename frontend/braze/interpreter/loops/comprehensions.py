"""Comprehensions and generator expressions: over items that are known, written out."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from braze.errors import Unsupported
from braze.interpreter import expressions, flow, sets
from braze.interpreter.expressions import evaluate, expression, iterated
from braze.interpreter.frame import Frame
from braze.interpreter.lists import nested
from braze.interpreter.lists.vector_makers import place_of
from braze.interpreter.lists.wishes import Wish
from braze.interpreter.loops import generators
from braze.interpreter.loops.iteration import check_iterable, each
from braze.record.value import is_value


@expression(ast.ListComp)
def list_comprehension(frame: Frame, node: ast.ListComp) -> list:
    first = iterated(frame, node.generators[0].iter)
    if (table := frame.perform(node, nested.repeated, frame, node, first)) is not None:
        return table
    for known in (nested.of_constant, nested.written_once):
        if (made := frame.perform(node, known, frame, node, first)) is not None:
            return made

    def written_out() -> list:
        return comprehension(frame, node.generators, node.elt, first)

    try:
        return generators.listed(frame, node, first, written_out)
    except Unsupported as error:
        if nested.may_repeat(node) and not hasattr(error, "vector"):
            error.vector = (place_of(frame, node), Wish(False))
        raise


@expression(ast.SetComp)
def set_comprehension(frame: Frame, node: ast.SetComp) -> set:
    return frame.perform(node, sets.filled, frame, comprehension(frame, node.generators, node.elt))


@expression(ast.GeneratorExp)
def generator(frame: Frame, node: ast.GeneratorExp) -> generators.Generator:
    first = iterated(frame, node.generators[0].iter)
    overlays = frame.overlays
    frame.perform(node.generators[0].iter, check_iterable, first)

    def items() -> Iterator[Any]:
        return each_of(frame, node.generators, node.elt, first, overlays)

    return generators.Generator(frame, node, first, items)


@expression(ast.DictComp)
def dict_comprehension(frame: Frame, node: ast.DictComp) -> dict:
    pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)
    pairs = comprehension(frame, node.generators, pair)
    keys = [frame.perform(node.key, expressions.as_key, key) for key, _ in pairs]
    return frame.session.own(dict(zip(keys, (value for _, value in pairs), strict=True)))


UNKNOWN = object()


def comprehension(
    frame: Frame, parts: list[ast.comprehension], element: ast.expr, first: Any = UNKNOWN
) -> list:
    """Evaluate a comprehension over static items; its names are its own.

    `first` is what the first `for` goes over, if that has been evaluated.
    """
    if first is UNKNOWN:
        first = iterated(frame, parts[0].iter)
    return list(each_of(frame, parts, element, first, frame.overlays))


def each_of(
    frame: Frame,
    parts: list[ast.comprehension],
    element: ast.expr,
    first: Any,
    overlays: tuple[dict[str, Any], ...],
) -> Iterator[Any]:
    """Return the items of a comprehension, each evaluated when it is asked for.

    `overlays` are what the comprehensions around it bind.
    """
    own: dict[str, Any] = {}
    scope = (*overlays, own)

    def met(part: ast.comprehension, item: Any) -> bool:
        with frame.inside(scope):
            flow.assign(frame, part.target, item)
            own.update({name: frame.names[name] for name in bound_by(part.target)})
            return all(static_test(frame, condition) for condition in part.ifs)

    # A function that held itself would keep the items alive, until Python looks for cycles.
    def run(again: Callable, depth: int, items: Any) -> Iterator[Any]:
        part = parts[depth]
        for item in performed(frame, part.iter, items):
            if not met(part, item):
                continue
            with frame.inside(scope):
                last = part is parts[-1]
                inner = evaluate(frame, element) if last else iterated(frame, parts[depth + 1].iter)
            yield from (inner,) if last else again(again, depth + 1, inner)

    return run(run, 0, first)


def performed(frame: Frame, node: ast.expr, items: Any) -> Iterator[Any]:
    """Return the items of an iterable; what Python raises, the plain function will raise again."""
    given = frame.perform(node, each, frame, items)
    while (item := frame.perform(node, next, given, UNKNOWN)) is not UNKNOWN:
        yield item


def bound_by(target: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(target) if generators.is_name(n)}


def static_test(frame: Frame, node: ast.expr) -> bool:
    tested = flow.test(frame, node)
    if is_value(tested):
        raise frame.refuse(node, "a condition of a comprehension that depends on array contents")
    return bool(tested)
