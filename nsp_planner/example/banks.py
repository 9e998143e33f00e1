"""The rivers as barriers. In: outline of the region. Out: land between the dykes, dyke roads, bridges and ferries.

A road on each dyke follows the rivers, country roads end at it, and nothing crosses from dyke to dyke but the named
bridges and ferries: so an open bridge is reached from every road along the river, and a closed one is missed by all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.rivers import CROSSINGS, RIVERS, Crossing, River
from nsp_planner.example.ways import joined, straight_lines, way_table

BESIDE_MOTORWAY = frozenset({"Deventer A1", "Zwolle A28"})
"""Bridges of a motorway; beside it a bridge for cyclists and walkers."""
STEP_M = 40.0
OUTSIDE_M = 1_500.0
"""How far outside the region the dykes go on."""
ISLAND_M = 105.0
"""Distance of the track on the island from the middle of the river: between water and dyke, then people."""


@dataclass(frozen=True, eq=False)
class Banks:
    """What the rivers do to the streets.

    Attributes:
        zone: Land between the dykes, EPSG:28992; only bridges and ferries lie in it.
        ways: Dyke roads, bridges, ferries and the roads that lead up to them.
        island: A track between water and dyke that no road reaches; empty where the region does not hold it.
    """

    zone: BaseGeometry
    ways: gpd.GeoDataFrame
    island: gpd.GeoDataFrame


def build_banks(outline: BaseGeometry) -> Banks:
    """Dykes, bridges and ferries of the rivers in and just around the outline."""
    area = outline.buffer(OUTSIDE_M)
    strips = {river.name: river.line.buffer(river.dyke_m) for river in RIVERS}
    dykes = []
    for river in RIVERS:
        others = shapely.union_all([strip for name, strip in strips.items() if name != river.name])
        bank = shapely.difference(strips[river.name].boundary, others)
        inside = shapely.get_parts(shapely.line_merge(shapely.intersection(bank, area)))
        inside = inside[shapely.length(inside) > STEP_M] if len(inside) else inside
        dykes.append(way_table(shapely.segmentize(inside, STEP_M), highway="unclassified", name=river.dyke_name))
    dyke = joined(dykes)
    crossings = list(_crossings(shapely.get_coordinates(dyke.geometry.to_numpy())))
    zone = shapely.union_all(list(strips.values()))
    return Banks(zone, joined([dyke, *crossings]), _island(area))


def nearest_river(crossing: Crossing) -> River:
    """The river a crossing belongs to."""
    return min(RIVERS, key=lambda river: float(river.line.distance(shapely.Point(crossing.x, crossing.y))))


def _crossings(dyke_xy: NDArray[np.float64]) -> Iterator[gpd.GeoDataFrame]:
    """Three ways per bridge or ferry: up to the water, over it, away from it; begin and end on vertices of dykes."""
    if not len(dyke_xy):
        return
    tree = cKDTree(dyke_xy)
    for crossing in CROSSINGS:
        river = nearest_river(crossing)
        middle, across = _across(river.line, crossing)
        ends = middle + np.array([[-1.0], [1.0]]) * across * river.dyke_m
        away_m, vertex = (np.asarray(found) for found in tree.query(ends))
        if (away_m > 1.5 * STEP_M).any():
            continue  # the region ends at the river
        shore = middle + np.array([[-1.0], [1.0]]) * across * river.shore_m
        path = np.vstack([dyke_xy[vertex[0]], shore, dyke_xy[vertex[1]]])
        lines = straight_lines(path[:-1], path[1:])
        over, land = lines[[1]], lines[[0, 2]]
        if crossing.kind == "ferry":
            yield way_table(over, route="ferry", name=crossing.name, foot="yes", bicycle="yes", motor_vehicle="yes")
            yield way_table(land, highway="unclassified", name="Veerweg")
        else:
            kind = "cycleway" if crossing.name in BESIDE_MOTORWAY else "tertiary"
            yield way_table(over, highway=kind, bridge="yes", layer="1", name=crossing.name)
            yield way_table(land, highway=kind)


def _across(line: shapely.LineString, crossing: Crossing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The point of the river nearest to a crossing, and the unit vector across the river there."""
    at = line.project(shapely.Point(crossing.x, crossing.y))
    before, middle, after = shapely.get_coordinates(shapely.line_interpolate_point(line, [at - 60.0, at, at + 60.0]))
    along = (after - before) / np.hypot(*(after - before))
    return middle, np.array([-along[1], along[0]])


def _island(area: BaseGeometry) -> gpd.GeoDataFrame:
    """A track beside the IJssel half-way Olst and Wijhe, not joined to anything."""
    ferries = {crossing.name: crossing for crossing in CROSSINGS if crossing.kind == "ferry"}
    line = RIVERS[0].line
    ends = [line.project(shapely.Point(ferries[name].x, ferries[name].y)) for name in ("Olst", "Wijhe")]
    middle = sum(ends) / 2
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, middle + np.linspace(-130.0, 130.0, 9)))
    along = np.gradient(xy, axis=0)
    across = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(along[:, 0], along[:, 1])[:, None]
    track = shapely.LineString(xy + ISLAND_M * across)
    return way_table([track] if area.contains(track) else [], highway="track", name="Uiterwaard")
