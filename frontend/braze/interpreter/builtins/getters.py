"""What `operator.itemgetter`, `attrgetter` and `methodcaller` make, as functions."""

import operator
from collections.abc import Callable
from typing import Any

from braze.errors import refuse, said
from braze.interpreter.builtins.calls import builtin
from braze.interpreter.formatting import fixed
from braze.interpreter.frame import Frame
from braze.interpreter.reading import load_item

GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)


def call_getter(frame: Frame, node: Any, getter: Any, args: list) -> Any:
    """Return what a getter gets of its one argument."""
    from braze.interpreter.calls import call
    from braze.interpreter.expressions import read_attribute

    if len(args) != 1:
        raise refuse(f"a call of a {said(getter)}")
    kind, held = type(getter), getter.__reduce__()[1]

    def attribute(value: Any, path: str) -> Any:
        for name in path.split("."):
            value = read_attribute(frame, node, value, name)
        return value

    if kind is operator.methodcaller:
        if callable(getter.__reduce__()[0]) and getter.__reduce__()[0] is not kind:
            raise refuse("an operator.methodcaller with names")
        return call(frame, node, attribute(args[0], held[0]), list(held[1:]), {})
    if kind is operator.attrgetter:
        found = [attribute(args[0], path) for path in held]
    else:
        found = [load_item(frame.session, args[0], key) for key in held]
    return found[0] if len(found) == 1 else tuple(found)


def maker(kind: Callable) -> Callable:
    def call(frame: Frame, *held: Any) -> Any:
        return kind(*map(fixed, held))

    return call


for _kind in GETTERS:
    builtin(_kind)(maker(_kind))
