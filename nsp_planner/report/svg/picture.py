"""Pictures of a plan for paper, drawn from own data. In: a planned study. Out: SVG text, without browser or network.

Coordinates are RD turned upside down and scaled; squares that touch in a row are drawn as one rectangle. Sites differ
by shape and letter, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report import palette
from nsp_planner.report.map.circumstances import POWER, WATER, Drawn, drawn_circumstances
from nsp_planner.report.paper.pdf import printable
from nsp_planner.report.svg.backdrop import ground_paths, line_steps

FONT = "Liberation Sans, Arial, sans-serif"
INK, SOFT, LAND, OUTSIDE = "#14202b", "#6b7280", "#ffffff", "#e4e9ee"
WITHIN_COLOUR, BEYOND_COLOUR = "#9fb2c4", "#cf6d9b"
"""Inhabitants within and beyond their norm: tints, so that the sites stay the strongest marks."""

MOST_NAMES = 6
"""Names of places on a sketch."""

Shapes = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """Where RD lies in a picture: ``bounds_m`` (min x, min y, max x, max y) on ``width`` by ``height`` pixels."""

    bounds_m: Bounds
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        x0, y0, x1, y1 = self.bounds_m
        return min(self.width / (x1 - x0), self.height / (y1 - y0))

    def xy(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Pixels of a point; the bounds lie in the middle of the picture."""
        x0, y0, x1, y1 = self.bounds_m
        left = (self.width - (x1 - x0) * self.scale) / 2
        top = (self.height - (y1 - y0) * self.scale) / 2
        return left + (x_m - x0) * self.scale, top + (y1 - y_m) * self.scale


def frame_around(bounds_m: Iterable[float], width: float, height: float | None = None, margin_m: float = 500) -> Frame:
    """A frame with a margin around bounds; without ``height`` as high as the bounds ask for."""
    x0, y0, x1, y1 = bounds_m
    box = (float(x0) - margin_m, float(y0) - margin_m, float(x1) + margin_m, float(y1) + margin_m)
    return Frame(box, width, height if height is not None else width * (box[3] - box[1]) / (box[2] - box[0]))


def plan_picture(planned: PlannedStudy, evaluation: Evaluation, *, width: float = 720) -> str:
    """The plan of the whole region: inhabitants within and beyond their norm, L-NSPs, C-NSPs and gemeenten."""
    areas, demand = planned.layers.areas, planned.layers.demand
    xy, side_m = centres_m(planned), float(demand["resolution_m"].iloc[0])
    frame = frame_around(areas.total_bounds, width, margin_m=1_200)
    beyond = ~evaluation.people["within_norm"].to_numpy(dtype=bool)
    by_id = planned.layers.sites.set_index("site_id").geometry
    water, roads = ground_paths(planned.layers.backdrop, frame, thin=0.45)
    parts = [
        *_land(areas.geometry.to_numpy(), frame),
        *water,
        *roads,
        squares_path(xy[~beyond], side_m, frame, WITHIN_COLOUR, least=1.0),
        squares_path(xy[beyond], side_m, frame, BEYOND_COLOUR, least=1.4),
        *_borders(areas.geometry.to_numpy(), frame),
        *_hard_times(drawn_circumstances(planned), frame),
        *(_lnsp_mark(*frame.xy(p.x, p.y), 4.4) for p in by_id.loc[list(evaluation.lnsps["site_id"])]),
        *(_cnsp_mark(*frame.xy(p.x, p.y), 5.2) for p in by_id.loc[list(evaluation.cnsps["site_id"])]),
        *_area_names(areas, frame),
        *_scale_bar(frame, _bar_m(frame)),
    ]
    return _svg(frame, parts)


HARD_TIMES = {WATER: ("water", "#0072b2", "M0 6L6 0"), POWER: ("stroom", "#7a3b8f", "M2 3h2")}
"""Name, colour and stroke of the pattern of land under water and without power; links are too small to show here."""


def hard_times_nl(planned: PlannedStudy) -> list[str]:
    """What :func:`plan_picture` draws of the circumstances, as lines of its legend."""
    told = {WATER: "Blauw gestreept: onder water.", POWER: "Paars gestippeld: zonder stroom."}
    return [told[each.kind] for each in drawn_circumstances(planned) if each.kind in told]


