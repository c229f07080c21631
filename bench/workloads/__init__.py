"""The workloads of ``braze bench``: one module each, found by name."""
