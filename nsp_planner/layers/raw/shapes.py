"""Shapes of any vector file. In: its path. Out: rows in RD, or the polygons and lines of a what-if; else an error."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import geopandas as gpd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault, Faults
from nsp_planner.layers.raw.files import is_readable_file
from nsp_planner.layers.raw.vector import read_vector
from nsp_planner.layers.rd import RD, can_be_rd, coordinates_fault

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
    frame = frame_in_rd(read_shapes_frame(path, layer, LAYER), crs, LAYER, path)
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


def read_shapes_frame(path: Path, layer: str | None, what: str) -> gpd.GeoDataFrame:
    """The rows of one vector layer, as they are.

    Args:
        path: GeoPackage, GeoJSON, shapefile, FlatGeobuf or GeoParquet.
        layer: Layer of a file with more than one.
        what: Name of the input for faults.

    Raises:
        DataError: The file cannot be read, or has no rows with geometry.
    """
    faults = Faults()
    found = read_vector(what, path, layer, faults) if is_readable_file(what, path, faults) else None
    faults.raise_if_any()
    assert found is not None
    frame, _ = found
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        raise DataError(Fault(what, "the file holds no shapes", "Give a layer with rows and geometry.", str(path)))
    return frame


def frame_in_rd(frame: gpd.GeoDataFrame, crs: str | None, what: str, file: object) -> gpd.GeoDataFrame:
    """The rows in RD; ``crs`` is for files that state none.

    Raises:
        DataError: The result does not lie in the Netherlands and surroundings.
    """
    shown = None if file is None else str(file)
    if frame.crs is None:
        if crs is None and (message := coordinates_fault(frame.total_bounds.reshape(2, 2))):
            fix = 'Give the CRS in the study, such as crs = "EPSG:4326".'
            raise DataError(Fault(what, f"the file states no CRS, and its {message}", fix, shown))
        try:
            frame = frame.set_crs(crs or RD)
        except CRSError:
            fix = 'Give one such as crs = "EPSG:28992".'
            raise DataError(Fault(what, f'"{crs}" is no CRS', fix, shown)) from None
    if not can_be_rd(CRS.from_user_input(frame.crs)):
        fix = "Export the file again with the CRS it is really in."
        raise DataError(Fault(what, f'"{frame.crs.name}" is no CRS of places', fix, shown))
    if CRS.from_user_input(frame.crs) != CRS.from_user_input(RD):
        frame = frame.to_crs(RD)
    if message := coordinates_fault(frame.total_bounds.reshape(2, 2)):
        fix = "The CRS of the file is wrong or the file covers another country: correct it."
        raise DataError(Fault(what, f"{message} (the file says {frame.crs.name})", fix, shown))
    return frame
