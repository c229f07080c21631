"""Whole specialisations on disk: what another process has compiled serves here at once.

Nothing is recorded, and the frontend is not loaded.

A file is found by what a specialisation depends on besides its guards: the build and the source of
braze, Python, NumPy, the machine, the options, the function's code and the types of the arguments.
Objects that guards and inputs speak of are said by the way to them: what is found on that way now
must be equal to what was found then. ``keeping.py`` writes the files, and says what can be kept.
"""

import builtins
import marshal
import os
import sys
import types
from typing import Any

import numpy as np

from braze import _core
from braze.dispatch import object_cache
from braze.options import Options
from braze.record import originals
from braze.record.code_names import MADE_OF

SLOTS = 4  # specialisations for the same types, which differ in their guards
# Arguments of other types than those of arrays and numbers that calls are kept for.
NAMED = (str, bytes, tuple, list, dict, slice, range, type(None), type(Ellipsis))
ATOMS = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))


class Unnamed(Exception):
    """Something has no name that another process would understand, or is not what it was."""


# What a call is known by


def find(function: Any, options: Options, args: tuple, kwargs: dict) -> Any:
    """Return a specialisation that serves this call, if there is one on disk."""
    if originals.builtin_replaced():
        return None
    given = (*args, *kwargs.values())
    try:
        key = key_of(function, options, signature_of(kwargs, given))
        for slot in range(SLOTS):
            data = _core.kept(in_slot(key, slot))
            if data is None:
                return None
            if (made := made_of(data, key, function, given)) is not None:
                return made
    except Exception:  # whatever is wrong with a file, the call is compiled
        pass
    return None


def key_of(function: Any, options: Options, signature: tuple) -> bytes:
    """Return all that the specialisations of a call depend on but for their guards."""
    if object_cache.directory() is None or os.environ.get("BRAZE") or options.background:
        raise Unnamed
    return marshal.dumps((*build(), tuple(options), *code_of(function), signature), 2)


def in_slot(key: bytes, slot: int) -> bytes:
    return key + bytes([slot])


def signature_of(names: Any, given: tuple) -> tuple:
    """Return the types of the arguments."""
    return tuple(names), tuple(map(described, given))


def described(value: Any) -> Any:
    """Return the type of an argument or input."""
    known = _core.describe(value)
    if known is None:
        if type(value) not in NAMED:
            raise Unnamed
        known = type(value).__name__
    return known


def code_of(function: Any) -> tuple:
    """Return what tells a function from others, but for what it reads."""
    if type(function) is not types.FunctionType or MADE_OF in function.__dict__:
        raise Unnamed
    # An older form, which does not depend on what else refers to the parts of the code.
    return marshal.dumps(function.__code__, 2), function.__module__, function.__name__


_build: tuple = ()


def build() -> tuple:
    """Return what tells this braze, Python, NumPy and machine from others."""
    global _build
    if not _build:
        features = getattr(np._core._multiarray_umath, "__cpu_features__", {})
        loops = " ".join(name for name, used in features.items() if used)
        library = (
            os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else ""
        )
        around = (sys.version, sys.flags.optimize, np.__version__, loops, library, _core.target())
        _build = (*around, *sources(os.path.dirname(os.path.dirname(__file__))))
    return _build


def sources(directory: str) -> list[tuple]:
    """Return the state of the Python files in a directory: of its build an extension knows."""
    found: list[tuple] = []
    for entry in sorted(os.scandir(directory), key=lambda e: e.name):
        if entry.name.endswith(".py"):
            state = entry.stat()
            found.append((entry.name, state.st_mtime_ns, state.st_size))
        elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
            found += sources(entry.path)
    return found


# Values


def encoded(value: Any) -> tuple:
    """Return a plain value in words, which are equal only where nobody can tell values apart."""
    kind = type(value)
    if kind in ATOMS:
        return ("atom", value)
    if kind is tuple:
        return ("tuple", tuple(map(encoded, value)))
    if kind in (slice, range):
        return (kind.__name__, encoded((value.start, value.stop, value.step)))
    if isinstance(value, np.generic) and kind.__module__ == "numpy" and value.dtype.kind in "biufc":
        return ("scalar", value.dtype.str, value.tobytes())
    if isinstance(value, np.dtype) and value.isbuiltin == 1 and value.kind in "biufc":
        return ("dtype", value.str)
    raise Unnamed


def decoded(form: tuple) -> Any:
    """Return the value."""
    kind, *parts = form
    if kind == "atom":
        return parts[0]
    if kind == "tuple":
        return tuple(map(decoded, parts[0]))
    if kind in ("slice", "range"):
        return {"slice": slice, "range": range}[kind](*decoded(parts[0]))
    if kind == "scalar":
        return np.frombuffer(parts[1], parts[0])[0]
    return np.dtype(parts[0])


def same(found: Any, form: tuple) -> bool:
    """Tell whether a value is the one that was encoded."""
    return marshal.dumps(encoded(found), 2) == marshal.dumps(form, 2)


