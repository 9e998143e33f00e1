"""The backdrop of a map as packed numbers. In: water and roads, bounds. Out: integer columns of at most some 60 kB.

Shapes lie on a coarse raster and are kept as steps from point to point. The finest detail that fits the budget is
taken: a map of a region shows its rivers, motorways and main roads, one of a gemeente its streets.
"""

from __future__ import annotations

import numpy as np
import shapely

from nsp_planner.costs.matrix import IntArray
from nsp_planner.layers.backdrop import LOCAL_ROAD, MAIN_ROAD, MOTORWAY, STREET, Backdrop
from nsp_planner.report.map_projection import WebMercatorFit

STEP_M = 5
"""Shapes are drawn on a raster of this many metres."""
MOST_POINTS = 22_000
"""About 60 kB in the page."""
DETAIL = (
    (STREET, 5.0),
    (LOCAL_ROAD, 5.0),
    (LOCAL_ROAD, 12.0),
    (MAIN_ROAD, 12.0),
    (MAIN_ROAD, 25.0),
    (MAIN_ROAD, 50.0),
    (MOTORWAY, 100.0),
)
"""Least important class of road and tolerance in metres, finest first."""
WATER, WATERWAY = 0, 5
"""Kinds in the columns beside the four classes of road."""
MARGIN_M = 1_500.0


def backdrop_columns(
    backdrop: Backdrop | None, fit: WebMercatorFit, bounds_m: tuple[float, float, float, float]
) -> dict[str, IntArray]:
    """Columns ``bd_kind`` and ``bd_length`` per line or ring, ``bd_x`` and ``bd_y`` per point (steps of 5 m).

    Empty columns where there is no backdrop.
    """
    if backdrop is None:
        return dict.fromkeys(("bd_kind", "bd_length", "bd_x", "bd_y"), np.zeros(0, dtype=np.int64))
    x0, y0, x1, y1 = bounds_m
    near = backdrop.within((x0 - MARGIN_M, y0 - MARGIN_M, x1 + MARGIN_M, y1 + MARGIN_M))
    for most_class, tolerance_m in DETAIL:
        kinds, lines = _lines(near, most_class, tolerance_m)
        if shapely.get_num_coordinates(lines).sum() <= MOST_POINTS:
            break
    return _packed(kinds, lines, fit)


def _lines(backdrop: Backdrop, most_class: int, tolerance_m: float) -> tuple[IntArray, np.ndarray]:
    keep = backdrop.road_class <= most_class
    # Water smaller than a raster cell or two is a dot at this scale.
    large = shapely.area(backdrop.water) >= (4 * tolerance_m) ** 2
    rings = shapely.get_rings(backdrop.water[large])
    shapes = [rings, backdrop.waterways, backdrop.roads[keep]]
    simple = [shapely.simplify(part, tolerance_m, preserve_topology=False) for part in shapes]
    kinds = [
        np.full(len(rings), WATER, dtype=np.int64),
        np.full(len(backdrop.waterways), WATERWAY, dtype=np.int64),
        backdrop.road_class[keep],
    ]
    lines, kind = np.concatenate(simple), np.concatenate(kinds)
    some = (shapely.get_num_coordinates(lines) >= np.where(kind == WATER, 4, 2)) & ~shapely.is_empty(lines)
    return kind[some], lines[some]


def _packed(kinds: IntArray, lines: np.ndarray, fit: WebMercatorFit) -> dict[str, IntArray]:
    xy, of = shapely.get_coordinates(lines, return_index=True)
    cell = np.rint((xy - np.asarray(fit.origin_m)) / STEP_M).astype(np.int64)
    first = np.concatenate([[True], of[1:] != of[:-1]]) if len(of) else np.zeros(0, dtype=bool)
    moved = first.copy()
    moved[1:] |= (cell[1:] != cell[:-1]).any(axis=1)
    cell, of, first = cell[moved], of[moved], first[moved]
    length = np.bincount(of, minlength=len(lines)) if len(lines) else np.zeros(0, dtype=np.int64)
    whole = length >= 2
    keep = whole[of]
    cell, first = cell[keep], first[keep]
    step = cell.copy()
    step[1:] -= np.where(first[1:, None], 0, cell[:-1])
    return {
        "bd_kind": kinds[whole],
        "bd_length": length[whole].astype(np.int64),
        "bd_x": step[:, 0],
        "bd_y": step[:, 1],
    }
