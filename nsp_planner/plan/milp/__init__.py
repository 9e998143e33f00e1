"""Mixed-integer programs in PuLP, and the one door to its solvers. In: instances. Out: models and outcomes."""
