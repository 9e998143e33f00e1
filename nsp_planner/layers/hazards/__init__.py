"""Where circumstances strike. In: polygons and rasters of a study. Out: shapes in RD."""
