"""braze makes NumPy functions fast without changing what they mean."""

from braze._core import __version__

__all__ = ["__version__"]
