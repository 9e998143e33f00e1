"""One exact MILP for a whole level. In: an instance. Out: a plan with its proven bound."""
