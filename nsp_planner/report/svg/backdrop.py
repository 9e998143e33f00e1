"""Water and roads of a picture on paper. In: the backdrop and a frame. Out: SVG paths, as fine as the frame can show.

A resident finds the way by the river, the main road and the street pattern; finer lines only where they do not clog.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from nsp_planner.layers.network.backdrop import LOCAL_ROAD, MAIN_ROAD, MOTORWAY, STREET, Backdrop
from nsp_planner.report.svg.frame import Frame

WATER_COLOUR = "#a9cfe6"
ROADS = {
    STREET: ("#c3c9cf", 0.9),
    LOCAL_ROAD: ("#aab1b9", 1.5),
    MAIN_ROAD: ("#8f97a1", 2.1),
    MOTORWAY: ("#656c75", 3.2),
}
"""Colour and width in pixels on a sketch."""
STREETS_BELOW_M, LOCAL_BELOW_M = 6_000.0, 14_000.0
"""Widths of the frame in metres below which streets and local roads are drawn."""
DETAIL_PX = 0.6


def backdrop_paths(backdrop: Backdrop | None, frame: Frame, *, thin: float = 1.0) -> tuple[list[str], list[str]]:
    """Paths of water, to draw first, and of roads, most important last; widths are multiplied by ``thin``."""
    if backdrop is None:
        return [], []
    wide = frame.width / frame.scale
    most = STREET if wide < STREETS_BELOW_M else LOCAL_ROAD if wide < LOCAL_BELOW_M else MAIN_ROAD
    seen = backdrop.within(frame.bounds_m, most)
    detail_m = DETAIL_PX / frame.scale
    water = line_steps(shapely.get_rings(shapely.simplify(seen.water, detail_m)), frame, close=True)
    rivers = line_steps(shapely.simplify(seen.waterways, detail_m, preserve_topology=False), frame)
    wet = [f'<path d="{water}" fill="{WATER_COLOUR}" fill-rule="evenodd"/>'] if water else []
    if rivers:
        wet.append(f'<path d="{rivers}" fill="none" stroke="{WATER_COLOUR}" stroke-width="{2.4 * thin:.1f}"/>')
    roads = []
    for kind, (colour, width) in ROADS.items():
        lines = seen.roads[seen.road_class == kind]
        steps = line_steps(shapely.simplify(lines, detail_m, preserve_topology=False), frame)
        if steps:
            roads.append(
                f'<path d="{steps}" fill="none" stroke="{colour}" stroke-width="{width * thin:.1f}" '
                'stroke-linejoin="round"/>'
            )
    return wet, roads


def line_steps(lines: Sequence[shapely.Geometry] | np.ndarray, frame: Frame, *, close: bool = False) -> str:
    """One path of all lines; points are pixels with one decimal."""
    xy, of = shapely.get_coordinates(np.asarray(lines, dtype=object), return_index=True)
    if not len(xy):
        return ""
    left, top = frame.xy(0.0, 0.0)
    x, y = left + xy[:, 0] * frame.scale, top - xy[:, 1] * frame.scale
    first = np.concatenate([[True], of[1:] != of[:-1]])
    letters = np.where(first, "Z M" if close else " M", "L")
    points = zip(letters.tolist(), x.tolist(), y.tolist(), strict=True)
    text = "".join(f"{letter}{a:.1f} {b:.1f}" for letter, a, b in points)
    return text.removeprefix("Z").strip() + ("Z" if close else "")
