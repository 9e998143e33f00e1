"""Water depth to land under water. In: a raster of depths in metres. Out: polygons in RD where it is deeper than that.

Cells without a value are dry: that is how depth maps are published (LIWO). What lies outside the raster is not known;
its extent goes along, so that whoever lives there can be counted.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault, SettingsError
from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.opening import Refusal, refuse_file, refuse_format
from nsp_planner.layers.raw.vector import first_line
from nsp_planner.layers.rd import RD, can_be_rd, coordinates_fault

LAYER = "flood"
COLUMN = "flood.depth"
DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".asc": "AAIGrid"}
"""The format of GDAL by the ending of a name: no other may open a file, whatever is in it."""
SINGLE_PRECISION_M = 1e-5
"""Rasters hold 0.2 m as 0.200000003."""
DEEPEST_M = 50.0
"""No flood of the Netherlands comes near: a raster with more is in centimetres or decimetres, or no depth."""


@dataclass(frozen=True)
class Depth:
    """What a raster says: polygons deeper than the limit, and the polygon it covers; both in RD."""

    wet: tuple[BaseGeometry, ...]
    known: BaseGeometry


def read_depth(path: Path, limit_m: float, *, crs: str | None = None, region: BaseGeometry | None = None) -> Depth:
    """Land deeper under water than the limit.

    Args:
        path: GeoTIFF, ASCII grid or another raster GDAL reads; depth in metres in its first band.
        limit_m: Depth that still counts as dry, metres.
        crs: CRS where the file states none; without it, RD when the coordinates look like RD.
        region: Area planned, in RD; only this part of the raster is read.

    Raises:
        DataError: Missing or damaged file, no CRS, depths that cannot be metres, or not a cell in the region.
        SettingsError: The package rasterio is not installed.
    """
    suffix = path.suffix.lower()
    refusal = refuse_file(path)
    if refusal is None and suffix not in DRIVERS:
        fix = f"Give a file that ends in {', '.join(DRIVERS)}."
        refusal = Refusal(f'files ending in "{path.suffix}" are not read here', fix)
    refusal = refusal or refuse_format(path)
    if refusal is not None:
        raise DataError(_fault(path, refusal.message, refusal.fix))
    try:
        import rasterio
        from rasterio.errors import RasterioError
        from rasterio.features import shapes
        from rasterio.windows import Window, from_bounds
    except ImportError:
        fix = "Install it (pip install nsp-planner[raster]), or give polygons with flood.area."
        raise SettingsError(_fault(path, "reading a raster needs the package rasterio", fix)) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files without a transform, which are refused; of its own libraries
            source: Any = rasterio.open(path, driver=DRIVERS[suffix])
            with source:
                cell_m2 = source.transform.determinant
                if not np.isfinite([cell_m2, *source.bounds]).all() or cell_m2 == 0:
                    raise DataError(
                        _fault(path, "the cells of the raster have no size or no place", "Download it again.")
                    )
                from_crs = _crs_of(source.crs, source.bounds, crs, path)
                window = Window(0, 0, source.width, source.height)
                known: BaseGeometry = box(*source.bounds)
                if region is not None:
                    there = gpd.GeoSeries([region], crs=RD).to_crs(from_crs).iloc[0]
                    if not shapely.intersects(known, there):
                        message = "the raster does not touch the region: it would change nothing"
                        fix = "Give a raster of this region, or correct flood.depth_crs."
                        raise DataError(_fault(path, message, fix))
                    asked = from_bounds(*there.bounds, transform=source.transform).round_offsets().round_lengths()
                    window = window.intersection(asked)
                if window.width * window.height > limits.MAX_CELLS:
                    message = f"the raster has {window.width * window.height:,.0f} cells in the region, more than "
                    fix = "Give a raster with larger cells."
                    raise DataError(_fault(path, f"{message}{limits.MAX_CELLS:,}", fix))
                depth = source.read(1, window=window, masked=True).astype("float64").filled(0.0)
                transform = source.window_transform(window)
            depth = np.where(np.isnan(depth), 0.0, depth)
            wet = depth > limit_m + SINGLE_PRECISION_M
            polygons = [shape(polygon) for polygon, _ in shapes(wet.astype("uint8"), mask=wet, transform=transform)]
    except (RasterioError, OSError, ValueError, ArithmeticError) as error:
        fix = "The file is damaged or no raster: download it again."
        raise DataError(_fault(path, f"the raster cannot be read: {first_line(error)}", fix)) from error
    if depth.size and depth.max() > DEEPEST_M:
        message = f"it holds depths up to {depth.max():,.0f} m: these cannot be metres of water"
        raise DataError(_fault(path, message, "Give a raster of water depth in metres."))
    in_rd = gpd.GeoSeries(polygons, crs=from_crs).to_crs(RD)
    return Depth(tuple(in_rd.make_valid()), gpd.GeoSeries([known], crs=from_crs).to_crs(RD).iloc[0])


def _crs_of(stated: Any, bounds: tuple[float, float, float, float], given: str | None, path: Path) -> str:
    if stated is not None:
        return str(stated.to_wkt())
    if given is not None:
        try:
            usable = can_be_rd(CRS.from_user_input(given))
        except CRSError:
            usable = False
        if not usable:
            fix = 'Give one such as depth_crs = "EPSG:28992".'
            raise DataError(_fault(path, f'"{given}" is no CRS of places', fix))
        return given
    if message := coordinates_fault(np.array(bounds, dtype=np.float64).reshape(2, 2)):
        fix = 'Give the CRS in the study, such as depth_crs = "EPSG:4326".'
        raise DataError(_fault(path, f"the raster states no CRS, and its {message}", fix))
    return RD


def _fault(path: Path, message: str, fix: str) -> Fault:
    return Fault(LAYER, message, fix, str(path), COLUMN)
