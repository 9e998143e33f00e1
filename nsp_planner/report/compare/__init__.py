"""A comparison of finished runs for readers. In: runs, the first the reference. Out: a page with a map, tables."""
