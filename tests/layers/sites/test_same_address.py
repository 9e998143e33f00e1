"""One building twice on the lists, apart: by its address, by its name, and when it is two after all."""

from __future__ import annotations

import pandas as pd
import pytest

from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.sites.buildings import Buildings, merge_buildings, note_far_joins
from tests.layers.sites.test_buildings import SOURCES, row, table_of


def merged(*rows: dict[str, object], same_address_m: float = 150.0) -> Buildings:
    return merge_buildings(table_of(*rows), SOURCES, 25.0, same_address_m)


def test_rows_with_one_address_are_one_building_and_the_names_are_kept() -> None:
    buildings = merged(
        row("eerst:1", 0.0, name="Hal", address="Plein 1"),
        row("daarna:2", 84.0, name="Zaal", address="PLEIN 1"),
        row("daarna:3", 40.0, name="Kerk", address="Plein 3"),
    )
    assert buildings.sites["name"].tolist() == ["Kerk", "Hal"]
    assert buildings.merged[["site_id", "name", "distance_m"]].to_numpy().tolist() == [
        ["eerst:1", "Hal", 0.0],
        ["eerst:1", "Zaal", 84.0],
    ]
    log = InputLog()
    note_far_joins(buildings, 25.0, 150.0, log)
    assert log.notes.table()["note"].tolist() == ["1 rij ligt 84 m van hetzelfde gebouw, met één adres of naam: Hal"]


@pytest.mark.parametrize(("same_address_m", "n_sites"), [(150.0, 2), (84.0, 2), (83.9, 3), (0.0, 3)])
def test_beyond_the_limit_they_stay_two(same_address_m: float, n_sites: int) -> None:
    rows = (row("eerst:1", 0.0, address="Plein 1"), row("eerst:2", 84.0, address="Plein 1"), row("eerst:3", 900.0))
    assert len(merged(*rows, same_address_m=same_address_m).sites) == n_sites


def test_a_station_at_the_address_of_a_hall_stays_a_station() -> None:
    station = row("eerst:2", 60.0, name="Kazerne", address="Plein 1", can_be_lnsp=False, can_be_cnsp=True)
    assert len(merged(row("eerst:1", 0.0, address="Plein 1"), station).sites) == 2


def test_one_name_is_one_building_unless_two_addresses_contradict_it() -> None:
    alike = [row("eerst:1", 0.0, name="Stadhuis", address="Kerkhof 1"), row("daarna:2", 46.0, name="het stadhuis")]
    assert len(merged(*alike).sites) == 2
    alike[1]["name"] = "STADHUIS"
    assert len(merged(*alike).sites) == 1
    alike[1]["address"] = "Kerkhof 9"
    assert len(merged(*alike).sites) == 2, "a school with two locations in one street"


def test_a_building_that_joined_by_distance_brings_its_address() -> None:
    """A (no address) - 20 m - B (Plein 1) - 60 m - C (Plein 1): one building, started by A."""
    buildings = merged(
        row("eerst:1", 0.0, name="A"),
        row("eerst:2", 20.0, name="B", address="Plein 1"),
        row("eerst:3", 80.0, name="C", address="Plein 1"),
    )
    assert buildings.sites["site_id"].tolist() == ["eerst:1"]
    assert buildings.rows["building_id"].unique().tolist() == ["eerst:1"]


def test_one_address_in_two_places_is_told_and_stays_two_buildings() -> None:
    rows = [
        row("eerst:1", 0.0, name="School", address="Plein 1", place="Aldorp"),
        row("eerst:2", 6_000.0, name="Hal", address="Plein 1", place="aldorp"),
        row("eerst:3", 9_000.0, name="Kerk", address="Plein 1", place="Bedorp"),
    ]
    buildings, log = merged(*rows), InputLog()
    note_far_joins(buildings, 25.0, 150.0, log)
    (note,) = log.notes.table()["note"]
    assert note == "één adres op twee plekken (Plein 1, Aldorp): School, Hal; controleer de coördinaten"
    assert len(buildings.sites) == 3


def test_the_postcode_tells_the_address_too() -> None:
    rows = pd.concat([table_of(row("eerst:1", 0.0, address="Plein 1"), row("eerst:2", 60.0, address="Plien 1"))])
    assert len(merge_buildings(rows.assign(postcode="7721 AB"), SOURCES, 25.0, 150.0).sites) == 1
    assert len(merge_buildings(rows, SOURCES, 25.0, 150.0).sites) == 2


def test_a_chain_of_one_address_does_not_grow_beyond_the_limit() -> None:
    """0, 100 and 200 m with one address: the second joins the first, the third lies too far from it."""
    buildings = merged(*(row(f"eerst:{n}", 100.0 * n, address="Plein 1") for n in range(3)))
    assert buildings.sites["site_id"].tolist() == ["eerst:0", "eerst:2"]
    assert buildings.merged["distance_m"].max() == 100.0
