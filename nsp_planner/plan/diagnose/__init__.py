"""Why there is no plan. In: an instance without a solution. Out: faults that name the constraint in the way."""
