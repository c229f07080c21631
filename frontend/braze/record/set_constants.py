"""The frozensets that CPython makes of displays of constants while it compiles a function.

It goes over them in an order that another compilation of the same source need not give; equal ones
of a module are the same.
"""

import functools
import types
from collections.abc import Iterator


def spelled(constant: object) -> str:
    """Return the text of a constant, which for sets does not depend on their order."""
    if isinstance(constant, (tuple, frozenset)):
        parts = map(spelled, constant)
        ordered = sorted(parts) if isinstance(constant, frozenset) else parts
        return f"{type(constant).__name__}({', '.join(ordered)})"
    return repr(constant)


def frozensets_in(code: types.CodeType) -> Iterator[frozenset]:
    """Yield the frozensets among the constants of a function and of those in it."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from frozensets_in(constant)
        elif isinstance(constant, frozenset):
            yield constant


@functools.lru_cache(maxsize=256)
def frozensets_of(code: types.CodeType) -> dict[str, frozenset]:
    """Return the frozensets of a function and of those in it by how they are spelled."""
    return {spelled(constant): constant for constant in frozensets_in(code)}


def with_frozensets_of(made: types.CodeType, plain: types.CodeType) -> types.CodeType:
    """Return code made of a function's source with the very frozensets of the function."""
    known = frozensets_of(plain)

    def kept(constant: object) -> object:
        if isinstance(constant, types.CodeType):
            return with_frozensets_of(constant, plain)
        return known.get(spelled(constant), constant) if type(constant) is frozenset else constant

    return made.replace(co_consts=tuple(map(kept, made.co_consts))) if known else made
