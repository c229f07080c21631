"""`braze cache`: the object code kept on disk."""

import click

from braze.dispatch import object_cache


@click.group()
def cache():
    """See or clear the object code that other processes reuse.

    \b
    Example:
      braze cache info
    """


@cache.command()
def info():
    """Print where the cache is and how much it holds.

    \b
    Example:
      braze cache info
    """
    held = object_cache.contents()
    if held.directory is None:
        click.echo("off: BRAZE_CACHE=off, or there is no home directory")
        return
    limit = object_cache.LIMIT_BYTES / 2**20
    click.echo(f"directory  {held.directory}")
    click.echo(f"entries    {held.files}")
    click.echo(f"size       {held.bytes / 2**20:.1f} MiB of at most {limit:.0f} MiB")


@cache.command()
def clear():
    """Remove all entries from the cache.

    \b
    Example:
      braze cache clear
    """
    try:
        number = object_cache.clear()
    except OSError as error:
        raise click.ClickException(f"cannot clear the cache: {error}") from error
    click.echo(f"removed {number} entr{'y' if number == 1 else 'ies'}")
