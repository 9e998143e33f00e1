"""The neighbours of the example, all made up. In: an example. Out: gemeenten around it, people and noodsteunpunten.

A ring around the region is cut into four gemeenten that do not exist; villages lie at random in it, most of them with a
village hall that is open as noodsteunpunt.
"""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.build import Example
from nsp_planner.example.cbs import cbs_squares
from nsp_planner.example.geometry import Floats, largest_polygon
from nsp_planner.example.land import CELL_M
from nsp_planner.layers.rd import RD

SIDES = ("Oost", "Noord", "West", "Zuid")
RING_M, NEAREST_VILLAGE_M, FARTHEST_VILLAGE_M = 8_000.0, 900.0, 4_500.0
VILLAGE_EVERY_M = 4_500.0
HALL_SHARE = 0.75


def build_across(example: Example, rng: np.random.Generator) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Gemeenten around the region, a grid of squares across the border, and noodsteunpunten there."""
    outline = example.outline
    centres = _villages(outline, rng)
    squares: Counter[tuple[int, int]] = Counter()
    for x, y in centres:
        n = int(rng.integers(400, 3_200))
        at = np.floor(rng.normal([x, y], 180 + n / 12, (n // 5, 2)) / CELL_M).astype(int)
        squares.update(map(tuple, at[~shapely.contains_xy(outline, (at + 0.5) * CELL_M)].tolist()))
    corners = np.array(sorted(squares))
    ids, boxes = cbs_squares(corners[:, 0], corners[:, 1])
    persons = np.array([5 * squares[corner] for corner in sorted(squares)], dtype=np.int32)
    grid = gpd.GeoDataFrame({"crs28992res100m": ids, "aantal_inwoners": persons}, geometry=boxes, crs=RD)
    has_hall = rng.random(len(centres)) < HALL_SHARE
    has_hall[0] = True
    sites = pd.DataFrame(
        {
            "naam": [f"Dorpshuis buurdorp {n}" for n in range(1, len(centres) + 1)],
            "soort": "dorpshuis",
            "x": np.round(centres[:, 0], 1),
            "y": np.round(centres[:, 1], 1),
            "capaciteit_personen": rng.choice([3_000, 4_000, 5_000], len(centres)),
            "status": "operationeel",
        }
    )
    return _ring(outline), grid, sites[has_hall].reset_index(drop=True)


def _ring(outline: BaseGeometry) -> gpd.GeoDataFrame:
    """Four gemeenten (statcode, statnaam, rubriek) around the region: the ring, cut from corner to corner."""
    ring = outline.buffer(RING_M).difference(outline)
    x0, y0, x1, y1 = shapely.bounds(outline.buffer(2 * RING_M))
    middle, corners = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1, y0), (x1, y1), (x0, y1), (x0, y0))
    shapes = [ring.intersection(shapely.Polygon([middle, corners[n], corners[(n + 1) % 4]])) for n in range(4)]
    table = {
        "statcode": [f"GM900{n}" for n in range(1, 5)],
        "statnaam": [f"Buurgemeente {side}" for side in SIDES],
        "rubriek": "gemeente",
    }
    geometry = [shapely.multipolygons(shapely.get_parts(shape)) for shape in shapes]
    return gpd.GeoDataFrame(table, geometry=geometry, crs=RD)


def _villages(outline: BaseGeometry, rng: np.random.Generator) -> Floats:
    """Points outside the region, at random distances from its border, shape (n, 2)."""
    found = []
    border = largest_polygon(outline.buffer(NEAREST_VILLAGE_M)).exterior
    n = max(3, int(border.length / VILLAGE_EVERY_M))
    for position in (np.arange(n) + rng.random(n)) / n:
        base = border.interpolate(position, normalized=True)
        for _ in range(40):
            x, y = (base.x, base.y) + rng.uniform(-1, 1, 2) * (FARTHEST_VILLAGE_M - NEAREST_VILLAGE_M)
            if NEAREST_VILLAGE_M <= outline.distance(shapely.Point(x, y)) <= FARTHEST_VILLAGE_M:
                found.append((x, y))
                break
    return np.array(found)
