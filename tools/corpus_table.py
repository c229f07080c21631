"""Writes docs/corpus.md: how much of each group of tests/corpus is compiled, and why not the rest.

`python tools/corpus_table.py [FILE]` calls every function of the corpus with all its arguments and
writes what came of it; with `-`, to standard output.
"""

import contextlib
import io
import os
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

# What can be compiled is the question, not what is worth it.
os.environ["BRAZE_REGULATE"] = "off"
from corpus.cases import Case, all_cases  # noqa: E402

import braze  # noqa: E402

PAGE = ROOT / "docs" / "corpus.md"
WAYS = {"compiled_calls": "whole", "divided_calls": "islands", "plain_calls": "plain"}
TITLES = "| group | functions | whole | islands | plain | calls | compiled | divided | plain |"
HEAD = """# The corpus: Python as people write it

This page is made by `tools/corpus_table.py`; a test compares it with the code. The functions are in
`tests/corpus/`, a file for each group. The tests make every call of every function plain, jitted,
scripted and traced, twice, and compare results (bits, dtypes, layout, what they share memory with),
exceptions, changes of arguments and printed output.

A function counts as **whole** if each of its calls that returns runs compiled code and nothing
else, as **islands** if some call runs Python between compiled regions, as **plain** if some call
runs the plain function. Calls that raise run the plain function, which is no defect. The groups
`islands` and `text` hold much that is Python by its nature: printing, files, `try`, messages.
"""


@dataclass
class Row:
    """What came of one function: how its calls ran, and the first reason for the worst."""

    case: Case
    calls: Counter
    reason: str

    @property
    def way(self) -> str:
        """The worst way in which a call ran."""
        return next((w for w in ("plain", "islands", "whole") if self.calls[w]), "plain")


def examine(case: Case) -> Row:
    """Make the calls of a function and note how each ran, once all is compiled."""
    function = braze.jit(case.make())
    calls: Counter = Counter()
    for final in (False, True):
        for call in case.calls:
            args, kwargs = call.fresh()
            before = function._counters()
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    function(*args, **kwargs)
                except Exception:
                    continue
            after = function._counters()
            if final:
                calls.update(way for name, way in WAYS.items() if after[name] > before[name])
    attempts = [a for a in function._compiler.attempts if a.optimized is None and a.reasons]
    reason = attempts[0].reasons[0].what if attempts else "sizes that the compiled code excludes"
    return Row(case, calls, reason)


def page() -> str:
    """Return the whole page."""
    rows = [examine(case) for case in all_cases()]
    lines = [HEAD, TITLES, "|---" * TITLES.count(" | ") + "|---|"]
    for group in [*dict.fromkeys(row.case.group for row in rows), "all"]:
        here = [row for row in rows if group in (row.case.group, "all")]
        ways = Counter(row.way for row in here)
        calls = sum((row.calls for row in here), Counter())
        cells = [len(here), *(ways[w] for w in WAYS.values())]
        cells += [sum(calls.values()), *(calls[w] for w in WAYS.values())]
        lines.append(f"| {group} | {' | '.join(map(str, cells))} |")
    lines += ["", "## What is not compiled whole, and the first reason", ""]
    lines += ["| function | | reason |", "|---|---|---|"]
    for row in rows:
        if row.way != "whole":
            lines.append(f"| {row.case} | {row.way} | {row.reason} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    made = page()
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(made)
    else:
        (Path(sys.argv[1]) if sys.argv[1:] else PAGE).write_text(made, encoding="utf-8")
