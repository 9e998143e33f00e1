"""Exact models in PuLP. In: an instance. Out: a plan with the bound that the solver proved."""
