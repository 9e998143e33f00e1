"""Country roads of the example. In: places, outline. Out: bent lines between places and farmsteads, EPSG:28992.

Houses outside places stand along these roads. A Gabriel graph (an edge where no third point lies in the circle between
two points) over places and jittered farmsteads looks like a Dutch road map: short links, no acute fans, few triangles.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import (
    Flags,
    Floats,
    Ints,
    Objects,
    across,
    length_of,
    nearest,
    neighbours,
    shaken_lattice,
    to_lines,
)
from nsp_planner.example.rivers import CROSSINGS, RIVERS

FARMSTEAD_SPACING_M = 1_500.0
CROSSING_REACH_M = 900.0
MAX_ROAD_M = 6_000.0
N_BENDS = 3


def build_roads(places_xy: Floats, outline: BaseGeometry, rng: np.random.Generator) -> Objects:
    """Roads as LineStrings: between neighbouring places and farmsteads, over rivers only near a crossing.

    Args:
        places_xy: Centres of the places, metres, shape (n, 2).
        outline: Polygon of the region.
        rng: Source of every random choice.
    """
    nodes = np.vstack([places_xy, _farmsteads(places_xy, outline, rng)])
    lines = to_lines(_bent(nodes[_gabriel_edges(nodes)], rng))
    return np.asarray(lines[(shapely.length(lines) < MAX_ROAD_M) & _allowed_over_rivers(lines)])


def _farmsteads(places_xy: Floats, outline: BaseGeometry, rng: np.random.Generator) -> Floats:
    """Jittered points in the countryside, where no place is near."""
    points = shaken_lattice(outline, FARMSTEAD_SPACING_M, 0.42, rng)
    far = nearest(points, places_xy)[0] >= 0.6 * FARMSTEAD_SPACING_M
    return points[shapely.contains_xy(outline, points) & far & (rng.random(len(points)) < 0.85)]


def _gabriel_edges(nodes: Floats) -> Ints:
    """Pairs of nodes whose circle (with their link as diameter) holds no other node, shape (m, 2)."""
    edges = neighbours(nodes)
    half = length_of(nodes[edges[:, 0]] - nodes[edges[:, 1]]) / 2
    return edges[nearest(nodes[edges].mean(axis=1), nodes)[0] > half * (1 - 1e-9)]


def _bent(ends: Floats, rng: np.random.Generator) -> Floats:
    """Lines of 2**N_BENDS pieces by midpoint displacement, shape (m, 2**N_BENDS + 1, 2)."""
    lines = ends
    for _ in range(N_BENDS):
        start, end = lines[:, :-1], lines[:, 1:]
        middle = (start + end) / 2 + across(end - start) * rng.normal(0, 0.11, (*start.shape[:2], 1))
        finer = np.empty((len(lines), 2 * lines.shape[1] - 1, 2))
        finer[:, ::2], finer[:, 1::2] = lines, middle
        lines = finer
    return lines


def _allowed_over_rivers(lines: Objects) -> Flags:
    """Which lines cross no river, or cross one near a bridge or ferry."""
    crossings = shapely.union_all([shapely.Point(c.x, c.y).buffer(CROSSING_REACH_M) for c in CROSSINGS])
    hits = [shapely.intersection(lines, river.line) for river in RIVERS]
    allowed = np.array([shapely.is_empty(hit) | shapely.covers(crossings, hit) for hit in hits])
    return np.asarray(allowed.all(axis=0))
