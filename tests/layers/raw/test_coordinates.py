"""Coordinates of rows: which pair counts, of which CRS, and what is said of those that cannot be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from nsp_planner.config import SitesInput
from nsp_planner.errors import Fault
from nsp_planner.layers.raw.coordinates import has_place, read_coordinates
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.rows import read_rows
from nsp_planner.layers.sites.columns import site_fields
from tests.towns.raw_files import write_vector

LON, LAT = "5,38720621", "52,15517440"
"""The tower of Amersfoort in ETRS89, (155000, 463000) in RD (Kadaster, RDNAPTRANS)."""

Place = list[tuple[float, float] | None]


def read(path: Path, *, may_lack: bool = False, **settings: Any) -> tuple[Place | None, list[Fault]]:
    """Whole metres per row (None where there are none), and the faults."""
    source, log = SitesInput(path=path, source="lijst", **settings), InputLog()
    fields = site_fields(source.columns, "lijst", log.faults, path)
    rows = read_rows("lijst", source, fields, log, suffixes=ANY_SUFFIXES)
    assert rows is not None
    found = read_coordinates(rows, source, may_lack=may_lack)
    faults = list(log.faults.items)
    if found is None:
        return None, faults
    return [None if np.isnan(x) or np.isnan(y) else (round(x), round(y)) for x, y in zip(*found, strict=True)], faults


def read_csv(folder: Path, text: str, **settings: Any) -> tuple[Place | None, list[Fault]]:
    (folder / "s.csv").write_text(text, encoding="utf-8")
    return read(folder / "s.csv", **settings)


def read_shapes(
    folder: Path, shapes: list[Any], stated: str | None, **settings: Any
) -> tuple[Place | None, list[Fault]]:
    columns = settings.pop("with_columns", {"naam": [f"n{k}" for k in range(len(shapes))]})
    return read(write_vector(folder / "s.gpkg", gpd.GeoDataFrame(columns, geometry=shapes, crs=stated)), **settings)


def test_metres_and_degrees_are_the_same_place(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "naam;x;y\nT;155000;463000\n") == ([(155_000, 463_000)], [])
    assert read_csv(tmp_path, f"naam;lon;lat\nT;{LON};{LAT}\n") == ([(155_000, 463_000)], [])
    assert read_csv(tmp_path, f"naam;x;y\nT;{LON};{LAT}\n", crs="EPSG:4326") == ([(155_000, 463_000)], [])
    assert read_csv(tmp_path, "naam;x;y\nT;155.000;463.000\n", crs="EPSG:28992") == ([(155_000, 463_000)], [])


def test_with_another_crs_a_dot_before_three_digits_is_a_decimal_point(tmp_path: Path) -> None:
    found, faults = read_csv(tmp_path, "naam;x;y\nT;5.387;52.155\n", crs="EPSG:4326")
    assert faults == []
    assert found is not None
    assert found[0] is not None
    assert abs(found[0][0] - 155_000) + abs(found[0][1] - 463_000) < 60


def test_a_row_is_placed_by_the_pair_it_has_and_half_a_pair_is_none(tmp_path: Path) -> None:
    text = f"naam;x;y;lon;lat\nA;155000;463000;;\nB;;;{LON};{LAT}\nC;;463000;;\nD;155000;;;{LAT}\n"
    assert read_csv(tmp_path, text) == ([(155_000, 463_000), (155_000, 463_000), None, None], [])


def test_two_pairs_that_contradict_each_other_are_a_fault_of_those_rows_only(tmp_path: Path) -> None:
    text = f"naam;x;y;lon;lat\nA;155240;463000;{LON};{LAT}\nB;155260;463000;{LON};{LAT}\nC;155000;463400;{LON};{LAT}\n"
    found, (fault,) = read_csv(tmp_path, text)
    assert found is None
    assert fault.message == "x and y and longitude and latitude contradict each other, by up to 400 m"
    assert (fault.ids, fault.column) == (("row 3", "row 4"), "x, y")


@pytest.mark.parametrize(("x", "right"), [(201_300.0, True), (201_300.5, False), (200_800.0, True)])
def test_a_pair_of_columns_may_lie_a_quarter_of_a_kilometre_from_the_geometry(
    tmp_path: Path, x: float, *, right: bool
) -> None:
    columns = {"naam": ["A", "B"], "x": [x, 205_000.0], "y": [501_050.0, 501_050.0]}
    shapes = [shapely.Point(201_050, 501_050), shapely.Point(205_000, 501_050)]
    found, faults = read_shapes(tmp_path, shapes, "EPSG:28992", with_columns=columns)
    if right:
        assert (found, faults) == ([(201_050, 501_050), (205_000, 501_050)], [])
    else:
        (fault,) = faults
        assert fault.message.startswith("geometry and x and y contradict each other")
        assert (fault.ids, fault.column) == (("row 1",), "geometry")


def test_without_columns_of_coordinates_rows_may_lack_them_where_the_input_allows(tmp_path: Path) -> None:
    text = "naam;adres\nA;Plein 1\nB;Plein 2\n"
    assert read_csv(tmp_path, text, may_lack=True) == ([None, None], [])
    found, (fault,) = read_csv(tmp_path, text)
    assert (found, fault.message, fault.column) == (None, "no columns hold coordinates", "columns")


def test_words_among_the_coordinates_are_counted_with_their_rows_and_empty_cells_are_not(tmp_path: Path) -> None:
    text = "naam;oost;noord\nA;zuid;463000\nB;;\nC;hier;463000\nD;155000;463000\n"
    found, (fault,) = read_csv(tmp_path, text, columns={"x": "oost", "y": "noord"})
    assert found is None
    assert fault.message == '2 coordinates are no numbers, such as "zuid"'
    assert (fault.ids, fault.column) == (("row 2", "row 4"), "oost")
    assert read_csv(tmp_path, "naam;x;y\nA;155000;?\n")[1][0].column == "y"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("52,1", "5,4"), ("53,9", "7,9")], "longitude and latitude are swapped"),
        (
            [("52,1", "5,4"), ("60", "7,9")],
            "the coordinates lie outside the Netherlands (longitude 52.1, latitude 5.4)",
        ),
        (
            [("52,1", "5,4"), ("49", "7,9")],
            "the coordinates lie outside the Netherlands (longitude 52.1, latitude 5.4)",
        ),
        ([("52,1", "5,4"), ("53", "9")], "the coordinates lie outside the Netherlands (longitude 52.1, latitude 5.4)"),
        ([("52,1", "5,4"), ("53", "2")], "the coordinates lie outside the Netherlands (longitude 52.1, latitude 5.4)"),
        ([("155000", "463000"), ("201050", "501050")], "the coordinates are RD metres, read as degrees"),
        ([("-68,3", "12,2")], "the coordinates lie outside the Netherlands (longitude -68.3, latitude 12.2)"),
        ([(LON, LAT), (LON, "91")], "the coordinates lie outside the Netherlands (longitude 5.38721, latitude 91)"),
        ([(LON, LAT), ("181", "52")], "the coordinates lie outside the Netherlands (longitude 181, latitude 52)"),
        ([(LON, LAT), ("-180", "52")], None),
        ([(LON, LAT), ("5,4", "-90")], None),
        ([(LON, LAT), ("-68,3", "12,2")], None),
    ],
)
def test_degrees_that_cannot_be_right_say_why_and_a_few_far_away_are_no_fault(
    tmp_path: Path, rows: list[tuple[str, str]], message: str | None
) -> None:
    """In a file of the Kingdom some rows lie overseas; no place has a latitude beyond 90 or a longitude beyond 180."""
    text = "naam;lon;lat\n" + "".join(f"n{k};{lon};{lat}\n" for k, (lon, lat) in enumerate(rows))
    found, faults = read_csv(tmp_path, text)
    assert (found is None) is (message is not None)
    assert [fault.message for fault in faults] == [message] * (message is not None)


def test_only_the_rows_outside_the_country_are_named(tmp_path: Path) -> None:
    found, (fault,) = read_csv(tmp_path, "naam;x;y\nA;155000;463000\nB;463000;155000\n")
    assert (found, fault.message) == (None, "x and y are swapped")
    assert (fault.ids, fault.column) == (("row 3",), "x, y")


@pytest.mark.parametrize("crs", ["EPSG:5709", "nergens"])
def test_a_crs_that_has_no_places_is_a_fault_of_the_study(tmp_path: Path, crs: str) -> None:
    found, (fault,) = read_csv(tmp_path, "naam;x;y\nA;155000;463000\n", crs=crs)
    assert (found, fault.message, fault.column) == (None, f'"{crs}" is no CRS of places', "crs")


def test_a_polygon_is_a_point_in_it_and_a_row_without_shape_has_no_place(tmp_path: Path) -> None:
    """A yard around a court: its centroid lies in the court, which is another building."""
    yard = shapely.box(200_000, 500_000, 200_100, 500_100) - shapely.box(200_010, 500_010, 200_090, 500_090)
    for crs in ("EPSG:28992", "EPSG:4326"):
        shapes = gpd.GeoSeries([yard, None, shapely.Point(200_300, 500_000)], crs="EPSG:28992").to_crs(crs)
        found, faults = read_shapes(tmp_path, list(shapes), crs)
        assert faults == []
        assert found is not None
        assert found[1] is None
        assert found[2] == (200_300, 500_000)
        assert found[0] is not None
        assert shapely.Point(found[0]).distance(yard) <= 1
        (tmp_path / "s.gpkg").unlink()


def test_the_geometry_is_of_the_crs_of_the_file_else_of_the_study_else_of_none(tmp_path: Path) -> None:
    here = [shapely.Point(155_000, 463_000)]
    assert read_shapes(tmp_path, here, "EPSG:28992", crs="EPSG:4326")[0] == [(155_000, 463_000)]
    (tmp_path / "s.gpkg").unlink()
    assert read_shapes(tmp_path, here, None, crs="EPSG:28992")[0] == [(155_000, 463_000)]
    (tmp_path / "s.gpkg").unlink()
    found, (fault,) = read_shapes(tmp_path, here, None)
    assert (found, fault.message, fault.column) == (None, "the file does not state its CRS", "crs")


def test_metres_in_a_format_that_says_degrees_ask_for_the_crs(tmp_path: Path) -> None:
    """GeoJSON cannot state that it is in metres."""
    point = {"type": "Feature", "properties": {"naam": "A"}, "geometry": {"type": "Point", "coordinates": [2e5, 5e5]}}
    (tmp_path / "s.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    for settings in ({}, {"crs": "EPSG:4326"}):
        found, (fault,) = read(tmp_path / "s.geojson", **settings)
        assert (found, fault.column) == (None, "crs")
        assert fault.message == "the coordinates are metres, but the file says degrees"
    assert read(tmp_path / "s.geojson", crs="EPSG:28992") == ([(200_000, 500_000)], [])


def test_geometry_outside_the_country_is_told_in_the_numbers_of_the_file(tmp_path: Path) -> None:
    found, (fault,) = read_shapes(tmp_path, [shapely.Point(5.4, 12.5)], "EPSG:4326")
    assert found is None
    assert fault.message == "the coordinates lie outside the Netherlands (longitude 5.4, latitude 12.5)"


def test_geometry_of_no_places_is_a_fault_that_names_the_crs(tmp_path: Path) -> None:
    local = 'LOCAL_CS["bouwplaats",UNIT["metre",1]]'
    found, (fault,) = read_shapes(tmp_path, [shapely.Point(10, 20)], local)
    assert found is None
    assert "is no CRS of places" in fault.message
    assert fault.column == "crs"


def test_a_shape_is_somewhere_when_it_is_there_not_empty_and_of_numbers() -> None:
    shapes = [
        shapely.Point(1, 2),
        None,
        shapely.Point(),
        shapely.Point(np.nan, 2),
        shapely.LineString([(0, 0), (1, 1)]),
    ]
    odd = shapely.LineString([(0, 0), (np.inf, 1)])
    assert has_place(gpd.GeoSeries([*shapes, odd])).tolist() == [True, False, False, False, True, False]
