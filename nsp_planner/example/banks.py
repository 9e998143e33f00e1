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
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.geometry import Floats, across, length_of, nearest, straight_lines
from nsp_planner.example.rivers import COURSES, CROSSINGS, RIVERS
from nsp_planner.example.ways import joined, way_table

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
        inside = inside[shapely.length(inside) > STEP_M]
        dykes.append(way_table(shapely.segmentize(inside, STEP_M), highway="unclassified", name=river.dyke_name))
    dyke = joined(dykes)
    crossings = _crossings(shapely.get_coordinates(dyke.geometry.to_numpy()))
    return Banks(shapely.union_all(list(strips.values())), joined([dyke, *crossings]), _island(area))


def _crossings(dyke_xy: Floats) -> Iterator[gpd.GeoDataFrame]:
    """Three ways per bridge or ferry: up to the water, over it, away from it; begin and end on vertices of dykes."""
    if not len(dyke_xy):
        return
    sides = np.array([[-1.0], [1.0]])
    for crossing in CROSSINGS:
        point = shapely.Point(crossing.x, crossing.y)
        river = min(RIVERS, key=lambda each: float(each.line.distance(point)))
        at = river.line.project(point)
        before, middle, after = shapely.get_coordinates(river.line.interpolate([at - 60.0, at, at + 60.0]))
        over = across((after - before) / np.hypot(*(after - before)))
        away_m, vertex = nearest(middle + sides * over * river.dyke_m, dyke_xy)
        if (away_m > 1.5 * STEP_M).any():
            continue  # the region ends at the river
        path = np.vstack([dyke_xy[vertex[0]], middle + sides * over * river.shore_m, dyke_xy[vertex[1]]])
        to, water, away = straight_lines(path[:-1], path[1:])
        if crossing.kind == "ferry":
            yield way_table([water], route="ferry", name=crossing.name, foot="yes", bicycle="yes", motor_vehicle="yes")
            yield way_table([to, away], highway="unclassified", name="Veerweg")
        else:
            kind = "cycleway" if crossing.name in BESIDE_MOTORWAY else "tertiary"
            yield way_table([water], highway=kind, bridge="yes", layer="1", name=crossing.name)
            yield way_table([to, away], highway=kind)


def _island(area: BaseGeometry) -> gpd.GeoDataFrame:
    """A track beside the IJssel half-way Olst and Wijhe, not joined to anything."""
    line = COURSES["IJssel"]
    middle = np.mean([line.project(shapely.Point(c.x, c.y)) for c in CROSSINGS if c.name in ("Olst", "Wijhe")])
    xy = shapely.get_coordinates(line.interpolate(middle + np.linspace(-130.0, 130.0, 9)))
    along = np.gradient(xy, axis=0)
    track = shapely.LineString(xy - ISLAND_M * across(along) / length_of(along)[:, None])
    return way_table([track] if area.contains(track) else [], highway="track", name="Uiterwaard")
