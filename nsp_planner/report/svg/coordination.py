"""L-NSPs and their C-NSPs on a small map. In: boundaries, points in RD, who is under whom. Out: SVG.

A line that is farther than the norm is thick and dashed, so that it is seen without colour too.
"""

from __future__ import annotations

import geopandas as gpd

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray
from nsp_planner.report import palette
from nsp_planner.report.svg.frame import Frame, frame_around
from nsp_planner.report.svg.marks import area_names, bar_length_m, cnsp_mark, lnsp_mark, scale_bar
from nsp_planner.report.svg.picture import svg_of
from nsp_planner.report.svg.shapes import border_paths, land_paths

MARGIN_M = 1_200


def coordination_picture(
    areas: gpd.GeoDataFrame,
    lnsp_xy_m: FloatArray,
    station_xy_m: FloatArray,
    coordinator: IntArray,
    is_far: BoolArray,
    *,
    width: float = 560,
) -> str:
    """The gemeenten with a line from every L-NSP to its C-NSP.

    Args:
        areas: Gemeenten with name and boundary.
        lnsp_xy_m: Shape (l, 2), the L-NSPs in RD.
        station_xy_m: Shape (k, 2), the stations in RD; only those that coordinate are drawn.
        coordinator: Shape (l,), position of the station of each L-NSP.
        is_far: Shape (l,), whether that is farther than the norm.
        width: Pixels.
    """
    frame = frame_around(areas.total_bounds, width, margin_m=MARGIN_M)
    shapes = areas.geometry.to_numpy()
    pairs = list(zip(lnsp_xy_m.tolist(), station_xy_m[coordinator].tolist(), is_far.tolist(), strict=True))
    parts = [
        *land_paths(shapes, frame),
        *border_paths(shapes, frame),
        *(_line(frame, start, end, far=far) for start, end, far in pairs),
        *(lnsp_mark(*frame.xy(x, y), 3.2) for x, y in lnsp_xy_m.tolist()),
        *(cnsp_mark(*frame.xy(*station_xy_m[k].tolist()), 4.6) for k in sorted(set(coordinator.tolist()))),
        *area_names(areas, frame),
        *scale_bar(frame, bar_length_m(frame)),
    ]
    return svg_of(frame, parts)


def _line(frame: Frame, start: list[float], end: list[float], *, far: bool) -> str:
    (x0, y0), (x1, y1) = frame.xy(*start), frame.xy(*end)
    look = f'stroke="{palette.BEYOND_NORM_COLOUR}" stroke-width="2.6" stroke-dasharray="7 3"' if far else (
        f'stroke="{palette.CNSP_COLOUR}" stroke-width="1.3"'
    )  # fmt: skip
    return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" fill="none" {look}/>'
