"""Functions that cannot be compiled whole: Python with compiled regions in it."""