def _hard_times(drawn: Sequence[Drawn], frame: Frame) -> list[str]:
    parts = []
    for each in drawn:
        if each.kind not in HARD_TIMES:
            continue
        name, colour, stroke = HARD_TIMES[each.kind]
        tile = f'<path d="{stroke}" stroke="{colour}" stroke-width="1.3"/>'
        parts.append(f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">{tile}</pattern>')
        parts += [
            f'<path d="{path}" fill="url(#{name})" fill-rule="evenodd" stroke="{colour}" stroke-width="1.2" '
            'stroke-dasharray="5 3"/>'
            for path in _rings(each.shapes, frame)
        ]
    return parts


def points_picture(planned: PlannedStudy, points_m: Iterable[tuple[float, float]], *, width: float = 720) -> str:
    """The region with a dot per point (RD) on water, main roads and inhabited squares; nothing of the plan itself."""
    areas, demand = planned.layers.areas, planned.layers.demand
    frame = frame_around(areas.total_bounds, width, margin_m=1_200)
    water, roads = ground_paths(planned.layers.backdrop, frame, thin=0.45)
    parts = [
        *_land(areas.geometry.to_numpy(), frame),
        *water,
        *roads,
        squares_path(centres_m(planned), float(demand["resolution_m"].iloc[0]), frame, WITHIN_COLOUR, least=1.0),
        *_borders(areas.geometry.to_numpy(), frame),
        *_area_names(areas, frame),
        *(_lnsp_mark(*frame.xy(x, y), 6.0) for x, y in points_m),
        *_scale_bar(frame, _bar_m(frame)),
    ]
    return _svg(frame, parts)


def sketch_picture(
    planned: PlannedStudy,
    squares: npt.NDArray[np.bool_],
    marks: Sequence[tuple[str, float, float]],
    *,
    width: float,
    height: float,
    xy_m: FloatArray | None = None,
    names: Sequence[tuple[str, float, float]] = (),
) -> str:
    """A part of the map: the squares of a part darker than the others, and numbered sites.

    Args:
        planned: The planned study.
        squares: Which rows of ``layers.demand`` are the part.
        marks: Text and RD coordinates of each site to show, the most important first.
        width: Pixels.
        height: Pixels.
        xy_m: What :func:`centres_m` gives, where many sketches are made.
        names: Names of places and where they go (RD), the most important first; those without room are left out.
    """
    xy, side_m = (centres_m(planned) if xy_m is None else xy_m), float(planned.layers.demand["resolution_m"].iloc[0])
    # The outermost farms would make the village a dot: the frame holds the bulk of the people and every mark.
    persons = planned.layers.demand["population_persons"].to_numpy(dtype=np.int64)[squares]
    low, high = np.quantile(np.repeat(xy[squares], np.maximum(persons, 1), axis=0), [0.03, 0.97], axis=0)
    points = np.vstack([low, high, *([x, y] for _, x, y in marks)])
    frame = _widened(frame_around([*points.min(axis=0), *points.max(axis=0)], width, height, margin_m=450))
    x0, y0, x1, y1 = frame.bounds_m
    seen = (xy > [x0 - side_m, y0 - side_m]).all(axis=1) & (xy < [x1 + side_m, y1 + side_m]).all(axis=1)
    shapes = planned.layers.areas.geometry.to_numpy()
    around = shapely.clip_by_rect(shapes, x0, y0, x1, y1)
    water, roads = ground_paths(planned.layers.backdrop, frame)
    spots = [frame.xy(x, y) for _, x, y in marks]
    bar_m = 500 if (x1 - x0) < 4_000 else 1_000 if (x1 - x0) < 9_000 else 2_000
    parts = [
        *_land(around, frame),
        squares_path(xy[seen & ~squares], side_m, frame, "#dfe5ea"),
        squares_path(xy[seen & squares], side_m, frame, WITHIN_COLOUR),
        *water,
        *roads,
        *_border_lines(shapes, frame),
        *_names(names, frame, spots),
    ]
    for (text, _, _), spot in zip(reversed(marks), reversed(spots), strict=True):
        parts.append(_number_mark(*spot, text))
    parts += [*_scale_bar(frame, bar_m, avoid=spots), *_north(frame, avoid=spots)]
    return _svg(frame, parts)


def centres_m(planned: PlannedStudy) -> FloatArray:
    """RD coordinates of the squares' centres, shape (n, 2)."""
    xy: FloatArray = planned.layers.demand.geometry.get_coordinates().to_numpy()
    return xy


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


def _widened(frame: Frame) -> Frame:
    """The same frame with bounds that fill the picture."""
    x0, y0, x1, y1 = frame.bounds_m
    wide, high = frame.width / frame.scale, frame.height / frame.scale
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return Frame((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), frame.width, frame.height)


def _rings(areas: Shapes, frame: Frame) -> list[str]:
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


def _land(areas: Shapes, frame: Frame) -> list[str]:
    ground = f'<rect width="{frame.width:.0f}" height="{frame.height:.0f}" fill="{OUTSIDE}"/>'
    return [ground, *(f'<path d="{path}" fill="{LAND}" fill-rule="evenodd"/>' for path in _rings(areas, frame))]


def _borders(areas: Shapes, frame: Frame) -> list[str]:
    return [
        f'<path d="{path}" fill="none" stroke="{palette.BORDER_COLOUR}" stroke-width="0.9"/>'
        for path in _rings(areas, frame)
    ]


def _border_lines(areas: Shapes, frame: Frame) -> list[str]:
    """The borders within the frame, without its edges."""
    lines = shapely.clip_by_rect(shapely.boundary(areas), *frame.bounds_m)
    steps = line_steps(shapely.simplify(shapely.get_parts(lines), 0.4 / frame.scale), frame)
    colour = palette.BORDER_COLOUR
    return [f'<path d="{steps}" fill="none" stroke="{colour}" stroke-width="1.1"/>'] if steps else []


def _lnsp_mark(x: float, y: float, radius: float) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + 1.4}" fill="#fff"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{palette.LNSP_COLOUR}" stroke="{INK}" '
        'stroke-width="0.7"/>'
    )


