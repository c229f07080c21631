"""Lists that change where only the run knows: arrays of the graph."""
