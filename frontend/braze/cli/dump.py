"""``braze dump``: print a stage of the compilation of a function."""

import click

import braze
from braze import _core
from braze.cli.errors import Mistake, reports_mistakes
from braze.cli.target import load, specs
from braze.reports.picture import to_dot, to_html

STAGES = ("graph", "optimized", "kernels", "llvm", "asm")


@click.command(short_help="Print a stage of compilation.")
@click.argument("target", metavar="FILE.py:FUNC")
@click.option(
    "--args", "arguments", default="", help="Types of the arguments: 'f32[n,128] float i64=3'."
)
@click.option("--stage", type=click.Choice(STAGES), default="graph", show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot", "html"]), default="text"
)
@click.option("--after", metavar="PASS", help="Print the graph after this pass instead.")
@reports_mistakes
def dump(target, arguments, stage, form, after):
    """Print what braze makes of a function, from graph to machine code.

    \b
    Example:
      braze dump examples/gelu.py:gelu --args 'f32[n]' --stage asm
    """
    function = load(target)
    inspection = function.inspect(*specs(arguments))
    if after:
        click.echo(_after(inspection.graph, after))
        return
    shown = getattr(inspection, stage)
    if form == "text":
        click.echo(str(shown).rstrip())
    elif stage not in ("graph", "optimized"):
        raise Mistake(f"--format {form} is for the stages graph and optimized")
    else:
        click.echo({"json": braze.Graph.to_json, "dot": to_dot, "html": to_html}[form](shown))


def _after(graph, name: str) -> str:
    known = [p for p, _ in _core.pipeline]
    if name not in known:
        raise Mistake(f"--after: no pass {name!r}; there are {', '.join(known)}")
    graph = graph.copy()
    _core.run_passes(graph, only=known[: known.index(name) + 1])
    return str(graph).rstrip()
