"""Boundaries and official totals: names of columns, merging, repair, other CRS, water rows."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from nsp_planner.config import TotalsInput
from nsp_planner.layers.population.totals import read_totals
from nsp_planner.layers.raw.input_log import InputLog, Notes
from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from tests.towns.raw_files import TOTALS, layers_of, make_world, write_areas, write_grid, write_vector


@pytest.mark.slow
@pytest.mark.parametrize(
    "columns",
    [("statcode", "statnaam"), ("gemeentecode", "gemeentenaam"), ("GM_CODE", "GM_NAAM"), ("identificatie", "naam")],
)
def test_the_columns_of_every_cbs_and_pdok_file_are_found(tmp_path: Path, columns: tuple[str, str]) -> None:
    areas = write_areas(tmp_path / "other.gpkg", columns=columns)
    layers = layers_of(make_world(tmp_path, areas={"path": str(areas)}))
    assert layers.areas[["area_code", "name"]].to_numpy().tolist() == [["GM0001", "Aldorp"], ["GM0002", "Bedorp"]]


def test_geojson_in_degrees_is_brought_to_rd(tmp_path: Path) -> None:
    areas = write_areas(tmp_path / "areas.geojson", to_crs="EPSG:4326")
    layers = layers_of(make_world(tmp_path, areas={"path": str(areas)}))
    assert layers.areas.crs.to_epsg() == 28992
    assert layers.areas.area.round(-4).tolist() == [16e6, 16e6]


def test_buurten_are_merged_to_gemeenten_and_water_is_dropped(tmp_path: Path) -> None:
    rows = [
        ("BU00010001", "GM0001", "Aldorp", "NEE", shapely.box(200_000, 500_000, 202_000, 504_000)),
        ("BU00010002", "GM0001", "Aldorp", "NEE", shapely.box(202_000, 500_000, 204_000, 504_000)),
        ("BU00019999", "GM0001", "Aldorp", "JA", shapely.box(190_000, 500_000, 200_000, 504_000)),
        ("BU00020001", "GM0002", "Bedorp", "NEE", shapely.box(204_000, 500_000, 208_000, 504_000)),
    ]
    table = pd.DataFrame([row[:4] for row in rows], columns=["buurtcode", "gemeentecode", "gemeentenaam", "water"])
    frame = gpd.GeoDataFrame(table, geometry=[row[4] for row in rows], crs="EPSG:28992")
    areas = write_vector(tmp_path / "buurten.gpkg", frame)
    layers = layers_of(make_world(tmp_path, areas={"path": str(areas)}))
    assert layers.areas.area.tolist() == [16e6, 16e6]


def test_an_invalid_boundary_is_repaired_and_said(tmp_path: Path) -> None:
    bow = shapely.Polygon([(200_000, 500_000), (204_000, 504_000), (204_000, 500_000), (200_000, 504_000)])
    other = shapely.box(204_000, 500_000, 208_000, 504_000)
    table = {"statcode": ["GM0001", "GM0002"], "statnaam": ["Aldorp", "Bedorp"]}
    frame = gpd.GeoDataFrame(table, geometry=[bow, other], crs="EPSG:28992")
    squares = {"E2005N5020": 10, "E2035N5020": 20, "E2050N5010": 5}
    study = make_world(
        tmp_path,
        areas={"path": str(write_vector(tmp_path / "bow.gpkg", frame))},
        population={"path": str(write_grid(tmp_path / "other.gpkg", squares))},
        totals=None,
    )
    layers = layers_of(study)
    assert layers.areas.is_valid.all()
    assert layers.notes[["row_id", "note"]].to_numpy().tolist() == [["GM0001", "ongeldige geometrie hersteld"]]


def test_no_gemeenten_in_the_study_means_all_of_the_file(tmp_path: Path) -> None:
    areas = write_areas(tmp_path / "two.gpkg", {"GM0001": "Aldorp", "GM0002": "Bedorp"})
    study = make_world(tmp_path, areas={"path": str(areas)})
    study["region"]["gemeenten"] = []
    assert layers_of(study).areas["area_code"].tolist() == ["GM0001", "GM0002"]


def test_codes_are_written_one_way() -> None:
    codes = pd.Series(["0193", "193", "gm0193 ", "GM0193", "BU01930001", "", "GM", "85.0"], dtype="str")
    assert normalise_code(codes).tolist() == ["GM0193"] * 4 + ["", "", "", "GM0085"]


def test_a_point_on_a_shared_boundary_belongs_to_the_first_code_and_one_outside_to_the_nearest() -> None:
    boxes = [shapely.box(0, 0, 1_000, 1_000), shapely.box(1_000, 0, 2_000, 1_000)]
    areas = gpd.GeoDataFrame({"area_code": ["GM0001", "GM0002"]}, geometry=boxes, crs="EPSG:28992")
    xy = pd.DataFrame([(1_000, 500), (2_499, 500), (2_501, 500), (1_500, 1_400)], columns=["x", "y"], dtype=float)
    codes, is_nearest = find_gemeente(xy["x"].to_numpy(), xy["y"].to_numpy(), areas)
    assert is_nearest.tolist() == [False, True, False, True]
    assert codes.tolist() == ["GM0001", "GM0002", "", "GM0002"]


def totals_of(path: Path, **settings: str) -> tuple[dict[str, int], Notes]:
    log = InputLog()
    official = read_totals(TotalsInput(path=path, **settings), log)  # type: ignore[arg-type]
    assert not log.faults.items
    assert official is not None
    assert len(log.files) == 1
    return official.to_dict(), log.notes


def test_rows_of_one_code_are_added_and_missing_water_rows_skipped(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "gemeentecode,water,aantal_inwoners\nGM0001,NEE,600\nGM0001,NEE,30\nGM0001,JA,-99997\nWK000101,NEE,7\n"
    )
    official, notes = totals_of(tmp_path / "t.csv")
    assert official == {"GM0001": 630}
    assert notes.table().empty


def test_a_buurt_without_a_number_is_skipped_and_noted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("gemeentecode;aantal_inwoners\nGM0001;1.600\nGM0001;-99997\nGM0002;-99997\n")
    official, notes = totals_of(tmp_path / "t.csv")
    assert official == {"GM0001": 1600}
    assert notes.table()["note"].tolist() == ["1 rij zonder aantal inwoners niet meegeteld in het officiële totaal"]


def test_totals_come_from_excel_and_statline_columns_too(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in (["WijkenEnBuurten", "AantalInwoners_5"], ["GM0001    ", 630], ["NL00", 17_000_000], ["GM0002", 50.0]):
        workbook.active.append(row)
    workbook.save(tmp_path / "t.xlsx")
    official, _ = totals_of(tmp_path / "t.xlsx", code_column="WijkenEnBuurten", persons_column="aantalinwoners_5")
    assert official == TOTALS


def test_a_point_exactly_half_a_kilometre_outside_is_of_the_nearest_and_a_point_without_a_place_of_none() -> None:
    areas = gpd.GeoDataFrame({"area_code": ["GM0001"]}, geometry=[shapely.box(0, 0, 1_000, 1_000)], crs="EPSG:28992")
    x = np.array([1_500.0, 1_500.1, 500.0, np.nan, np.inf])
    codes, is_nearest = find_gemeente(x, np.full(5, 500.0), areas)
    assert codes.tolist() == ["GM0001", "", "GM0001", "", ""]
    assert is_nearest.tolist() == [True, False, False, False, False]
