"""Nearer C-NSPs that are passed, and why: one road, by hand.

km     0     1     2     3     4                 10
L-NSP  L1          L2                            L3
C-NSP  K1                K2                      K3      K4 at 2.5 km stays closed
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.nearer_cnsp import COLUMNS, Passed, nearer_cnsps, passed_stations
from nsp_planner.plan.solution import CoordinationPlan, SolverReport
from tests.towns.instances import coordination_instance, costs_along, costs_of
from tests.towns.line_town import planned_line_town

REPORT = SolverReport("exact", "by hand", 0.0, 1, 1, 0.0, 1.0, "gap")
COSTS = costs_along([0, 2000, 10_000], [0, 3000, 10_000, 2500])


def passed(coordinator: list[int], **changes: Any) -> list[Passed]:
    instance = coordination_instance(COSTS, 3, **{"max_lnsp_per_cnsp": 3, **changes})
    plan = CoordinationPlan(np.array([0, 1, 2]), np.array(coordinator), 0.0, 0.0, REPORT)
    return passed_stations(instance, plan)


def reasons(coordinator: list[int], **changes: Any) -> dict[int, tuple[str, ...]]:
    return {one.lnsp: one.reasons for one in passed(coordinator, **changes)}


def test_who_goes_to_the_nearest_open_station_passes_none_and_a_closed_one_does_not_count() -> None:
    assert passed([0, 1, 2]) == []


def test_a_nearer_open_station_that_is_passed_without_a_reason_has_none() -> None:
    # L2 goes 2,000 m to K1 and passes K2 at 1,000 m
    assert passed([0, 0, 2], min_lnsp_per_cnsp=0) == [
        Passed(lnsp=1, station=1, saved_m=1000.0, n_lnsp=0, n_nearer=1, reasons=())
    ]


@pytest.mark.parametrize(("penalty_m", "expected"), [(999.5, ("gemeente",)), (998.5, ())])
def test_another_gemeente_is_a_reason_as_far_as_its_metres_go(penalty_m: float, expected: tuple[str, ...]) -> None:
    changes = {"station_gemeente": np.array([0, 1, 0, 0]), "other_gemeente_penalty_m": penalty_m}
    assert reasons([0, 0, 2], **changes) == {1: expected}
    # where the own C-NSP lies in the other gemeente too, it is none
    assert reasons([0, 0, 2], **{**changes, "station_gemeente": np.array([1, 1, 0, 0])}) == {1: ()}


def test_a_station_at_its_most_is_full_and_one_above_the_ratio_has_a_price() -> None:
    # L3 goes under K2, so K2 has one; L2 passes it
    assert reasons([0, 0, 1], max_lnsp_per_cnsp=1)[1] == ("most",)
    assert reasons([0, 0, 1], max_lnsp_per_cnsp=2, min_lnsp_per_cnsp=0)[1] == ()
    # one L-NSP without a price, so a second one at K2 costs what the second one at K1 does: no reason
    assert reasons([0, 0, 1], lnsp_per_cnsp=1, load_price_m=5000)[1] == ()
    # with two under K2, a third would be the second above the ratio: 2 x 1,000 against 1 x 1,000 at K1
    four = costs_along([0, 2000, 3000, 3000], [0, 3000])
    instance = coordination_instance(four, 2, lnsp_per_cnsp=1, load_price_m=1000, max_lnsp_per_cnsp=4)
    plan = CoordinationPlan(np.array([0, 1]), np.array([0, 0, 1, 1]), 0.0, 0.0, REPORT)
    assert [(one.lnsp, one.reasons) for one in passed_stations(instance, plan)] == [(1, ("load",))]
    cheaper = replace(instance, load_price_m=900.0)
    assert [(one.lnsp, one.reasons) for one in passed_stations(cheaper, plan)] == [(1, ())]


def test_a_station_with_a_price_of_its_own_is_a_reason_and_only_what_is_needed_is_named() -> None:
    price_m = np.array([0.0, 1500.0, 0.0, 0.0])
    assert reasons([0, 0, 2], station_price_m=price_m) == {1: ("station",)}
    elsewhere = {"station_gemeente": np.array([0, 1, 0, 0]), "other_gemeente_penalty_m": 700.0}
    assert reasons([0, 0, 2], station_price_m=price_m, **elsewhere) == {1: ("station",)}
    assert reasons([0, 0, 2], station_price_m=price_m / 2, **elsewhere) == {1: ("station", "gemeente")}


def test_a_station_that_would_have_too_few_left_keeps_its_lnsp() -> None:
    assert reasons([0, 0, 2], min_lnsp_per_cnsp=2) == {1: ("least",)}


def test_of_several_stations_passed_the_one_without_a_reason_is_told() -> None:
    costs = costs_along([0], [5000, 1000, 2000])
    full_or_not = {"station_gemeente": np.array([0, 1, 0]), "other_gemeente_penalty_m": 4500.0}
    instance = coordination_instance(costs, 3, min_lnsp_per_cnsp=0, **full_or_not)
    plan = CoordinationPlan(np.array([0, 1, 2]), np.array([0]), 0.0, 0.0, REPORT)
    (one,) = passed_stations(instance, plan)
    assert (one.station, one.saved_m, one.n_nearer, one.reasons) == (2, 3000.0, 2, ())
    (one,) = passed_stations(replace(instance, station_gemeente=np.array([0, 1, 1])), plan)
    assert (one.station, one.n_nearer, one.reasons) == (1, 2, ("gemeente",))


METRES = ((500.0, 1000.0), (20_000.0, 2000.0))


def two_stations(
    coordinator: list[int], metres_to: tuple[tuple[float, float], ...] = METRES, **changes: Any
) -> PlannedStudy:
    """Zaal nul (s0) and Zaal twee (s2, in the other gemeente), with their metres to k and to s1."""
    town = planned_line_town()
    metres = costs_of(np.array(metres_to), 1e6)
    instance = coordination_instance(
        metres, 2, lnsp_ids=("s0", "s2"), lnsp_gemeente=np.array([0, 1]), station_ids=("k", "s1"), **changes
    )
    plan = replace(town.coordination_plan, open_stations=np.array([0, 1]), coordinator=np.array(coordinator))
    return replace(town, coordination=instance, coordination_plan=plan, station_rows=[3, 1])


def test_the_table_names_who_passes_which_station_and_the_indicators_count_them() -> None:
    # one each: Zaal een takes the one of the other gemeente, for whom the Kazerne is far too far
    evaluation = evaluate_plan(two_stations([0, 1], ((500.0, 100.0), (20_000.0, 2000.0)), max_lnsp_per_cnsp=1))
    assert evaluation.nearer.columns.tolist() == list(COLUMNS)
    shown = ["name", "cnsp_name", "cnsp_distance_m", "nearer_name", "nearer_distance_m", "n_lnsp", "reasons"]
    assert evaluation.nearer[shown].to_numpy().tolist() == [
        ["Zaal nul", "Kazerne", 500.0, "Zaal een", 100.0, 1, ("most",)],
    ]
    assert (evaluation.value("n_nearer_cnsp"), evaluation.value("n_nearer_unexplained")) == (1, 0)
    assert (evaluation.value("n_nearer_cnsp", "GM0001"), evaluation.value("n_nearer_cnsp", "GM0002")) == (1, 0)


def test_a_full_station_is_no_reason_where_two_lnsps_had_better_change_places() -> None:
    # 20,000 + 1,000 m as it is, 2,000 + 500 m after the exchange
    crossed = evaluate_plan(two_stations([1, 0], max_lnsp_per_cnsp=1))
    assert crossed.nearer["name"].tolist() == ["Zaal twee", "Zaal nul"]
    assert (crossed.value("n_nearer_cnsp"), crossed.value("n_nearer_unexplained")) == (2, 2)


def test_kilometres_minutes_the_norm_and_other_gemeenten_by_hand() -> None:
    evaluation = evaluate_plan(two_stations([0, 0]))
    # 500 and 20,000 m at 40 km per hour; the norm is 15 km; both under k, which lies in the gemeente of Zaal nul
    assert evaluation.value("cnsp_mean_distance_m") == 10_250
    assert evaluation.value("cnsp_worst_distance_m") == 20_000
    assert evaluation.value("cnsp_mean_minutes") == pytest.approx((0.75 + 30) / 2)
    assert evaluation.value("cnsp_worst_minutes") == pytest.approx(30)
    assert (evaluation.value("n_beyond_cnsp_norm"), evaluation.value("n_beyond_cnsp_norm", "GM0001")) == (1, 0)
    assert (evaluation.value("n_cnsp_elsewhere"), evaluation.value("n_cnsp_elsewhere", "GM0002")) == (1, 1)
    assert evaluation.value("highest_n_lnsp") == 2
    assert np.isnan(evaluation.value("highest_n_lnsp", "GM0002"))
    assert evaluation.lnsps.set_index("site_id")["n_nearer_cnsp"].to_dict() == {"s0": 0, "s2": 1}


def test_an_empty_table_has_its_columns() -> None:
    empty = nearer_cnsps(two_stations([0, 1]))
    assert empty.empty
    assert empty.columns.tolist() == list(COLUMNS)
