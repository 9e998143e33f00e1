"""Buurten: the smallest polygon counts, none is counted, figures per buurt become estimates of whole persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.layers.areas.buurten import Buurten, buurten_of_region, find_buurt, join_buurten
from nsp_planner.layers.raw.input_log import InputLog
from tests.towns.raw_files import faults_of, layers_of, make_world, write_vector

OLD = "percentage_personen_65_jaar_en_ouder"


def write_buurten(path: Path, **columns: list[object]) -> Path:
    """A wijk over the whole of Aldorp, a buurt around its kern within it, and one over half of Bedorp."""
    shapes = [
        shapely.box(200_000, 500_000, 204_000, 504_000),
        shapely.box(200_900, 500_900, 201_300, 501_300),
        shapely.box(204_000, 500_000, 206_000, 504_000),
    ]
    table = {"buurtcode": ["BU00010000", "BU00010001", "BU00020000"], "buurtnaam": ["Ald", "Kern", "Bed"], **columns}
    return write_vector(path, gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:28992"), "buurten")


def world(folder: Path, vulnerable: dict[str, Any] | None = None, **columns: list[object]) -> dict[str, Any]:
    study = make_world(folder, buurten={"path": str(write_buurten(folder / "buurten.gpkg", **columns))})
    return study | {"vulnerable": vulnerable or {}}


def test_a_square_belongs_to_the_smallest_buurt_around_it_and_a_square_in_none_is_noted(tmp_path: Path) -> None:
    layers = layers_of(world(tmp_path))
    codes = layers.demand.set_index("demand_id")["buurt_code"]
    assert codes["E2010N5010"] == "BU00010001"
    assert codes["E2030N5010"] == "BU00010000"
    assert codes["E2050N5010"] == "BU00020000"
    assert pd.isna(codes["E2070N5010"])
    assert codes.dtype == "string"
    (note,) = layers.notes.loc[layers.notes["layer"] == "buurten", "note"]
    assert "in geen enkele buurt: " in note
    assert layers.buurten is not None
    assert (
        layers.buurten.set_index("buurt_code")["persons"].sum()
        == layers.demand.loc[codes.notna().to_numpy(), "population_persons"].sum()
    )


def test_cards_and_lists_go_by_buurt_where_the_study_says_so() -> None:
    from dataclasses import replace

    from nsp_planner.config import BuurtenInput
    from nsp_planner.evaluate.residents.places import place_names
    from tests.towns.line_town import planned_line_town

    planned = planned_line_town()
    n = len(planned.layers.demand)
    codes = pd.array(["BU1", *([None] * (n - 1))], dtype="string")
    buurten = gpd.GeoDataFrame({"buurt_code": ["BU1"], "name": ["De Es"]}, geometry=[shapely.Point(0, 0).buffer(1)])
    demand = planned.layers.demand.assign(buurt_code=codes)
    sites = planned.layers.sites.assign(place="Lijn")
    layers = replace(planned.layers, demand=demand, sites=sites, buurten=buurten)
    before = place_names(replace(planned, layers=layers)).tolist()
    assert "De Es" not in before
    source = BuurtenInput(path=Path("b.gpkg"), as_places=True)
    study = planned.study.change(inputs={"buurten": source})
    assert place_names(replace(planned, layers=layers, study=study)).tolist() == ["De Es", *before[1:]]


def test_without_buurten_there_is_no_column_and_the_study_is_as_before(tmp_path: Path) -> None:
    layers = layers_of(make_world(tmp_path))
    assert "buurt_code" not in layers.demand
    assert layers.buurten is None


def test_a_square_beside_the_water_belongs_to_the_buurt_it_touches() -> None:
    polygons = gpd.GeoDataFrame(
        {"buurt_code": ["A"], "name": ["A"]}, geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:28992"
    )
    x = np.array([50.0, 150.0, 250.0])
    found = find_buurt(x, np.full(3, 50.0), polygons, reach_m=70.0)
    assert found.fillna("none").tolist() == ["A", "A", "none"]


def test_a_percentage_per_buurt_is_spread_in_whole_persons_and_a_missing_one_is_not_zero(tmp_path: Path) -> None:
    layers = layers_of(world(tmp_path, {"buurt_percentages": {"65plus": OLD}}, **{OLD: [20, 50, -99997]}))
    demand = layers.demand.set_index("demand_id")
    assert demand.loc["E2010N5010", "persons_65plus"] == round(demand.loc["E2010N5010", "population_persons"] / 2)
    assert demand.loc[demand["buurt_code"] == "BU00020000", "persons_65plus"].isna().all()
    assert demand.loc["E2070N5010":"E2070N5010", "persons_65plus"].isna().all()
    assert any("geschat" in note for note in layers.notes["note"])


def test_a_table_per_buurt_gives_numbers_by_the_same_codes(tmp_path: Path) -> None:
    study = world(tmp_path, {"buurt_columns": {"mantelzorg": "aantal"}})
    (tmp_path / "tabel.csv").write_text("buurtcode;aantal\nBU00010001;90\nBU00020000;3\n", encoding="utf-8")
    study["inputs"]["buurten"]["table"] = str(tmp_path / "tabel.csv")
    demand = layers_of(study).demand.set_index("demand_id")
    assert demand.loc["E2010N5010", "vulnerable_mantelzorg"] == 90
    assert demand.loc[demand["buurt_code"] == "BU00020000", "vulnerable_mantelzorg"].sum() == 3
    assert pd.isna(demand.loc["E2030N5010", "vulnerable_mantelzorg"])


@pytest.mark.slow
def test_unknown_columns_codes_and_percentages_are_told_in_one_go(tmp_path: Path) -> None:
    reported = faults_of(world(tmp_path, {"buurt_percentages": {"65plus": "percentag"}}, percentage=[1, 2, 3]))
    assert 'no column "percentag"' in reported
    assert 'Did you mean "percentage"?' in reported
    reported = faults_of(world(tmp_path, {"buurt_percentages": {"65plus": "oud"}}, oud=[120, 1, 1]))
    assert "above 100" in reported
    reported = faults_of(world(tmp_path, {"buurt_columns": {"arm": "oud"}}, oud=[-5, 1, 1]))
    assert "negative" in reported


def test_buurten_of_another_region_are_a_fault(tmp_path: Path) -> None:
    study = world(tmp_path)
    far = gpd.GeoDataFrame(
        {"buurtcode": ["BU1"], "buurtnaam": ["Ver"]}, geometry=[shapely.box(0, 400_000, 10, 400_010)], crs="EPSG:28992"
    )
    write_vector(tmp_path / "ver.gpkg", far, "buurten")
    study["inputs"]["buurten"]["path"] = str(tmp_path / "ver.gpkg")
    assert "no square of the region lies in a buurt" in faults_of(study)


def test_columns_per_buurt_need_buurten(tmp_path: Path) -> None:
    from nsp_planner.config import study_from_dict
    from nsp_planner.errors import SettingsError

    study = make_world(tmp_path) | {"vulnerable": {"buurt_columns": {"arm": "x"}}}
    with pytest.raises(SettingsError, match=r"needs \[inputs.buurten\]"):
        study_from_dict(study, folder=tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(0, 100))
def test_a_percentage_is_spread_to_the_person(persons: list[int], percent: int) -> None:
    from nsp_planner.layers.population.buurt_groups import _spread

    demand = gpd.GeoDataFrame(
        {
            "demand_id": [f"q{n}" for n in range(len(persons))],
            "population_persons": persons,
            "buurt_code": pd.array(["B"] * len(persons), dtype="string"),
        }
    )
    counts = _spread(demand, pd.Series({"B": float(percent)}), percent=True)
    assert counts.sum() == int(np.floor(percent / 100 * sum(persons) + 0.5))
    assert (counts.to_numpy(dtype=int) <= np.array(persons)).all()


def test_a_square_that_can_touch_a_buurt_belongs_to_it_and_a_buurt_to_the_gemeente_of_most_people() -> None:
    """A square of 100 m touches what lies within 70.7 m of its centre; of equal gemeenten the first code counts."""
    polygons = gpd.GeoDataFrame(
        {"buurt_code": ["BU1", "BU2"], "name": ["Een", "Twee"]},
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(2000, 0, 3000, 1000)], crs="EPSG:28992",
    )  # fmt: skip
    demand = gpd.GeoDataFrame(
        {
            "demand_id": list("abcdef"), "population_persons": [10, 10, 5, 7, 3, 2], "resolution_m": 100,
            "gemeente_code": ["GM2", "GM1", "GM1", "GM1", "GM2", "GM1"],
        },
        geometry=gpd.points_from_xy([500, 600, 1070, 1072, 2500, 2600], [500] * 6), crs="EPSG:28992",
    )  # fmt: skip
    log = InputLog()
    placed = join_buurten(demand, Buurten(polygons, pd.DataFrame(), Path("b.gpkg")), log)
    assert placed["buurt_code"].fillna("").tolist() == ["BU1", "BU1", "BU1", "", "BU2", "BU2"]
    assert log.notes.table()["note"].tolist() == ["in geen enkele buurt: 1 vierkant (7 mensen)"]
    table = buurten_of_region(placed, Buurten(polygons, pd.DataFrame(), Path("b.gpkg")))
    assert table.drop(columns="geometry").to_numpy().tolist() == [
        ["BU1", "Een", "GM1", 3, 25], ["BU2", "Twee", "GM2", 2, 5],
    ]  # fmt: skip
    tied = placed.assign(population_persons=[10, 10, 0, 7, 2, 2])
    table = buurten_of_region(tied, Buurten(polygons, pd.DataFrame(), Path("b.gpkg")))
    assert table["gemeente_code"].tolist() == ["GM1", "GM1"]


def test_without_a_reach_a_square_half_a_metre_outside_every_buurt_has_none() -> None:
    polygons = gpd.GeoDataFrame({"buurt_code": ["BU1"]}, geometry=[shapely.box(0, 0, 100, 100)])
    assert find_buurt(np.array([100.0, 100.5]), np.array([50.0, 50.0]), polygons).isna().tolist() == [False, True]
    assert find_buurt(np.array([100.5]), np.array([50.0]), polygons, 0.5).tolist() == ["BU1"]
