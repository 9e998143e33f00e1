"""GeoJSON as other systems read it: WGS84, stable ids, shapes that add up."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest

from nsp_planner.report.geojson.write import write_geojson
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, make_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("geojson")
    write_geojson(folder, make_toy(EVIL_NAMES)[1], RUN)
    return folder


def test_sites_lie_where_they_are_in_degrees_with_stable_ids(folder: Path) -> None:
    points = gpd.read_file(folder / "noodsteunpunten.geojson")
    assert points.crs == "EPSG:4326"
    planned, _ = make_toy()
    true = planned.layers.sites.set_index("site_id").geometry.loc[points["site_id"]].reset_index(drop=True)
    assert points.to_crs("EPSG:28992").distance(true).max() < 0.2
    raw = json.loads((folder / "noodsteunpunten.geojson").read_text(encoding="utf-8"))
    assert [feature["id"] for feature in raw["features"]] == [
        "L-NSP:gebouwen-1",
        "L-NSP:gebouwen-2",
        "C-NSP:kazernes-4",
    ]
    assert raw["status"] == ["CONCEPT"]
    assert raw["datum"] == "2026-11-21"
    assert any("CBS" in source for source in raw["bronnen"])
    assert [feature["properties"]["naam"] for feature in raw["features"]] == [
        EVIL_NAMES[0],
        EVIL_NAMES[1],
        EVIL_NAMES[3],
    ]


def test_service_areas_cover_the_squares_of_their_site(folder: Path) -> None:
    areas = gpd.read_file(folder / "verzorgingsgebieden.geojson").to_crs("EPSG:28992").set_index("site_id")
    planned, evaluation = make_toy()
    for site_id, squares in planned.layers.demand.groupby(evaluation.demand["site_id"].to_numpy()):
        assert areas.geometry[site_id].area == pytest.approx(len(squares) * 100.0**2, rel=1e-3)
        assert squares.within(areas.geometry[site_id]).all()


def test_outer_rings_run_anticlockwise(folder: Path) -> None:
    raw = json.loads((folder / "verzorgingsgebieden.geojson").read_text(encoding="utf-8"))
    for feature in raw["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            ring = polygon[0]
            turns = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
            assert turns < 0
            assert ring[0] == ring[-1]


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_geojson(tmp_path, make_toy(EVIL_NAMES)[1], RUN)
    for name in ("noodsteunpunten.geojson", "verzorgingsgebieden.geojson"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
