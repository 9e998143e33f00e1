"""How the plan came about. In: the plan, the run and its files. Out: ``manifest.json``."""
