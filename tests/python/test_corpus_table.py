"""The page docs/corpus.md says what the corpus does."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("corpus_table", ROOT / "tools/corpus_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date():
    text = (ROOT / "docs/corpus.md").read_text(encoding="utf-8")
    assert text == generator().page(), "run `python tools/corpus_table.py`"


def test_ways():
    table = generator()
    from corpus.cases import Call, Case

    def whole(x):
        return x * 2 + 1

    def islands(x):
        y = x * 2 + 1
        print(y)
        return y * y - x

    def plain(x):
        return eval("x + 1")

    import numpy as np

    for function in (whole, islands, plain):
        calls = [Call((np.ones(3),))]
        row = table.examine(Case(function.__name__, "here", lambda f=function: f, calls, 0))
        assert row.way == function.__name__
