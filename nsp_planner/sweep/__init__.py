"""Many scenarios side by side. In: a file with a grid of scenarios. Out: a kept result per scenario, one table."""
