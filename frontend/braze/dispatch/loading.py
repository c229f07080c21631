"""The compiler of a function, made when it is first needed: with it the frontend is loaded.

That takes several times as long as the rest of braze, which a program may import and not use.
"""

import importlib
import sys
import weakref
from typing import TYPE_CHECKING

from braze import _core
from braze.record import originals

if TYPE_CHECKING:
    from braze.dispatch.compiler import Compiler

FRONTEND = "braze.dispatch.compiler"


def compiler_of(function: _core.Function) -> "Compiler":
    """Make what a dispatcher asks to compile."""
    if FRONTEND not in sys.modules:
        with originals.InPlace():
            importlib.import_module(FRONTEND)
    from braze.dispatch.compiler import Compiler  # waits for the thread that loads it

    if originals.builtin_replaced():
        with originals.InPlace():
            return made_for(function, Compiler)
    return made_for(function, Compiler)


def made_for(function: _core.Function, kind: type["Compiler"]) -> "Compiler":
    compiler = kind(function.__wrapped__, function._options)
    compiler.dispatcher = weakref.ref(function)
    return compiler
