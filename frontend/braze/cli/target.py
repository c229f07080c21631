"""What a command works on: ``FILE.py:FUNC`` and its arguments."""

import importlib.util
import re
import sys
import traceback
from pathlib import Path

import numpy as np

import braze
from braze.cli.errors import Mistake


def load(target: str):
    """Return the function that ``FILE.py:FUNC`` names, decorated if it is not yet."""
    path, _, name = target.rpartition(":")
    if not path or not name:
        raise Mistake(f"{target}: expected FILE.py:FUNC")
    module = load_module(Path(path))
    function = module
    for part in name.split("."):
        function = getattr(function, part, None)
        if function is None:
            raise Mistake(f"{path} has no function {name}{_names_like(module)}")
    if not callable(function):
        raise Mistake(f"{name} in {path} is not a function")
    return function if isinstance(function, braze.Function) else braze.jit(function)


def load_module(path: Path):
    """Import a file as a module; its folder is importable as for ``python FILE.py``."""
    if not path.is_file():
        raise Mistake(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None:
        raise Mistake(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else "?")
        raise Mistake(f"{path}:{line}: {type(error).__name__}: {error}") from None
    return module


def _names_like(module) -> str:
    names = [n for n, v in vars(module).items() if callable(v) and not n.startswith("_")]
    return f"; it has {', '.join(names[:8])}" if names else ""


_SPEC = re.compile(r"(?P<type>[a-z]+\d*)(?P<shape>\[[^\]]*\])?(?:=(?P<value>\S+))?")
_PYTHON = {"float": float, "int": int, "bool": lambda v: {"True": True, "False": False}[v]}
_SYMBOL_SIZE = 64


def example_arguments(text: str, seed: int = 0) -> list:
    """Make arguments from text such as ``f32[1024,128] float i64=3``.

    An array gets random values (at least 0.5, so that logarithms and roots are defined); a named
    size, the same wherever it stands, is 64 and up. ``float``, ``int`` and ``bool`` are Python
    numbers; ``f64`` or ``i64`` alone are NumPy scalars; ``=`` gives a number its value.
    """
    rng = np.random.default_rng(seed)
    sizes: dict[str, int] = {}
    return [_example(item, rng, sizes) for item in re.sub(r",\s+", ",", text).split()]


def _example(item: str, rng, sizes: dict[str, int]):
    match = _SPEC.fullmatch(item)
    if not match:
        raise Mistake(f"--args: {item!r} is no type such as f32[n,128], float or i64=3")
    name, shape, value = match["type"], match["shape"], match["value"]
    if shape is None and name in _PYTHON:
        try:
            return _PYTHON[name](value if value is not None else "1" if name != "bool" else "True")
        except (ValueError, KeyError):
            raise Mistake(f"--args: {value!r} is not of type {name}") from None
    dtype = _dtype(name, item)
    if shape is None:
        try:
            return dtype.type(value if value is not None else 1)
        except (ValueError, OverflowError):
            raise Mistake(f"--args: {value!r} is not of type {name}") from None
    if value is not None:
        raise Mistake(f"--args: {item!r}: an array takes no value")
    return _random(rng, dtype, _shape(shape, item, sizes))


def _dtype(name: str, item: str) -> np.dtype:
    for row in braze.dtypes():
        if name in (row.name, row.numpy) and row.name != "bf16":
            return np.dtype(row.numpy)
    known = ", ".join(row.name for row in braze.dtypes())
    raise Mistake(f"--args: {item!r}: no type {name!r}; there are {known}, float, int and bool")


def _shape(text: str, item: str, sizes: dict[str, int]) -> tuple[int, ...]:
    shape = []
    for part in filter(None, text[1:-1].split(",")):
        if part.isdigit():
            shape.append(int(part))
        elif part.isidentifier():
            shape.append(sizes.setdefault(part, _SYMBOL_SIZE + 8 * len(sizes)))
        else:
            raise Mistake(f"--args: {item!r}: {part!r} is not a size")
    return tuple(shape)


def _random(rng, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        return rng.integers(1, 10, shape).astype(dtype)
    return (rng.random(shape) + 0.5).astype(dtype)
