"""Boundaries of the example's gemeenten. In: a :class:`Region`. Out: polygons that touch, never overlap, and cover.

Nothing is copied from real boundaries: a cloud of jittered points is given to the gemeente of the nearest place, the
Voronoi cells of the cloud are merged, and the seams are smoothed together so that neighbours keep one common line.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import Floats, Ints, largest_polygon, nearest, neighbours, shaken_lattice
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
    label = _without_exclaves(cloud, _nearest_gemeente(cloud, region, rng))
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


def _cloud(outline: BaseGeometry, rng: np.random.Generator) -> Floats:
    """Jittered points over the outline and a margin around it, shape (n, 2)."""
    points = shaken_lattice(outline.buffer(2 * SPACING_M), SPACING_M, 0.45, rng)
    return points[shapely.contains_xy(outline.buffer(1.5 * SPACING_M), points)]


def _nearest_gemeente(cloud: Floats, region: Region, rng: np.random.Generator) -> Ints:
    """Row of ``region.gemeenten`` for each point: that of the nearest place, large places reaching farther."""
    places = region.places
    xy, own_m = places[["x", "y"]].to_numpy(float), 9.0 * np.sqrt(places["inwoners"].to_numpy(float))
    moved = cloud + _waves(cloud, rng) * WOBBLE_M
    parts = np.array_split(moved, len(moved) // 4_000 + 1)
    place = np.concatenate([(np.hypot(*(part[:, None] - xy).transpose(2, 0, 1)) - own_m).argmin(1) for part in parts])
    place[nearest(xy, cloud)[1]] = np.arange(len(places))
    return np.asarray(pd.Index(region.gemeenten["code"]).get_indexer(places["gemeente"])[place], dtype=np.int64)


def _waves(points: Floats, rng: np.random.Generator) -> Floats:
    """Smooth displacement in [-1, 1] for both coordinates: a sum of waves of 3 to 9 km."""
    shift = np.zeros_like(points)
    for length_m in (9_000.0, 5_000.0, 3_000.0):
        angle, phase = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0, 2 * np.pi, 2)
        along = (points @ np.array([np.cos(angle), np.sin(angle)])) * (2 * np.pi / length_m)
        shift += np.sin(along + phase) / 3
    return shift


def _without_exclaves(cloud: Floats, label: Ints) -> Ints:
    """Labels in which every gemeente is one piece: smaller pieces go to the neighbour they touch most."""
    label, edges = label.copy(), neighbours(cloud)
    for _ in range(5):
        same = edges[label[edges[:, 0]] == label[edges[:, 1]]]
        graph = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(cloud), len(cloud)))
        _, piece = connected_components(graph, directed=False)
        size = pd.Series(np.bincount(piece)[piece])
        small = (size < size.groupby(label).transform("max")).to_numpy()
        if not small.any():
            break
        for p in np.unique(piece[small]):
            touching = edges[(piece[edges] == p).any(axis=1) & (label[edges[:, 0]] != label[edges[:, 1]])]
            label[piece == p] = np.bincount(label[touching[piece[touching] != p]]).argmax()
    return label
