"""Land and lines that circumstances strike: united, and which squares lie in them, by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from nsp_planner.config import PowerOutage
from nsp_planner.evaluate.residents.hazard_shapes import HazardShapes, centres_in, hazard_shapes, united
from nsp_planner.evaluate.solved.consequences import Consequences, FloodConsequences, OutageConsequences
from tests.towns.line_town import X0, Y0, planned_line_town
from tests.towns.networks import build_river_town

SQUARES = gpd.GeoSeries([shapely.Point(50, 50), shapely.Point(150, 50), shapely.Point(250, 50)])


def test_a_square_is_struck_where_its_centre_is() -> None:
    assert centres_in(SQUARES, united((shapely.box(0, 0, 149, 100),))).tolist() == [True, False, False]
    assert centres_in(SQUARES, united(())).tolist() == [False, False, False]


def test_land_that_overlaps_counts_once_and_land_apart_is_two_parts() -> None:
    parts = united((shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100), shapely.box(200, 0, 300, 100)))
    assert sorted(shapely.area(parts)) == [10_000, 15_000]
    assert centres_in(SQUARES, parts).all()


def test_lines_that_meet_are_one() -> None:
    lines = (shapely.LineString([(0, 0), (1, 0)]), shapely.LineString([(1, 0), (2, 0)]))
    assert len(united(lines, lines=True)) == 1


WET = shapely.box(X0 + 900, Y0 - 100, X0 + 1100, Y0 + 100)
"""Around square B of the town on a line."""
DARK = shapely.box(X0 - 100, Y0 - 100, X0 + 100, Y0 + 100)
"""Around square A of it."""
WALL = shapely.LineString([(X0, Y0), (X0 + 100, Y0)])
FLOOD = FloodConsequences(1, 300, "nearest_dry", 0, 0, 0, False)
POWER = OutageConsequences("in Oostdorp", 47, 0, 0, 1, "keep", 0, 0, 0.0, 0)


def shapes_of(facts: Consequences | None, shapes: dict[str, Any], **settings: Any) -> HazardShapes:
    """The shapes of the town on a line, with the streets of the river town."""
    town = planned_line_town()
    layers = replace(town.layers, link_shapes=shapes, networks={"foot": build_river_town().network})
    return hazard_shapes(replace(town, layers=layers, study=town.study.change(**settings), consequences=facts))


def test_land_under_water_is_that_of_the_flood_and_of_closed_links_each_only_where_the_study_has_it() -> None:
    shapes, links = {"flood": (WET,), "under_water": (DARK,)}, {"under_water": [Path("water.gpkg")]}
    wet = Consequences(("flood",), 2, 1, flood=FLOOD)
    assert shapes_of(wet, shapes).is_under_water.tolist() == [False, True, False, False, False]
    assert shapes_of(wet, shapes, links=links).is_under_water.tolist() == [True, True, False, False, False]
    assert shapes_of(Consequences((), 2, 1), shapes).is_under_water.sum() == 0
    assert shapes_of(None, shapes, links=links).is_under_water.tolist() == [True, False, False, False, False]


def test_land_without_power_is_the_gemeenten_and_the_areas_of_the_outage_and_has_no_edge_in_the_whole_region() -> None:
    dark, shapes = Consequences(("power_outage",), 2, 1, power=POWER), {"power_outage": (DARK,)}
    outage = PowerOutage(gemeenten=("GM0002",), area=(Path("donker.gpkg"),))
    found = shapes_of(dark, shapes, power_outage=outage)
    assert found.is_without_power.tolist() == [True, False, False, True, True]
    assert (len(found.without_power), len(found.under_water)) == (2, 0)
    assert not len(shapes_of(dark, shapes, power_outage=PowerOutage(whole_region=True)).without_power)
    assert not len(shapes_of(dark, shapes).without_power)
    assert not len(shapes_of(None, shapes, power_outage=outage).without_power)
    assert not len(shapes_of(Consequences((), 2, 1), shapes, power_outage=outage).without_power)


def test_closed_links_are_drawn_from_end_to_end_and_barriers_where_the_study_has_them() -> None:
    closed = Consequences(("links",), 2, 1)
    found = shapes_of(closed, {"barriers": (WALL,)}, links={"closed_bridges": ["IJsselbrug"]})
    (bridge,) = found.closed
    assert bridge.equals(shapely.LineString([(X0 + 600, Y0 + 300), (X0 + 600, Y0)]))
    assert not len(found.barriers)
    found = shapes_of(closed, {"barriers": (WALL,)}, links={"all_ferries_out": True, "barriers": [Path("muur.gpkg")]})
    (ferry,), (barrier,) = found.closed, found.barriers
    assert ferry.equals(shapely.LineString([(X0 + 1400, Y0 + 300), (X0 + 1400, Y0)]))
    assert barrier.equals(WALL)
    (street,) = shapes_of(closed, {}, links={"closed_names": ["Noorderkade"]}).closed
    assert street.length == 1400
    assert not len(shapes_of(closed, {}).closed)
    assert not len(shapes_of(None, {}, links={"all_ferries_out": True}).closed)


def test_a_line_through_land_is_not_merged_into_it() -> None:
    assert len(united((WALL, shapely.LineString([(X0 + 100, Y0), (X0 + 100, Y0 + 50)])))) == 2
