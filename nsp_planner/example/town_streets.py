"""Streets within places. In: squares, raster, main roads. Out: streets, cul-de-sacs, foot and cycle paths.

Junctions stand on a lattice per place (turned, bent and shaken a little); a relative neighbourhood graph (an edge where
no third point is nearer to both ends; Toussaint 1980) over them and the main roads gives blocks of 100 to 170 m and
T-junctions. Some links are then taken out, but never one of the minimum spanning tree, so that everything stays joined.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.buildings import STREETS
from nsp_planner.example.geometry import (
    Flags,
    Floats,
    Ints,
    Objects,
    across,
    in_spanning_tree,
    length_of,
    nearest,
    neighbours,
    straight_lines,
    to_lines,
)
from nsp_planner.example.land import CELL_M, Land
from nsp_planner.example.places import Region
from nsp_planner.example.ways import joined, way_table

BLOCK_M = (95.0, 150.0)
BLOCK_CENTRE_M = (75.0, 110.0)
SHAKE = 0.11
FROM_MAIN_ROAD_M = 48.0
LONGEST_M = 320.0
REACH_M = 1_200.0
"""A lone group of junctions, such as a holiday park, is joined to a road up to this far away."""
N_NEAREST = 14
GONE_SHARE, PATH_SHARE = 0.03, 0.16
"""Of the links that are no bridge of the graph: taken out, and only for walkers and cyclists."""
DIAGONAL_SHARE, SHORT_CUT_SHARE = 0.5, 0.25
"""Of the other links between near junctions, and from a junction to a main road: paths that cut through a block."""
NEARER = 0.94
"""A third point parts two junctions only if it is nearer to both by this factor: more blocks have four corners."""
CUL_DE_SAC_SHARE = 0.22
STEPS_M = 14.0
"""A path shorter than this is a flight of steps."""
GAP_CELLS = 1.5
"""Squares without people this near to those of a place (a park, a school) have streets too."""


def build_town_streets(
    region: Region,
    squares: pd.DataFrame,
    land: Land,
    main_roads: gpd.GeoDataFrame,
    barrier: BaseGeometry,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Ways within wijken, kernen and holiday parks; they begin and end on each other or on vertices of main roads.

    Args:
        region: Places.
        squares: Squares with their place.
        land: Raster.
        main_roads: Ways the streets join, with a vertex at least every 60 m.
        barrier: Area no street enters (rivers between the dykes, strip of a motorway).
        rng: Source of every random choice.
    """
    road_xy = np.unique(shapely.get_coordinates(main_roads.geometry.to_numpy()), axis=0)
    ground, park = _ground(region, squares, land)
    junctions, of_park = _junctions(region, ground, park, land, rng)
    free = (nearest(junctions, road_xy)[0] > FROM_MAIN_ROAD_M) & ~shapely.contains_xy(barrier, junctions)
    junctions, of_park = junctions[free], of_park[free]
    if len(junctions) < 3:
        return way_table([])
    near_road = road_xy[nearest(road_xy, junctions)[0] < REACH_M]
    xy = np.vstack([junctions, near_road])
    edges, street, path = _links(xy, len(junctions), barrier, rng)
    arcs = _arcs(xy[edges], rng)
    lines = to_lines(arcs)
    in_park = np.append(of_park, np.zeros(len(near_road), dtype=bool))[edges].any(axis=1)
    highway = np.where(in_park, "service", rng.choice(["residential", "living_street"], len(edges), p=[0.9, 0.1]))
    names = np.where(in_park, "", np.array(STREETS, dtype=object)[rng.integers(0, len(STREETS), len(edges))])
    streets = way_table(lines[street], highway=highway[street], name=names[street])
    foot = rng.choice(["footway", "cycleway", "path"], len(edges), p=[0.62, 0.26, 0.12])
    steps = shapely.length(lines) < STEPS_M
    paths = way_table(lines[path], highway=np.where(steps, "steps", foot)[path])
    return joined([streets, paths, *_culs_de_sac(arcs[street], lines[street], barrier, rng)])


