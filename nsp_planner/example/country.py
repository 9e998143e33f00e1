"""Roads outside the places. In: country roads, dykes, squares. Out: tagged roads, drives and tracks to every house.

The roads between neighbouring towns are secondary, between places tertiary, the others unclassified; they end at the
dykes. Farm tracks and drives begin on a vertex of a road and end at the house.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import (
    Floats,
    Ints,
    Objects,
    bends_between,
    ends_of,
    length_of,
    nearest,
    neighbours,
    straight_lines,
    to_lines,
)
from nsp_planner.example.places import Region
from nsp_planner.example.ways import joined, way_table

TOWN_PERSONS = 2_500
OVERLAP_M = 3.0
"""How far a road that ends at a dyke is drawn past it, so that the two surely meet; the stub is cut off afterwards."""
AT_HOUSE_M = 60.0
"""A house this near to a street has its door on it."""
ROUND_M = (160.0, 400.0, np.inf)
N_VERTICES = 10
FIELD_PATH_M = (250.0, 1_400.0)
FIELD_PATH_SHARE = 0.16
BESIDE_ROAD_M = 50.0


def classify_roads(roads: Objects, region: Region, zone: BaseGeometry) -> gpd.GeoDataFrame:
    """The country roads with ``highway``, cut off a little inside the dykes.

    Args:
        roads: Lines between places and farmsteads.
        region: Places; a road's end at a place has its coordinates.
        zone: Land between the dykes.
    """
    nodes, node = np.unique(np.round(ends_of(roads), 2), axis=0, return_inverse=True)
    u, v = node.reshape(2, -1)
    is_place = nearest(nodes, region.places[["x", "y"]].to_numpy(float))[0] < 1.0
    highway = np.where(is_place[u] & is_place[v], "tertiary", "unclassified").astype(object)
    highway[_between_towns(u, v, nodes, shapely.length(roads), region)] = "secondary"
    dry = shapely.difference(roads, zone.buffer(-OVERLAP_M))
    table = way_table(dry, highway=highway)[~shapely.is_empty(dry)].explode(ignore_index=True)
    return table[table.length > 2 * OVERLAP_M]


def _between_towns(u: Ints, v: Ints, nodes: Floats, length_m: Floats, region: Region) -> Ints:
    """Roads on the shortest way between two neighbouring towns."""
    places = region.places
    largest = places.groupby(["gemeente", "plaats"])["inwoners"].idxmax()
    towns = places.loc[largest].query("town_persons >= @TOWN_PERSONS")[["x", "y"]].to_numpy(float)
    home = np.unique(nearest(towns, nodes)[1])
    if len(home) < 2:
        return np.empty(0, dtype=np.int64)
    pairs = neighbours(nodes[home]) if len(home) > 2 else np.array([[0, 1]])
    graph = coo_array((length_m, (u, v)), shape=(len(nodes), len(nodes))).tocsr()
    away_m, before = dijkstra(graph, directed=False, indices=home, return_predecessors=True)
    reached = np.isfinite(away_m[pairs[:, 0], home[pairs[:, 1]]])
    source, at = pairs[reached, 0], home[pairs[reached, 1]]
    used = []
    while len(at):  # all routes go back one road at a time, together
        previous = before[source, at]
        on = previous >= 0
        source, at, previous = source[on], at[on], previous[on].astype(np.int64)
        used.append(np.minimum(at, previous) * len(nodes) + np.maximum(at, previous))
        at = previous
    key = np.minimum(u, v) * len(nodes) + np.maximum(u, v)
    return np.flatnonzero(np.isin(key, np.concatenate(used)))


def build_field_paths(roads: gpd.GeoDataFrame, barrier: BaseGeometry, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Tracks, paths and cycle paths through the fields, between ends and junctions of roads that are not linked."""
    lines = roads.geometry.to_numpy()
    ends = np.unique(ends_of(lines), axis=0)
    if len(ends) < 4:
        return way_table([])
    start, end = ends[neighbours(ends)].transpose(1, 0, 2)
    length_m = length_of(start - end)
    fit = (length_m > FIELD_PATH_M[0]) & (length_m < FIELD_PATH_M[1]) & (rng.random(len(start)) < FIELD_PATH_SHARE)
    path_xy = bends_between(start[fit], end[fit], length_m[fit], 6, 0.02, rng)
    paths = to_lines(path_xy)
    # beside a road of its own a path is no link: it must leave the roads by some way
    away_m = nearest(path_xy[:, 1:-1].reshape(-1, 2), shapely.get_coordinates(lines))[0]
    beside = (away_m.reshape(len(paths), -1) < BESIDE_ROAD_M).mean(axis=1) > 0.35
    paths = paths[~shapely.intersects(barrier, paths) & ~beside]
    return way_table(paths, highway=rng.choice(["track", "path", "cycleway"], len(paths), p=[0.45, 0.2, 0.35]))


def build_drives(
    squares: pd.DataFrame, ways: gpd.GeoDataFrame, barrier: BaseGeometry, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """A drive or farm track to every square whose house is not on a street yet; far ones also join nearer ones.

    Args:
        squares: Squares with persons or holiday homes.
        ways: Streets and roads, with a vertex at least every 60 m.
        barrier: Area no drive enters.
        rng: Source of every random choice.
    """
    centre = squares[["x", "y"]].to_numpy()
    house = np.round(centre + rng.uniform(-25.0, 25.0, centre.shape), 3)
    few = squares["persons"].to_numpy() < 5
    kinds = np.where(few, rng.choice(["track", "service"], len(house), p=[0.6, 0.4]), "service").astype(object)
    xy = shapely.get_coordinates(ways.geometry.to_numpy())
    xy = np.unique(xy[~shapely.contains_xy(barrier, xy)], axis=0)
    tables = []
    for reach_m in ROUND_M:
        away_m, vertex = nearest(house, xy, min(N_VERTICES, len(xy)))
        ends = np.repeat(house[:, None], vertex.shape[1], axis=1)
        lines = straight_lines(xy[vertex].reshape(-1, 2), ends.reshape(-1, 2))
        # each house has the nearest vertex whose line to it is clear
        clear = ~shapely.intersects(barrier, lines).reshape(vertex.shape)
        rows, pick = np.arange(len(house)), clear.argmax(axis=1)
        length_m = away_m[rows, pick]
        made = clear.any(axis=1) & (length_m <= reach_m) & (length_m > AT_HOUSE_M)
        begin = xy[vertex[rows, pick]][made]
        drives = to_lines(bends_between(begin, house[made], length_m[made], 3, 0.05, rng))
        tables.append(way_table(drives, highway=kinds[made]))
        house, kinds = house[~made], kinds[~made]
        far = nearest(house, xy)[0] > AT_HOUSE_M
        house, kinds = house[far], kinds[far]
        if not len(house):
            break
        xy = np.vstack([xy, shapely.get_coordinates(drives)])
    return joined(tables)
