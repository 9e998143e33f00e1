"""Floods and power outages. In: polygons and rasters of a study. Out: the land they strike, in RD."""
