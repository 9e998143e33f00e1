"""Land, borders and squares of a picture. In: shapes in RD and a frame. Out: SVG paths.

Squares that touch in a row are drawn as one rectangle.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.report import palette
from nsp_planner.report.svg.backdrop import line_steps
from nsp_planner.report.svg.frame import Frame

LAND, OUTSIDE = "#ffffff", "#e4e9ee"

Shapes = npt.NDArray[np.object_]


def squares_path(xy_m: FloatArray, side: float, frame: Frame, colour: str, least: float = 0.0) -> str:
    """One path of all squares; neighbours in a row are one rectangle, ``least`` pixels at least in both directions."""
    if len(xy_m) == 0:
        return ""
    ix = np.rint(xy_m[:, 0] / side - 0.5).astype(np.int64)
    iy = np.rint(xy_m[:, 1] / side - 0.5).astype(np.int64)
    order = np.lexsort((ix, iy))
    ix, iy = ix[order], iy[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(ix) != 1) | (np.diff(iy) != 0)])
    lengths = np.diff(np.r_[starts, len(ix)])
    x0, y0 = frame.xy(0.0, 0.0)
    left, top = x0 + ix[starts] * (side * frame.scale), y0 - (iy[starts] + 1) * (side * frame.scale)
    wide, high = np.maximum(lengths * (side * frame.scale), least), max(side * frame.scale, least)
    corners = zip(left.tolist(), top.tolist(), wide.tolist(), strict=True)
    steps = [f"M{x:.1f} {y:.1f}h{w:.1f}v{high:.1f}h-{w:.1f}z" for x, y, w in corners]
    return f'<path d="{"".join(steps)}" fill="{colour}"/>'


def ring_paths(areas: Shapes, frame: Frame) -> list[str]:
    """A path per shape, all rings of it."""
    paths = []
    for shape in shapely.simplify(areas, 0.4 / frame.scale):
        steps = []
        for part in shapely.get_parts(shape):
            if part.geom_type != "Polygon":
                continue
            for ring in shapely.get_rings(part):
                points = (shapely.get_coordinates(ring) * [frame.scale, -frame.scale] + frame.xy(0.0, 0.0)).tolist()
                steps.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
        paths.append("".join(steps))
    return [path for path in paths if path]


def land_paths(areas: Shapes, frame: Frame) -> list[str]:
    """The gemeenten as land on a background."""
    ground = f'<rect width="{frame.width:.0f}" height="{frame.height:.0f}" fill="{OUTSIDE}"/>'
    return [ground, *(f'<path d="{path}" fill="{LAND}" fill-rule="evenodd"/>' for path in ring_paths(areas, frame))]


def border_paths(areas: Shapes, frame: Frame) -> list[str]:
    """The border of every gemeente."""
    return [
        f'<path d="{path}" fill="none" stroke="{palette.BORDER_COLOUR}" stroke-width="0.9"/>'
        for path in ring_paths(areas, frame)
    ]


def border_lines(areas: Shapes, frame: Frame) -> list[str]:
    """The borders within the frame, without its edges."""
    lines = shapely.clip_by_rect(shapely.boundary(areas), *frame.bounds_m)
    steps = line_steps(shapely.simplify(shapely.get_parts(lines), 0.4 / frame.scale), frame)
    colour = palette.BORDER_COLOUR
    return [f'<path d="{steps}" fill="none" stroke="{colour}" stroke-width="1.1"/>'] if steps else []
