"""Comprehensions and generator expressions: over items that are known, written out."""

import ast
from typing import Any

from braze import expressions, flow, generators
from braze.expressions import evaluate, expression
from braze.frame import Frame
from braze.value import is_value


@expression(ast.ListComp)
def list_comprehension(frame: Frame, node: ast.ListComp) -> list:
    first = evaluate(frame, node.generators[0].iter)

    def written_out() -> list:
        return comprehension(frame, node.generators, node.elt, first)

    return generators.listed(frame, node, first, written_out)


@expression(ast.SetComp)
def set_comprehension(frame: Frame, node: ast.SetComp) -> set:
    return frame.perform(
        node, expressions.static_set, frame, comprehension(frame, node.generators, node.elt)
    )


@expression(ast.GeneratorExp)
def generator(frame: Frame, node: ast.GeneratorExp) -> generators.Generator:
    first = evaluate(frame, node.generators[0].iter)
    return generators.Generator(
        frame, node, first, lambda: comprehension(frame, node.generators, node.elt, first)
    )


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
    outer_names, inside = frame.names, frame.in_comprehension
    frame.around.append((outer_names, frame.recorder.body))
    frame.names = dict(outer_names)
    frame.in_comprehension = True
    result: list[Any] = []

    def run(depth: int) -> None:
        if depth == len(parts):
            result.append(evaluate(frame, element))
            return
        part = parts[depth]
        items = first if depth == 0 and first is not UNKNOWN else evaluate(frame, part.iter)
        for item in frame.perform(part.iter, flow.static_items, frame, items):
            flow.assign(frame, part.target, item)
            if all(static_test(frame, condition) for condition in part.ifs):
                run(depth + 1)

    try:
        run(0)
    finally:
        frame.names, frame.in_comprehension = outer_names, inside
        frame.around.pop()
    return result


def static_test(frame: Frame, node: ast.expr) -> bool:
    tested = flow.test(frame, node)
    if is_value(tested):
        raise frame.refuse(node, "a condition of a comprehension that depends on array contents")
    return bool(tested)
