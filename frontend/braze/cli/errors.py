"""A user's mistake ends a command with one line on standard error and exit code 1."""

import functools
import sys

import click

import braze


class Mistake(click.ClickException):
    """What the user got wrong, in one line."""

    exit_code = 1

    def show(self, file=None):
        click.echo(f"braze: {self.format_message()}", file=file or sys.stderr)


def reports_mistakes(command):
    """Turn the errors that a user can cause into a :class:`Mistake`."""

    @functools.wraps(command)
    def wrapper(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except (braze.CompileError, braze.GraphError) as error:
            raise Mistake(str(error)) from None
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise Mistake(f"{error.filename}: {error.strerror}") from None

    return wrapper