def _cnsp_mark(x: float, y: float, half: float) -> str:
    return (
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half}" height="{2 * half}" '
        f'fill="{palette.CNSP_COLOUR}" stroke="#fff" stroke-width="1"/>'
    )


def _number_mark(x: float, y: float, text: str) -> str:
    first = text == "1"
    radius = 13 if first else 10
    colour = palette.LNSP_COLOUR if first else "#ffffff"
    ink = "#ffffff" if first else palette.LNSP_COLOUR
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" stroke="{palette.LNSP_COLOUR}" '
        f'stroke-width="2"/>{_text(x, y + radius * 0.42, text, radius * 1.2, ink, bold=True)}'
    )


def _area_names(areas: gpd.GeoDataFrame, frame: Frame) -> list[str]:
    points = areas.geometry.representative_point()
    return [
        _text(*frame.xy(p.x, p.y), str(name), 11.5, INK, bold=True, halo=True)
        for name, p in zip(areas["name"], points, strict=True)
    ]


def _names(names: Sequence[tuple[str, float, float]], frame: Frame, spots: Sequence[tuple[float, float]]) -> list[str]:
    """Names that fit beside the numbers and each other, at most six."""
    taken = [(x - 15, y - 15, x + 15, y + 15) for x, y in spots]
    taken.append((0.0, frame.height - 34, 110.0, frame.height))
    texts = []
    x0, y0, x1, y1 = frame.bounds_m
    for name, x_m, y_m in names:
        if not (x0 < x_m < x1 and y0 < y_m < y1):
            continue
        x, y = frame.xy(x_m, y_m)
        half = 3.4 * len(name)
        for below in (0.0, 26.0, -20.0):
            box = (x - half, y + below - 12, x + half, y + below + 4)
            inside = box[0] > 2 and box[2] < frame.width - 2 and box[1] > 2 and box[3] < frame.height - 2
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                texts.append(_text(x, y + below, name, 11.5, INK, bold=True, halo=True))
                break
    return texts[:MOST_NAMES]


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _bar_m(frame: Frame) -> float:
    """The longest round length that takes at most a quarter of the picture."""
    return next((m for m in (10_000.0, 5_000.0, 2_000.0, 1_000.0) if m * frame.scale <= frame.width / 4), 500.0)


def _scale_bar(frame: Frame, metres: float, avoid: Sequence[tuple[float, float]] = ()) -> list[str]:
    """A bar in the lower left corner; in the lower right one when a number lies there."""
    wide, x, y = metres * frame.scale, 12.0, frame.height - 12.0
    if any(a < x + wide + 18 and b > y - 34 for a, b in avoid):
        x = frame.width - 12.0 - wide
    label = f"{metres / 1000:g} km".replace(".", ",") if metres >= 1000 else f"{metres:g} m"
    return [
        f'<path d="M{x} {y - 5}v5h{wide:.1f}v-5" fill="none" stroke="{INK}" stroke-width="1.4"/>',
        _text(x + wide / 2, y - 5, label, 10, INK, halo=True),
    ]


def _north(frame: Frame, avoid: Sequence[tuple[float, float]] = ()) -> list[str]:
    x, y = frame.width - 16.0, 30.0
    if any(a > x - 26 and b < y + 24 for a, b in avoid):
        x = 16.0
    arrow = f'<path d="M{x} {y - 18}l5 12h-10z" fill="{INK}"/>'
    return [arrow, _text(x, y + 6, "N", 11, INK, bold=True, halo=True)]


def _text(x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, halo: bool = False) -> str:
    edge = ' stroke="#fff" stroke-width="3" paint-order="stroke" stroke-linejoin="round"' if halo else ""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-family="{FONT}" font-size="{size:.1f}"{weight} '
        f'fill="{colour}"{edge}>{escape(printable(text))}</text>'
    )


def _svg(frame: Frame, parts: Iterable[str]) -> str:
    size = f'width="{frame.width:.0f}" height="{frame.height:.0f}" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}"'
    clip = f'<clipPath id="rand"><rect width="{frame.width:.0f}" height="{frame.height:.0f}"/></clipPath>'
    body = "\n".join(part for part in parts if part)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{clip}<g clip-path="url(#rand)">\n{body}\n</g></svg>\n'
