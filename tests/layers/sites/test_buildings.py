"""Rows on one building: the clustering rule, names, ids, order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.layers.sites.buildings import assign_buildings, merge_buildings
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS

NUMBERS = ("capacity_persons", "capacity_present", "floor_area_m2")
SOURCES = ("eerst", "daarna")


def row(site_id: str, x_m: float, **fields: object) -> dict[str, object]:
    """One row of :func:`read_sites`, with nothing known but id and place."""
    source = site_id.split(":")[0]
    return {
        "site_id": site_id, "source": source, "source_row_id": site_id.split(":")[1], "x_m": x_m, "y_m": 0.0,
        "name": site_id, "kind": "overig", "gemeente_code": "GM0001", "address": None, "place": None,
        **dict.fromkeys(NUMBERS, pd.NA), "status": None, "status_reason": None,
        "can_be_lnsp": True, "can_be_cnsp": False, **dict.fromkeys(STATION_COLUMNS),
        **dict.fromkeys(GAP_COLUMNS, "unknown"), **fields,
    }  # fmt: skip


def table_of(*rows: dict[str, object]) -> pd.DataFrame:
    texts = ["address", "place", "status", "status_reason", *STATION_COLUMNS]
    return pd.DataFrame(rows).astype(dict.fromkeys(texts, "str") | dict.fromkeys(NUMBERS, "Float64"))


POINTS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=40)


@given(POINTS, st.integers(0, 40))
def test_every_row_is_near_its_building_and_buildings_are_apart(points: list[tuple[int, int]], limit: int) -> None:
    xy = np.array(points, dtype=float)
    first = assign_buildings(xy, float(limit))
    starts = np.unique(first)
    assert (first[starts] == starts).all()
    assert (np.hypot(*(xy - xy[first]).T) <= limit).all()
    apart = np.hypot(*(xy[starts][:, None] - xy[starts]).T) + np.eye(len(starts)) * 1e9
    assert (apart > limit).all()


def test_a_chain_of_neighbours_does_not_grow_into_one_building() -> None:
    xy = np.array([[20.0 * n, 0.0] for n in range(10)])
    assert assign_buildings(xy, 25.0).tolist() == [0, 0, 2, 2, 4, 4, 6, 6, 8, 8]


def test_a_row_between_two_buildings_joins_the_nearest() -> None:
    assert assign_buildings(np.array([[0.0, 0.0], [40.0, 0.0], [22.0, 0.0]]), 25.0).tolist() == [0, 1, 1]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=2, max_size=8, unique=True), st.randoms())
def test_the_order_of_the_rows_does_not_matter(places: list[int], random: object) -> None:
    rows = [row(f"{SOURCES[n % 2]}:{n}", float(x)) for n, x in enumerate(places)]
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, merged, _ = merge_buildings(table_of(*rows), SOURCES, 25.0)
    other, merged_too, _ = merge_buildings(table_of(*shuffled), SOURCES, 25.0)
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(merged, merged_too)


def test_the_building_keeps_id_and_point_of_the_first_source_and_can_be_what_any_row_can() -> None:
    sites, merged, _ = merge_buildings(
        table_of(
            row("daarna:1", 10.0, can_be_lnsp=True, can_be_cnsp=True, name="Kazerne", kind="brandweerkazerne"),
            row("eerst:7", 0.0, name="Hal"),
            row("eerst:9", 500.0),
        ),
        SOURCES,
        25.0,
    )
    assert sites["site_id"].tolist() == ["eerst:7", "eerst:9"]
    hall = sites.iloc[0]
    assert (hall["name"], hall["kind"], hall["source"]) == ("Hal", "brandweerkazerne", "eerst")
    assert (hall["can_be_lnsp"], hall["can_be_cnsp"], hall.geometry.x) == (True, True, 0.0)
    assert merged[["site_id", "source_row_id", "distance_m"]].to_numpy().tolist() == [
        ["eerst:7", "7", 0.0],
        ["eerst:7", "1", 10.0],
    ]


@pytest.mark.parametrize(("distance_m", "n_sites"), [(0.5, 1), (10.0, 2)])
def test_a_hall_and_a_station_next_door_stay_two_buildings_unless_at_the_very_same_point(
    distance_m: float, n_sites: int
) -> None:
    station = row("daarna:1", distance_m, can_be_lnsp=False, can_be_cnsp=True, name="Kazerne")
    sites, *_ = merge_buildings(table_of(row("eerst:7", 0.0, name="Hal"), station), SOURCES, 25.0)
    assert len(sites) == n_sites
    assert sites["can_be_cnsp"].sum() == 1


def test_the_most_frequent_name_of_the_first_source_is_kept() -> None:
    names = {"eerst:1": "Hal", "eerst:2": "Kerk", "eerst:3": "Kerk", "daarna:1": "Hal", "daarna:2": "Hal"}
    sites, *_ = merge_buildings(table_of(*(row(key, 0.0, name=name) for key, name in names.items())), SOURCES, 25.0)
    assert sites["name"].tolist() == ["Kerk"]


def test_the_first_known_value_fills_what_the_first_row_does_not_know() -> None:
    sites, *_ = merge_buildings(
        table_of(
            row("eerst:1", 0.0, heat="unknown", status_reason="los"),
            row("eerst:2", 1.0, heat="no", capacity_persons=800.0, status="pilot", status_reason="gekozen"),
            row("eerst:10", 2.0, heat="yes", capacity_persons=300.0, status="operationeel", address="Plein 1"),
        ),
        SOURCES,
        25.0,
    )
    site = sites.iloc[0]
    assert (site["heat"], site["capacity_persons"], site["address"]) == ("no", 800.0, "Plein 1")
    assert (site["status"], site["status_reason"]) == ("pilot", "gekozen")
    assert site["internet"] == "unknown"


def test_a_site_nobody_gave_a_status_is_an_idea() -> None:
    sites, merged, _ = merge_buildings(table_of(row("eerst:1", 0.0)), SOURCES, 25.0)
    assert sites["status"].tolist() == ["idee"]
    assert merged.empty


def test_numbers_in_ids_are_ordered_as_numbers() -> None:
    sites, *_ = merge_buildings(table_of(row("eerst:SB10", 0.0), row("eerst:SB2", 5.0)), SOURCES, 25.0)
    assert sites["site_id"].tolist() == ["eerst:SB2"]
