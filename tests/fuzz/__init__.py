"""Random NumPy programs, run plainly and compiled; `python -m fuzz --help`."""
