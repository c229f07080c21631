"""Checks what no compiler checks: layering, the op table's monopoly, file sizes, leftovers.

`python tools/lint.py [ROOT]` prints `path:line: message` for each finding and exits 1 if there is
an error. Long functions are warnings: printed, never fatal.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A folder may include itself and the folders to its left; tests/ may include all of them.
LAYERS = ["ir", "passes", "codegen", "runtime", "frontend/bindings", "tools", "tests"]
# Headers that only one layer may see.
FOREIGN = {
    re.compile(r"llvm(-c)?/"): "codegen",
    re.compile(r"pybind11/|Python\.h$|numpy/"): "frontend/bindings",
}
# The Python package: what a module imports when it is loaded lies in its package or to the left.
# Inside functions it may import from anywhere: an operator of a value ends in arrays/.
PACKAGE = "frontend/braze"
PACKAGES = ["record", "arrays", "interpreter", "tracing", "dispatch", "islands", "reports", "cli"]
CODE = {".cc", ".h", ".def", ".py"}
TEXT = CODE | {".md", ".txt", ".toml", ".json", ".cmake", ".sh", ".yml", ".yaml", ".ir"}
FILE_LINES = 400
FUNCTION_LINES = 60
OPS_IN_A_LINE = 3
# The reference engine runs by hand the ops that have no formula: views, creation, control flow.
OP_READERS = {"runtime/eager.cc", "runtime/interpret.cc"}

# Written in pieces so that this file passes its own checks.
LEFTOVER = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}~/])/(?:home|root|work|tmp|Users)/\w")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.warning else ""
        return f"{self.path}:{self.line}: {kind}{self.message}"


def layer_of(path: str) -> str | None:
    return next((layer for layer in LAYERS if path.startswith(layer + "/")), None)


def check_includes(path: str, lines: list[str]) -> Iterator[Finding]:
    here = layer_of(path)
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        header = found[1]
        there = layer_of(header)
        if here and there and LAYERS.index(there) > LAYERS.index(here):
            yield Finding(path, number, f"{here}/ may not include {header}: {there}/ is above it")
        for pattern, owner in FOREIGN.items():
            if pattern.match(header) and here != owner:
                yield Finding(path, number, f"only {owner}/ may include {header}")


def check_packages(path: str, tree: ast.Module) -> Iterator[Finding]:
    package = path.removeprefix(PACKAGE + "/").split("/")[0]
    if not path.startswith(PACKAGE) or package not in PACKAGES:
        return
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("braze."):
            there = node.module.split(".")[1]
            if there in PACKAGES and PACKAGES.index(there) > PACKAGES.index(package):
                message = f"{package}/ may not import {node.module}: {there}/ is above it"
                yield Finding(path, node.lineno, message)


def check_op_lists(path: str, lines: list[str]) -> Iterator[Finding]:
    """A fact about ops is a column of ir/ops.def. Expanding the table happens in a #define."""
    if layer_of(path) in {"ir", "tests"} or path in OP_READERS:
        return
    in_macro = False
    for number, line in enumerate(lines, 1):
        in_macro = line.lstrip().startswith("#define") or in_macro
        names = re.findall(r"\bOp::\w+", line)
        if not in_macro:
            if re.search(r"\bcase\s+(?:\w+::)*Op::\w+", line):
                yield Finding(path, number, "a switch over Op: make it a column of ir/ops.def")
            elif len(names) >= OPS_IN_A_LINE:
                yield Finding(path, number, "a list of ops: make it a column of ir/ops.def")
        in_macro = in_macro and line.rstrip().endswith("\\")


def check_text(path: str, lines: list[str]) -> Iterator[Finding]:
    for number, line in enumerate(lines, 1):
        if found := LEFTOVER.search(line):
            yield Finding(path, number, f"{found[0]}: do it, or file it")
        if found := MACHINE_PATH.search(line):
            yield Finding(path, number, f"a path of one machine: {found[0]}...")


def check_size(path: str, lines: list[str]) -> Iterator[Finding]:
    if len(lines) > FILE_LINES:
        yield Finding(path, FILE_LINES + 1, f"{len(lines)} lines, at most {FILE_LINES}: split it")
    if path.endswith(".h") and not any(line.strip() == "#pragma once" for line in lines):
        yield Finding(path, 1, "no #pragma once")


def cpp_functions(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First line and length of each body at namespace level, as clang-format lays it out."""
    start = 0
    for number, line in enumerate(lines, 1):
        if re.match(r"(?!namespace|struct|class|enum|union|extern|static const)\w.*\{$", line):
            start = number
        elif line.startswith("}"):
            if start:
                yield start, number - start + 1
            start = 0


def python_functions(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.end_lineno - node.lineno + 1


def check_functions(path: str, functions: Iterator[tuple[int, int]]) -> Iterator[Finding]:
    for line, length in functions:
        if length > FUNCTION_LINES:
            yield Finding(path, line, f"a function of {length} lines", warning=True)


def check_python(path: str, source: str) -> Iterator[Finding]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, f"does not parse: {error.msg}")
        return
    yield from check_functions(path, python_functions(tree))
    yield from check_packages(path, tree)


def check_cpp(path: str, lines: list[str]) -> Iterator[Finding]:
    yield from check_functions(path, cpp_functions(lines))
    yield from check_includes(path, lines)
    yield from check_op_lists(path, lines)


def check_file(root: Path, path: str) -> Iterator[Finding]:
    source = (root / path).read_text(encoding="utf-8", errors="replace")
    lines = source.splitlines()
    suffix = Path(path).suffix
    yield from check_text(path, lines)
    if suffix not in CODE:
        return
    yield from check_size(path, lines)
    yield from check_python(path, source) if suffix == ".py" else check_cpp(path, lines)


def files(root: Path) -> Iterator[str]:
    for folder, names, entries in os.walk(root):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in {"build", "dist"})
        for entry in sorted(entries):
            if Path(entry).suffix in TEXT or entry == "Makefile":
                yield (Path(folder) / entry).relative_to(root).as_posix()


def check(root: Path) -> list[Finding]:
    return [finding for path in files(root) for finding in check_file(root, path)]


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    findings = check(root)
    for finding in findings:
        print(finding)
    errors = sum(not finding.warning for finding in findings)
    if errors:
        print(f"lint: {errors} error{'s' if errors > 1 else ''}", file=sys.stderr)
    return int(errors > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
