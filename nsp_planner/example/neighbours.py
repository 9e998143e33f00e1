"""The neighbours of the example, all made up. In: an example. Out: gemeenten around it, people and noodsteunpunten.

A ring around the region is cut into four gemeenten that do not exist; villages lie at random in it, most of them with a
village hall that is open as noodsteunpunt.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.build import Example
from nsp_planner.example.cbs import AREAS_LAYER, GRID_LAYER, cbs_squares
from nsp_planner.example.files import write_csv, write_layer
from nsp_planner.example.geometry import largest_polygon
from nsp_planner.example.land import CELL_M
from nsp_planner.layers.rd import RD

ACROSS_AREAS_FILE = "gemeenten_buren_voorbeeld.gpkg"
ACROSS_GRID_FILE = "buren_vk100_voorbeeld.gpkg"
ACROSS_SITES_FILE = "noodsteunpunten_buren_voorbeeld.csv"
ACROSS_FILES = (ACROSS_AREAS_FILE, ACROSS_GRID_FILE, ACROSS_SITES_FILE)

SIDES = {"GM9001": "Buurgemeente Oost", "GM9002": "Buurgemeente Noord", "GM9003": "Buurgemeente West",
         "GM9004": "Buurgemeente Zuid"}  # fmt: skip
RING_M, NEAREST_VILLAGE_M, FARTHEST_VILLAGE_M = 8_000.0, 900.0, 4_500.0
VILLAGE_EVERY_M = 4_500.0
HALL_SHARE = 0.75


def build_across(example: Example, rng: np.random.Generator) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Gemeenten around the region, a grid of squares across the border, and noodsteunpunten there."""
    outline = example.outline
    areas = _ring(outline).assign(rubriek="gemeente")
    centres = _villages(outline, rng)
    squares: Counter[tuple[int, int]] = Counter()
    for x, y in centres:
        n = int(rng.integers(400, 3_200))
        at = np.floor(rng.normal([x, y], 180 + n / 12, (n // 5, 2)) / CELL_M).astype(int)
        free = ~shapely.contains_xy(outline, (at[:, 0] + 0.5) * CELL_M, (at[:, 1] + 0.5) * CELL_M)
        squares.update((east, north) for east, north in at[free].tolist())
    corners = np.array(sorted(squares))
    persons = np.array([5 * squares[east, north] for east, north in corners.tolist()], dtype=np.int32)
    ids, boxes = cbs_squares(corners[:, 0], corners[:, 1])
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
    )[has_hall]
    return areas, grid, sites.reset_index(drop=True)


def write_across(example: Example, folder: Path, seed: int) -> None:
    """Write the three files; the same seed gives the same bytes."""
    areas, grid, sites = build_across(example, np.random.default_rng([seed, 103]))
    areas = areas.set_geometry([shapely.multipolygons(shapely.get_parts(shape)) for shape in areas.geometry])
    write_layer(areas, folder / ACROSS_AREAS_FILE, AREAS_LAYER)
    write_layer(grid, folder / ACROSS_GRID_FILE, GRID_LAYER)
    write_csv(sites, folder / ACROSS_SITES_FILE)


def _ring(outline: BaseGeometry) -> gpd.GeoDataFrame:
    ring = outline.buffer(RING_M).difference(outline)
    x0, y0, x1, y1 = shapely.bounds(outline.buffer(2 * RING_M))
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    corners = {
        "GM9001": ((x1, y0), (x1, y1)),
        "GM9002": ((x1, y1), (x0, y1)),
        "GM9003": ((x0, y1), (x0, y0)),
        "GM9004": ((x0, y0), (x1, y0)),
    }
    shapes = [ring.intersection(shapely.Polygon([middle, *corners[code]])) for code in SIDES]
    table = {"statcode": list(SIDES), "statnaam": list(SIDES.values())}
    return gpd.GeoDataFrame(table, geometry=shapes, crs=RD)


def _villages(outline: BaseGeometry, rng: np.random.Generator) -> np.ndarray:
    """Points outside the region, at random distances from its border, shape (n, 2)."""
    found = []
    border = largest_polygon(outline.buffer(NEAREST_VILLAGE_M)).exterior
    n = max(3, int(border.length / VILLAGE_EVERY_M))
    for position in (np.arange(n) + rng.random(n)) / n:
        base = border.interpolate(position, normalized=True)
        for _ in range(40):
            x, y = (base.x, base.y) + rng.uniform(-1, 1, 2) * (FARTHEST_VILLAGE_M - NEAREST_VILLAGE_M)
            away_m = outline.distance(shapely.Point(x, y))
            if NEAREST_VILLAGE_M <= away_m <= FARTHEST_VILLAGE_M:
                found.append((x, y))
                break
    return np.array(found)
