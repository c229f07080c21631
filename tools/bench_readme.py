"""Puts saved figures of the benchmark into the README (one core) and docs/bench.md (all).

`python tools/bench_readme.py RESULTS.json [ROOT]`; ``make bench-readme`` runs it.
"""

import json
import re
import sys
from pathlib import Path

from braze.bench import report

MARKED = re.compile(r"(<!-- bench -->\n).*?(<!-- end of bench -->)", re.DOTALL)
ABOUT = (
    "Speed-up over NumPy (its time in the second column), medians of interleaved rounds; the last\n"
    "column is braze's first call, with compiling. A dash: the rival has no version, refuses, or\n"
    "gives a wrong answer, which the list below the table says. Rivals run what their users would\n"
    "write (`bench/workloads/`). `make bench bench-readme` measures and writes this again.\n"
)


def part(results: dict, run: dict, notes: bool) -> str:
    """Return the table of one number of cores, and below it the reasons."""
    lines = report.about(results) + "\n\n" + report.markdown_table(run) + "\n"
    if notes:
        lines += "\n" + "\n".join(f"- {line}" for line in report.notes(run)) + "\n"
    return lines


def with_table(text: str, table: str) -> str:
    """Return the README with the table between its two marks."""
    if not MARKED.search(text):
        raise SystemExit("bench_readme: the README has no marks <!-- bench -->")
    return MARKED.sub(lambda found: f"{found[1]}{table}{found[2]}", text)


def page(results: dict) -> str:
    """Return the page of all figures."""
    parts = ["# The benchmark\n", ABOUT]
    for run in results["runs"]:
        parts += [f"## {report.title(run).capitalize()}\n", part(results, run, notes=True)]
    return "\n".join(parts)


def main(path: str, root: str = ".") -> None:
    results = json.loads(Path(path).read_text())
    readme = Path(root) / "README.md"
    readme.write_text(with_table(readme.read_text(), part(results, results["runs"][0], False)))
    (Path(root) / "docs" / "bench.md").write_text(page(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
