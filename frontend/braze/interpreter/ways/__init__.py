"""What holds behind branches and loops: values of several kinds, names that may be bound."""
