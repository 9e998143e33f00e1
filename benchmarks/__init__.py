"""Benchmarks: `python -m benchmarks` measures the engines and writes docs/benchmarks.md, no figure by hand."""
