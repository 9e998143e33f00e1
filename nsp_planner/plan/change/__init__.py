"""Plans that change as little as can be of the one before. In: an instance, the plan before. Out: a plan."""