def _ground(region: Region, squares: pd.DataFrame, land: Land) -> tuple[Ints, int]:
    """Raster of the place whose streets run there, -1 without; holiday parks are numbered from ``n_places`` up."""
    n_places = len(region.places)
    place, park = np.full(land.shape, -1, dtype=np.int64), np.zeros(land.shape, dtype=bool)
    at = squares["row"].to_numpy(), squares["column"].to_numpy()
    compact = region.places["vorm"].isin(["kern", "wijk"]).to_numpy()
    own = squares["place"].to_numpy()
    place[at] = np.where((own >= 0) & compact[own], own, -1)
    park[at] = squares["holiday_park"].to_numpy()
    label, _ = ndimage.label(park, structure=np.ones((3, 3)))
    place = np.where(park, label + n_places - 1, place)
    away, near = ndimage.distance_transform_edt(place < 0, return_indices=True)
    return np.where(away <= GAP_CELLS, place[tuple(near)], -1), n_places


def _junctions(
    region: Region, ground: Ints, first_park: int, land: Land, rng: np.random.Generator
) -> tuple[Floats, Flags]:
    """Junctions of all places and whether each is in a holiday park."""
    centre = region.places["naam"].isin(["Binnenstad", "Centrum"]).to_numpy()
    found, parks = [np.empty((0, 2))], [np.empty(0, dtype=bool)]
    for number, box in enumerate(ndimage.find_objects(ground + 1)):
        if box is None:
            continue
        block = BLOCK_CENTRE_M if number >= first_park or centre[number] else BLOCK_M
        rows, columns = (axis + part.start for axis, part in zip(np.nonzero(ground[box] == number), box, strict=True))
        low = land.centre_xy(rows.min(), columns.min())[0]
        high = land.centre_xy(rows.max(), columns.max())[0]
        points = _lattice((low + high) / 2, float(np.hypot(*(high - low))) / 2 + CELL_M, block, rng)
        points = points[land.holds(land.row_column(points))]
        points = points[ground[tuple(land.row_column(points).T)] == number]
        found.append(points)
        parks.append(np.full(len(points), number >= first_park))
    points = np.vstack(found).astype(np.float64)
    return np.round(points, 3), np.concatenate(parks)


def _lattice(middle: Floats, reach_m: float, block: tuple[float, float], rng: np.random.Generator) -> Floats:
    """A turned lattice around a point, its lines bent by two slow waves and its points shaken."""
    step = np.array(block) * rng.uniform(0.88, 1.15, 2)
    n = np.ceil(reach_m / step).astype(int) + 1
    u, v = np.meshgrid(np.arange(-n[0], n[0] + 1) * step[0], np.arange(-n[1], n[1] + 1) * step[1])
    flat = np.column_stack([u.ravel(), v.ravel()])
    wave, phase = rng.uniform(700.0, 1_500.0, 2), rng.uniform(0, 2 * np.pi, 2)
    bend = 45.0 * np.sin(flat[:, ::-1] * (2 * np.pi / wave) + phase)
    flat = flat + bend + rng.uniform(-SHAKE, SHAKE, flat.shape) * step
    angle = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(flat @ turn + middle + rng.uniform(-40.0, 40.0, 2))


