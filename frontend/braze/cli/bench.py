"""``braze bench``: the workloads, or a function of one's own, against NumPy and rivals."""

import json
from pathlib import Path

import click

from braze.cli.errors import Mistake, reports_mistakes


@click.command(short_help="Measure against NumPy and rivals.")
@click.argument("targets", nargs=-1, metavar="[WORKLOAD | FILE.py:FUNC]...")
@click.option("--args", "arguments", default="", help="Types of the arguments of FILE.py:FUNC.")
@click.option(
    "--peers", default="", metavar="LIST", help="Rivals: numexpr,numba,jax,torch,torch-compile."
)
@click.option(
    "--threads", type=click.Choice(["1", "all", "both"]), default="both", show_default=True
)
@click.option(
    "--scale", default=1.0, show_default=True, help="Size of the inputs, 1 being the full one."
)
@click.option("--rounds", default=7, show_default=True, help="Interleaved repetitions.")
@click.option(
    "--seconds",
    default=4.0,
    show_default=True,
    help="No round begins after so long a time at one workload, once there are three.",
)
@click.option("--functions", is_flag=True, help="Measure mathematical functions, one by one.")
@click.option("--peak", is_flag=True, help="Measure the peak of memory of NumPy and braze, too.")
@click.option("--roofline", metavar="OUT.png", help="Draw what the machine would allow.")
@click.option("--json", "json_path", metavar="OUT", help="Write the figures as JSON.")
@click.option("--plot", "plot_path", metavar="OUT.png", help="Write a bar plot (needs matplotlib).")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "markdown"]),
    default="table",
    show_default=True,
)
@click.option("--from", "saved", metavar="JSON", help="Show figures of an earlier run instead.")
@reports_mistakes
def bench(
    targets, arguments, peers, json_path, plot_path, roofline, style, saved, functions, **settings
):
    """Time NumPy, braze and its rivals, interleaved, on one core and on all.

    Every answer is checked against NumPy's first. Times are medians; ratios are of times of the
    same round.

    \b
    Example:
      braze bench gelu softmax --peers numexpr,numba
      braze bench examples/gelu.py:gelu --args 'f64[1000000]'
      braze bench --from results.json --format markdown
    """
    if functions and not targets:
        targets = functions_of_one_array()
    settings["profile"] = roofline is not None
    results = _saved(saved) if saved else _measured(targets, arguments, peers, **settings)
    _write(results, style, json_path)
    for path, draw in ((plot_path, _plot), (roofline, _roofline)):
        if path:
            _draw(draw, results, path)


def _saved(path: str) -> dict:
    from braze.bench import report

    try:
        results = json.loads(Path(path).read_text())
        report.markdown(results)
    except (ValueError, KeyError, TypeError):
        raise Mistake(f"{path}: no figures of `braze bench --json`") from None
    return results


def _measured(targets, arguments, peers, threads, **settings) -> dict:
    from braze.bench import runner, workload

    try:
        names = workload.resolve(targets, arguments)
    except workload.UnknownWorkload as error:
        raise Mistake(str(error)) from None
    rivals = [p.strip() for p in peers.split(",") if p.strip()]
    unknown = [r for r in rivals if r not in runner.rival_names()]
    if unknown:
        raise Mistake(
            f"--peers: no rival {unknown[0]!r}; there are {', '.join(runner.rival_names())}"
        )
    cores = {"1": ["1"], "all": ["all"], "both": ["1", "all"]}[threads]
    try:
        return runner.run_all(names, cores, arguments=arguments, rivals=rivals, **settings)
    except RuntimeError as error:
        raise Mistake(str(error)) from None


def functions_of_one_array() -> tuple[str, ...]:
    """Return the names of all of them."""
    from braze.bench import functions

    return tuple(functions.names())


def _write(results: dict, style: str, json_path: str | None) -> None:
    from braze.bench import report

    if json_path:
        Path(json_path).write_text(json.dumps(results, indent=2) + "\n")
        click.echo(f"wrote {json_path}", err=True)
    if style == "markdown":
        click.echo(report.markdown(results), nl=False)
    else:
        report.show(results)


def _plot(results: dict, path: str) -> None:
    from braze.bench.plot import plot

    plot(results, path)


def _roofline(results: dict, path: str) -> None:
    from braze.bench.roofline import plot

    if "bandwidth" not in results["machine"]:
        raise Mistake("--roofline: these figures were measured without it")
    plot(results, path)


def _draw(draw, results: dict, path: str) -> None:
    try:
        draw(results, path)
    except ImportError:
        raise Mistake(f"{path}: drawing needs matplotlib: pip install matplotlib") from None
    click.echo(f"wrote {path}", err=True)
