"""The page docs/numpy.md says what the code does."""

import importlib.util
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("numpy_table", ROOT / "tools/numpy_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date():
    table = generator()
    text = (ROOT / "docs/numpy.md").read_text(encoding="utf-8")
    if f"NumPy {np.__version__}." in text:  # other versions have other functions
        assert text == table.page(), "run `python tools/numpy_table.py`"
    else:
        assert text.startswith(table.HEAD)


def test_kinds():
    table = generator()
    assert table.kind_of_ufunc(np.exp) == "kernel"
    assert table.kind_of_ufunc(np.divmod) == "composition"
    assert table.kind_of_ufunc(np.isnat) == "plain Python"
    assert table.kind_of_function(np.sum) == "kernel"
    assert table.kind_of_function(np.transpose) == "view"
    assert table.kind_of_function(np.dot) == "call"
    assert table.kind_of_function(np.roll) == "composition"
    assert table.kind_of_function(np.sort) == "eager step"
    assert table.kind_of_function(np.linalg.solve) == "eager step"
    assert table.kind_of_method("cumsum") == "call"
    assert table.kind_of_method("tobytes") == "plain Python"
    assert table.kind_of_method("argsort") == "eager step"
