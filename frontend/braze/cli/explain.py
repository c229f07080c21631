"""``braze explain``: what was fused, what was not, and why."""

import click

from braze.cli.errors import reports_mistakes
from braze.cli.target import load, specs


@click.command(short_help="Say what is compiled, fused and why not.")
@click.argument("target", metavar="FILE.py:FUNC")
@click.option(
    "--args", "arguments", default="", help="Types of the arguments: 'f32[n,128] float i64=3'."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--source", is_flag=True, help="Print the function with calls of its compiled regions."
)
@reports_mistakes
def explain(target, arguments, as_json, source):
    """Say what braze compiles of a function, what it fuses, and for the rest the reason.

    \b
    Example:
      braze explain examples/gelu.py:gelu --args 'f32[1000000]'
    """
    report = load(target).explain(*specs(arguments))
    if source:
        click.echo(report.source or "The function is not divided into regions.")
        return
    click.echo(report.to_json() if as_json else str(report).rstrip())
