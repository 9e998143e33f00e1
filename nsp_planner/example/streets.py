"""The streets of the example. In: places, squares, country roads, outline. Out: one table of ways with OSM tags.

Main roads (country roads, dykes, bridges) come first; streets within places and drives to scattered houses join them;
everything is cut where it meets; then come one-way streets, cycle paths beside large roads, and the motorways, which
meet the rest only at their exits.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.banks import build_banks
from nsp_planner.example.country import build_drives, build_field_paths, classify_roads
from nsp_planner.example.geometry import (
    Ints,
    Objects,
    across,
    in_spanning_tree,
    length_of,
    nearest,
    straight_lines,
)
from nsp_planner.example.land import CELL_M, Land
from nsp_planner.example.motorway import CLEAR_M, build_carriageways, build_motorways, passed_under, strip
from nsp_planner.example.places import Region
from nsp_planner.example.town_streets import build_town_streets
from nsp_planner.example.ways import ALL_ROADS, end_nodes, in_millimetres, joined, noded, pieces, way_table

STEP_M = 60.0
ONE_WAY_SHARE = 0.22
CYCLE_PATH_M = 9.0
THIN_M = 0.8
N_TRIED = 600
"""Ends tried from each point of a loose piece; many, because the nearest may all lie beyond a motorway."""


def build_streets(
    region: Region,
    squares: pd.DataFrame,
    land: Land,
    roads: Objects,
    outline: BaseGeometry,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Every way people can travel: streets, roads, tracks, paths, bridges, ferries, motorways.

    Args:
        region: Places.
        squares: Squares with the true number of persons; every one can be reached.
        land: Raster of the squares.
        roads: Country roads between places and farmsteads.
        outline: Polygon of the region.
        rng: Source of every random choice.

    Returns:
        A table of ways (see :mod:`~nsp_planner.example.ways`), cut at junctions: ways that meet share a point
        to the millimetre.
    """
    banks, motorways = build_banks(outline), build_motorways(outline)
    country = classify_roads(roads, region, banks.zone)
    main = noded(passed_under(joined([country, banks.ways]), motorways))
    main = main.set_geometry(in_millimetres(shapely.segmentize(main.geometry.to_numpy(), STEP_M)))
    main = _inside_is_street(main, squares)
    barrier = shapely.union_all([banks.zone.buffer(-1.0), strip(motorways, CLEAR_M)])
    shapely.prepare(barrier)
    towns = build_town_streets(region, squares, land, main, barrier, rng)
    fields = build_field_paths(main, barrier, rng)
    base = joined([main, towns, fields])
    ways = noded(joined([base, build_drives(squares, base, barrier, rng)]))
    links = _missing_links(ways, squares, barrier)
    if len(links):
        ways = noded(joined([ways, links]))
    ways = ways[np.isin(pieces(ways), _lived_on(ways, squares))].reset_index(drop=True)
    # all junctions are ends by now, so thinning the points in between parts nothing
    ways = ways.set_geometry(shapely.simplify(ways.geometry.to_numpy(), THIN_M))
    ways = _with_one_ways(ways, rng)
    beside = _cycle_paths(ways)
    return joined([ways, beside, build_carriageways(motorways, ways, banks.zone), banks.island])


def _inside_is_street(main: gpd.GeoDataFrame, squares: pd.DataFrame) -> gpd.GeoDataFrame:
    """Country roads that run through a built-up place are residential there, unless they link places."""
    middle = shapely.get_coordinates(shapely.line_interpolate_point(main.geometry.to_numpy(), 0.5, normalized=True))
    inside = nearest(middle, squares.loc[squares["place"] >= 0, ["x", "y"]].to_numpy())[0] < CELL_M
    plain = (main["highway"] == "unclassified") & (main["name"] == "")
    return main.assign(highway=main["highway"].where(~(plain & inside), "residential"))


def _lived_on(ways: gpd.GeoDataFrame, squares: pd.DataFrame) -> Ints:
    """Pieces of the network on which people live, the longest one always."""
    xy, way = shapely.get_coordinates(ways.geometry.to_numpy(), return_index=True)
    lived_at = pieces(ways)[way[nearest(squares[["x", "y"]].to_numpy(), xy)[1]]]
    return np.unique(np.append(lived_at, 0))


def _missing_links(ways: gpd.GeoDataFrame, squares: pd.DataFrame, barrier: BaseGeometry) -> gpd.GeoDataFrame:
    """A road from each lived-on piece that hangs on nothing to the rest of the network, where none is barred."""
    piece, lines = pieces(ways), list[object]()
    xy, way = shapely.get_coordinates(ways.geometry.to_numpy(), return_index=True)
    dry = ~shapely.contains_xy(barrier, xy)
    xy, of = xy[dry], piece[way[dry]]
    for loose in _lived_on(ways, squares)[1:]:
        own, other = xy[of == loose], xy[of < loose]  # lower numbers are longer, so links never go round in a circle
        if not len(own) or not len(other):
            continue
        away_m, near = (found.reshape(len(own), -1) for found in nearest(own, other, min(N_TRIED, len(other))))
        order = np.argsort(away_m, axis=None, kind="stable")
        tried = straight_lines(own[order // near.shape[1]], other[near.ravel()[order]])
        lines += tried[~shapely.intersects(barrier, tried)][:1].tolist()
    return way_table(lines, highway="unclassified")


def _with_one_ways(ways: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Some residential streets one-way for cars; a spanning tree stays two-way, so every street can be left again."""
    for_cars = np.flatnonzero(ways["highway"].isin(ALL_ROADS).to_numpy() | (ways["motor_vehicle"] == "yes").to_numpy())
    ends, n_nodes = end_nodes(ways)
    pair = np.sort(ends[for_cars], axis=1)
    key = pair[:, 0] * n_nodes + pair[:, 1]
    _, first = np.unique(key, return_index=True)
    in_tree = in_spanning_tree(pair[first], ways.length.to_numpy()[for_cars[first]], key, n_nodes)
    street = (ways["highway"] == "residential").to_numpy()[for_cars]
    chosen = for_cars[street & ~in_tree & (rng.random(len(for_cars)) < ONE_WAY_SHARE)]
    ways.loc[chosen, ["oneway", "oneway:bicycle"]] = "yes", "no"
    return ways


def _cycle_paths(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cycle paths beside secondary roads, on one side, joined to them at every junction; marks the roads for it."""
    plain = (ways["bridge"] == "") & (ways["tunnel"] == "")
    beside = ((ways["highway"] == "secondary") & plain & (ways.length > 40.0)).to_numpy()
    ways["bicycle"] = np.where(beside, "use_sidepath", ways["bicycle"])
    lines = shapely.segmentize(ways.geometry.to_numpy()[beside], 35.0)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    along = np.zeros_like(xy)
    along[1:-1] = xy[2:] - xy[:-2]
    end = np.ones(len(xy), dtype=bool)
    end[1:-1] = (line[1:-1] != line[:-2]) | (line[1:-1] != line[2:])
    length = length_of(along)
    right = -across(along) / np.where(length > 0, length, 1.0)[:, None]
    moved = np.round(np.where(end[:, None], xy, xy + CYCLE_PATH_M * right), 3)
    return way_table(np.asarray(shapely.linestrings(moved, indices=line), dtype=object), highway="cycleway")
