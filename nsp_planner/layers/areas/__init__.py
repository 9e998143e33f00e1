"""Boundaries. In: CBS or PDOK files. Out: polygons of gemeenten and buurten in RD."""
