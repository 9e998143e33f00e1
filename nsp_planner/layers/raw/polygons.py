"""Polygons of any input. In: a table as read. Out: valid polygons in RD, or a fault in the planner's words."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.files import RawTable
from nsp_planner.layers.rd import explain_misplaced, inside_rd, to_rd

STATE_CRS = "Export it again as EPSG:28992 with the CRS in the file."


@dataclass(frozen=True, eq=False)
class RdPolygons:
    """Polygons in RD in the order of the rows, and how many had to be repaired."""

    geometry: gpd.GeoSeries
    n_repaired: int


def polygons_in_rd(layer: str, raw: RawTable, faults: Faults, file: object) -> RdPolygons | None:
    """The polygons of a table in EPSG:28992, made valid; ``None`` with a fault added."""
    frame = raw.frame
    if not isinstance(frame, gpd.GeoDataFrame):
        faults.add(layer, "the file has no polygons", "Give the file with the boundaries.", file=file)
        return None
    if raw.crs is None:
        faults.add(layer, "the file does not state its CRS", STATE_CRS, file=file)
        return None
    kinds = set(frame.geometry.geom_type.dropna()) - {"Polygon", "MultiPolygon", "GeometryCollection"}
    if kinds:
        message = f"the layer holds {', '.join(sorted(kinds))}, not polygons"
        faults.add(layer, message, "Give the layer with the boundaries.", file=file)
        return None
    try:
        rd = to_rd(frame.geometry.set_crs(raw.crs, allow_override=True))
    except Exception as error:  # PROJ errors, and NaN or infinite coordinates
        faults.add(layer, f"the geometry cannot be brought to EPSG:28992: {error}", STATE_CRS, file=file)
        return None
    bounds = rd.bounds.to_numpy(dtype=np.float64)
    known = ~np.isnan(bounds).any(axis=1)
    outside = known & ~(inside_rd(bounds[:, 0], bounds[:, 1]) | inside_rd(bounds[:, 2], bounds[:, 3]))
    if outside.any():
        told = explain_misplaced(bounds[outside, 0], bounds[outside, 1], STATE_CRS)
        faults.add(layer, told.message, told.fix, file=file, column="geometry", ids=np.flatnonzero(outside) + 1)
        return None
    shapes = rd.to_numpy()
    bad = rd.notna().to_numpy() & ~shapely.is_valid(shapes)
    if bad.any():
        shapes = shapes.copy()
        shapes[bad] = shapely.make_valid(shapes[bad])
    return RdPolygons(gpd.GeoSeries(shapes, index=frame.index, crs=rd.crs), int(bad.sum()))
