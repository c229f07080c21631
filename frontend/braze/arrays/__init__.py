"""NumPy on values: its operators, ufuncs, functions, methods and indices, for both frontends."""
