"""Country roads of the example. In: places, outline. Out: bent lines between places and farmsteads, EPSG:28992.

Houses outside places stand along these roads. A Gabriel graph (an edge where no third point lies in the circle between
two points) over places and jittered farmsteads looks like a Dutch road map: short links, no acute fans, few triangles.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import neighbours, shaken_lattice
from nsp_planner.example.rivers import CROSSINGS, RIVERS

FARMSTEAD_SPACING_M = 1_500.0
CROSSING_REACH_M = 900.0
MAX_ROAD_M = 6_000.0
N_BENDS = 3


def build_roads(places_xy: NDArray[np.float64], outline: BaseGeometry, rng: np.random.Generator) -> NDArray[np.object_]:
    """Roads as LineStrings: between neighbouring places and farmsteads, over rivers only near a crossing.

    Args:
        places_xy: Centres of the places, metres, shape (n, 2).
        outline: Polygon of the region.
        rng: Source of every random choice.
    """
    nodes = np.vstack([places_xy, _farmsteads(places_xy, outline, rng)])
    edges = _gabriel_edges(nodes)
    lines = np.asarray(shapely.linestrings(_bent(nodes[edges], rng)), dtype=object)
    keep = np.asarray(shapely.length(lines)) < MAX_ROAD_M
    return lines[keep & _allowed_over_rivers(lines)]


def _farmsteads(places_xy: NDArray[np.float64], outline: BaseGeometry, rng: np.random.Generator) -> NDArray[np.float64]:
    """Jittered points in the countryside, where no place is near."""
    points = shaken_lattice(outline, FARMSTEAD_SPACING_M, 0.42, rng)
    near_place = cKDTree(places_xy).query(points)[0] < 0.6 * FARMSTEAD_SPACING_M
    inside = shapely.contains_xy(outline, points[:, 0], points[:, 1])
    kept: NDArray[np.float64] = points[inside & ~near_place & (rng.random(len(points)) < 0.85)]
    return kept


def _gabriel_edges(nodes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Pairs of nodes whose circle (with their link as diameter) holds no other node, shape (m, 2)."""
    edges = neighbours(nodes)
    middle = nodes[edges].mean(axis=1)
    half = np.hypot(*(nodes[edges[:, 0]] - nodes[edges[:, 1]]).T) / 2
    nearest = cKDTree(nodes).query(middle)[0]
    empty: NDArray[np.int64] = edges[nearest > half * (1 - 1e-9)]
    return empty


def _bent(ends: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Lines of 2**N_BENDS pieces by midpoint displacement, shape (m, 2**N_BENDS + 1, 2)."""
    lines = ends
    for _ in range(N_BENDS):
        start, end = lines[:, :-1], lines[:, 1:]
        across = (end - start)[..., ::-1] * np.array([-1.0, 1.0])
        middle = (start + end) / 2 + across * rng.normal(0, 0.11, (*start.shape[:2], 1))
        finer = np.empty((len(lines), 2 * lines.shape[1] - 1, 2))
        finer[:, ::2], finer[:, 1::2] = lines, middle
        lines = finer
    return lines


def _allowed_over_rivers(lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which lines cross no river, or cross one near a bridge or ferry."""
    crossings = shapely.union_all([shapely.Point(c.x, c.y).buffer(CROSSING_REACH_M) for c in CROSSINGS])
    allowed = np.ones(len(lines), dtype=bool)
    for river in RIVERS:
        hits = shapely.intersection(lines, river.line)
        allowed &= shapely.is_empty(hits) | shapely.covers(crossings, hits)
    return allowed
