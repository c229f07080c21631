"""``braze profile``: where the time of a call goes."""

import click

from braze.cli.errors import reports_mistakes
from braze.cli.target import example_arguments, load


@click.command(short_help="Say where the time of a call goes.")
@click.argument("target", metavar="FILE.py:FUNC")
@click.option(
    "--args", "arguments", default="", help="Types of the arguments: 'f32[1000,128] float i64=3'."
)
@reports_mistakes
def profile(target, arguments):
    """Time each kernel of a call on made-up arguments, with bytes and operations per second.

    \b
    Example:
      braze profile examples/gelu.py:gelu --args 'f32[1000000]'
    """
    click.echo(load(target).profile(*example_arguments(arguments)))
