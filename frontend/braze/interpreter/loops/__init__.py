"""Loops and comprehensions: written out while compiling, or nodes of the graph."""
