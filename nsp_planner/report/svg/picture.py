"""Pictures of a plan for paper, drawn from own data. In: an evaluation. Out: SVG text, without browser or network.

Coordinates are RD turned upside down and scaled; squares that touch in a row are drawn as one rectangle. Sites differ
by shape and letter, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.map.circumstances import COLOURS, POWER, WATER, Drawn, drawn_circumstances
from nsp_planner.report.svg.backdrop import backdrop_paths
from nsp_planner.report.svg.frame import Frame, frame_around, widened
from nsp_planner.report.svg.marks import (
    area_names,
    bar_length_m,
    cnsp_mark,
    lnsp_mark,
    name_texts,
    north_arrow,
    number_mark,
    scale_bar,
)
from nsp_planner.report.svg.shapes import border_lines, border_paths, land_paths, ring_paths, squares_path

WITHIN_COLOUR, BEYOND_COLOUR = "#9fb2c4", "#cf6d9b"
"""Inhabitants within and beyond their norm: tints, so that the sites stay the strongest marks."""


def plan_picture(evaluation: Evaluation, *, width: float = 720) -> str:
    """The plan of the whole region: inhabitants within and beyond their norm, L-NSPs, C-NSPs and gemeenten."""
    areas, demand = evaluation.layers.areas, evaluation.layers.demand
    xy, side_m = centres_m(evaluation), float(demand["resolution_m"].iloc[0])
    frame = frame_around(areas.total_bounds, width, margin_m=1_200)
    beyond = ~evaluation.demand["within_norm"].to_numpy(dtype=bool)
    by_id = evaluation.layers.sites.set_index("site_id").geometry
    water, roads = backdrop_paths(evaluation.layers.backdrop, frame, thin=0.45)
    parts = [
        *land_paths(areas.geometry.to_numpy(), frame),
        *water,
        *roads,
        squares_path(xy[~beyond], side_m, frame, WITHIN_COLOUR, least=1.0),
        squares_path(xy[beyond], side_m, frame, BEYOND_COLOUR, least=1.4),
        *border_paths(areas.geometry.to_numpy(), frame),
        *_circumstances(drawn_circumstances(evaluation), frame),
        *(lnsp_mark(*frame.xy(p.x, p.y), 4.4) for p in by_id.loc[list(evaluation.lnsps["site_id"])]),
        *(cnsp_mark(*frame.xy(p.x, p.y), 5.2) for p in by_id.loc[list(evaluation.cnsps["site_id"])]),
        *area_names(areas, frame),
        *scale_bar(frame, bar_length_m(frame)),
    ]
    return svg_of(frame, parts)


PATTERNS = {WATER: ("water", COLOURS[WATER], "M0 6L6 0"), POWER: ("stroom", COLOURS[POWER], "M2 3h2")}
"""Name, colour and stroke of the pattern of land under water and without power; links are too small to show here."""


def circumstance_legend_nl(evaluation: Evaluation) -> list[str]:
    """What :func:`plan_picture` draws of the circumstances, as lines of its legend."""
    legend = {WATER: "Blauw gestreept: onder water.", POWER: "Paars gestippeld: zonder stroom."}
    return [legend[each.kind] for each in drawn_circumstances(evaluation) if each.kind in legend]


def _circumstances(drawn: Sequence[Drawn], frame: Frame) -> list[str]:
    parts = []
    for each in drawn:
        if each.kind not in PATTERNS:
            continue
        name, colour, stroke = PATTERNS[each.kind]
        tile = f'<path d="{stroke}" stroke="{colour}" stroke-width="1.3"/>'
        parts.append(f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">{tile}</pattern>')
        parts += [
            f'<path d="{path}" fill="url(#{name})" fill-rule="evenodd" stroke="{colour}" stroke-width="1.2" '
            'stroke-dasharray="5 3"/>'
            for path in ring_paths(each.shapes, frame)
        ]
    return parts


def points_picture(evaluation: Evaluation, points_m: Iterable[tuple[float, float]], *, width: float = 720) -> str:
    """The region with a dot per point (RD) on water, main roads and inhabited squares; nothing of the plan itself."""
    areas, demand = evaluation.layers.areas, evaluation.layers.demand
    frame = frame_around(areas.total_bounds, width, margin_m=1_200)
    water, roads = backdrop_paths(evaluation.layers.backdrop, frame, thin=0.45)
    parts = [
        *land_paths(areas.geometry.to_numpy(), frame),
        *water,
        *roads,
        squares_path(centres_m(evaluation), float(demand["resolution_m"].iloc[0]), frame, WITHIN_COLOUR, least=1.0),
        *border_paths(areas.geometry.to_numpy(), frame),
        *area_names(areas, frame),
        *(lnsp_mark(*frame.xy(x, y), 6.0) for x, y in points_m),
        *scale_bar(frame, bar_length_m(frame)),
    ]
    return svg_of(frame, parts)


def sketch_picture(
    evaluation: Evaluation,
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
        evaluation: Every figure of the plan.
        squares: Which rows of ``layers.demand`` are the part.
        marks: Text and RD coordinates of each site to show, the most important first.
        width: Pixels.
        height: Pixels.
        xy_m: What :func:`centres_m` gives, where many sketches are made.
        names: Names of places and where they go (RD), the most important first; those without room are left out.
    """
    xy, side_m = (
        (centres_m(evaluation) if xy_m is None else xy_m),
        float(evaluation.layers.demand["resolution_m"].iloc[0]),
    )
    # The outermost farms would make the village a dot: the frame holds the bulk of the people and every mark.
    persons = evaluation.layers.demand["population_persons"].to_numpy(dtype=np.int64)[squares]
    low, high = np.quantile(np.repeat(xy[squares], np.maximum(persons, 1), axis=0), [0.03, 0.97], axis=0)
    points = np.vstack([low, high, *([x, y] for _, x, y in marks)])
    frame = widened(frame_around([*points.min(axis=0), *points.max(axis=0)], width, height, margin_m=450))
    x0, y0, x1, y1 = frame.bounds_m
    seen = (xy > [x0 - side_m, y0 - side_m]).all(axis=1) & (xy < [x1 + side_m, y1 + side_m]).all(axis=1)
    shapes = evaluation.layers.areas.geometry.to_numpy()
    around = shapely.clip_by_rect(shapes, x0, y0, x1, y1)
    water, roads = backdrop_paths(evaluation.layers.backdrop, frame)
    spots = [frame.xy(x, y) for _, x, y in marks]
    bar_m = 500 if (x1 - x0) < 4_000 else 1_000 if (x1 - x0) < 9_000 else 2_000
    parts = [
        *land_paths(around, frame),
        squares_path(xy[seen & ~squares], side_m, frame, "#dfe5ea"),
        squares_path(xy[seen & squares], side_m, frame, WITHIN_COLOUR),
        *water,
        *roads,
        *border_lines(shapes, frame),
        *name_texts(names, frame, spots),
    ]
    for (text, _, _), spot in zip(reversed(marks), reversed(spots), strict=True):
        parts.append(number_mark(*spot, text))
    parts += [*scale_bar(frame, bar_m, avoid=spots), *north_arrow(frame, avoid=spots)]
    return svg_of(frame, parts)


def centres_m(evaluation: Evaluation) -> FloatArray:
    """RD coordinates of the squares' centres, shape (n, 2)."""
    xy: FloatArray = evaluation.layers.demand.geometry.get_coordinates().to_numpy()
    return xy


def svg_of(frame: Frame, parts: Iterable[str]) -> str:
    """The picture of these parts, cut off at its edges."""
    size = f'width="{frame.width:.0f}" height="{frame.height:.0f}" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}"'
    clip = f'<clipPath id="rand"><rect width="{frame.width:.0f}" height="{frame.height:.0f}"/></clipPath>'
    body = "\n".join(part for part in parts if part)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{clip}<g clip-path="url(#rand)">\n{body}\n</g></svg>\n'
