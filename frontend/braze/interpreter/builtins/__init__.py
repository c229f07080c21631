"""Builtins of Python, and of its modules, on plain objects and on values."""
