"""``braze sweep``: every op alone against NumPy."""

import json
from pathlib import Path

import click

from braze.cli.errors import Mistake, reports_mistakes


@click.command(short_help="Measure every op alone against NumPy.")
@click.argument("ops", nargs=-1, metavar="[OP]...")
@click.option("--size", "sizes", multiple=True, type=click.IntRange(min=1), help="Elements.")
@click.option("--rounds", default=5, show_default=True, help="Interleaved repetitions.")
@click.option("--worst", default=10, show_default=True, help="Rows of the table.")
@click.option("--json", "json_path", metavar="OUT", help="Write the figures as JSON.")
@click.option("--plot", "plot_path", metavar="OUT.png", help="Write a picture (needs matplotlib).")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "markdown"]),
    default="table",
    show_default=True,
)
@click.option("--from", "saved", metavar="JSON", help="Show figures of an earlier run instead.")
@reports_mistakes
def sweep(ops, sizes, rounds, worst, json_path, plot_path, style, saved):
    """Time single ops by dtype, size and layout, and show where NumPy is faster.

    \b
    Example:
      braze sweep exp sum --size 1000 --size 1000000
    """
    from braze.bench import sweep_report

    results = _saved(saved) if saved else _measured(ops, sizes, rounds)
    if json_path:
        Path(json_path).write_text(json.dumps(results) + "\n")
        click.echo(f"wrote {json_path}", err=True)
    if style == "markdown":
        click.echo(sweep_report.markdown(results, worst), nl=False)
    else:
        sweep_report.show(results, worst)
    if plot_path:
        try:
            sweep_report.plot(results, plot_path)
        except ImportError:
            raise Mistake("--plot needs matplotlib: pip install matplotlib") from None
        click.echo(f"wrote {plot_path}", err=True)


def _saved(path: str) -> dict:
    from braze.bench import sweep_report

    try:
        results = json.loads(Path(path).read_text())
        sweep_report.markdown(results, 1)
    except (ValueError, KeyError, TypeError):
        raise Mistake(f"{path}: no figures of `braze sweep --json`") from None
    return results


def _measured(ops, sizes, rounds) -> dict:
    from braze.bench import sweep

    known = sweep.names()
    for op in ops:
        if op not in known:
            raise Mistake(f"no op is named {op!r}; there are {', '.join(known)}")
    results = sweep.run(list(ops) or known, sorted(set(sizes)) or list(sweep.SIZES), rounds)
    if not results["cells"]:
        raise Mistake("NumPy refuses these ops for every dtype of the sweep")
    return results
