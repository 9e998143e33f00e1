"""Boundaries of the example's gemeenten. In: a :class:`Region`. Out: polygons that touch, never overlap, and cover.

Nothing is copied from real boundaries: a cloud of jittered points is given to the gemeente of the nearest place, the
Voronoi cells of the cloud are merged, and the seams are smoothed together so that neighbours keep one common line.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import largest_polygon, neighbours, shaken_lattice
from nsp_planner.example.places import Region
from nsp_planner.layers.rd import RD

SPACING_M = 450.0
REACH_M = 2_300.0
CLOSE_GAPS_M = 3_800.0
WOBBLE_M = 500.0
EDGE_WOBBLE_M = 700.0


def build_boundaries(region: Region, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Polygons of the gemeenten, in the order of ``region.gemeenten``: columns code, naam; EPSG:28992."""
    outline = _outline(region.places, rng)
    cloud = _cloud(outline, rng)
    label = _nearest_gemeente(cloud, region, rng)
    label = _without_exclaves(cloud, label)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(cloud), extend_to=outline, ordered=True))
    merged = [shapely.union_all(cells[label == g]) for g in range(len(region.gemeenten))]
    smooth = shapely.coverage_simplify(np.array(merged, dtype=object), 260.0)
    # cutting with one prepared outline keeps common borders common: both neighbours are cut by the same line
    # as CBS has it, a multipolygon; small pieces that the outline cuts off are left away
    clipped = [shapely.MultiPolygon([largest_polygon(shapely.intersection(part, outline))]) for part in smooth]
    return gpd.GeoDataFrame(region.gemeenten[["code", "naam"]].copy(), geometry=clipped, crs=RD)


def _outline(places: pd.DataFrame, rng: np.random.Generator) -> shapely.Polygon:
    """Land around the places: their surroundings, gaps closed, holes filled, with a wavering edge."""
    reach = REACH_M + 10.0 * np.sqrt(places["inwoners"].to_numpy(float))
    around = shapely.union_all(shapely.buffer(shapely.points(places["x"], places["y"]), reach, quad_segs=4))
    closed = around.buffer(CLOSE_GAPS_M).buffer(-CLOSE_GAPS_M)
    edge = shapely.get_coordinates(shapely.segmentize(largest_polygon(closed).exterior, 500.0))[:-1]
    edge = edge + _waves(edge, rng) * EDGE_WOBBLE_M + rng.uniform(-140, 140, edge.shape)
    wavering = shapely.make_valid(shapely.Polygon(edge))
    return shapely.Polygon(largest_polygon(shapely.simplify(wavering, 90.0)).exterior)


def _cloud(outline: BaseGeometry, rng: np.random.Generator) -> NDArray[np.float64]:
    """Jittered points over the outline and a margin around it, shape (n, 2)."""
    points = shaken_lattice(outline.buffer(2 * SPACING_M), SPACING_M, 0.45, rng)
    keep = shapely.contains_xy(outline.buffer(1.5 * SPACING_M), points[:, 0], points[:, 1])
    kept: NDArray[np.float64] = points[keep]
    return kept


def _nearest_gemeente(cloud: NDArray[np.float64], region: Region, rng: np.random.Generator) -> NDArray[np.int64]:
    """Row of ``region.gemeenten`` for each point: that of the nearest place, large places reaching farther."""
    places = region.places
    wobble = _waves(cloud, rng) * WOBBLE_M
    own_m = 9.0 * np.sqrt(places["inwoners"].to_numpy(float))
    nearest = np.empty(len(cloud), dtype=np.int64)
    for start in range(0, len(cloud), 4_000):
        part = slice(start, start + 4_000)
        dx = (cloud[part, 0] + wobble[part, 0])[:, None] - places["x"].to_numpy(float)
        dy = (cloud[part, 1] + wobble[part, 1])[:, None] - places["y"].to_numpy(float)
        nearest[part] = (np.hypot(dx, dy) - own_m).argmin(axis=1)
    _, home = cKDTree(cloud).query(places[["x", "y"]].to_numpy(float))
    nearest[home] = np.arange(len(places))
    row = pd.Index(region.gemeenten["code"]).get_indexer(places["gemeente"])
    found: NDArray[np.int64] = row[nearest].astype(np.int64)
    return found


def _waves(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Smooth displacement in [-1, 1] for both coordinates: a sum of waves of 3 to 9 km."""
    shift = np.zeros_like(points)
    for length_m in (9_000.0, 5_000.0, 3_000.0):
        angle = rng.uniform(0, 2 * np.pi, 2)
        phase = rng.uniform(0, 2 * np.pi, 2)
        along = (points @ np.array([np.cos(angle), np.sin(angle)])) * (2 * np.pi / length_m)
        shift += np.sin(along + phase) / 3
    return shift


def _without_exclaves(cloud: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels in which every gemeente is one piece: smaller pieces go to the neighbour they touch most."""
    label = label.copy()
    edges = neighbours(cloud)
    for _ in range(5):
        same = edges[label[edges[:, 0]] == label[edges[:, 1]]]
        graph = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(cloud), len(cloud)))
        _, piece = connected_components(graph, directed=False)
        sizes = np.bincount(piece)
        largest = {int(g): int(sizes[np.unique(piece[label == g])].max()) for g in np.unique(label)}
        small = np.array([sizes[p] < largest[int(g)] for p, g in zip(piece, label, strict=True)])
        if not small.any():
            break
        for p in np.unique(piece[small]):
            touching = edges[(piece[edges] == p).any(axis=1) & (label[edges[:, 0]] != label[edges[:, 1]])]
            outside = touching[piece[touching] != p]
            label[piece == p] = np.bincount(label[outside]).argmax()
    return label
