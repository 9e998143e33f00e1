"""Polygons of any file: brought to RD and repaired, or refused in the planner's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from nsp_planner.errors import Fault
from nsp_planner.layers.raw.files import RawTable
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.polygons import RdPolygons, polygons_in_rd
from nsp_planner.layers.raw.rows import Rows

A, B = shapely.box(200_000, 500_000, 200_100, 500_100), shapely.box(201_000, 500_000, 201_100, 500_100)
BOW = shapely.Polygon([(200_000, 500_000), (200_100, 500_100), (200_100, 500_000), (200_000, 500_100)])


def read(shapes: list[Any], crs: str | None = "EPSG:28992") -> tuple[RdPolygons | None, list[Fault]]:
    frame = gpd.GeoDataFrame(geometry=shapes, crs=crs)
    return judge(RawTable(frame, frame.crs, False, InputFile("x", "x.gpkg", 1, "", len(frame))))


def judge(raw: RawTable) -> tuple[RdPolygons | None, list[Fault]]:
    log = InputLog()
    ids = pd.Series([f"row {n}" for n in range(1, len(raw.frame) + 1)])
    found = polygons_in_rd(Rows("grenzen", Path("x.gpkg"), raw, {}, ids, log))
    return found, list(log.faults.items)


def test_polygons_in_degrees_are_brought_to_rd_and_sound_ones_stay_as_they_are() -> None:
    found, faults = read([A, B])
    assert faults == []
    assert found is not None
    assert found.geometry.tolist() == [A, B]
    assert found.repaired.tolist() == [False, False]
    degrees = gpd.GeoSeries([A], crs="EPSG:28992").to_crs("EPSG:4326")
    found, faults = read(list(degrees), "EPSG:4326")
    assert faults == []
    assert found is not None
    assert found.geometry.iloc[0].symmetric_difference(A).area < 1


def test_a_polygon_that_crosses_itself_is_repaired_and_one_that_is_missing_stays_missing() -> None:
    found, faults = read([A, BOW, None])
    assert faults == []
    assert found is not None
    assert found.repaired.tolist() == [False, True, False]
    assert found.geometry.iloc[0] == A
    assert found.geometry.iloc[1].is_valid
    assert found.geometry.iloc[1].area == pytest.approx(5_000)
    assert found.geometry.iloc[2] is None


def test_a_table_lines_and_a_file_without_crs_are_no_boundaries() -> None:
    table = pd.DataFrame({"naam": ["a"]})
    found, (fault,) = judge(RawTable(table, None, True, InputFile("x", "x.csv", 1, "", 1)))
    assert (found, fault.message) == (None, "the file has no polygons")
    found, (fault,) = read([A], None)
    assert (found, fault.message) == (None, "the file does not state its CRS")
    found, (fault,) = read([A, shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)])])
    assert (found, fault.message) == (None, "the layer holds LineString, Point, not polygons")
    found, (fault,) = read([A], 'LOCAL_CS["bouwplaats",UNIT["metre",1]]')
    assert found is None
    assert "is no CRS of places" in fault.message


def test_coordinates_that_are_no_numbers_and_polygons_elsewhere_are_named_by_row() -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(200_000, 500_000), (np.nan, 500_100), (200_100, 500_000)])
    found, (fault,) = read([A, broken, B])
    assert (found, fault.ids) == (None, ("row 2",))
    assert fault.message == "1 polygons have coordinates that are no numbers"
    abroad = shapely.box(1e6, 1e6, 1_000_100, 1_000_100)
    found, (fault,) = read([A, abroad, None])
    assert (found, fault.ids, fault.column) == (None, ("row 2",), "geometry")
    assert fault.message == "the coordinates lie outside the Netherlands (x 1e+06, y 1e+06)"


def test_a_boundary_may_reach_over_the_edge_of_the_country_on_one_side() -> None:
    for shape in (shapely.box(-50_000, 400_000, 100_000, 450_000), shapely.box(100_000, 400_000, 700_000, 450_000)):
        assert read([shape])[1] == []
