"""Raw files to checked tables in EPSG:28992 with stable string ids: population, areas, sites."""