# Reading a file


def made_of(data: bytes, key: bytes, function: Any, given: tuple) -> Any:
    """Return the specialisation that was kept, if it is for this call."""
    known, content = marshal.loads(data)
    if known != key:
        return None
    try:
        made = Finder(function, given).specialisation(*content)
    except (Unnamed, LookupError, AttributeError, TypeError, ValueError):
        return None
    return made if made.serves(given) else None


class Finder:
    """Finds in this process what a file speaks of."""

    def __init__(self, function: Any, given: tuple) -> None:
        self.function = function
        self.given = given
        self.objects: list[Any] = []

    def specialisation(
        self, objects: list, inputs: list, guards: list, results: tuple, graph: tuple
    ) -> Any:
        for form in objects:
            self.objects.append(getattr(self, form[0])(*form[1:]))
        structure, written, exact = results
        packed, threads = graph
        return _core.Specialisation(
            _core.Plan(_core.Graph.unpack(packed), threads=threads),
            [self.input(*form) for form in inputs],
            [self.guard(*form) for form in guards],
            self.structure(structure),
            [(self.source(source), name) for source, name in written],
            exact,
        )

    # Objects, by kind

    def own(self) -> Any:
        return self.function

    def module(self, name: str) -> Any:
        return sys.modules[name]

    def original(self, module: str, name: str) -> Any:
        return originals.named(module)[name]

    def names(self, number: int) -> Any:
        return vars(self.objects[number])

    def globals(self, number: int) -> Any:
        names = self.objects[number].__globals__
        if names.get("__builtins__", builtins) not in (builtins, vars(builtins)):
            raise Unnamed
        return names

    def cell(self, number: int, place: int) -> Any:
        return self.objects[number].__closure__[place]

    def found(self, source: tuple, *code: Any) -> Any:
        return self.checked(self.read(source), code)

    def inside(self, number: int, *code: Any) -> Any:
        return self.checked(self.objects[number].__wrapped__, code)

    def compiled(self, source: tuple) -> Any:
        found = self.read(source)
        if type(found) is not _core.Function:
            raise Unnamed
        return found

    def checked(self, function: Any, code: tuple) -> Any:
        if code_of(function) != code:
            raise Unnamed
        return function

    def array(self, dtype: str, shape: tuple, data: bytes) -> Any:
        made = np.frombuffer(data, dtype).reshape(shape).copy()
        made.flags.writeable = False
        return made

    # Ways to objects

    def source(self, form: tuple) -> tuple:
        """Return a source as the dispatcher takes it."""
        kind, place, name, steps = form
        root: tuple = (kind, place if kind == "arg" else self.objects[place])
        if name is not None:
            root = (*root, name)
        if not steps:
            return root
        return ("path", root, tuple((how, decoded(key)) for how, key in steps))

    def read(self, form: tuple) -> Any:
        """Return what is there now."""
        return read(self.source(form), self.given)

    def input(self, source: tuple, description: Any) -> tuple:
        made = self.source(source)
        if description is None:
            return made
        found = read(made, self.given)
        if described(found) != description:
            raise Unnamed
        return (*made, found) if made[0] == "path" else made

    def guard(self, source: tuple, kind: str, what: tuple) -> tuple:
        return (self.source(source), kind, self.expected(source, kind, what))

    def expected(self, source: tuple, kind: str, what: tuple) -> Any:
        how, *parts = what
        if how == "object":
            return self.objects[parts[0]]
        if how == "source":
            return self.source(parts[0])
        if how == "plain" and kind != "is":
            return decoded(parts[0])
        found = self.read(source)
        equal = {
            "plain": lambda form: same(found, form),
            "type": lambda description: described(found) == description,
            "code": lambda code: marshal.dumps(found, 2) == code,
            "keys": lambda keys: type(found) is dict and tuple(found) == keys,
        }[how](*parts)
        if not equal:
            raise Unnamed
        return found

    def structure(self, form: tuple) -> tuple:
        kind, *parts = form
        if kind in ("tuple", "list"):
            return (kind, [self.structure(part) for part in parts[0]])
        if kind == "dict":
            return (kind, {decoded(key): self.structure(part) for key, part in parts[0]})
        if kind == "const":
            return (kind, decoded(parts[0]))
        if kind == "found":
            return (kind, self.source(parts[0]))
        if kind == "either":
            return (kind, parts[0], parts[1], tuple(self.objects[n] for n in parts[2]))
        return form


def read(source: tuple, given: tuple) -> Any:
    """Return what a source leads to."""
    kind, *rest = source
    if kind == "path":
        value = read(rest[0], given)
        for how, key in rest[1]:
            value = getattr(value, key) if how == "attr" else value[key]
        return value
    if kind == "arg":
        return given[rest[0]]
    if kind == "item":
        return rest[0][rest[1]]
    if kind == "cell":
        return rest[0].cell_contents
    return getattr(*rest) if kind == "attr" else rest[0]
