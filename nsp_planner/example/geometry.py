"""Points, lines and polygons of the example. In: coordinates in metres. Out: neighbours, trees, bends, main polygons.

Nothing here knows what is drawn; every random choice comes from the generator handed in.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]


def neighbours(xy: Floats) -> Ints:
    """Pairs of points that are neighbours in the Delaunay triangulation, shape (m, 2), the lower number first."""
    triangles = Delaunay(xy).simplices.astype(np.int64)
    pairs = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    key = np.unique(pairs[:, 0] * len(xy) + pairs[:, 1])
    return np.column_stack(np.divmod(key, len(xy)))


def nearest(to: Floats, points: Floats, k: int = 1) -> tuple[Floats, Ints]:
    """Distance to, and number of, the ``k`` nearest of some points; both of shape (n,), or (n, k) where k > 1."""
    away_m, number = cKDTree(points).query(to, k=k)
    return np.asarray(away_m), np.asarray(number)


def in_spanning_tree(pairs: Ints, length_m: Floats, key: Ints, n_nodes: int) -> Flags:
    """Which keys ``low * n_nodes + high`` are links of the minimum spanning tree over pairs of nodes."""
    graph = coo_array((length_m, (pairs[:, 0], pairs[:, 1])), shape=(n_nodes, n_nodes))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    low, high = np.minimum(tree.row, tree.col).astype(np.int64), np.maximum(tree.row, tree.col)
    return np.asarray(np.isin(key, low * n_nodes + high))


def shaken_lattice(area: BaseGeometry, spacing_m: float, shake: float, rng: np.random.Generator) -> Floats:
    """Points on a square lattice over the box of an area, each moved by at most ``shake`` spacings, shape (n, 2)."""
    x0, y0, x1, y1 = area.bounds
    xs, ys = np.meshgrid(np.arange(x0, x1, spacing_m), np.arange(y0, y1, spacing_m))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    return points + rng.uniform(-shake, shake, points.shape) * spacing_m


def to_lines(xy: Floats) -> Objects:
    """Lines from coordinates of shape (n, points, 2)."""
    lines: Objects = np.asarray(shapely.linestrings(xy), dtype=object)
    return lines


def straight_lines(start: Floats, end: Floats) -> Objects:
    """Lines of two points; both arrays have shape (n, 2)."""
    return to_lines(np.stack([start, end], axis=1))


def ends_of(lines: Objects) -> Floats:
    """First points of all lines, then their last points, shape (2n, 2)."""
    return shapely.get_coordinates([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])


def across(along: Floats) -> Floats:
    """Vectors turned left by a right angle."""
    return np.stack([-along[..., 1], along[..., 0]], axis=-1)


def length_of(vectors: Floats) -> Floats:
    """Lengths of vectors of shape (n, 2)."""
    return np.asarray(np.hypot(vectors[..., 0], vectors[..., 1]))


def bends_between(
    start: Floats, end: Floats, length_m: Floats, n_bends: int, bend: float, rng: np.random.Generator
) -> Floats:
    """Coordinates of lines with shaken points between start and end (both shape (n, 2)), shape (n, n_bends + 2, 2).

    ``bend`` is the standard deviation of the shaking, as a share of each length. In whole millimetres.
    """
    t = np.linspace(0, 1, n_bends + 2)[1:-1, None]
    shaken = rng.normal(0, bend, (len(start), n_bends, 2)) * length_m[:, None, None]
    middle = start[:, None] + (end - start)[:, None] * t + shaken
    return np.round(np.concatenate([start[:, None], middle, end[:, None]], axis=1), 3)


def polygons_of(geometry: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons in a geometry, without its lines and points."""
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]


def largest_polygon(geometry: BaseGeometry) -> shapely.Polygon:
    """The polygon of a geometry with the largest area."""
    return max(polygons_of(geometry), key=lambda part: float(part.area))
