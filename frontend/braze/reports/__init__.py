"""What is told of a compiled function: reports, pictures, stages, profiles."""
