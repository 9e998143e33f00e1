"""All layers for QGIS. In: a plan and its evaluation. Out: ``plan.gpkg`` in EPSG:28992."""
