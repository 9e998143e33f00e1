"""Figures per buurt to squares by hand: whole persons, unknown stays unknown, every wrong column is told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from nsp_planner.config.people import Vulnerable
from nsp_planner.layers.areas.buurten import Buurten
from nsp_planner.layers.population.buurt_groups import add_buurt_groups
from nsp_planner.layers.population.vulnerable_groups import group_column
from nsp_planner.layers.raw.input_log import InputLog

DEMAND = gpd.GeoDataFrame(
    {
        "demand_id": list("abcdef"), "population_persons": [30, 10, 7, 5, 4, 10],
        "buurt_code": pd.array(["BU1", "BU1", None, "BU2", "BU3", "BU4"], dtype="string"),
    },
    geometry=gpd.points_from_xy(range(6), range(6)), crs="EPSG:28992",
)  # fmt: skip
FIGURES = pd.DataFrame(
    {"ouderen": ["8", "", "9", "1,5"], "deel": ["12,5", "100", "100,1", "25"], "half": ["1,25", "50", "100", "0"]},
    index=["BU1", "BU2", "BU3", "BU4"],
)


def add(**settings: dict[str, str]) -> tuple[gpd.GeoDataFrame, InputLog]:
    log = InputLog()
    buurten = Buurten(gpd.GeoDataFrame(geometry=[]), FIGURES, Path("b.csv"))
    return add_buurt_groups(DEMAND, buurten, Vulnerable(**settings), log), log  # type: ignore[arg-type]


def counts(table: gpd.GeoDataFrame, group: str) -> list[int | None]:
    return [None if pd.isna(n) else int(n) for n in table[group_column(group)]]


def test_a_number_is_spread_by_inhabitants_never_above_them_and_unknown_is_not_nought() -> None:
    """BU1 has 8 of 40 people; BU2 does not say, c lies in no buurt; BU3 says 9 where 4 live; 1.5 is rounded to 2."""
    table, log = add(buurt_columns={"oud": "ouderen"})
    assert counts(table, "oud") == [6, 2, None, None, 4, 2]
    assert log.notes.table()["note"].tolist() == [
        "oud: geschat per vierkant uit ouderen per buurt; niet bekend voor 12 mensen"
    ]


def test_a_percentage_is_of_those_who_live_there() -> None:
    table, log = add(buurt_percentages={"oud": "half"})
    assert counts(table, "oud") == [1, 0, None, 3, 4, 0]
    assert not log.faults.items


def test_every_column_that_is_wrong_is_told_and_a_percentage_of_a_hundred_is_not() -> None:
    columns, percentages = {"een": "nergens", "twee": "ouderen"}, {"drie": "deel", "vier": "nergens"}
    table, log = add(buurt_columns=columns, buurt_percentages=percentages)
    assert [fault.ids for fault in log.faults.items] == [(), ("BU3",), ()]
    assert [fault.column for fault in log.faults.items] == [
        "vulnerable.buurt_columns.een", "deel", "vulnerable.buurt_percentages.vier",
    ]  # fmt: skip
    assert "such as 100.1" in log.faults.items[1].message
    assert counts(table, "twee") == [6, 2, None, None, 4, 2]
