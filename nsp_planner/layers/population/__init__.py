"""Who lives and stays where. In: CBS grids, totals, guests, people by day. Out: demand points, persons conserved."""
