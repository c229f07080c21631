"""Results as tables: for the terminal, and in Markdown."""

import math
import statistics
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from braze.bench import roofline

FOOT = 3  # rows about all workloads
WIDTHS = {"torch-compile": "compiled"}  # headings that would be wider than their figures


def show(results: dict, console: Console | None = None) -> None:
    """Print a table per number of cores: NumPy's time, then speed-ups over it."""
    console = console or Console()
    console.print(about(results), highlight=False)
    for run in results["runs"]:
        console.print()
        console.print(_table(run))
        for line in notes(run):
            console.print(line, style="dim", markup=False, highlight=False)
        if more := more_grid(run, results["machine"]):
            console.print(_plain_table(more))


def markdown(results: dict) -> str:
    """Return the same tables and notes as Markdown."""
    parts = [about(results)]
    for run in results["runs"]:
        parts.append(markdown_table(run))
        parts.append("\n".join(f"- {line}" for line in notes(run)))
        if more := more_grid(run, results["machine"]):
            parts.append(table_of(more))
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_table(run: dict) -> str:
    """Return the table of one number of cores as Markdown."""
    return table_of(grid(run))


def table_of(lines: list[list[str]]) -> str:
    """Return a heading and rows as Markdown."""
    head, *rows = lines
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def about(results: dict) -> str:
    """Say what machine and versions the figures belong to."""
    machine = results["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in results["versions"].items())
    load = machine.get("load")
    busy = f", load {load:.1f} at the start" if load is not None else ""
    return f"{machine['cpu']}, {machine['cores']} cores{busy}; {versions}."


def title(run: dict) -> str:
    """Name the number of cores."""
    return "one core" if run["cores"] == "1" else "all cores"


def candidates(run: dict) -> list[str]:
    """Return the candidates that have figures, NumPy first."""
    seen: dict[str, None] = {}
    for workload in run["workloads"]:
        seen.update(dict.fromkeys(workload["seconds"]))
    return list(seen)


def grid(run: dict, emphasis: str = "**") -> list[list[str]]:
    """Return the heading, a row per workload, and the means; the best of a row in bold."""
    others = [name for name in candidates(run) if name != "numpy"]
    rows = [[title(run), "NumPy", *[WIDTHS.get(n, n) for n in others], "first"]]
    for workload in run["workloads"]:
        speedup = workload["speedup"]
        best = max((speedup[n] for n in others if n in speedup), default=0.0)
        cells = [_cell(speedup.get(n), best, emphasis) for n in others]
        first = duration(workload["first_call"]["braze"]) if "braze" in speedup else "-"
        rows.append([workload["name"], duration(workload["seconds"]["numpy"]), *cells, first])
    values = [[w["speedup"][n] for w in run["workloads"] if n in w["speedup"]] for n in others]
    rows.append(["geometric mean", "", *[_geometric_mean(v) for v in values], ""])
    firsts = [
        [w["first_call"][n] for w in run["workloads"] if n in w["first_call"]] for n in others
    ]
    medians = [duration(statistics.median(f)) if f else "-" for f in firsts]
    rows.append(["first call, median", "", *medians, ""])
    rows.append(["workloads", str(len(run["workloads"])), *[str(len(v)) for v in values], ""])
    return rows


def more_grid(run: dict, machine: dict) -> list[list[str]]:
    """Return what was measured besides times: peaks of memory, and distances from the roofline.

    Peaks are of two calls, beyond the arguments; operations and bytes are those of a profile.
    """
    peaks = any(w.get("peak") for w in run["workloads"])
    rooflines = any(w.get("profile") for w in run["workloads"])
    if not (peaks or rooflines):
        return []
    head = [title(run)]
    head += ["peak of NumPy", "of braze"] if peaks else []
    head += ["op/byte", "Gop/s", "GB/s", "of the roofline"] if rooflines else []
    rows = []
    for work in run["workloads"]:
        cells = []
        if peaks:
            peak = work.get("peak") or {}
            cells += [megabytes(peak.get(name)) for name in ("numpy", "braze")]
        if rooflines:
            cells += _roofline_cells(work.get("profile"), machine)
        if set(cells) != {"-"}:
            rows.append([work["name"], *cells])
    return [head, *rows] if rows else []


def _roofline_cells(profile: dict | None, machine: dict) -> list[str]:
    if not profile or not profile["work"] or not profile["bytes"]:
        return ["-"] * 4
    x, y = roofline.point(profile)
    share = roofline.limit(profile, machine)
    return [ratio(x), ratio(y * 1e-9), ratio(y / x * 1e-9), f"{share:.0%}"]


def megabytes(count: int | None) -> str:
    """Return a number of bytes in MB."""
    return "-" if count is None else f"{count * 1e-6:.1f} MB"


def notes(run: dict) -> Iterator[str]:
    """Say which workloads a candidate refuses, gets wrong or does not compile, and why."""
    groups: dict[tuple[str, str], list[str]] = {}
    for workload in run["workloads"]:
        for name, note in workload["notes"].items():
            groups.setdefault((name, note), []).append(workload["name"])
    order = {name: i for i, name in enumerate(["braze", *candidates(run)])}
    for (name, note), workloads in sorted(groups.items(), key=lambda g: order.get(g[0][0], 99)):
        if len(workloads) == len(run["workloads"]):
            yield f"{name}: {note}"
        else:
            yield f"{name}: {note}: {', '.join(workloads)}"


def _table(run: dict) -> Table:
    head, *rows = grid(run, "bold")
    table = _plain_table([head, *rows[:-FOOT]])
    table.add_section()
    for row in rows[-FOOT:]:
        table.add_row(*row)
    return table


def _plain_table(lines: list[list[str]]) -> Table:
    head, *rows = lines
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True)
    for i, name in enumerate(head):
        table.add_column(name, justify="right" if i else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _cell(value: float | None, best: float, emphasis: str) -> str:
    if value is None:
        return "-"
    text = ratio(value)
    if value != best:
        return text
    return f"[bold]{text}[/bold]" if emphasis == "bold" else f"{emphasis}{text}{emphasis}"


def _geometric_mean(values: list[float]) -> str:
    return ratio(math.exp(sum(map(math.log, values)) / len(values))) if values else "-"


def ratio(value: float) -> str:
    """Return a number with three digits, or all before the point."""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def duration(seconds: float) -> str:
    """Return a time with a unit that fits: 420 ns, 3.1 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
