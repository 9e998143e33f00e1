"""Roads outside the places. In: country roads, dykes, squares. Out: tagged roads, drives and tracks to every house.

The roads between neighbouring towns are secondary, between places tertiary, the others unclassified; they end at the
dykes. Farm tracks and drives begin on a vertex of a road and end at the house.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import bends_between, neighbours
from nsp_planner.example.land import Land
from nsp_planner.example.places import Region
from nsp_planner.example.ways import joined, straight_lines, way_table

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


def classify_roads(roads: NDArray[np.object_], region: Region, zone: BaseGeometry) -> gpd.GeoDataFrame:
    """The country roads with ``highway``, cut off a little inside the dykes.

    Args:
        roads: Lines between places and farmsteads.
        region: Places; a road's end at a place has its coordinates.
        zone: Land between the dykes.
    """
    ends = shapely.get_coordinates([shapely.get_point(roads, 0), shapely.get_point(roads, -1)])
    nodes, node = np.unique(np.round(ends, 2), axis=0, return_inverse=True)
    u, v = node.reshape(2, -1)
    is_place = np.asarray(cKDTree(region.places[["x", "y"]].to_numpy(float)).query(nodes)[0]) < 1.0
    highway = np.where(is_place[u] & is_place[v], "tertiary", "unclassified").astype(object)
    highway[_between_towns(u, v, nodes, shapely.length(roads), region)] = "secondary"
    table = way_table(roads, highway=highway)
    dry = shapely.difference(roads, zone.buffer(-OVERLAP_M))
    table = table.set_geometry(dry)[~shapely.is_empty(dry)].explode(ignore_index=True)
    return table[table.length > 2 * OVERLAP_M]


def _between_towns(
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    nodes: NDArray[np.float64],
    length_m: NDArray[np.float64],
    region: Region,
) -> NDArray[np.int64]:
    """Roads on the shortest way between two neighbouring towns."""
    places = region.places
    largest = places.groupby(["gemeente", "plaats"])["inwoners"].idxmax()
    towns = places.loc[largest].query("town_persons >= @TOWN_PERSONS")[["x", "y"]].to_numpy(float)
    _, home = cKDTree(nodes).query(towns)
    home = np.unique(home)
    if len(home) < 2:
        return np.empty(0, dtype=np.int64)
    pairs = neighbours(nodes[home]) if len(home) > 2 else np.array([[0, 1]])
    shape = (len(nodes), len(nodes))
    graph = coo_array((length_m, (u, v)), shape=shape).tocsr()
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
    ends = np.unique(shapely.get_coordinates([shapely.get_point(lines, 0), shapely.get_point(lines, -1)]), axis=0)
    if len(ends) < 4:
        return way_table([])
    edges = neighbours(ends)
    start, end = ends[edges[:, 0]], ends[edges[:, 1]]
    length_m = np.hypot(*(start - end).T)
    fit = (length_m > FIELD_PATH_M[0]) & (length_m < FIELD_PATH_M[1]) & (rng.random(len(edges)) < FIELD_PATH_SHARE)
    start, end = start[fit], end[fit]
    path_xy = bends_between(start, end, length_m[fit], 6, 0.02, rng)
    paths = np.asarray(shapely.linestrings(np.round(path_xy, 3)), dtype=object)
    clear = ~shapely.intersects(barrier, paths)
    # beside a road of its own a path is no link: it must leave the roads by some way
    away_m = np.asarray(cKDTree(shapely.get_coordinates(lines)).query(path_xy[:, 1:-1].reshape(-1, 2))[0])
    beside = (away_m.reshape(len(start), -1) < BESIDE_ROAD_M).mean(axis=1) > 0.35
    paths = paths[clear & ~beside]
    return way_table(paths, highway=rng.choice(["track", "path", "cycleway"], len(paths), p=[0.45, 0.2, 0.35]))


def build_drives(
    squares: pd.DataFrame, land: Land, ways: gpd.GeoDataFrame, barrier: BaseGeometry, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """A drive or farm track to every square whose house is not on a street yet; far ones also join nearer ones.

    Args:
        squares: Squares with persons or holiday homes.
        land: Raster.
        ways: Streets and roads, with a vertex at least every 60 m.
        barrier: Area no drive enters.
        rng: Source of every random choice.
    """
    centre = land.centre_xy(squares["row"].to_numpy(), squares["column"].to_numpy())
    house = np.round(centre + rng.uniform(-25.0, 25.0, centre.shape), 3)
    few = squares["persons"].to_numpy() < 5
    kinds = np.where(few, rng.choice(["track", "service"], len(house), p=[0.6, 0.4]), "service").astype(object)
    xy = shapely.get_coordinates(ways.geometry.to_numpy())
    xy = np.unique(xy[~shapely.contains_xy(barrier, xy[:, 0], xy[:, 1])], axis=0)
    todo, tables = np.arange(len(house)), []
    for reach_m in ROUND_M:
        away_m, vertex = (np.asarray(found) for found in cKDTree(xy).query(house[todo], k=min(N_VERTICES, len(xy))))
        tables.append(_drives(house[todo], xy[vertex], away_m, reach_m, kinds[todo], barrier, rng))
        done = tables[-1].pop("done").to_numpy()
        todo = np.setdiff1d(todo, todo[done])
        todo = todo[cKDTree(xy).query(house[todo])[0] > AT_HOUSE_M] if len(todo) else todo
        if not len(todo):
            break
        xy = np.vstack([xy, shapely.get_coordinates(tables[-1].geometry.to_numpy())])
    return joined(tables)


def _drives(
    house: NDArray[np.float64],
    start: NDArray[np.float64],
    away_m: NDArray[np.float64],
    reach_m: float,
    kinds: NDArray[np.object_],
    barrier: BaseGeometry,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Drives of one round, each from the nearest vertex (start has shape (n, k, 2)) whose line is clear."""
    n, k = away_m.shape
    ends = np.broadcast_to(house[:, None], start.shape)
    straight = straight_lines(start.reshape(-1, 2), ends.reshape(-1, 2))
    clear = ~shapely.intersects(barrier, straight).reshape(n, k)
    pick = clear.argmax(axis=1)
    rows = np.arange(n)
    length_m = away_m[rows, pick]
    made = clear.any(axis=1) & (length_m <= reach_m) & (length_m > AT_HOUSE_M)
    begin, end = start[rows, pick][made], house[made]
    drive_xy = np.round(bends_between(begin, end, length_m[made], 3, 0.05, rng), 3)
    lines = np.asarray(shapely.linestrings(drive_xy), dtype=object)
    return way_table(lines, highway=kinds[made]).assign(done=np.flatnonzero(made))
