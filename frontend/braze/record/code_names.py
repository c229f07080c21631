"""What pickles and the cache on disk ask about code, before anything else is loaded."""

import dis
import functools
import types

# The attribute of a function made of a tree that holds its source. Code alone does not tell such
# functions apart: it is equal where two are made of the same lines.
MADE_OF = "__made_of__"


@functools.lru_cache(maxsize=1024)
def global_names(code: types.CodeType) -> tuple[str, ...]:
    """Return the names that the code may read from its globals."""
    names = [
        i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    ]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names += global_names(constant)
    return tuple(dict.fromkeys(names))
