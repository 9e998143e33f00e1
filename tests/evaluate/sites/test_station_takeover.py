"""Who takes over when a C-NSP fails: two stations for the town on a line, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.sites.station_takeover import station_takeover
from nsp_planner.evaluate.solved.planned import PlannedStudy
from tests.towns.instances import coordination_instance, costs_of
from tests.towns.line_town import planned_line_town


def two_stations(metres: list[list[float]]) -> PlannedStudy:
    """s0 under Zaal een (s1), s2 under the Kazerne (k); metres of s0 and s2 to both."""
    town = planned_line_town()
    instance = coordination_instance(
        costs_of(np.array(metres), 1e6),
        2,
        lnsp_ids=("s0", "s2"),
        lnsp_gemeente=np.array([0, 1]),
        station_ids=("k", "s1"),
    )
    plan = replace(town.coordination_plan, open_stations=np.array([0, 1]), coordinator=np.array([1, 0]))
    return replace(town, coordination=instance, coordination_plan=plan, station_rows=[3, 1])


def test_the_nearest_other_station_takes_over_and_its_lnsps_are_counted_in_the_order_of_names() -> None:
    town = two_stations([[500.0, 1000.0], [2500.0, 2000.0]])
    table = station_takeover(town, build_tables(town))
    assert table.index.tolist() == [0, 1]
    columns = ["cnsp_name", "lnsp_name", "takes_over_name", "distance_m", "n_lnsp_then"]
    assert table[columns].to_numpy().tolist() == [
        ["Kazerne", "Zaal twee", "Zaal een", 2000, 2],
        ["Zaal een", "Zaal nul", "Kazerne", 500, 2],
    ]
    assert table["persons"].tolist() == [240, 300]


def test_where_no_other_station_is_in_reach_nobody_takes_over() -> None:
    town = two_stations([[500.0, 1000.0], [2500.0, np.inf]])
    table = station_takeover(town, build_tables(town)).set_index("lnsp_name")
    assert table.loc["Zaal twee", ["takes_over_name", "distance_m", "n_lnsp_then"]].isna().all()
    assert table.loc["Zaal nul", "takes_over_name"] == "Kazerne"


def test_a_station_that_coordinates_nobody_has_no_lnsps_and_no_persons() -> None:
    town = two_stations([[500.0, 1000.0], [2500.0, 2000.0]])
    idle = replace(town, coordination_plan=replace(town.coordination_plan, coordinator=np.array([0, 0])))
    stations = build_tables(idle).cnsps.set_index("site_id")
    assert stations["n_lnsp"].to_dict() == {"k": 2, "s1": 0}
    assert stations["persons"].to_dict() == {"k": 540, "s1": 0}
