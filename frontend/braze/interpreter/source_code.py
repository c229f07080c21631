"""The source of a function as a syntax tree, proved to be what its code was compiled from."""

import ast
import dis
import functools
import inspect
import linecache
import types
from collections.abc import Iterator
from dataclasses import dataclass, field

from braze.errors import Place, Unsupported, refuse
from braze.record.code_names import MADE_OF
from braze.record.scope import outside_functions
from braze.record.set_constants import spelled
from braze.record.warned import warnings_here

Function = ast.FunctionDef | ast.Lambda


@dataclass(eq=False, repr=False)
class FunctionSource:
    """A function's syntax tree, with what is needed to speak of its places."""

    node: Function
    file: str
    name: str
    code: types.CodeType  # of the function, or of one that it is a part of
    # Places that have been asked for, by the identity of nodes, which this keeps.
    _places: dict[int, tuple[ast.AST, Place]] = field(default_factory=dict, compare=False)

    @functools.cached_property
    def catches(self) -> bool:
        """Tell whether the function does something when an exception passes through it."""
        return any(isinstance(n, (ast.Try, ast.With)) for n in ast.walk(self.node))

    @functools.cached_property
    def yields(self) -> bool:
        """Tell whether a call only makes a generator."""
        kinds = (ast.Yield, ast.YieldFrom)
        return any(isinstance(n, kinds) for s in self.body for n in outside_functions(s))

    def place(self, node: ast.AST) -> Place:
        """Return where a node of the tree stands."""
        known = self._places.get(id(node))
        if known is None:
            known = self._places[id(node)] = (node, self._find_place(node))
        return known[1]

    def _find_place(self, node: ast.AST) -> Place:
        if not hasattr(node, "lineno"):
            node = self.node
        text = linecache.getline(self.file, node.lineno).rstrip("\n")
        line = text.encode()
        start = node.col_offset
        end = node.end_col_offset if node.end_lineno == node.lineno else len(line)
        if len(line) != len(text):  # the tree counts bytes
            start, end = (len(line[:offset].decode(errors="replace")) for offset in (start, end))
        return Place(self.file, node.lineno, start + 1, end + 1, self.name)

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; a lambda is one return."""
        if isinstance(self.node, ast.Lambda):
            statement = ast.Return(self.node.body)
            return [ast.copy_location(statement, self.node.body)]
        return self.node.body


_cache: dict[types.CodeType, FunctionSource] = {}


def source_of(function: types.FunctionType) -> FunctionSource:
    """Return a function's source; Unsupported if there is none or it is not the code that runs."""
    if (made := function.__dict__.get(MADE_OF)) is not None:
        return made
    code = function.__code__
    if code.co_flags & inspect.CO_GENERATOR:
        raise lazy(code)
    if code not in _cache:
        _cache[code] = _find(function)
    return _cache[code]


def generator_source_of(function: types.FunctionType) -> FunctionSource:
    """Return the source of a generator function."""
    code = function.__code__
    if code not in _cache:
        _cache[code] = _find(function, generators=True)
    return _cache[code]


def _find(function: types.FunctionType, generators: bool = False) -> FunctionSource:
    code = function.__code__
    lazily = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    if code.co_flags & (lazily if generators else lazily | inspect.CO_GENERATOR):
        raise lazy(code)
    with warnings_here("ignore"):  # Python has told of them when it compiled the module
        try:
            lines = _lines_from(function)
            tree = _guessed(lines, code) or _parse(inspect.getblock(lines), code.co_firstlineno)
        except (OSError, TypeError, IndentationError, SyntaxError) as error:
            raise no_source("a function whose source cannot be had") from error
        for node in _candidates(tree, code):
            if _compiles_to(node, function):
                return FunctionSource(node, code.co_filename, code.co_name, code)
    raise no_source(
        "a function whose source is not the code that runs",
        "reload the module after an edit; keep one lambda on a line",
    )


def lazy(code: types.CodeType) -> Unsupported:
    """Return the exception that says that a generator or coroutine is none to be compiled."""
    what = "generators" if code.co_flags & inspect.CO_GENERATOR else "coroutines"
    error = refuse(what, "compile the functions that it calls, or return a list or an array")
    error.place = Place(code.co_filename, code.co_firstlineno, 1, 0, code.co_name)
    for number in range(code.co_firstlineno, _last_line(code) + 1):
        line = linecache.getline(code.co_filename, number)
        if line.lstrip().startswith(("def ", "async ")):
            start, end = _indentation(line) + 1, len(line.rstrip()) + 1
            error.place = Place(code.co_filename, number, start, end, code.co_name)
            break
    return error


def no_source(what: str, remedy: str = "") -> Unsupported:
    """Return the exception that says that only a trace can tell what a function does."""
    error = refuse(what, remedy)
    error.no_source = True
    return error


def _lines_from(function: types.FunctionType) -> list[str]:
    """Return the lines of the file from the first of a definition on.

    As `inspect.getsourcelines`, which however looks through all modules for the one of the code.
    """
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if len(lines) < code.co_firstlineno:
        raise OSError("no source")
    return lines[code.co_firstlineno - 1 :]


