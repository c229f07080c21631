"""The roofline of Williams, Waterman and Patterson (2009): what a kernel could reach at best."""

import numpy as np

import braze
from braze.bench import measure

PAIRS = 16


@braze.jit(threads=1)
def polynomials(x):
    """Chains of products and sums that do not wait for each other."""
    a = b = c = d = x
    for _ in range(PAIRS):
        a, b, c, d = a * x + 0.5, b * x + 0.25, c * x + 0.125, d * x + 0.0625
    return (a + b) + (c + d)


def peak(rounds: int = 9) -> float:
    """Return the operations per second of one core, products and sums of float32 in its cache."""
    x = np.full(4000, 0.25, np.float32)
    polynomials(x)
    repeat = measure.repetitions(lambda: polynomials(x))
    best = min(measure.batch(lambda: polynomials(x), repeat) for _ in range(rounds)) / repeat
    return (4 * 2 * PAIRS + 3) * x.size / best


def plot(results: dict, path: str) -> None:
    """Draw every workload whose operations are known under the machine's two limits."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    machine = results["machine"]
    known = [w for run in results["runs"] for w in run["workloads"] if w.get("profile")]
    known = [w for w in known if w["profile"]["work"] and w["profile"]["bytes"]]
    figure, axis = plt.subplots(figsize=(9.5, 6.5), layout="constrained")
    lines = np.geomspace(2.0**-6, 2.0**9, 500)
    axis.plot(lines, np.minimum(lines * machine["bandwidth"], machine["peak"]), color="black")
    for work in known:
        x, y = point(work["profile"])
        axis.scatter([x], [y], s=22, color="#c4572e", zorder=3)
        axis.annotate(work["name"].replace("_", " "), (x, y), (4, 2), textcoords="offset points",
                      fontsize=7)  # fmt: skip
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xlabel("operations per byte")
    axis.set_ylabel("operations per second")
    axis.grid(color="#eeeeee")
    axis.set_axisbelow(True)
    axis.set_title(
        f"{machine['cpu']}, one core: {machine['bandwidth'] * 1e-9:.3g} GB/s from memory, "
        f"{machine['peak'] * 1e-9:.3g} Gop/s"
    )
    figure.savefig(path, dpi=120)
    plt.close(figure)


def point(profile: dict) -> tuple[float, float]:
    """Return operations per byte and per second."""
    return profile["work"] / profile["bytes"], profile["work"] / (profile["ms"] * 1e-3)


def limit(profile: dict, machine: dict) -> float:
    """Return the share that a workload reaches of what the machine allows it; more from caches."""
    x, y = point(profile)
    return y / min(x * machine["bandwidth"], machine["peak"])