def _links(xy: Floats, n_junctions: int, barrier: BaseGeometry, rng: np.random.Generator) -> tuple[Ints, Flags, Flags]:
    """Pairs of points, shape (m, 2), and which of them are streets and which only paths (others are left out).

    The first ``n_junctions`` points are junctions, the others lie on main roads, which are joined already.
    """
    edges = neighbours(xy)
    length_m = length_of(xy[edges[:, 0]] - xy[edges[:, 1]])
    near = (length_m < REACH_M) & (edges[:, 0] < n_junctions)
    near[near] = ~shapely.intersects(barrier, shapely.linestrings(xy[edges[near]]))
    # points on main roads count as one node: the tree then reaches every junction from some road, once
    edges, length_m = edges[near], length_m[near]
    node = np.minimum(edges, n_junctions)
    key = node[:, 0] * (n_junctions + 1) + node[:, 1]
    order = np.lexsort((length_m, key))
    first = order[np.unique(key[order], return_index=True)[1]]
    in_tree = np.zeros(len(edges), dtype=bool)
    in_tree[first] = in_spanning_tree(node[first], length_m[first], key[first], n_junctions + 1)
    # only one link from a junction to the main road beside it, though its vertices lie near each other
    at_road = edges[:, 1] >= n_junctions
    lune = _lune_is_empty(xy, edges, np.where(at_road, 1 - 1e-9, NEARER) * length_m)
    chance = rng.random(len(edges))
    block = lune & (length_m < LONGEST_M)
    street = in_tree | (block & (chance > GONE_SHARE + PATH_SHARE))
    cut_m, share = np.where(at_road, 130.0, 200.0), np.where(at_road, SHORT_CUT_SHARE, DIAGONAL_SHARE)
    path = ~street & ((block & (chance < PATH_SHARE)) | (~lune & (length_m < cut_m) & (chance < share)))
    return edges, street, path


def _lune_is_empty(xy: Floats, edges: Ints, within_m: Floats) -> Flags:
    """Which edges belong to the relative neighbourhood graph: no point is nearer than that to both ends."""
    third = nearest(xy, xy, min(N_NEAREST, len(xy)))[1][edges[:, 0]]
    far = np.maximum(length_of(xy[third] - xy[edges[:, [0]]]), length_of(xy[third] - xy[edges[:, [1]]]))
    return np.asarray(~(far < within_m[:, None]).any(axis=1))


def _arcs(ends: Floats, rng: np.random.Generator) -> Floats:
    """Shallow curves of five points between two ends, shape (m, 5, 2)."""
    start, along = ends[:, :1], ends[:, 1:] - ends[:, :1]
    t = np.linspace(0, 1, 5)[None, :, None]
    bow = rng.normal(0, 0.035, (len(ends), 1, 1)).clip(-0.09, 0.09)
    arcs = np.round(start + along * t + across(along) * (4 * bow * t * (1 - t)), 3)
    arcs[:, 0], arcs[:, -1] = ends[:, 0], ends[:, 1]
    return np.asarray(arcs)


def _culs_de_sac(
    arcs: Floats, lines: Objects, barrier: BaseGeometry, rng: np.random.Generator
) -> Iterator[gpd.GeoDataFrame]:
    """Dead ends into the blocks from half-way a street; from most a footpath goes on to another street."""
    long = np.flatnonzero((shapely.length(lines) > 85.0) & (rng.random(len(lines)) < CUL_DE_SAC_SHARE))
    base, along = arcs[long, 2], arcs[long, 3] - arcs[long, 1]
    out = across(along) / length_of(along)[:, None]
    side = rng.choice([-1.0, 1.0], len(long)) * rng.uniform(32.0, 52.0, len(long))
    end = np.round(base + out * side[:, None] + rng.uniform(-8.0, 8.0, base.shape), 3)
    street = straight_lines(base, end)
    free = ~shapely.intersects(barrier, street)
    long, end, street = long[free], end[free], street[free]
    yield way_table(street, highway="living_street", name=np.array(STREETS, dtype=object)[long % len(STREETS)])
    vertices = arcs.reshape(-1, 2)
    away_m, near = nearest(end, vertices, 8)
    other = near // arcs.shape[1] != long[:, None]
    rows, pick = np.arange(len(end)), other.argmax(axis=1)
    on = other.any(axis=1) & (away_m[rows, pick] < 75.0) & (rng.random(len(end)) < 0.75)
    path = straight_lines(end[on], vertices[near[rows, pick]][on])
    path = path[~shapely.intersects(barrier, path)]
    yield way_table(path, highway=np.where(shapely.length(path) < STEPS_M, "steps", "footway"))
