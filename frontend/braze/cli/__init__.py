"""The command ``braze``."""

from braze.cli.main import main

__all__ = ["main"]
