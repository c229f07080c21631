"""What a function is recorded into: values, the arrays they show, ways to inputs, and guards."""
