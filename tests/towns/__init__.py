"""Small worlds that tests, docs and benchmarks share, each drawn in its docstring and made in one place."""
