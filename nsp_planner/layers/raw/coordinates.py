"""Coordinates of rows. In: geometry or columns of a file. Out: RD metres, NaN where a row has none.

Columns x and y are RD unless the study states a CRS; longitude and latitude are EPSG:4326. Polygons and lines become
a point on or in them. Geometry goes before columns, unless the study maps columns.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from nsp_planner.config import AddressesInput, PeopleInput, SitesInput
from nsp_planner.layers.raw.rows import Rows
from nsp_planner.layers.raw.text import parse_numbers, parse_rd
from nsp_planner.layers.rd import RD, can_be_rd, explain_misplaced, inside_rd, is_rd

FloatArray = NDArray[np.float64]
SAME_PLACE_M = 250.0
"""Farther apart, two pairs of coordinates of one row contradict each other: a large building, rounded degrees."""
WGS84 = CRS.from_epsg(4326)
PAIRS = (("x", "y"), ("longitude", "latitude"))
STATE_DEGREES = (
    'Map the columns longitude and latitude in [inputs.sites.columns], or state crs = "EPSG:4326" for x and y.'
)
EXPORT_DEGREES = "Export the file again with the CRS it is really in, EPSG:4326, stated."


def read_coordinates(
    rows: Rows, source: SitesInput | PeopleInput | AddressesInput, *, may_lack: bool = False
) -> tuple[FloatArray, FloatArray] | None:
    """RD coordinates per row in metres, NaN where the row has none; ``None`` with faults added.

    ``may_lack``: a file without any column of coordinates is no fault, none of its rows has them.
    """
    n_before = rows.log.n_faults
    crs = _stated_crs(rows, source)
    if rows.log.n_faults > n_before:
        return None
    frame = rows.raw.frame
    by_column = any(source.columns.get(field) for pair in PAIRS for field in pair)
    if isinstance(frame, gpd.GeoDataFrame) and not by_column and bool(has_place(frame.geometry).any()):
        return _from_geometry(rows, frame.geometry, crs)
    pairs = [pair for pair in PAIRS if set(pair) <= set(rows.columns)]
    if not pairs and may_lack:
        return np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    if not pairs:
        fix = "Name them in [inputs.sites.columns]: x and y (RD metres), or longitude and latitude."
        rows.fault("no columns hold coordinates", fix, column="columns")
        return None
    x_m, y_m = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    given_by = None
    for x_field, y_field in pairs:
        degrees = x_field == "longitude"
        parse = parse_numbers if degrees or (crs is not None and not is_rd(crs)) else parse_rd
        x, y = parse(rows.of(x_field)), parse(rows.of(y_field))
        for field, numbers in ((x_field, x), (y_field, y)):
            bad = numbers.isna() & (rows.of(field) != "")
            if bad.any():
                message = f'{int(bad.sum()):,} coordinates are no numbers, such as "{rows.of(field)[bad].iloc[0]}"'
                fix = "Correct the coordinates, or leave them empty where there are none."
                rows.fault(message, fix, bad, column=source.columns.get(field, field))
        both = (x.notna() & y.notna()).to_numpy()
        new = both & np.isnan(x_m)
        given = WGS84 if degrees else (crs or CRS.from_epsg(28992))
        as_given = np.full((2, len(frame)), np.nan)
        as_given[:, new] = x.to_numpy()[new], y.to_numpy()[new]
        x_m[new], y_m[new] = _in_rd(as_given[0, new], as_given[1, new], given)
        _check_inside(rows, as_given, x_m, y_m, new, given, STATE_DEGREES)
        if given_by is not None:
            again = np.full((2, len(frame)), np.nan)
            again[:, both & ~new] = _in_rd(x.to_numpy()[both & ~new], y.to_numpy()[both & ~new], given)
            _check_same_place(rows, (x_m, y_m), again, f"{given_by} and {x_field} and {y_field}")
        given_by = f"{x_field} and {y_field}"
    return (x_m, y_m) if rows.log.n_faults == n_before else None


def _stated_crs(rows: Rows, source: SitesInput | PeopleInput | AddressesInput) -> CRS | None:
    if source.crs is None:
        return None
    try:
        crs = CRS.from_user_input(source.crs)
    except CRSError:
        crs = None
    if crs is None or not can_be_rd(crs):
        rows.fault(f'"{source.crs}" is no CRS of places', 'Give one such as "EPSG:28992" or "EPSG:4326".', column="crs")
        return None
    return crs


def has_place(geometry: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Which shapes lie somewhere: there, not empty, all coordinates finite."""
    shapes = geometry.to_numpy()
    there: NDArray[np.bool_] = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    there[of[~np.isfinite(xy).all(axis=1)]] = False
    return there


