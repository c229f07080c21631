"""The sweep as a table of the worst cells, and as a picture of all."""

import math

import numpy as np
from rich.console import Console
from rich.table import Table

from braze.bench.report import about, duration, ratio
from braze.bench.sweep import worst

GOAL = 0.95
HEAD = ("op", "dtype", "size", "layout", "NumPy", "braze", "times as fast", "")


def show(results: dict, count: int, console: Console | None = None) -> None:
    """Print the worst cells, and how many are below the goal."""
    console = console or Console()
    console.print(about(results), highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for i, name in enumerate(HEAD):
        table.add_column(name, justify="right" if i in (2, 4, 5, 6) else "left")
    for cell in worst(results["cells"], count):
        table.add_row(*row(cell))
    console.print(table)
    console.print(summary(results), highlight=False)


def row(cell: dict) -> list[str]:
    """Return a cell's figures as text, in the order of `HEAD`."""
    seconds = cell["seconds"]
    return [
        cell["op"],
        cell["dtype"],
        f"{cell['size']:,}",
        cell["layout"],
        duration(seconds["numpy"]),
        duration(seconds["braze"]),
        ratio(cell["speedup"]),
        cell["note"] or "",
    ]


def markdown(results: dict, count: int) -> str:
    """Return the same as Markdown."""
    lines = [list(HEAD), ["---"] * len(HEAD), *map(row, worst(results["cells"], count))]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{about(results)}\n\n{table}\n\n{summary(results)}\n"


def summary(results: dict) -> str:
    """Say how many cells there are, how many are slow, and what the middle one is."""
    speedups = [cell["speedup"] for cell in results["cells"]]
    slow = sum(s < GOAL for s in speedups)
    mean = math.exp(sum(map(math.log, speedups)) / len(speedups))
    return (
        f"{len(speedups)} cells, geometric mean {ratio(mean)}x; "
        f"{slow} below {GOAL}x, worst {ratio(min(speedups))}x."
    )


def plot(results: dict, path: str) -> None:
    """Write a picture: a row per op, a column per dtype and size, the worse layout in each."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.colors import TwoSlopeNorm

    cells = results["cells"]
    ops = list(dict.fromkeys(c["op"] for c in cells))
    columns = sorted({(c["dtype"], c["size"]) for c in cells})
    table = np.full((len(ops), len(columns)), np.nan)
    for c in cells:
        at = ops.index(c["op"]), columns.index((c["dtype"], c["size"]))
        table[at] = np.nanmin([table[at], math.log2(c["speedup"])])
    figure, axis = plt.subplots(figsize=(9, 1.5 + 0.16 * len(ops)), layout="constrained")
    norm = TwoSlopeNorm(vmin=-2, vcenter=0, vmax=4)
    image = axis.imshow(table, aspect="auto", cmap="RdBu", norm=norm, interpolation="nearest")
    labels = [f"{dtype} {size:,}" for dtype, size in columns]
    axis.set_xticks(range(len(columns)), labels, rotation=90, fontsize=6)
    axis.set_yticks(range(len(ops)), ops, fontsize=6)
    bar = figure.colorbar(image, ticks=[-2, -1, 0, 1, 2, 3, 4], shrink=0.3)
    bar.ax.set_yticklabels(["1/4", "1/2", "1", "2", "4", "8", "16"])
    bar.set_label("times as fast as NumPy")
    axis.set_title("Single ops, the worse of two layouts")
    figure.savefig(path, dpi=130)
    plt.close(figure)
