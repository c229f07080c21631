"""``braze doctor``: versions, machine, threads and measured bandwidth."""

import click

import braze


@click.command(short_help="Print versions, target, threads and bandwidth.")
def doctor():
    """Print what braze found on this machine; paste it into bug reports.

    \b
    Example:
      braze doctor
    """
    click.echo(str(braze.doctor()).rstrip())
