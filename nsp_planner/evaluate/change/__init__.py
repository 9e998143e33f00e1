"""Plans held against one another: today, the plan before, finished runs, plans under several scenarios."""
