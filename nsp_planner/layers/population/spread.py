"""Persons to squares. In: persons with a place (point, polygon or gemeente). Out: persons per square of the grid.

Points stand in the square around them; polygons are spread evenly over the squares whose centre lies in them (a small
one goes to the square of its inner point); rows with only a gemeente are spread evenly over the populated squares of
that gemeente. Persons stay whole and add up to the file.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from nsp_planner.layers.population.calibrate import apportion
from nsp_planner.layers.population.placed_persons import PlacedPersons

FloatArray = NDArray[np.float64]


def spread_persons(persons: PlacedPersons, demand: gpd.GeoDataFrame, factor: float = 1.0) -> pd.DataFrame:
    """The persons per square of the grid.

    Args:
        persons: As read.
        demand: Populated squares: gemeente_code, resolution_m, point at the centre.
        factor: Persons of each row times this, rounded to whole persons.

    Returns:
        ``x_m``, ``y_m`` (centre of the square) · ``gemeente_code`` · ``persons`` int64, at least 1; squares may occur
        more than once. Persons add up to the rounded persons of the rows.
    """
    side = float(demand["resolution_m"].iloc[0])
    columns = ("x_m", "y_m", "gemeente_code", "shape", "persons")
    parts = [
        _spread_row((float(x), float(y)), str(code), shape, demand, side, round_half_up(float(n) * factor))
        for x, y, code, shape, n in zip(*(persons.table[name].tolist() for name in columns), strict=True)
    ]
    empty = pd.DataFrame({"x_m": [], "y_m": [], "gemeente_code": pd.Series(dtype="str"), "persons": []})
    table = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else empty
    return table.astype({"x_m": "float64", "y_m": "float64", "persons": "int64"})


def spread_over(demand: gpd.GeoDataFrame, rows: NDArray[np.bool_], persons: int) -> pd.DataFrame:
    """Persons evenly over some populated squares, in the columns of :func:`spread_persons`."""
    squares = demand[rows]
    order = pd.util.hash_array(squares["demand_id"].to_numpy(dtype=object))
    share = apportion(persons, np.ones(len(squares), dtype=np.int64), order)
    table = pd.DataFrame(
        {
            "x_m": squares.geometry.x.to_numpy(),
            "y_m": squares.geometry.y.to_numpy(),
            "gemeente_code": squares["gemeente_code"].to_numpy(),
            "persons": share,
        }
    )
    return table[share > 0].reset_index(drop=True)


def round_half_up(value: float) -> int:
    """Whole persons, halves upwards."""
    return int(np.floor(value + 0.5))


def centre_of_square(x_m: FloatArray, y_m: FloatArray, side_m: float) -> tuple[FloatArray, FloatArray]:
    """Centre of the square of the grid around each point."""
    return np.floor(x_m / side_m) * side_m + side_m / 2, np.floor(y_m / side_m) * side_m + side_m / 2


def _spread_row(
    at: tuple[float, float],
    code: str,
    shape: shapely.Geometry | None,
    demand: gpd.GeoDataFrame,
    side: float,
    persons: int,
) -> pd.DataFrame:
    x_m, y_m = np.array(at[:1]), np.array(at[1:])
    if persons == 0:
        return pd.DataFrame()
    if np.isnan(x_m[0]):
        return spread_over(demand, (demand["gemeente_code"] == code).to_numpy(), persons)
    if shape is not None:
        x_m, y_m = _squares_inside(shape, side, x_m, y_m)
    x_m, y_m = centre_of_square(x_m, y_m, side)
    order = pd.util.hash_array(np.asarray([f"{x:.0f}-{y:.0f}" for x, y in zip(x_m, y_m, strict=True)], dtype=object))
    share = apportion(persons, np.ones(len(x_m), dtype=np.int64), order)
    table = pd.DataFrame({"x_m": x_m, "y_m": y_m, "gemeente_code": code, "persons": share})
    return table[share > 0]


def _squares_inside(
    shape: shapely.Geometry, side: float, x_m: FloatArray, y_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Centres of the squares in a polygon, or the inner point given where there are none."""
    low_x, low_y, high_x, high_y = shapely.bounds(shape)
    xs = np.arange(np.floor(low_x / side), np.ceil(high_x / side)) * side + side / 2
    ys = np.arange(np.floor(low_y / side), np.ceil(high_y / side)) * side + side / 2
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    inside = shapely.contains_xy(shape, grid_x, grid_y)
    return (grid_x[inside], grid_y[inside]) if inside.any() else (x_m, y_m)
