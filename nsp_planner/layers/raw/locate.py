"""Where things are. In: CRS, coordinates, gemeente codes as files have them. Out: RD metres, checked codes.

RD is EPSG:28992 (Amersfoort / RD New). Its area of use, https://epsg.io/28992, with the sea along the coast, is the
box that every coordinate must lie in.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from nsp_planner.layers.tables import RD

FloatArray = NDArray[np.float64]

RD_X_M = (-7_000.0, 300_000.0)
RD_Y_M = (289_000.0, 629_000.0)
NEAR_AREA_M = 500.0
"""A point just outside every area (a quay, a generalised boundary) belongs to the nearest one within this distance."""


class Misplaced(NamedTuple):
    """What coordinates outside the Netherlands look like, and what to do: ``message``, ``fix``."""

    message: str
    fix: str


def is_rd(crs: CRS) -> bool:
    """Whether a CRS is RD New, also where the file states it without an EPSG number or with NAP heights."""
    if crs.to_epsg() in (28992, 7415):
        return True
    name = crs.name.casefold().replace("_", " ")
    return ("rd new" in name and "old" not in name) or crs.to_epsg(min_confidence=25) == 28992


def inside_rd(x_m: FloatArray, y_m: FloatArray) -> NDArray[np.bool_]:
    """Whether points lie in the box of the Netherlands; False for NaN."""
    inside: NDArray[np.bool_] = (x_m >= RD_X_M[0]) & (x_m <= RD_X_M[1]) & (y_m >= RD_Y_M[0]) & (y_m <= RD_Y_M[1])
    return inside


def explain_misplaced(x: FloatArray, y: FloatArray, example: str) -> Misplaced:
    """Say what is the matter with coordinates outside :func:`inside_rd`: degrees, swapped, or elsewhere.

    Args:
        x: Eastings that should have been RD metres, the wrong ones only.
        y: Northings, likewise.
        example: How to say in this input that coordinates are in degrees.
    """
    if bool(np.all((np.abs(x) <= 180) & (np.abs(y) <= 180))) and bool(np.any((x != 0) | (y != 0))):
        return Misplaced("the coordinates are degrees, read as metres", example)
    if bool(np.all(inside_rd(y, x))):
        return Misplaced("x and y are swapped", "Exchange the columns for x and y in the file or in the study.")
    return Misplaced(
        f"the coordinates lie outside the Netherlands (x {x[0]:g}, y {y[0]:g})",
        "Give RD coordinates (EPSG:28992) in metres, x 0 to 300,000 and y 289,000 to 629,000, or state the CRS.",
    )


def normalise_code(codes: pd.Series) -> pd.Series:
    """Gemeente codes as GM and four digits: "0193", "193" and "gm0193 " become "GM0193"; "" where it is none."""
    digits = codes.str.strip().str.upper().str.extract(r"^(?:GM)?(\d{1,4})(?:\.0)?$", expand=False)
    return ("GM" + digits.str.zfill(4)).fillna("")


class Located(NamedTuple):
    """The gemeente of each point: its code or "", shape (n,), and whether it is the nearest one, not the one around."""

    codes: NDArray[np.object_]
    is_nearest: NDArray[np.bool_]


def find_gemeente(x_m: FloatArray, y_m: FloatArray, areas: gpd.GeoDataFrame) -> Located:
    """Find the polygon each point lies in, else the nearest within 500 m, else none.

    Args:
        x_m: RD eastings in metres, shape (n,).
        y_m: RD northings in metres, shape (n,).
        areas: All gemeenten of the file with ``area_code``, sorted by code; on a shared boundary the first counts.
    """
    codes = areas["area_code"].to_numpy(dtype=object)
    # Points far away may have no finite place in RD; an empty point lies in no polygon.
    finite = np.isfinite(x_m) & np.isfinite(y_m)
    points: NDArray[Any] = np.full(len(x_m), shapely.Point(), dtype=object)
    points[finite] = shapely.points(x_m[finite], y_m[finite])
    tree = shapely.STRtree(areas.geometry.to_numpy())
    point_index, area_index = tree.query(points, predicate="intersects")
    position = np.full(len(points), len(codes), dtype=np.int64)
    np.minimum.at(position, point_index, area_index)
    alone = np.flatnonzero(finite & (position == len(codes)))
    if len(alone):
        near_point, near_area = tree.query_nearest(points[alone], max_distance=NEAR_AREA_M)
        np.minimum.at(position, alone[near_point], near_area)
    is_nearest = np.zeros(len(points), dtype=bool)
    is_nearest[alone] = position[alone] < len(codes)
    return Located(np.append(codes, "")[position], is_nearest)


def to_rd(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Geometry of any stated CRS in RD."""
    assert geometry.crs is not None
    return geometry if is_rd(CRS.from_user_input(geometry.crs)) else geometry.to_crs(RD)
