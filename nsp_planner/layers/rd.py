"""The one CRS of every layer: RD (Amersfoort / RD New, EPSG:28992). In: coordinates of any CRS. Out: metres in RD.

The area of use of RD, https://epsg.io/28992, with the sea along the coast, is the box that people, buildings and
boundaries must lie in; a network may reach some 100 km beyond it.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

FloatArray = NDArray[np.float64]

RD = "EPSG:28992"
RD_X_M = (-7_000.0, 300_000.0)
RD_Y_M = (289_000.0, 629_000.0)
RD_BOX_M = (-100_000.0, 150_000.0, 450_000.0, 800_000.0)
"""Generous bounds of RD coordinates (x min, y min, x max, y max): the Netherlands and 100 km around it."""


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


def can_be_rd(crs: CRS) -> bool:
    """Whether coordinates of a CRS can be brought to RD: not those of a building site or of heights alone."""
    if not (crs.is_geographic or crs.is_projected):
        return False
    try:
        Transformer.from_crs(crs, RD, always_xy=True)
    except ProjError:
        return False
    return True


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


def to_rd(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Geometry of any stated CRS in RD."""
    assert geometry.crs is not None
    return geometry if is_rd(CRS.from_user_input(geometry.crs)) else geometry.to_crs(RD)


def coordinates_fault(xy: FloatArray) -> str | None:
    """What is wrong with coordinates that should be RD metres, or None; xy has shape (n, 2)."""
    if not np.isfinite(xy).all():
        return "coordinates are missing"
    if np.all(np.abs(xy) <= (180.0, 90.0)) and len(xy):
        return "coordinates are degrees, not metres"
    outside = (xy < RD_BOX_M[:2]).any(axis=1) | (xy > RD_BOX_M[2:]).any(axis=1)
    if outside.any():
        x, y = xy[np.argmax(outside)]
        return f"{outside.sum():,} points lie outside the Netherlands and surroundings, such as x={x:.0f}, y={y:.0f}"
    return None
