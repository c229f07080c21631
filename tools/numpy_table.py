"""Writes docs/numpy.md: for each public NumPy function, ufunc and array method, what braze does.

`python tools/numpy_table.py [FILE]` writes the file; the answers come from the op table and the
frontend's registries, so that the page cannot disagree with the code.
"""

import sys
from pathlib import Path
from types import FunctionType

import numpy as np

from braze import _core
from braze.arrays.eager import draws
from braze.arrays.eager.rows import ROWS
from braze.arrays.numpy_api import FUNCTIONS, METHODS
from braze.arrays.registry import UFUNCS
from braze.arrays.ufuncs import ALIASES, ELEMENTWISE
from braze.interpreter.builtins.calls import BUILTINS
from braze.interpreter.known_calls import PURE
from braze.record.value import Value

PAGE = Path(__file__).resolve().parent.parent / "docs" / "numpy.md"
# What the functions of a family of the frontend become.
FAMILIES = {"shapes": "view", "flattening": "view", "rounding": "kernel",
            "joining": "composition", "makers": "kernel", "moments": "kernel",
            "picking": "composition", "products": "call", "reductions": "kernel",
            "selection": "composition", "numpy_api": "composition", "ranges": "kernel",
            "places": "composition", "diagonals": "composition", "of_functions": "composition",
            "numpy_source": "composition", "steps": "eager step",
            "instead": "eager step", "items": "composition"}  # fmt: skip
KERNELS = ("elementwise", "reduce", "macro", "make")
# Functions of `shapes` that make a new array.
CONVERSIONS = ("around", "astype", "flatten", "round")
KINDS = ("kernel", "view", "composition", "call", "eager step", "constant", "plain Python")
HEAD = """# NumPy functions

This page is made by `tools/numpy_table.py`; a test compares it with the code.

- **kernel**: an op of the graph (or a few) that fuses with what is around it.
- **view**: no arithmetic; another window on the same memory, or one copy where NumPy copies.
- **composition**: made of other ops, in NumPy's own order of steps; for many functions NumPy's own
  Python source is recorded.
- **call**: a pass of its own in the compiled function: matrix products by the BLAS that NumPy uses,
  running sums, elements under masks.
- **eager step**: NumPy itself, called by the compiled function: the code around it fuses, and loops
  around it run without Python.
- **constant**: computed while compiling, where the arguments are constants; else as *plain Python*.
- **plain Python**: NumPy itself, called between compiled regions of the function.

Arguments that are not listed in [python.md](python.md) make a call plain Python too.
"""


def kind_of_op(name: str) -> str | None:
    """Return what an op of the table becomes."""
    row = _core.ops.get(name)
    if row is None:
        return None
    return "kernel" if row["kind"] in KERNELS else {"call": "call"}.get(row["kind"])


def kind_of_ufunc(ufunc: np.ufunc) -> str:
    """Return what a ufunc becomes."""
    name = ufunc.__name__
    if ALIASES.get(name, name) in ELEMENTWISE:
        return "kernel"
    if name == "matmul":
        return "call"
    if name in ROWS:
        return "eager step"
    return "composition" if name in UFUNCS else "plain Python"


def kind_of_function(function: object) -> str:
    """Return what a function of NumPy becomes."""
    name = getattr(function, "__name__", "")
    known = FUNCTIONS.get(function)
    if known is None and BUILTINS.get(function).__class__ is FunctionType:
        known = BUILTINS[function]
    if known is None:
        return "constant" if function in PURE else "plain Python"
    family = FAMILIES[known.__module__.rpartition(".")[2]]
    return kind_of_op(name) or ("kernel" if name in CONVERSIONS else family)


def kind_of_method(name: str) -> str:
    """Return what a method or attribute of an array becomes."""
    if name in METHODS:
        if METHODS[name].__module__ == "braze.arrays.eager.steps":
            return "eager step"
        function = getattr(np, name, None)
        if function in FUNCTIONS:
            return kind_of_function(function)
        return "kernel" if name in CONVERSIONS else "composition"
    if name == "tolist":
        return "composition"
    return "view" if hasattr(Value, name) and name != "flags" else "plain Python"


def public(module: object, prefix: str) -> dict[str, object]:
    """Return the functions of a module by name, ufuncs apart."""
    functions = {}
    for name in dir(module):
        found = getattr(module, name)
        plain = callable(found) and not isinstance(found, (type, np.ufunc))
        if plain and not name.startswith("_"):
            functions[f"{prefix}{name}"] = found
    return functions


def table(title: str, rows: dict[str, str]) -> list[str]:
    """Return a section: the names of each kind."""
    lines = ["", f"## {title}", "", "| | |", "|---|---|"]
    for kind in KINDS:
        names = sorted(name for name, k in rows.items() if k == kind)
        if names:
            lines.append(f"| {kind} ({len(names)}) | {' '.join(f'`{n}`' for n in names)} |")
    return lines


def kind_of_draw(name: str) -> str:
    """Return what a function of numpy.random, or a method of its generators, becomes."""
    rows = draws.rows()
    old = f"random.RandomState.{name.rpartition('.')[2]}"
    return "eager step" if name in rows or old in rows else "plain Python"


def of_random() -> dict[str, str]:
    """Return what each function and method that draws becomes."""
    functions = public(np.random, "random.")
    methods = public(np.random.Generator, "random.Generator.")
    names = [n for n in (*functions, *methods) if n not in ("random.test", "random.bit_generator")]
    return {name: kind_of_draw(name) for name in names}


def page() -> str:
    """Return the whole page."""
    ufuncs = {n: getattr(np, n) for n in dir(np) if isinstance(getattr(np, n), np.ufunc)}
    functions = public(np, "") | public(np.linalg, "linalg.") | public(np.fft, "fft.")
    methods = [
        n for n in dir(np.ndarray) if not n.startswith("_") and n not in ("base", "ctypes", "data")
    ]
    lines = table("Ufuncs", {n: kind_of_ufunc(u) for n, u in ufuncs.items()})
    lines += table("Functions", {n: kind_of_function(f) for n, f in functions.items()})
    lines += table("Methods and attributes of arrays", {n: kind_of_method(n) for n in methods})
    lines += table("Random numbers", of_random())
    own = "\n".join(lines)
    return f"{HEAD}{own}\n\nWritten for NumPy {np.__version__}.\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE).write_text(page(), encoding="utf-8")
