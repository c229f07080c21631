"""Puts saved figures of the benchmark into the README (one core) and docs/bench.md (all).

`python tools/bench_readme.py RESULTS.json [FUNCTIONS.json]`; ``make bench-readme`` runs it.
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
    more = report.more_grid(run, results["machine"]) if notes else []
    if more:
        lines += f"\n{more_about(results)}\n{report.table_of(more)}\n"
    return lines


def more_about(results: dict) -> str:
    """Say what the table of memory and operations means."""
    machine = results["machine"]
    text = (
        "Peaks of memory are those of two calls, beyond the arguments, in a process of their own."
    )
    if "bandwidth" not in machine:
        return text + "\n"
    peak, bandwidth = machine["peak"] * 1e-9, machine["bandwidth"] * 1e-9
    return (
        f"{text}\nOperations and bytes are those of `f.profile`: products, calls of NumPy and\n"
        "loops over elements do not count. The roofline is the lower of "
        f"{peak:.0f} Gop/s and of\n{bandwidth:.1f} GB/s from memory times the operations per byte, "
        "both measured with braze's own\nkernels on one core; what stays in a cache exceeds it.\n"
    )


def with_table(text: str, table: str) -> str:
    """Return the README with the table between its two marks."""
    if not MARKED.search(text):
        raise SystemExit("bench_readme: the README has no marks <!-- bench -->")
    return MARKED.sub(lambda found: f"{found[1]}{table}{found[2]}", text)


FUNCTIONS = """## Mathematical functions

Each alone over 32000 elements, on one core: nothing is fused, so this compares the functions
themselves. braze's are within 1 ulp, which not all of the rivals' are. f4 is float32, f8 float64.
`make functions bench-readme` measures and writes this again.
"""


def page(results: dict, functions: dict | None) -> str:
    """Return the page of all figures."""
    parts = ["# The benchmark\n", ABOUT]
    for run in results["runs"]:
        parts += [f"## {report.title(run).capitalize()}\n", part(results, run, notes=True)]
    if functions:
        parts += [FUNCTIONS, part(functions, functions["runs"][0], notes=True)]
    return "\n".join(parts)


def main(path: str, functions: str | None = None, root: str = ".") -> None:
    results, alone = (json.loads(Path(p).read_text()) if p else None for p in (path, functions))
    readme = Path(root) / "README.md"
    readme.write_text(with_table(readme.read_text(), part(results, results["runs"][0], False)))
    (Path(root) / "docs" / "bench.md").write_text(page(results, alone))


if __name__ == "__main__":
    main(*sys.argv[1:])
