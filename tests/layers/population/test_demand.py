"""Squares to demand points, each border of the rule by hand.

Two gemeenten side by side, Aldorp (x = 200,000 to 204,000) and Bedorp (to 208,000), 4 km high from y = 500,000; a
third, Cedorp, east of them is not of the region. Squares of 100 m are given by their centre.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from nsp_planner.layers.population import demand as module
from nsp_planner.layers.population.demand import build_demand
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.rd import RD

X, Y = 200_000.0, 500_000.0
AREAS = gpd.GeoDataFrame(
    {"area_code": ["GM0001", "GM0002", "GM0003"], "name": ["Aldorp", "Bedorp", "Cedorp"]},
    geometry=[shapely.box(X + 4000 * k, Y, X + 4000 * (k + 1), Y + 4000) for k in range(3)],
    crs=RD,
)
REGION = AREAS.iloc[:2]
FILES = ("grid.gpkg", "totals.csv")
Squares = dict[str, tuple[float, float, int | None]]
BOTH: Squares = {"a": (1050, 1050, 100), "b": (5050, 1050, 100)}


def build(
    squares: Squares, official: dict[str, int] | None = None, kern_persons: float = 500.0, **more: list[Any]
) -> tuple[tuple[gpd.GeoDataFrame, pd.DataFrame] | None, InputLog]:
    log = InputLog()
    grid = pd.DataFrame(
        {
            "demand_id": list(squares),
            "x_m": [X + x for x, _, _ in squares.values()],
            "y_m": [Y + y for _, y, _ in squares.values()],
            "published_persons": pd.array([n for _, _, n in squares.values()], dtype="Int64"),
            "persons_65plus": pd.array([pd.NA] * len(squares), dtype="Int64"),
            "resolution_m": 100,
            **more,
        }
    )
    totals = None if official is None else pd.Series(official)
    return build_demand(grid, AREAS, REGION, totals, kern_persons, FILES, log), log


def demand_of(squares: Squares, **given: Any) -> pd.DataFrame:
    found, log = build(squares, **given)
    assert found is not None, log.faults.items
    return pd.DataFrame(found[0]).set_index("demand_id")


def left_out(log: InputLog) -> list[tuple[str, str, int | None]]:
    table = log.left_out.table()
    return [
        (row.row_id, row.reason, None if pd.isna(row.persons) else int(row.persons))
        for row in table.itertuples(index=False)
    ]


def test_a_square_belongs_to_the_gemeente_around_its_centre_else_to_one_within_half_a_kilometre() -> None:
    squares = {**BOTH, "near": (1050, -500, 7), "far": (1050, -501, 9), "east": (9000, 1050, 5)}
    found, log = build(squares)
    assert found is not None
    demand = found[0].set_index("demand_id")
    assert demand["gemeente_code"].to_dict() == {"a": "GM0001", "b": "GM0002", "near": "GM0001"}
    assert log.notes.table()["note"].tolist() == [
        "1 vierkant (7 inwoners) net buiten elke grens toegedeeld aan de dichtstbijzijnde gemeente"
    ]
    assert left_out(log) == [
        ("far", "meer dan 500 m van elke gemeente in het bestand met grenzen", 9),
        ("GM0003", "buiten de regio (1 vierkant)", 5),
    ]


@pytest.mark.parametrize(
    ("edge", "beyond"),
    [
        ((-500, 2000), (-501, 2000)),
        ((12_500, 2000), (12_501, 2000)),
        ((6000, -500), (6000, -501)),
        ((6000, 4500), (6000, 4501)),
    ],
    ids=["west", "east", "south", "north"],
)
def test_on_every_side_half_a_kilometre_outside_the_file_is_near_by(
    edge: tuple[int, int], beyond: tuple[int, int]
) -> None:
    assert len(build({**BOTH, "edge": (*edge, 3)})[1].notes.table()) == 1
    assert build({**BOTH, "edge": (*beyond, 3)})[1].notes.table().empty


def test_squares_of_no_gemeente_are_listed_up_to_a_number_and_added_up_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LISTED", 2)
    far: Squares = {"p": (-5000, 0, 4), "q": (-6000, 0, None)}
    reason = "meer dan 500 m van elke gemeente in het bestand met grenzen"
    assert left_out(build({**BOTH, **far})[1]) == [("p", reason, 4), ("q", reason, None)]
    more: Squares = {**far, "r": (-7000, 0, 6)}
    assert left_out(build({**BOTH, **more})[1]) == [("", f"{reason} (3 vierkanten)", 10)]
    assert left_out(build(BOTH)[1]) == []


def test_a_kern_has_so_many_published_persons_within_half_a_kilometre_on_both_sides_of_a_border() -> None:
    squares: Squares = {"a": (3950, 1050, 100), "b": (4450, 1050, 100), "c": (7950, 50, 100), "d": (8450, 50, 400)}
    types = demand_of(squares, kern_persons=200)["area_type"].to_dict()
    assert types == {"a": "kern", "b": "kern", "c": "kern"}
    types = demand_of(squares, kern_persons=201)["area_type"].to_dict()
    assert types == {"a": "buitengebied", "b": "buitengebied", "c": "kern"}
    apart: Squares = {"a": (3950, 1050, 100), "b": (4451, 1050, 100), "c": (3950, 1551, 99)}
    assert set(demand_of(apart, kern_persons=101)["area_type"]) == {"buitengebied"}
    assert demand_of(apart, kern_persons=100)["area_type"].to_dict() == {"a": "kern", "b": "kern", "c": "buitengebied"}


def test_neighbours_on_every_side_make_a_kern_too() -> None:
    for x, y in ((-450, 1050), (8450, 1050), (50, -450), (50, 4450)):
        inside: Squares = {"a": (min(max(x, 50), 7950), min(max(y, 50), 3950), 10), "b": (4050, 2050, 10)}
        outside: Squares = {"n": (x, y, 500)}
        everywhere = gpd.GeoDataFrame(
            {"area_code": [*AREAS["area_code"], "GM0009"], "name": [*AREAS["name"], "Rond"]},
            geometry=[*AREAS.geometry, shapely.box(X - 9e3, Y - 9e3, X + 3e4, Y + 3e4) - AREAS.union_all()], crs=RD,
        )  # fmt: skip
        squares = {**inside, **outside}
        grid = pd.DataFrame(
            {
                "demand_id": list(squares), "x_m": [X + s[0] for s in squares.values()],
                "y_m": [Y + s[1] for s in squares.values()],
                "published_persons": pd.array([s[2] for s in squares.values()], dtype="Int64"),
                "persons_65plus": pd.array([pd.NA] * 3, dtype="Int64"), "resolution_m": 100,
            }
        )  # fmt: skip
        found = build_demand(grid, everywhere, REGION, None, 510.0, FILES, log := InputLog())
        if found is None:  # all of one gemeente: the other has no squares, which is another rule
            assert "no squares" in log.faults.items[0].message
            continue
        assert found[0].set_index("demand_id").loc["a", "area_type"] == "kern"


def test_published_added_and_total_persons_stand_per_gemeente_with_the_squares_they_are_of() -> None:
    squares: Squares = {**BOTH, "w": (3050, 3050, None), "e": (7050, 3050, None), "z": (7050, 50, 0)}
    found, log = build(squares, official={"GM0001": 103, "GM0002": 100})
    assert found is not None
    demand, table = found
    assert table.drop(columns="name").to_dict("list") == {
        "area_code": ["GM0001", "GM0002"], "published_persons": [100, 100], "added_persons": [3, 0],
        "total_persons": [103, 100], "official_persons": [103, 100], "n_squares": [2, 2], "n_withheld_squares": [1, 1],
    }  # fmt: skip
    assert demand.set_index("demand_id")["population_persons"].to_dict() == {"a": 100, "b": 100, "w": 3}
    assert left_out(log) == [
        ("GM0002", "geen inwoners volgens het bestand (1 vierkant)", 0),
        ("GM0002", "aantal inwoners niet vrijgegeven, niemand toegewezen (1 vierkant)", None),
    ]


def test_a_square_that_calibration_empties_is_left_out_with_nobody() -> None:
    """103 persons become 70: 67 or 68 of 100, and of three squares with one person one loses it."""
    squares: Squares = {**BOTH, "c": (7050, 50, 1), "d": (7150, 50, 1), "e": (7250, 50, 1)}
    found, log = build(squares, official={"GM0001": 100, "GM0002": 70})
    assert found is not None
    persons = found[0].set_index("demand_id")["population_persons"]
    assert (persons["b"], len(persons), persons.sum()) == (68, 4, 170)
    assert left_out(log) == [("GM0002", "niemand over na kalibratie (1 vierkant)", 0)]


@pytest.mark.parametrize(
    ("official", "told"), [(200, False), (201, True), (67, False), (66, True), (0, True), (100, False)]
)
def test_from_half_to_one_and_a_half_times_the_official_number_can_be_calibrated(official: int, *, told: bool) -> None:
    found, log = build(BOTH, official={"GM0001": 100, "GM0002": official})
    assert (found is None) is told
    assert [(fault.layer, fault.ids, fault.file) for fault in log.faults.items] == (
        [("totals", ("GM0002",), "totals.csv")] if told else []
    )


def test_a_gemeente_of_which_nothing_is_published_is_filled_and_not_judged() -> None:
    squares: Squares = {"a": (1050, 1050, 100), "w": (5050, 1050, None)}
    found, log = build(squares, official={"GM0001": 100, "GM0002": 4})
    assert found is not None
    assert log.faults.items == []
    assert found[1]["total_persons"].tolist() == [100, 4]


def test_gemeenten_without_squares_or_official_number_are_named() -> None:
    found, log = build({"a": (1050, 1050, 100)}, official={"GM0001": 100, "GM0002": 5})
    assert found is None
    assert [(fault.ids, fault.file) for fault in log.faults.items] == [(("GM0002 Bedorp",), "grid.gpkg")]
    found, log = build(BOTH, official={"GM0001": 100})
    assert found is None
    assert [(fault.ids, fault.file) for fault in log.faults.items] == [(("GM0002 Bedorp",), "totals.csv")]


def test_a_region_of_which_no_square_has_a_published_number_is_a_fault() -> None:
    nothing: Squares = {"a": (1050, 1050, None), "b": (5050, 1050, None)}
    for official in (None, {"GM0001": 5, "GM0002": 5}):
        found, log = build(nothing, official=official)
        assert found is None
        assert ["none of the squares" in fault.message for fault in log.faults.items] == [True]


def test_squares_stand_in_the_order_of_their_ids_with_the_columns_of_groups() -> None:
    table = demand_of({"b": (5050, 1050, 100), "a": (1050, 1050, 100)})
    assert table.index.tolist() == ["a", "b"]
    assert "persons_65plus" in table.columns
    assert (table.loc["a", "geometry"].x, table.loc["a", "geometry"].y) == (X + 1050, Y + 1050)


def test_a_grid_of_another_region_is_a_fault() -> None:
    found, log = build({"e": (9000, 1050, 5)})
    assert found is None
    assert log.faults.items[0].ids == ("GM0001 Aldorp", "GM0002 Bedorp")
