"""Coordinates of candidate rows. In: geometry or columns of a file. Out: RD metres, NaN where a row has none.

Columns x and y are RD unless the study states a CRS; longitude and latitude are EPSG:4326. Polygons and lines become
a point on or in them. Geometry goes before columns, unless the study maps columns.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from nsp_planner.config import PeopleInput, SitesInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.files import RawTable
from nsp_planner.layers.raw.text import parse_numbers, parse_rd
from nsp_planner.layers.rd import RD, explain_misplaced, inside_rd, is_rd

FloatArray = NDArray[np.float64]
WGS84 = CRS.from_epsg(4326)
STATE_DEGREES = (
    'Map the columns longitude and latitude in [inputs.sites.columns], or state crs = "EPSG:4326" for x and y.'
)

EXPORT_DEGREES = "Export the file again with the CRS it is really in, EPSG:4326, stated."


def read_coordinates(
    layer: str, raw: RawTable, text: pd.DataFrame, source: SitesInput | PeopleInput, ids: pd.Series, faults: Faults
) -> tuple[FloatArray, FloatArray] | None:
    """RD coordinates per row in metres, NaN where the row has none; ``None`` with faults added.

    Args:
        layer: Name of the input for faults.
        raw: The table as read.
        text: The fields found, as text, by name of the field.
        source: Settings of the source.
        ids: How each row is called in faults.
        faults: Where faults are added.
    """
    n_before = len(faults.items)
    crs = _stated_crs(layer, source, faults)
    if len(faults.items) > n_before:
        return None
    frame, file = raw.frame, source.path
    by_column = any(source.columns.get(field) for field in ("x", "y", "longitude", "latitude"))
    if (
        isinstance(frame, gpd.GeoDataFrame)
        and not by_column
        and bool((frame.geometry.notna() & ~frame.geometry.is_empty).any())
    ):
        return _from_geometry(layer, frame.geometry, raw.crs, crs, ids, faults, file)
    pairs = [(x, y) for x, y in (("x", "y"), ("longitude", "latitude")) if x in text and y in text]
    if not pairs:
        faults.add(
            layer,
            "no columns hold coordinates",
            "Name them in [inputs.sites.columns]: x and y (RD metres), or longitude and latitude.",
            file=file,
            column="columns",
        )
        return None
    x_m, y_m = np.full(len(text), np.nan), np.full(len(text), np.nan)
    for x_field, y_field in pairs:
        degrees = x_field == "longitude"
        parse = parse_numbers if degrees or (crs is not None and not is_rd(crs)) else parse_rd
        x, y = parse(text[x_field]), parse(text[y_field])
        for field, numbers in ((x_field, x), (y_field, y)):
            bad = numbers.isna() & (text[field] != "")
            if bad.any():
                faults.add(
                    layer,
                    f'{int(bad.sum()):,} coordinates are no numbers, such as "{text[field][bad].iloc[0]}"',
                    "Correct the coordinates, or leave them empty where there are none.",
                    file=file,
                    column=source.columns.get(field, field),
                    ids=ids[bad],
                )
        rows = (x.notna() & y.notna()).to_numpy() & np.isnan(x_m)
        given = WGS84 if degrees else (crs or CRS.from_epsg(28992))
        x_m[rows], y_m[rows] = _in_rd(x.to_numpy()[rows], y.to_numpy()[rows], given)
        _check_place(layer, x.to_numpy(), y.to_numpy(), x_m, y_m, rows, given, source, ids, faults)
    return (x_m, y_m) if len(faults.items) == n_before else None


def _stated_crs(layer: str, source: SitesInput | PeopleInput, faults: Faults) -> CRS | None:
    if source.crs is None:
        return None
    try:
        return CRS.from_user_input(source.crs)
    except CRSError:
        faults.add(
            layer,
            f'"{source.crs}" is no CRS',
            'Give one such as "EPSG:28992" or "EPSG:4326".',
            file=source.path,
            column="crs",
        )
        return None


def _from_geometry(
    layer: str,
    geometry: gpd.GeoSeries,
    file_crs: CRS | None,
    crs: CRS | None,
    ids: pd.Series,
    faults: Faults,
    file: object,
) -> tuple[FloatArray, FloatArray] | None:
    bounds = geometry.total_bounds
    in_metres = bool(np.nanmax(np.abs(bounds)) > 360)
    if file_crs is not None and file_crs.is_geographic and in_metres:
        # GeoJSON cannot state its CRS: GDAL then says degrees, whatever the numbers are.
        if crs is None or crs.is_geographic:
            faults.add(
                layer,
                "the coordinates are metres, but the file says degrees",
                'State crs = "EPSG:28992" in [[inputs.sites]], or export the file again.',
                file=file,
                column="crs",
            )
            return None
        file_crs = crs
    given = file_crs or crs
    if given is None:
        faults.add(
            layer,
            "the file does not state its CRS",
            'State it with crs = "EPSG:28992" in [[inputs.sites]], or export the file again.',
            file=file,
            column="crs",
        )
        return None
    there = (geometry.notna() & ~geometry.is_empty).to_numpy()
    points = geometry[there].set_crs(given, allow_override=True)
    # A point in a polygon must be sought in a plane: the inner point of degrees may fall outside.
    if not is_rd(given):
        points = points.to_crs(RD)
    flat = points.geom_type == "Point"
    points = points.where(flat, points.representative_point())
    x_m, y_m = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
    x_m[there], y_m[there] = points.x.to_numpy(), points.y.to_numpy()
    raw_x, raw_y = x_m.copy(), y_m.copy()
    if given.is_geographic:
        inner = geometry[there].representative_point()
        raw_x[there], raw_y[there] = inner.x.to_numpy(), inner.y.to_numpy()
    n_before = len(faults.items)
    _check_place(layer, raw_x, raw_y, x_m, y_m, there, given, None, ids, faults, file)
    return (x_m, y_m) if len(faults.items) == n_before else None


def _in_rd(x: FloatArray, y: FloatArray, crs: CRS) -> tuple[FloatArray, FloatArray]:
    if is_rd(crs):
        return x, y
    x_m, y_m = Transformer.from_crs(crs, RD, always_xy=True).transform(x, y)
    return np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)


def _check_place(
    layer: str,
    x: FloatArray,
    y: FloatArray,
    x_m: FloatArray,
    y_m: FloatArray,
    rows: NDArray[np.bool_],
    crs: CRS,
    source: SitesInput | PeopleInput | None,
    ids: pd.Series,
    faults: Faults,
    file: object = None,
) -> None:
    """A fault for rows outside the Netherlands; ``x``, ``y`` as in the file, ``x_m``, ``y_m`` in RD."""
    wrong = rows & ~inside_rd(x_m, y_m)
    if not wrong.any():
        return
    path = file if source is None else source.path
    if crs.is_geographic:
        lon, lat = x[wrong], y[wrong]
        if bool(np.all((lon > 50) & (lon < 54) & (lat > 3) & (lat < 8))):
            faults.add(
                layer,
                "longitude and latitude are swapped",
                "Exchange the two in the file or in the study.",
                file=path,
                column="longitude",
                ids=ids[wrong],
            )
        elif bool(np.all(inside_rd(lon, lat))):
            faults.add(
                layer,
                "the coordinates are RD metres, read as degrees",
                'Map the columns x and y in [inputs.sites.columns], or state crs = "EPSG:28992".',
                file=path,
                column="longitude",
                ids=ids[wrong],
            )
        elif bool(np.any(np.abs(lat) > 90) or np.any(np.abs(lon) > 180) or np.all(wrong == rows)):
            faults.add(
                layer,
                f"the coordinates lie outside the Netherlands (longitude {lon[0]:g}, latitude {lat[0]:g})",
                "Correct them: longitude 3 to 8, latitude 50 to 54.",
                file=path,
                column="longitude",
                ids=ids[wrong],
            )
        # Some degrees outside the Netherlands in a file of the Kingdom (Bonaire) are simply outside the region.
        return
    told = explain_misplaced(x[wrong], y[wrong], EXPORT_DEGREES if source is None else STATE_DEGREES)
    faults.add(layer, told.message, told.fix, file=path, column="x, y", ids=ids[wrong])
