"""Measuring: workloads, interleaved timing, rivals, tables and plots."""
