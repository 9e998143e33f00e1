"""Water and barriers of a what-if. In: a layer with polygons or lines. Out: shapes in RD."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import Faults
from nsp_planner.layers.network.lines import read_frame, to_rd

LAYER = "what-if on links"
KINDS = {"under_water": ("Polygon", "MultiPolygon"), "barriers": ("LineString", "MultiLineString")}


def read_shapes(
    path: Path, change: Literal["under_water", "barriers"], *, layer: str | None = None, crs: str | None = None
) -> tuple[BaseGeometry, ...]:
    """The polygons under water, or the barrier lines, of one file.

    Args:
        path: GeoPackage, GeoJSON, shapefile or GeoParquet.
        change: What the shapes are.
        layer: Layer of a file with more than one.
        crs: CRS where the file states none.

    Raises:
        DataError: Unreadable file, another kind of geometry, invalid polygons, or not in the Netherlands.
    """
    frame = to_rd(read_frame(path, layer), crs, path)
    shapes = frame.geometry.to_numpy()
    wrong = [
        k
        for k, shape in enumerate(shapes, 1)
        if shape is None or shape.is_empty or shape.geom_type not in KINDS[change] or not shapely.is_valid(shape)
    ]
    faults = Faults()
    if wrong:
        faults.add(
            LAYER,
            f"{len(wrong)} rows are empty, invalid or no {KINDS[change][0]}",
            "Repair or remove these rows.",
            file=path,
            column=change,
            ids=wrong,
        )
    faults.raise_if_any()
    return tuple(shapely.force_2d(shape) for shape in shapes)
