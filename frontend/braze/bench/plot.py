"""Results as a picture: a line per workload, a mark per candidate."""

from braze.bench.report import candidates, title

COLOURS = {
    "braze": "#c4572e",
    "numexpr": "#7a7a7a",
    "numba": "#2a7fb8",
    "jax": "#8a4fbf",
    "torch": "#3a9a52",
    "torch-compile": "#9ccf4a",
}
MARKS = {"numexpr": "v", "numba": "s", "jax": "D", "torch": "^", "torch-compile": "<"}


def plot(results: dict, path: str) -> None:
    """Write the speed-ups over NumPy, a panel per number of cores."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    runs = results["runs"]
    rows = max(len(run["workloads"]) for run in runs)
    size = (1.8 + 5.4 * len(runs), 1.8 + 0.24 * rows)
    figure, axes = plt.subplots(
        1, len(runs), figsize=size, squeeze=False, sharex=True, sharey=True, layout="constrained"
    )
    for axis, run in zip(axes[0], runs, strict=True):
        _panel(axis, run)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.suptitle(
        f"Speed-up over NumPy {results['versions']['numpy']} ({results['machine']['cpu']})"
    )
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _panel(axis, run: dict) -> None:
    workloads = run["workloads"]
    for i, work in enumerate(workloads):
        values = [v for n, v in work["speedup"].items() if n != "numpy"]
        axis.plot([min(values), max(values)], [i, i], color="#d8d8d8", linewidth=1.0, zorder=1)
    for name in [n for n in candidates(run) if n != "numpy"][::-1]:
        at = [(w["speedup"][name], i) for i, w in enumerate(workloads) if name in w["speedup"]]
        axis.scatter(
            *zip(*at, strict=True),
            s=58 if name == "braze" else 26,
            marker=MARKS.get(name, "o"),
            color=COLOURS.get(name),
            label=name,
            zorder=3 if name == "braze" else 2,
        )
    axis.axvline(1.0, color="black", linewidth=0.8)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_yticks(range(len(workloads)), [w["name"].replace("_", " ") for w in workloads])
    axis.set_ylim(len(workloads) - 0.4, -0.6)
    axis.set_xlabel("times as fast as NumPy")
    axis.set_title(title(run))
    axis.grid(axis="x", color="#eeeeee")
    axis.set_axisbelow(True)
