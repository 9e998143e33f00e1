"""Which gemeente a point or row belongs to. In: RD coordinates, codes as files have them. Out: checked codes."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

NEAR_AREA_M = 500.0
"""A point just outside every area (a quay, a generalised boundary) belongs to the nearest one within this distance."""


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
