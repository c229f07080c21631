"""The main job on real input: photographs and a table, plain and compiled; pictures and figures.

Run by ``make demo``; needs scikit-image and scikit-learn (for their data) and matplotlib.
"""

import argparse
import statistics
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import photo
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from skimage import data
from sklearn.datasets import load_digits

from braze.bench import measure, stream
from braze.bench.report import duration

console = Console()


def inputs() -> dict[str, tuple]:
    """Return real arguments for each function: a photograph, and a table of handwritten digits."""
    picture = np.tile(data.astronaut(), (4, 4, 1))
    red, green, blue = (np.ascontiguousarray(picture[..., k]) for k in range(3))
    gray = np.tile(data.camera(), (4, 4)) / 255.0
    table = np.tile(load_digits().data, (20, 1))
    scores = table @ np.random.default_rng(0).standard_normal((64, 64)) * 0.1
    return {
        "grade": (red, green, blue, 2.2),
        "edges": (gray,),
        "standardise": (table,),
        "softmax": (scores,),
    }


def show_graphs(name: str, arguments: tuple) -> None:
    """Print the graph of a function before and after the passes."""
    inspection = getattr(photo, name).inspect(*arguments)
    console.rule(f"{name}: the graph as recorded")
    print(inspection.graph, end="")
    console.rule(f"{name}: after fusion")
    print(inspection.optimized, end="")


def compare(name: str, arguments: tuple) -> dict:
    """Check the compiled function against plain NumPy, then time both, interleaved."""
    function = getattr(photo, name)
    plain = function.__wrapped__
    expected, actual = plain(*arguments), function(*arguments)
    if not isinstance(expected, tuple):
        expected, actual = (expected,), (actual,)
    for e, a in zip(expected, actual, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-12, atol=1 if e.dtype == np.uint8 else 1e-12)
    calls = {"numpy": lambda: plain(*arguments), "braze": lambda: function(*arguments)}
    figures = measure.interleaved(calls, rounds=7)
    bill = function.explain(*arguments).data["bytes"]
    return {
        "name": name,
        "numpy": statistics.median(figures["numpy"]),
        "braze": statistics.median(figures["braze"]),
        "speedup": measure.ratio(figures["numpy"], figures["braze"]),
        "eager_bytes": bill["eager"]["number"],
        "fused_bytes": bill["fused"]["number"],
        "results": actual,
    }


def print_table(rows: list[dict], limit: float) -> None:
    table = Table(
        title=f"Fused against eager; the machine streams {limit / 1e9:.1f} GB/s",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    heads = ("function", "NumPy", "braze", "speed-up", "MB moved", "GB/s", "of limit")
    for head in heads:
        table.add_column(head, justify="left" if head == "function" else "right", no_wrap=True)
    for row in rows:
        rate = row["fused_bytes"] / row["braze"]
        table.add_row(
            row["name"],
            duration(row["numpy"]),
            duration(row["braze"]),
            f"{row['speedup']:.1f}x",
            f"{row['eager_bytes'] / 1e6:.0f} to {row['fused_bytes'] / 1e6:.0f}",
            f"{rate / 1e9:.1f}",
            f"{100 * rate / limit:.0f}%",
        )
    console.print(table)


def save_pictures(rows: dict[str, dict], arguments: dict[str, tuple], folder: Path) -> None:
    before = np.stack(arguments["grade"][:3], axis=-1)[:512, :512]
    after = np.stack(rows["grade"]["results"], axis=-1)[:512, :512]
    plt.imsave(folder / "photo.png", np.hstack([before, after]))
    plt.imsave(folder / "edges.png", rows["edges"]["results"][0][:512, :512], cmap="gray")


def save_plot(rows: list[dict], path: Path) -> None:
    """Bars of the speed-up, and of the bytes that each version moves."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
    names = [row["name"] for row in rows]
    bars = left.barh(names, [row["speedup"] for row in rows], color="#c4572e")
    left.bar_label(bars, fmt="%.1f", padding=3, fontsize="small")
    left.margins(x=0.12)
    left.axvline(1.0, color="black", linewidth=0.8)
    left.set_xlabel("times as fast as NumPy")
    at = np.arange(len(rows))
    for k, (kind, colour) in enumerate((("eager", "#2a7fb8"), ("fused", "#c4572e"))):
        moved = [row[f"{kind}_bytes"] / 1e6 for row in rows]
        bars = right.barh(at + 0.4 * k - 0.2, moved, 0.38, color=colour)
        bars.set_label("braze" if kind == "fused" else "NumPy")
        right.bar_label(bars, fmt="%.0f", padding=3, fontsize="small")
    right.margins(x=0.12)
    right.set_yticks(at, names)
    right.set_xlabel("MB moved through memory")
    right.legend(loc="lower right")
    for axis in (left, right):
        axis.invert_yaxis()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/demo"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    arguments = inputs()
    show_graphs("softmax", arguments["softmax"])
    rows = {}
    console.print("measuring the machine's streaming limit")
    limit = stream.bandwidth()
    for name, values in arguments.items():
        console.print(f"checking and timing {name}")
        rows[name] = compare(name, values)
    print_table(list(rows.values()), limit)
    save_pictures(rows, arguments, folder)
    save_plot(list(rows.values()), folder / "speedup.png")
    for picture in sorted(folder.glob("*.png")):
        console.print(f"wrote {picture}")


if __name__ == "__main__":
    main()
