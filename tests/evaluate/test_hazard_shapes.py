"""Land and lines that circumstances strike: united, and which squares lie in them, by hand."""

from __future__ import annotations

import geopandas as gpd
import shapely

from nsp_planner.evaluate.hazard_shapes import centres_in, united

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
