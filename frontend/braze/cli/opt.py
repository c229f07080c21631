"""``braze opt``: run passes over a graph in a file."""

import sys
from pathlib import Path

import click

import braze
from braze import _core
from braze.cli.errors import Mistake, reports_mistakes


@click.command(short_help="Run passes over a graph file.")
@click.argument("graph", metavar="GRAPH.braze")
@click.option(
    "--passes", metavar="LIST", help="Passes in order, such as fold,fuse; without: the pipeline."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--time", "timed", is_flag=True, help="Print the time of each pass on standard error."
)
@reports_mistakes
def opt(graph, passes, form, timed):
    """Run passes over a graph and print it; - reads standard input. JSON is recognised.

    \b
    Example:
      braze dump examples/gelu.py:gelu --args 'f32[n]' | braze opt - --passes simplify,fuse
    """
    source = sys.stdin.read() if graph == "-" else Path(graph).read_text()
    parsed = (
        braze.Graph.from_json(source) if source.lstrip().startswith("{") else braze.parse(source)
    )
    names = [name.strip() for name in passes.split(",")] if passes else []
    known = [name for name, _ in _core.pipeline]
    for name in names:
        if name not in known:
            raise Mistake(f"--passes: no pass {name!r}; there are {', '.join(known)}")
    stages = _core.run_passes(parsed, only=names, verify=True)
    if timed:
        for stage in stages:
            changed = "" if stage["changed"] else "  (unchanged)"
            click.echo(f"{stage['pass']:12} {stage['ms']:8.3f} ms{changed}", err=True)
    click.echo((str(parsed) if form == "text" else parsed.to_json()).rstrip())
