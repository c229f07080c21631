"""The script frontend: runs the syntax tree of a function on values."""
