"""`import` in a function: of what has been imported already, it binds names and nothing else."""

import ast
import builtins
import sys
import types
from typing import Any

from braze.errors import refuse
from braze.interpreter.frame import Frame
from braze.interpreter.reading import load_attribute
from braze.record.sources import Source

IMPORT = builtins.__import__


def bindings(frame: Frame, node: ast.Import | ast.ImportFrom) -> dict[str, Any]:
    """Return the names that an import binds; refuse one that would run a module or raise."""
    if isinstance(node, ast.ImportFrom) and node.level:
        raise refuse("an import relative to the module")
    if builtins.__import__ is not IMPORT:
        raise refuse("an import by something else than Python's")
    frame.recorder.guard(Source(("attr", builtins, "__import__")), "is", IMPORT)
    if isinstance(node, ast.ImportFrom):
        return from_module(frame, node)
    made = {}
    for alias in node.names:
        module = module_of(frame, alias.name)
        first, *rest = alias.name.split(".")
        if alias.asname is None:
            made[first] = module_of(frame, first)
            continue
        found: Any = module_of(frame, first)
        for part in rest:
            found = load_attribute(frame.session, found, part)
        if found is not module:
            raise refuse("an import of a module that its package has under another name")
        made[alias.asname] = found
    return made


def from_module(frame: Frame, node: ast.ImportFrom) -> dict[str, Any]:
    module = module_of(frame, node.module or "")
    made = {}
    for alias in node.names:
        if alias.name not in vars(module):  # `*`, a module of a package, or an error
            raise refuse(f"an import of {alias.name}")
        made[alias.asname or alias.name] = load_attribute(frame.session, module, alias.name)
    return made


def module_of(frame: Frame, name: str) -> types.ModuleType:
    """Return a module that is there, under a guard on its name and those of its packages."""
    parts = name.split(".")
    for k in range(1, len(parts) + 1):
        known = ".".join(parts[:k])
        module = sys.modules.get(known)
        spec = getattr(module, "__spec__", None)
        if type(module) is not types.ModuleType or getattr(spec, "_initializing", False):
            error = refuse("an import that runs a module")
            error.passing = True  # it runs once
            raise error
        frame.recorder.guard(Source(("global", sys.modules, known)), "is", module)
    return sys.modules[name]
