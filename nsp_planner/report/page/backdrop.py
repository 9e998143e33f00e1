"""The backdrop of a map as packed numbers. In: water and roads, bounds. Out: integer columns of at most some 60 kB.

Shapes lie on a coarse raster and are kept as steps from point to point. The finest detail that fits the budget is
taken: a map of a region shows its rivers, motorways and main roads, one of a gemeente its streets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.solved.finished_run import DrawnLines
from nsp_planner.layers.network.backdrop import LOCAL_ROAD, MAIN_ROAD, MOTORWAY, STREET, Backdrop
from nsp_planner.report import palette
from nsp_planner.report.page.packing import DATA_ID, STEP_M, unpack
from nsp_planner.report.page.projection import WebMercatorFit

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


def backdrop_looks() -> dict[str, Any]:
    """How the page draws the columns: kinds of water, and roads from small to large.

    Of a road: its kind, the zoom from which it shows, its width in pixels far off and near by, its colour.
    """
    roads = (
        (STREET, 13, (0.8, 1.6), palette.STREET_COLOUR),
        (LOCAL_ROAD, 11, (0.8, 2.2), palette.LOCAL_ROAD_COLOUR),
        (MAIN_ROAD, 0, (0.7, 2.8), palette.MAIN_ROAD_COLOUR),
        (MOTORWAY, 0, (1.8, 4.2), palette.MOTORWAY_COLOUR),
    )
    names = ("kind", "from_zoom", "width_px", "colour")
    return {
        "water": WATER,
        "waterway": WATERWAY,
        "water_colour": palette.BACKDROP_WATER_COLOUR,
        "roads": [dict(zip(names, road, strict=True)) for road in roads],
    }


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
    return packed_lines(kinds, lines, fit, "bd")


def read_drawn_backdrop(path: Path) -> DrawnLines | None:
    """What lies under the map of a finished run; None where there is no such map, or nothing lies under it."""
    try:
        page = path.read_text(encoding="utf-8")
        header, columns = unpack(page.rsplit(f'id="{DATA_ID}">', 1)[1].split("</script>", 1)[0])
        kinds, lengths = columns["bd_kind"], columns["bd_length"]
        origin = np.asarray(header["fit"]["origin_m"])
    except (OSError, UnicodeDecodeError, IndexError, KeyError, ValueError, EOFError):
        return None
    if not len(kinds):
        return None
    of = np.repeat(np.arange(len(lengths)), lengths)
    steps = np.column_stack([columns["bd_x"], columns["bd_y"]])
    walked = np.cumsum(steps, axis=0)
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    cell = walked - (walked[first] - steps[first])[of]
    return DrawnLines(kinds, np.asarray(shapely.linestrings(origin + STEP_M * cell, indices=of), dtype=object))


def drawn_columns(drawn: DrawnLines | None, fit: WebMercatorFit) -> dict[str, IntArray]:
    """The columns of :func:`backdrop_columns` for a page with another projection; empty without a backdrop."""
    return {} if drawn is None else packed_lines(drawn.kinds, drawn.lines, fit, "bd")


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


def packed_lines(kinds: IntArray, lines: np.ndarray, fit: WebMercatorFit, prefix: str) -> dict[str, IntArray]:
    """Columns of lines in RD on the raster: ``_kind`` and ``_length`` per line, ``_x`` and ``_y`` per point (steps)."""
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
        f"{prefix}_kind": kinds[whole],
        f"{prefix}_length": length[whole].astype(np.int64),
        f"{prefix}_x": step[:, 0],
        f"{prefix}_y": step[:, 1],
    }
