"""Results as a table and as a plot."""

import math

from rich.console import Console
from rich.table import Table


def show(results: dict, console: Console | None = None) -> None:
    """Print a table per number of cores: NumPy's time, then speed-ups over it."""
    console = console or Console()
    machine = results["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in results["versions"].items())
    console.print(f"{machine['cpu']}, {machine['cores']} cores; {versions}")
    for run in results["runs"]:
        console.print(_table(run))
        for workload in run["workloads"]:
            for name, note in workload["notes"].items():
                if note != "not installed":
                    console.print(
                        f"  {workload['name']}: {name}: {note}", style="dim", markup=False
                    )


def candidates(run: dict) -> list[str]:
    """Return the candidates that have figures, NumPy first."""
    seen: dict[str, None] = {}
    for workload in run["workloads"]:
        seen.update(dict.fromkeys(workload["seconds"]))
    return list(seen)


def _table(run: dict) -> Table:
    others = [name for name in candidates(run) if name != "numpy"]
    cores = "one core" if run["cores"] == "1" else "all cores"
    table = Table(title=f"Speed-up over NumPy, {cores}", title_justify="left")
    table.add_column("workload")
    table.add_column("NumPy", justify="right")
    for name in others:
        table.add_column(name, justify="right")
    table.add_column("first call", justify="right")
    for workload in run["workloads"]:
        speedup = workload["speedup"]
        best = max((speedup[n] for n in others if n in speedup), default=0.0)
        cells = [_cell(speedup.get(n), best) for n in others]
        first = duration(workload["first_call"]["braze"])
        table.add_row(workload["name"], duration(workload["seconds"]["numpy"]), *cells, first)
    means = [_geometric_mean(run, name) for name in others]
    table.add_section()
    table.add_row("geometric mean", "", *means, "")
    return table


def _cell(value: float | None, best: float) -> str:
    if value is None:
        return "-"
    return f"[bold]{value:.2f}x[/bold]" if value == best else f"{value:.2f}x"


def _geometric_mean(run: dict, name: str) -> str:
    values = [w["speedup"][name] for w in run["workloads"] if name in w["speedup"]]
    if not values:
        return "-"
    return f"{math.exp(sum(map(math.log, values)) / len(values)):.2f}x ({len(values)})"


def duration(seconds: float) -> str:
    """Return a time with a unit that fits: 420 ns, 3.1 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def plot(results: dict, path: str) -> None:
    """Write horizontal bars of the speed-ups, a panel per number of cores."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    runs = results["runs"]
    rows = max(len(run["workloads"]) for run in runs)
    figure, axes = plt.subplots(
        1, len(runs), figsize=(7 * len(runs), 1.2 + 0.55 * rows), squeeze=False
    )
    for axis, run in zip(axes[0], runs, strict=True):
        _bars(axis, run)
    figure.suptitle(
        f"Speed-up over NumPy {results['versions']['numpy']} ({results['machine']['cpu']})"
    )
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _bars(axis, run: dict) -> None:
    names = [n for n in candidates(run) if n != "numpy"]
    workloads = run["workloads"][::-1]
    height = 0.8 / max(len(names), 1)
    for i, name in enumerate(names):
        at = [k + 0.4 - height * (i + 0.5) for k in range(len(workloads))]
        axis.barh(at, [w["speedup"].get(name, 0.0) for w in workloads], height, label=name)
    axis.axvline(1.0, color="black", linewidth=0.8)
    axis.set_xscale("log")
    axis.set_yticks(range(len(workloads)), [w["name"] for w in workloads])
    axis.set_xlabel("times as fast as NumPy")
    axis.set_title("one core" if run["cores"] == "1" else "all cores")
    axis.legend(loc="lower right", fontsize="small")
