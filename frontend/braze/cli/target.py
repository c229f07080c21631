"""What a command works on: ``FILE.py:FUNC`` and its arguments."""

import importlib.util
import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import braze
from braze.cli.errors import Mistake
from braze.record.dtypes import TO_NUMPY


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


ITEM = re.compile(r"(?P<type>[a-z]+\d*)(?P<shape>\[[^\]]*\])?(?:=(?P<value>\S+))?")
PYTHON = {
    "float": float,
    "int": int,
    "bool": lambda text: {"True": True, "False": False, "1": True}[text],
}


@dataclass(frozen=True)
class Item:
    """One argument of ``--args``: a type, the sizes of an array, the value of a number."""

    text: str
    type: str
    sizes: tuple[str, ...] | None
    value: str | None

    def number(self):
        """Return the Python number or NumPy scalar; 1 where no value is given."""
        make = PYTHON.get(self.type) or self.dtype().type
        try:
            return make(self.value if self.value is not None else "1")
        except (ValueError, KeyError, OverflowError):
            raise Mistake(f"--args: {self.value!r} is not of type {self.type}") from None

    def dtype(self) -> np.dtype:
        for name, dtype in TO_NUMPY.items():
            if self.type in (name, dtype.name):
                return dtype
        known = ", ".join([*TO_NUMPY, *PYTHON])
        raise Mistake(f"--args: {self.text!r}: no type {self.type!r}; there are {known}")


def parse_arguments(text: str) -> list[Item]:
    """Split text such as ``f32[1024,128] float i64=3`` into its arguments."""
    items = []
    for part in re.findall(r"[^\s\[]+(?:\[[^\]]*\])?\S*", text):
        match = ITEM.fullmatch(part)
        if not match:
            raise Mistake(f"--args: {part!r} is no type such as f32[n,128], float or i64=3")
        sizes = None
        if match["shape"] is not None:
            sizes = tuple(size.strip() for size in match["shape"][1:-1].split(",") if size.strip())
            if match["value"] is not None:
                raise Mistake(f"--args: {part!r}: an array takes no value")
            for size in sizes:
                if not (size.isdigit() or size.isidentifier()):
                    raise Mistake(f"--args: {part!r}: {size!r} is not a size")
        item = Item(part, match["type"], sizes, match["value"])
        if sizes is not None or item.type not in PYTHON:
            item.dtype()
        items.append(item)
    return items


def specs(text: str) -> list:
    """Return what ``inspect`` takes: numbers where a value is given, else specs."""
    found = []
    for item in parse_arguments(text):
        if item.value is not None:
            found.append(item.number())
            continue
        name = item.type
        if item.sizes is not None:
            dtype = next(n for n, d in TO_NUMPY.items() if d == item.dtype())
            name = f"{dtype}[{', '.join(item.sizes)}]"
        found.append(braze.spec(name))
    return found


def example_arguments(text: str, seed: int = 0) -> list:
    """Make arguments from text such as ``f32[1024,128] float i64=3``.

    An array gets random values (at least 0.5, so that logarithms and roots are defined); a named
    size, the same wherever it stands, is 64 and up. ``float``, ``int`` and ``bool`` are Python
    numbers; ``f64`` or ``i64`` alone are NumPy scalars; ``=`` gives a number its value.
    """
    rng = np.random.default_rng(seed)
    named: dict[str, int] = {}
    values = []
    for item in parse_arguments(text):
        if item.sizes is None:
            values.append(item.number())
            continue
        shape = tuple(
            int(size) if size.isdigit() else named.setdefault(size, 64 + 8 * len(named))
            for size in item.sizes
        )
        values.append(random_array(rng, item.dtype(), shape))
    return values


def random_array(rng, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        return rng.integers(1, 10, shape).astype(dtype)
    return (rng.random(shape) + 0.5).astype(dtype)
