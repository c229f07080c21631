"""``braze dump``: print a stage of the compilation of a function."""

import click

from braze.cli.errors import Mistake, reports_mistakes
from braze.cli.target import example_arguments, load

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
    inspection = function.inspect(*example_arguments(arguments))
    if after:
        click.echo(_after(inspection, after))
        return
    shown = getattr(inspection, stage)
    if form == "text":
        click.echo(str(shown).rstrip())
    elif stage not in ("graph", "optimized"):
        raise Mistake(f"--format {form} is for the stages graph and optimized")
    else:
        click.echo({"json": shown.to_json, "dot": shown.to_dot, "html": shown.to_html}[form]())


def _after(inspection, name: str) -> str:
    stages = inspection.stages
    for stage in stages:
        if stage.name == name:
            return stage.text.rstrip()
    raise Mistake(f"--after: no pass {name!r}; there are {', '.join(s.name for s in stages)}")
