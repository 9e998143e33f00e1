"""The GeoPackage, read back as QGIS would."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

from nsp_planner.report.geopackage.write import write_geopackage
from nsp_planner.report.gis.geometry import colours_of_neighbours, site_colours, square_polygons
from nsp_planner.report.palette import class_labels, population_breaks
from tests.towns.planned import RUN, make_synthetic_region, make_toy

LAYERS = {
    "gemeenten": ("MultiPolygon", 2),
    "vierkanten": ("Polygon", 36),
    "verzorgingsgebieden": ("MultiPolygon", 2),
    "toewijzing_l_c": ("LineString", 2),
    "kandidaten": ("Point", 1),
    "lnsp": ("Point", 2),
    "cnsp": ("Point", 1),
}


def read(folder: Path, layer: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "plan.gpkg", layer=layer)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_there_in_rd_with_its_shapes(toy_folder: Path, name: str) -> None:
    info = pyogrio.read_info(toy_folder / "plan.gpkg", layer=name)
    assert (info["geometry_type"], info["features"]) == LAYERS[name]
    assert info["crs"] == "EPSG:28992"


def test_squares_carry_persons_site_and_distances(toy_folder: Path) -> None:
    squares = read(toy_folder, "vierkanten")
    assert squares["inwoners"].sum() == 360
    assert squares.geometry.area.unique().tolist() == [10_000.0]
    assert squares["lnsp_id"].value_counts().to_dict() == {"gebouwen-1": 18, "gebouwen-2": 18}
    assert squares["inwoners_65plus"].isna().all()
    assert squares.loc[0, "aantal_lnsp"] == 2
    assert squares["binnen_norm"].all()


def test_service_areas_are_the_squares_dissolved_and_neighbours_differ(toy_folder: Path) -> None:
    areas = read(toy_folder, "verzorgingsgebieden")
    assert areas.geometry.area.tolist() == [180_000.0, 180_000.0]
    assert areas["kleur"].nunique() == 2


def test_sites_and_lines_carry_the_plan(toy_folder: Path) -> None:
    lnsp, lines, gemeenten = (read(toy_folder, name) for name in ("lnsp", "toewijzing_l_c", "gemeenten"))
    assert lnsp.set_index("site_id")["inwoners"].to_dict() == {"gebouwen-1": 175.0, "gebouwen-2": 185.0}
    assert lnsp.set_index("site_id")["vastgelegd"].to_dict() == {"gebouwen-1": False, "gebouwen-2": True}
    assert lines["cnsp"].tolist() == ["Kazerne Toystad"] * 2
    assert lines.geometry.length.round().tolist() == [158.0, 158.0]
    assert gemeenten["inwoners"].tolist() == [180.0, 180.0]


@pytest.mark.slow
def test_an_unreachable_square_is_there_without_a_site(tmp_path: Path) -> None:
    write_geopackage(tmp_path / "plan.gpkg", make_toy(lost=True)[1], RUN)
    squares = gpd.read_file(tmp_path / "plan.gpkg", layer="vierkanten")
    assert squares["lnsp_id"].isna().tolist() == [False] * 35 + [True]
    assert squares["afstand_m"].isna().tolist() == [False] * 35 + [True]
    assert squares["inwoners"].sum() == 360


def test_every_layer_has_a_default_style_that_qgis_can_parse(toy_folder: Path) -> None:
    with closing(sqlite3.connect(toy_folder / "plan.gpkg")) as connection:
        styles = connection.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        registered = connection.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchall()
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    assert {row[0] for row in styles} == set(LAYERS)
    assert {row[1:3] for row in styles} == {("geom", 1)}
    assert registered == [("attributes",)]
    assert version == 10300
    for name, _, _, qml in styles:
        root = ET.fromstring(qml)
        renderer = root.find("renderer-v2")
        assert renderer is not None
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        assert symbols >= {part.get("symbol") for part in [*renderer.iter("range"), *renderer.iter("category")]}, name


def test_the_file_says_what_it_is_and_whose_data_it_shows(toy_folder: Path) -> None:
    guide = pyogrio.read_dataframe(toy_folder / "plan.gpkg", layer="leeswijzer").set_index("onderwerp")["tekst"]
    assert guide["Status"] == "CONCEPT"
    assert "hemelsbreed" in guide["Afstand"]
    assert any("CBS" in text for text in guide["Bron"])


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes_and_leaves_gdal_as_it_was(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write_geopackage(tmp_path / name, make_toy()[1], RUN)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_no_neighbours_have_the_same_colour_in_a_region_of_110_sites() -> None:
    planned, evaluation = make_synthetic_region(6_000, 300, 110)
    colours = site_colours(planned.layers.demand, evaluation)
    squares = square_polygons(planned.layers.demand)
    squares = gpd.GeoDataFrame({"site": evaluation.demand["site_id"]}, geometry=squares)
    pairs = squares.sjoin(squares, predicate="dwithin", distance=150)
    touching = pairs[pairs["site_left"] != pairs["site_right"]].dropna()
    assert len(touching) > 50
    assert (touching["site_left"].map(colours) != touching["site_right"].map(colours)).all()
    assert max(colours.values()) < 8


def test_colours_of_no_squares_at_all_are_all_the_first() -> None:
    assert colours_of_neighbours(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), 3, 100.0).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("side", "labels"), [(100, "minder dan 15"), (500, "minder dan 50"), (250, "minder dan 15")])
def test_class_labels_fit_the_breaks_of_the_grid(side: int, labels: str) -> None:
    assert class_labels(population_breaks(side))[0] == labels