def _check_same_place(
    rows: Rows, first_m: tuple[FloatArray, FloatArray], again_m: FloatArray, what: str, column: str = "x, y"
) -> None:
    """A fault for rows whose coordinates, given twice, contradict each other; those outside the country say nothing."""
    apart_m = np.hypot(first_m[0] - again_m[0], first_m[1] - again_m[1])
    wrong = inside_rd(again_m[0], again_m[1]) & (apart_m > SAME_PLACE_M)
    if wrong.any():
        fix = 'Correct them, or leave one pair unread with columns = { x = "", y = "" } or the like.'
        message = f"{what} contradict each other, by up to {float(np.nanmax(apart_m[wrong])):,.0f} m"
        rows.fault(message, fix, wrong, column=column)


def _from_geometry(rows: Rows, geometry: gpd.GeoSeries, crs: CRS | None) -> tuple[FloatArray, FloatArray] | None:
    file_crs = rows.raw.crs
    bounds = np.abs(geometry[has_place(geometry)].total_bounds)
    in_metres = bool(np.max(bounds) > 360)
    if file_crs is not None and file_crs.is_geographic and in_metres:
        # GeoJSON cannot state its CRS: GDAL then says degrees, whatever the numbers are.
        if crs is None or crs.is_geographic:
            fix = 'State crs = "EPSG:28992" in [[inputs.sites]], or export the file again.'
            rows.fault("the coordinates are metres, but the file says degrees", fix, column="crs")
            return None
        file_crs = crs
    given = file_crs or crs
    if given is None:
        fix = 'State it with crs = "EPSG:28992" in [[inputs.sites]], or export the file again.'
        rows.fault("the file does not state its CRS", fix, column="crs")
        return None
    if not can_be_rd(given):
        fix = 'State the right one with crs = "EPSG:28992" in [[inputs.sites]], or export the file again.'
        rows.fault(f'"{given.name}" is no CRS of places', fix, column="crs")
        return None
    there = has_place(geometry)
    points = geometry[there].set_crs(given, allow_override=True)
    # A point in a polygon must be sought in a plane: the inner point of degrees may fall outside.
    if not is_rd(given):
        points = points.to_crs(RD)
    points = points.where(points.geom_type == "Point", points.representative_point())
    x_m, y_m = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
    x_m[there], y_m[there] = points.x.to_numpy(), points.y.to_numpy()
    as_given = np.array([x_m, y_m])
    if given.is_geographic:
        inner = geometry[there].representative_point()
        as_given[:, there] = inner.x.to_numpy(), inner.y.to_numpy()
    n_before = rows.log.n_faults
    _check_inside(rows, as_given, x_m, y_m, there, given, EXPORT_DEGREES)
    for x_field, y_field in PAIRS:
        if {x_field, y_field} <= set(rows.columns):
            parse, given = (parse_rd, CRS.from_epsg(28992)) if x_field == "x" else (parse_numbers, WGS84)
            x, y = parse(rows.of(x_field)).to_numpy(), parse(rows.of(y_field)).to_numpy()
            again = np.array(_in_rd(x, y, given))
            _check_same_place(rows, (x_m, y_m), again, f"geometry and {x_field} and {y_field}", "geometry")
    return (x_m, y_m) if rows.log.n_faults == n_before else None


def _in_rd(x: FloatArray, y: FloatArray, crs: CRS) -> tuple[FloatArray, FloatArray]:
    if is_rd(crs):
        return x, y
    x_m, y_m = Transformer.from_crs(crs, RD, always_xy=True).transform(x, y)
    return np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)


def _check_inside(
    rows: Rows,
    as_given: FloatArray,
    x_m: FloatArray,
    y_m: FloatArray,
    among: NDArray[np.bool_],
    crs: CRS,
    state_degrees: str,
) -> None:
    """A fault for rows outside the Netherlands; ``as_given`` (shape (2, n)) as in the file, ``x_m``, ``y_m`` in RD."""
    wrong = among & ~inside_rd(x_m, y_m)
    if not wrong.any():
        return
    first, second = as_given[:, wrong]
    if not crs.is_geographic:
        misplaced = explain_misplaced(first, second, state_degrees)
        rows.fault(misplaced.message, misplaced.fix, wrong, column="x, y")
    elif bool(np.all((first > 50) & (first < 54) & (second > 3) & (second < 8))):
        fix = "Exchange the two in the file or in the study."
        rows.fault("longitude and latitude are swapped", fix, wrong, column="longitude")
    elif bool(np.all(inside_rd(first, second))):
        fix = 'Map the columns x and y in [inputs.sites.columns], or state crs = "EPSG:28992".'
        rows.fault("the coordinates are RD metres, read as degrees", fix, wrong, column="longitude")
    # some degrees outside the Netherlands in a file of the Kingdom (Bonaire) are simply outside the region
    elif bool(np.any(np.abs(second) > 90) or np.any(np.abs(first) > 180) or np.all(wrong == among)):
        where = f"longitude {first[0]:g}, latitude {second[0]:g}"
        fix = "Correct them: longitude 3 to 8, latitude 50 to 54."
        rows.fault(f"the coordinates lie outside the Netherlands ({where})", fix, wrong, column="longitude")
