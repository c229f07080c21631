"""The extension as a guest in somebody else's process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from braze import _core


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()


def test_only_the_module_entry_is_exported():
    """A visible LLVM symbol would meet the LLVM of Numba or torch."""
    if not (nm := shutil.which("nm")):
        pytest.fail("binutils' nm is part of the set-up")
    listing = subprocess.run(
        [nm, "-D", "--defined-only", Path(_core.__file__)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[-1] for line in listing.splitlines()] == ["PyInit__core"]


def test_import_starts_no_thread():
    (count,) = run(
        "import os\n"
        "import numpy\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "import braze\n"
        "print(len(os.listdir('/proc/self/task')) - before)"
    )
    assert count == "0"


def test_import_leaves_the_command_line_behind():
    loaded = run("import sys, braze; print(*sys.modules)")
    assert "braze" in loaded
    assert not {"click", "rich", "matplotlib", "pytest", "unittest"} & set(loaded)