def _guessed(lines: list[str], code: types.CodeType) -> ast.Module | None:
    """Parse a definition up to where the lines behind its code are indented less; None if not so.

    Finding the end for sure takes Python's tokenizer longer than all the rest.
    """
    if code.co_name == "<lambda>":
        return None
    end = _last_line(code) - code.co_firstlineno + 1
    margin = _indentation(lines[0])
    while end < len(lines) and (_indentation(lines[end]) > margin or not lines[end].strip()):
        end += 1
    return _parse(lines[:end], code.co_firstlineno)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _last_line(code: types.CodeType) -> int:
    inner = [_last_line(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return max([code.co_firstlineno, *inner, *(line for *_, line in code.co_lines() if line)])


def _candidates(tree: ast.Module | None, code: types.CodeType) -> Iterator[Function]:
    """Find the function definitions in a stretch of source that may be the one of the code."""
    if tree is None and code.co_name == "<lambda>":
        tree = _parse(linecache.getlines(code.co_filename), 1)
    if tree is None:
        raise no_source("a function whose source cannot be parsed")
    wanted = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    for node in ast.walk(tree):
        if isinstance(node, wanted) and getattr(node, "name", "<lambda>") == code.co_name:
            yield node


def _parse(lines: list[str], first: int) -> ast.Module | None:
    """Parse lines of a file; None if they are no statements. The tree has the file's line numbers,
    by so many empty lines before."""
    indented = lines[0][:1] in (" ", "\t")
    above = max(first - (2 if indented else 1), 0)
    try:
        return ast.parse("\n" * above + ("if 1:\n" if indented else "") + "".join(lines))
    except SyntaxError:
        return None


def _compiles_to(node: Function, function: types.FunctionType) -> bool:
    """Tell whether the tree is the source of the code: compiled again, it gives the same."""
    code = function.__code__
    inner: ast.stmt
    if isinstance(node, ast.Lambda):
        inner = ast.Expr(node)
    else:
        # A name that nobody can use: what is called so would be a variable of `outer`.
        inner = ast.FunctionDef("<inner>", node.args, node.body, [], node.returns)
    names = [ast.arg(name) for name in code.co_freevars]
    arguments = ast.arguments([], names, None, [], [], None, [])
    outer = ast.FunctionDef("outer", arguments, [inner], [])
    imported = ast.Import([ast.alias(name) for name in _imported(function)] or [ast.alias("_")])
    module = ast.Module([outer, imported], [])
    for part in (inner, outer, imported, *imported.names, *names):
        ast.copy_location(part, node)
    future = code.co_flags & 0x1FF0000  # features of __future__, such as annotations
    try:
        compiled = compile(module, code.co_filename, "exec", flags=future, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    found = compiled.co_consts[0]
    candidates = [c for c in found.co_consts if isinstance(c, types.CodeType)]
    return any(_same_code(c, code) for c in candidates)


def _imported(function: types.FunctionType) -> list[str]:
    """Return the global names that a function uses and that its module seems to have imported.

    How Python calls an attribute of a name depends on whether the module imports the name.
    """
    space = function.__globals__
    found = []
    for name in _names_in(function.__code__):
        value = space.get(name)
        elsewhere = getattr(value, "__module__", None) != space.get("__name__")
        if isinstance(value, types.ModuleType) or (isinstance(value, KINDS) and elsewhere):
            found.append(name)
    return found


KINDS = (type, types.FunctionType, types.BuiltinFunctionType)


def _names_in(code: types.CodeType) -> set[str]:
    inner = [_names_in(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*inner)


# Where that was guessed wrong, instructions are compared; jumps are then of other lengths, too.
FILLERS = ("CACHE", "EXTENDED_ARG", "PRECALL", "PUSH_NULL")


def _instructions(code: types.CodeType) -> list[tuple[str, object]]:
    """Return what the code does, in a form that does not depend on offsets."""
    kept = [i for i in dis.get_instructions(code) if i.opname not in FILLERS]
    index = {instruction.offset: k for k, instruction in enumerate(kept)}
    jumps = {*dis.hasjrel, *dis.hasjabs}
    result: list[tuple[str, object]] = []
    for i in kept:
        name = "LOAD_ATTR" if i.opname == "LOAD_METHOD" else i.opname
        argument = i.argval
        if i.opcode in jumps:
            argument = next(
                (index[o] for o in range(i.argval, len(code.co_code), 2) if o in index), 0
            )
        elif isinstance(argument, types.CodeType):
            argument = None
        if (name, argument) == ("STORE_NAME", "__qualname__"):
            result[-1] = (result[-1][0], "")  # of a class: it says what is around it
        result.append((name, spelled(argument)))
    return result


def _same_bytes(a: types.CodeType, b: types.CodeType) -> bool:
    """Tell whether two codes are the same as they stand, inner functions apart: the usual case."""
    if a.co_code != b.co_code or a.co_names != b.co_names:
        return False
    codes = types.CodeType
    one, two = ([spelled(c) for c in x.co_consts if not isinstance(c, codes)] for x in (a, b))
    return one == two and len(a.co_consts) == len(b.co_consts)


def _same_code(a: types.CodeType, b: types.CodeType) -> bool:
    simple = (
        "co_varnames",
        "co_freevars",
        "co_cellvars",
        "co_argcount",
        "co_kwonlyargcount",
        "co_posonlyargcount",
    )
    if any(getattr(a, name) != getattr(b, name) for name in simple):
        return False
    if not _same_bytes(a, b) and _instructions(a) != _instructions(b):
        return False
    inner, other = ([c for c in x.co_consts if isinstance(c, types.CodeType)] for x in (a, b))
    return len(inner) == len(other) and all(map(_same_code, inner, other))
