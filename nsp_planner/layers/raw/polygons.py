"""Polygons of any input. In: rows of a file. Out: valid polygons in RD, or a fault in the planner's words."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from nsp_planner.layers.raw.rows import Rows
from nsp_planner.layers.rd import can_be_rd, explain_misplaced, inside_rd, to_rd

STATE_CRS = "Export it again as EPSG:28992 with the CRS in the file."


@dataclass(frozen=True, eq=False)
class RdPolygons:
    """Polygons in RD in the order of the rows, and which of them had to be repaired, shape (n,)."""

    geometry: gpd.GeoSeries
    repaired: NDArray[np.bool_]


def polygons_in_rd(rows: Rows) -> RdPolygons | None:
    """The polygons of a file in EPSG:28992, made valid; ``None`` with a fault added."""
    frame, crs = rows.raw.frame, rows.raw.crs
    if not isinstance(frame, gpd.GeoDataFrame):
        rows.fault("the file has no polygons", "Give the file with the boundaries.")
        return None
    if crs is None:
        rows.fault("the file does not state its CRS", STATE_CRS)
        return None
    kinds = set(frame.geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon", "GeometryCollection"}
    if kinds:
        message = f"the layer holds {', '.join(sorted(kinds))}, not polygons"
        rows.fault(message, "Give the layer with the boundaries.")
        return None
    if not can_be_rd(crs):
        rows.fault(f'"{crs.name}" is no CRS of places', STATE_CRS)
        return None
    shapes = frame.geometry.to_numpy()
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    no_numbers = np.zeros(len(shapes), dtype=bool)
    no_numbers[of[~np.isfinite(xy).all(axis=1)]] = True
    if no_numbers.any():
        message = f"{int(no_numbers.sum()):,} polygons have coordinates that are no numbers"
        rows.fault(message, "Draw these polygons again, or leave them out.", no_numbers, column="geometry")
        return None
    rd = to_rd(frame.geometry.set_crs(crs, allow_override=True))
    bounds = rd.bounds.to_numpy(dtype=np.float64)
    known = ~np.isnan(bounds).any(axis=1)
    outside = known & ~(inside_rd(bounds[:, 0], bounds[:, 1]) | inside_rd(bounds[:, 2], bounds[:, 3]))
    if outside.any():
        misplaced = explain_misplaced(bounds[outside, 0], bounds[outside, 1], STATE_CRS)
        rows.fault(misplaced.message, misplaced.fix, outside, column="geometry")
        return None
    shapes = rd.to_numpy()
    bad = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    if bad.any():
        shapes = shapes.copy()
        shapes[bad] = shapely.make_valid(shapes[bad])
    return RdPolygons(gpd.GeoSeries(shapes, index=frame.index, crs=rd.crs), bad)
