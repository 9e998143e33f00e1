"""Layers for GIS. In: a plan and its evaluation. Out: ``plan.gpkg`` in EPSG:28992, GeoJSON in WGS84."""
