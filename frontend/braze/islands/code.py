"""Functions compiled from syntax trees that run in the place of a user's function."""

import ast
import types

from braze.record.set_constants import with_frozensets_of
from braze.record.trees import located
from braze.record.warned import warnings_here

# Names that no function of a user can refer to.
INNER, OUTER = "inner function", "outer function"


def twin_of(
    plain: types.FunctionType, node: ast.FunctionDef, same_arguments: bool, more: dict
) -> types.FunctionType:
    """Compile a definition to a function with the globals and variables of `plain`.

    It bears the name of `plain`, in the same file. `more` are cells that it sees besides. Defaults
    are those of `plain` if it takes the same arguments.
    """
    code = plain.__code__
    cells = dict(zip(code.co_freevars, plain.__closure__ or (), strict=True)) | more
    # Code begins at its first decorator, and counts lines from there.
    first = ast.Constant(
        None,
        lineno=code.co_firstlineno,
        col_offset=0,
        end_lineno=code.co_firstlineno,
        end_col_offset=0,
    )
    inner = ast.FunctionDef(INNER, node.args, node.body, [first])
    around = ast.arguments([], [ast.arg(name) for name in cells], None, [], [], None, [])
    outer = ast.FunctionDef(OUTER, around, [inner], [])
    for part in (inner, outer):
        ast.copy_location(part, node)
    module = located(ast.Module([outer], []))
    future = code.co_flags & 0x1FF0000  # features of __future__
    with warnings_here("ignore"):  # Python has told of them when it compiled the module
        compiled = compile(module, code.co_filename, "exec", flags=future, dont_inherit=True)
    (outer_code,) = codes_in(compiled)
    made = next(c for c in codes_in(outer_code) if c.co_name == INNER)
    made = renamed(made, code.co_qualname).replace(
        co_name=code.co_name, co_firstlineno=code.co_firstlineno
    )
    made = with_frozensets_of(made, code)
    closure = tuple(cells[name] for name in made.co_freevars)
    defaults = plain.__defaults__ if same_arguments else None
    function = types.FunctionType(made, plain.__globals__, plain.__name__, defaults, closure)
    function.__kwdefaults__ = plain.__kwdefaults__ if same_arguments else None
    function.__qualname__ = plain.__qualname__
    return function


def codes_in(code: types.CodeType) -> list[types.CodeType]:
    return [c for c in code.co_consts if isinstance(c, types.CodeType)]


def renamed(code: types.CodeType, name: str) -> types.CodeType:
    """Return a function's code, and that of functions in it, with the names that the user sees."""
    old = f"{OUTER}.<locals>.{INNER}"
    constants = tuple(
        renamed(c, name) if isinstance(c, types.CodeType) else c for c in code.co_consts
    )
    return code.replace(co_consts=constants, co_qualname=code.co_qualname.replace(old, name, 1))
