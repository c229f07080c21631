"""NumPy functions that are not worth a kernel, and random numbers: eager steps of a graph."""
