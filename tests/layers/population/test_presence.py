"""Guests and people by day: whole, in their square, nobody vanishes, the calibration stays that of the inhabitants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.config import study_from_dict
from nsp_planner.errors import SettingsError
from tests.towns.raw_files import faults_of, layers_of, make_world, write_vector

CAMPS = "naam;x;y;personen\nDe Bron;201050;501050;30\nDe Heide;203250;503250;70\n"


def guests_world(folder: Path, csv: str = CAMPS, tourism: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    (folder / "campings.csv").write_text(csv, encoding="utf-8")
    source = {"path": str(folder / "campings.csv"), "label": "campings", **keys}
    return make_world(folder, guests=[source]) | {"tourism": tourism or {}}


def day_world(folder: Path, csv: str, **day: Any) -> dict[str, Any]:
    (folder / "overdag.csv").write_text(csv, encoding="utf-8")
    source = {"path": str(folder / "overdag.csv"), "label": "scholen"}
    return make_world(folder, day=[source]) | {"day": {"time": "day", **day}}


@pytest.mark.slow
def test_guests_stand_in_their_square_and_are_no_inhabitants(tmp_path: Path) -> None:
    layers, before = layers_of(guests_world(tmp_path)), layers_of(make_world(tmp_path))
    demand = layers.demand.set_index("demand_id")
    assert demand.loc["E2010N5010", "guest_persons"] == 30
    new = demand.loc["E2032N5032"]
    assert (new["population_persons"], new["residents_persons"], new["guest_persons"]) == (70, 0, 70)
    assert new["area_type"] == "buitengebied"
    assert new["persons_65plus"] == 0
    assert demand["population_persons"].sum() == before.demand["population_persons"].sum() + 100
    pd.testing.assert_frame_equal(layers.calibration, before.calibration)
    assert layers.presence is not None
    account = layers.presence.set_index("area_code")
    assert account.loc["GM0001", ["residents", "guests", "present"]].tolist() == [630, 100, 730]


def test_the_season_multiplies_guests_per_place_in_whole_persons(tmp_path: Path) -> None:
    layers = layers_of(guests_world(tmp_path, tourism={"factor": 1.55}))
    assert sorted(layers.demand["guest_persons"])[-2:] == [47, 109]


def test_guests_in_a_polygon_are_spread_over_its_squares(tmp_path: Path) -> None:
    parks = gpd.GeoDataFrame(
        {"naam": ["Park", "Klein"], "personen": [10, 7]},
        geometry=[shapely.box(200_000, 503_000, 200_200, 503_200), shapely.box(203_910, 503_910, 203_920, 503_920)],
        crs="EPSG:28992",
    )
    write_vector(tmp_path / "parken.gpkg", parks, "parken")
    study = make_world(tmp_path, guests=[{"path": str(tmp_path / "parken.gpkg"), "label": "parken"}])
    guests = layers_of(study).demand.set_index("demand_id")["guest_persons"]
    assert sorted(guests[guests > 0]) == [2, 2, 3, 3, 7]
    assert guests["E2039N5039"] == 7


def test_guests_of_a_gemeente_are_spread_over_its_squares(tmp_path: Path) -> None:
    layers = layers_of(guests_world(tmp_path, "gemeentecode;personen\n0002;100\n"))
    by_gemeente = layers.demand.groupby("gemeente_code")["guest_persons"].sum()
    assert by_gemeente.to_dict() == {"GM0001": 0, "GM0002": 100}


def test_guests_whose_place_is_not_known_stay_outside_the_kernen_of_their_gemeenten(tmp_path: Path) -> None:
    study = make_world(tmp_path) | {"tourism": {"persons": 21, "gemeenten": ["GM0001"]}}
    demand = layers_of(study).demand
    assert demand["guest_persons"].sum() == 21
    assert demand.loc[demand["guest_persons"] > 0, "area_type"].unique().tolist() == ["buitengebied"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("csv", "reported"),
    [
        ("naam;x;y;personen\nA;201050;501050;-3\n", "negative"),
        ("naam;x;y;personen\nA;201050;501050;2,5\n", "no whole numbers"),
        ("naam;x;y;personen\nA;201050;501050;\n", "no number of persons"),
        ("naam;x;y;aantal\nA;201050;501050;3\n", 'no column "personen"'),
        ("naam;x;y;personen\nA;290050;501050;3\n", "lie outside the region"),
        ("gemeentecode;personen\n0009;3\n", "gemeente that does not exist"),
        ("naam;personen\nA;3\n", "no columns say where"),
    ],
)
def test_what_is_wrong_with_a_list_of_guests_is_reported(tmp_path: Path, csv: str, reported: str) -> None:
    assert reported in faults_of(guests_world(tmp_path, csv))


def test_rows_without_a_number_or_outside_the_region_can_be_left_out_and_are_counted(tmp_path: Path) -> None:
    csv = CAMPS + "Leeg;201050;501050;\nVer;209050;501050;8\n"
    layers = layers_of(guests_world(tmp_path, csv, clip_to_region=True, skip_without_persons=True))
    left = layers.left_out[layers.left_out["layer"] == "guests: campings"].set_index("row_id")
    assert pd.isna(left.loc["Leeg", "persons"])
    assert left.loc["Ver", "persons"] == 8
    assert layers.demand["guest_persons"].sum() == 100


def test_an_unknown_gemeente_of_guests_is_named(tmp_path: Path) -> None:
    study = make_world(tmp_path) | {"tourism": {"persons": 5, "gemeenten": ["GM0077"]}}
    assert "GM0077 is not a gemeente of the region" in faults_of(study)


def test_by_day_as_many_leave_home_as_are_elsewhere(tmp_path: Path) -> None:
    layers = layers_of(day_world(tmp_path, "naam;x;y;personen\nSchool;205050;501050;68\n"))
    demand, account = layers.demand, layers.presence
    assert account is not None
    assert demand["population_persons"].sum() == 680
    assert account["away"].sum() == account["day"].sum() == 68
    present = demand["residents_persons"] - demand["away_persons"] + demand["day_persons"] + demand["guest_persons"]
    assert (present == demand["population_persons"]).all()


def test_by_day_a_share_may_leave_for_outside_the_region(tmp_path: Path) -> None:
    csv = "naam;x;y;personen\nSchool;201050;501050;10\n"
    day = {"leaving": "share", "leaving_share": 0.5, "leaving_share_of": {"GM0002": 0.1}}
    layers = layers_of(day_world(tmp_path, csv, **day))
    assert layers.presence is not None
    assert layers.presence.set_index("area_code")["away"].to_dict() == {"GM0001": 315, "GM0002": 5}
    assert any("310 inwoners buiten de regio" in note for note in layers.notes["note"])


@pytest.mark.slow
def test_more_people_at_work_than_live_in_the_region_is_a_fault_unless_they_come_from_outside(tmp_path: Path) -> None:
    csv = "naam;x;y;personen\nFabriek;201050;501050;900\n"
    assert "900 persons are at school or work" in faults_of(day_world(tmp_path, csv))
    layers = layers_of(day_world(tmp_path, csv, leaving="share"))
    assert layers.demand["population_persons"].sum() == 1580
    assert any("900 van hen komen van buiten" in note for note in layers.notes["note"])


def test_a_square_that_everybody_left_is_not_in_the_plan_but_in_the_account(tmp_path: Path) -> None:
    day = {"leaving": "share", "leaving_share_of": {"GM0002": 1.0}}
    layers = layers_of(day_world(tmp_path, "naam;x;y;personen\nSchool;205050;501050;4\n", **day))
    assert layers.presence is not None
    row = layers.presence.set_index("area_code").loc["GM0002"]
    assert (row["residents"], row["away"], row["day"], row["present"]) == (50, 50, 4, 4)
    assert layers.demand.loc[layers.demand["gemeente_code"] == "GM0002", "population_persons"].tolist() == [4]


def test_by_night_the_places_of_the_day_are_not_read(tmp_path: Path) -> None:
    study = day_world(tmp_path, "naam;x;y;personen\nSchool;205050;501050;4\n") | {"day": {"time": "night"}}
    layers = layers_of(study)
    assert layers.presence is None
    assert "day_persons" not in layers.demand


def test_the_day_needs_a_source(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"needs \[\[inputs.day\]\]"):
        study_from_dict(make_world(tmp_path) | {"day": {"time": "day"}}, folder=tmp_path)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 79), st.integers(0, 39), st.integers(0, 60)), min_size=1, max_size=6))
def test_people_are_conserved_wherever_they_are(tmp_path_factory: pytest.TempPathFactory, places: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("w")
    rows = "".join(
        f"P{n};{200_000 + 100 * x + 20};{500_000 + 100 * y + 20};{p}\n" for n, (x, y, p) in enumerate(places)
    )
    layers = layers_of(guests_world(folder, "naam;x;y;personen\n" + rows))
    assert layers.demand["guest_persons"].sum() == sum(persons for _, _, persons in places)
    assert layers.demand["residents_persons"].sum() == 680
    assert layers.demand["population_persons"].sum() == 680 + sum(persons for _, _, persons in places)
