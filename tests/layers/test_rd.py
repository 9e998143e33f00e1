"""The CRS of every layer: what is RD, what lies in the Netherlands, and what wrong coordinates look like."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from nsp_planner.layers.rd import (
    RD,
    RD_BOX_M,
    RD_X_M,
    RD_Y_M,
    can_be_rd,
    coordinates_fault,
    explain_misplaced,
    inside_rd,
    is_rd,
    to_rd,
)

OLD = CRS.from_epsg(28991)
RD_WKT = CRS.from_epsg(28992).to_wkt("WKT1_ESRI")


def test_rd_is_known_by_number_with_heights_by_name_and_by_its_parameters() -> None:
    assert is_rd(CRS.from_epsg(28992))
    assert is_rd(CRS.from_epsg(7415))
    assert is_rd(CRS.from_wkt(RD_WKT))
    assert is_rd(CRS.from_wkt(CRS.from_epsg(28992).to_wkt("WKT1_GDAL").replace(',AUTHORITY["EPSG","28992"]', "")))


def test_the_old_rd_degrees_and_other_grids_are_not_rd() -> None:
    assert not is_rd(OLD)
    assert not is_rd(CRS.from_epsg(4326))
    assert not is_rd(CRS.from_epsg(32631))
    renamed = CRS.from_epsg(32631).to_wkt("WKT1_GDAL")
    assert not is_rd(CRS.from_wkt(renamed.replace("WGS 84 / UTM zone 31N", "Amersfoort / RD Old")))


def test_a_crs_called_rd_new_is_rd_whatever_number_it_lacks_but_not_one_that_is_called_old() -> None:
    named = CRS.from_epsg(32631).to_wkt("WKT1_GDAL").replace(',AUTHORITY["EPSG","32631"]', "")
    assert is_rd(CRS.from_wkt(named.replace("WGS 84 / UTM zone 31N", "Amersfoort_RD_New")))
    assert not is_rd(CRS.from_wkt(named.replace("WGS 84 / UTM zone 31N", "RD New (old)")))


def test_heights_alone_and_building_sites_cannot_be_brought_to_rd() -> None:
    assert can_be_rd(CRS.from_epsg(4326))
    assert can_be_rd(CRS.from_epsg(32631))
    assert not can_be_rd(CRS.from_epsg(5709))
    assert not can_be_rd(CRS.from_wkt('LOCAL_CS["bouwplaats",UNIT["metre",1]]'))


def test_the_edge_of_the_box_of_the_netherlands_is_inside_and_a_missing_place_is_not() -> None:
    x = np.array([RD_X_M[0], RD_X_M[1], RD_X_M[0] - 1, RD_X_M[1] + 1, 100_000, 100_000, np.nan])
    y = np.array([RD_Y_M[0], RD_Y_M[1], 400_000, 400_000, RD_Y_M[0] - 1, RD_Y_M[1] + 1, 400_000])
    assert inside_rd(x, y).tolist() == [True, True, False, False, False, False, False]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([5.0, 180.0], [52.0, -180.0], "the coordinates are degrees, read as metres"),
        ([0.0, 5.0], [0.0, 0.0], "the coordinates are degrees, read as metres"),
        ([0.0, 0.0], [0.0, 52.0], "the coordinates are degrees, read as metres"),
        ([0.0], [0.0], "the coordinates lie outside the Netherlands (x 0, y 0)"),
        ([181.0], [52.0], "the coordinates lie outside the Netherlands (x 181, y 52)"),
        ([5.0], [181.0], "the coordinates lie outside the Netherlands (x 5, y 181)"),
        ([500_000.0], [200_000.0], "x and y are swapped"),
        ([500_000.0, 1.0], [200_000.0, 1.0], "the coordinates lie outside the Netherlands (x 500000, y 200000)"),
    ],
)
def test_what_is_the_matter_with_coordinates_is_said(x: list[float], y: list[float], message: str) -> None:
    told = explain_misplaced(np.array(x), np.array(y), "Name longitude and latitude.")
    assert told.message == message
    assert (told.fix == "Name longitude and latitude.") is ("degrees" in message)


def test_coordinates_of_a_network_may_lie_a_hundred_kilometres_abroad_up_to_the_edge() -> None:
    low, high = RD_BOX_M[:2], RD_BOX_M[2:]
    assert coordinates_fault(np.array([low, high])) is None
    assert coordinates_fault(np.zeros((0, 2))) is None
    assert coordinates_fault(np.array([[np.nan, 400_000.0]])) == "coordinates are missing"
    assert coordinates_fault(np.array([[5.0, 52.0], [180.0, 90.0]])) == "coordinates are degrees, not metres"
    for k, sign in ((0, -1), (1, -1), (0, 1), (1, 1)):
        wrong = np.array([low if sign < 0 else high], dtype=float)
        wrong[0, k] += sign
        told = coordinates_fault(np.vstack([[[200_000.0, 500_000.0]], wrong]))
        assert told == (
            f"1 points lie outside the Netherlands and surroundings, such as x={wrong[0, 0]:.0f}, y={wrong[0, 1]:.0f}"
        )


def test_geometry_of_another_crs_is_brought_to_rd_and_that_of_rd_stays_as_it_is() -> None:
    here = gpd.GeoSeries([shapely.Point(155_000, 463_000)], crs=RD)
    assert to_rd(here) is here
    back = to_rd(here.to_crs("EPSG:4326"))
    assert back.crs == RD
    assert back.iloc[0].distance(here.iloc[0]) < 0.01
