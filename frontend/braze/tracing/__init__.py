"""The trace frontend: the function itself runs, on values."""
