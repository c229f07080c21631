"""tools/lint.py must catch what is planted and let lawful code pass."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_lint():
    spec = importlib.util.spec_from_file_location("lint", ROOT / "tools" / "lint.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint"] = module
    spec.loader.exec_module(module)
    return module


lint = load_lint()
LEFTOVER = "TO" + "DO"
MACHINE_PATH = "/ho" + "me/ann/braze"


def found(tmp_path, path, text):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return lint.check(tmp_path)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("ir/a.cc", '#include "passes/pass.h"\n', "passes/ is above"),
        ("codegen/a.cc", '#include "runtime/plan.h"\n', "runtime/ is above"),
        ("runtime/a.cc", '#include "frontend/bindings/a.h"\n', "frontend/bindings/ is above"),
        ("ir/a.cc", '#include "tests/a.h"\n', "tests/ is above"),
        ("runtime/a.cc", "#include <llvm/IR/Module.h>\n", "only codegen/"),
        ("tools/a.cc", '#include "llvm/IR/Module.h"\n', "only codegen/"),
        ("runtime/a.cc", "#include <pybind11/pybind11.h>\n", "only frontend/bindings/"),
        ("ir/a.cc", "#include <Python.h>\n", "only frontend/bindings/"),
        ("tests/a.cc", "#include <numpy/arrayobject.h>\n", "only frontend/bindings/"),
        ("passes/a.cc", "  case Op::add: return 1;\n", "a switch over Op"),
        ("passes/a.cc", "  case ir::Op::add:\n", "a switch over Op"),
        ("passes/a.cc", "x == Op::add || x == Op::sub || x == Op::mul\n", "a list of ops"),
        ("passes/a.cc", "#define F case Op::a:\ncase Op::b:\n", "a switch over Op"),
        ("ir/a.h", "int x;\n", "no #pragma once"),
        ("ir/a.cc", "\n" * 401, "401 lines"),
        ("frontend/braze/a.py", "\n" * 401, "401 lines"),
        ("ir/ops.def", "\n" * 401, "401 lines"),
        ("docs/a.md", f"{LEFTOVER} later\n", LEFTOVER),
        ("bench/a.py", f"PATH = '{MACHINE_PATH}'\n", "a path of one machine"),
        ("Makefile", f"x: {MACHINE_PATH}\n", "a path of one machine"),
        ("bench/a.py", "def f(:\n", "does not parse"),
        (
            "frontend/braze/arrays/a.py",
            "from braze.interpreter import b\n",
            "interpreter/ is above",
        ),
        ("frontend/braze/record/eager/a.py", "from braze.arrays import a\n", "arrays/ is above"),
    ],
)
def test_planted_violation_is_found(tmp_path, path, text, message):
    findings = found(tmp_path, path, text)
    assert [f for f in findings if message in str(f) and not f.warning], findings
    assert lint.main([str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("runtime/a.cc", '#include "ir/graph.h"\n#include <vector>\n'),
        ("codegen/a.cc", "#include <llvm/IR/Module.h>\n"),
        ("frontend/bindings/a.cc", '#include <Python.h>\n#include "runtime/plan.h"\n'),
        ("tests/a_test.cc", '#include "runtime/plan.h"\n  case Op::add:\n'),
        ("ir/a.h", "#pragma once\ncase Op::add:\n"),
        ("codegen/a.cc", "#define UN(name) \\\n  case Op::name: return 1;\n"),
        ("passes/a.cc", "if (node.op == Op::load) return;\n"),
        ("runtime/eager.cc", "  case Op::slice: return slice();\n"),
        ("ir/a.cc", "\n" * 400),
        ("build/a.cc", f"{LEFTOVER}\n"),
        (".venv/a.py", f"{LEFTOVER}\n"),
        ("frontend/braze/arrays/a.py", "from braze.record import a\nfrom braze.errors import b\n"),
        ("frontend/braze/record/a.py", "def f():\n    from braze.arrays import a\n    return a\n"),
        ("docs/a.md", "see `build/demo/plot.png`, https://example.org/home/x\n"),
    ],
)
def test_lawful_code_passes(tmp_path, path, text):
    assert found(tmp_path, path, text) == []
    assert lint.main([str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("ir/a.cc", "\nint f() {\n" + "  g();\n" * 60 + "}\n", 2),
        ("bench/a.py", "x = 1\n\n\ndef f():\n" + "    g()\n" * 60, 4),
    ],
)
def test_a_long_function_is_a_warning(tmp_path, path, text, line):
    (finding,) = found(tmp_path, path, text)
    assert finding.warning and finding.line == line
    assert lint.main([str(tmp_path)]) == 0


def test_the_finding_names_file_and_line(tmp_path):
    (finding,) = found(tmp_path, "ir/a.cc", '\n\n#include "passes/pass.h"\n')
    assert str(finding) == "ir/a.cc:3: ir/ may not include passes/pass.h: passes/ is above it"
